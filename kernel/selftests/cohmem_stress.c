// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_stress - vCPUs use memory without struct pages while the VMM changes
 * how it is mapped
 *
 * There are three memslots: one that can be a single largest block, one that is
 * mapped in every cacheable way, and one of anonymous memory. Each has a thread
 * that does to it what areas[] says, in random order. The vCPUs own pages in all
 * of them, so that several of them share each block; they read, compare, write
 * and execute there. What they read is always what they wrote: whatever is done
 * to the mapping, the memory behind it stays the same, or its contents move with
 * it. Who still has the old memory mapped then does not find them there.
 *
 * Each memslot logs dirty pages from time to time, while all that is done: what changes
 * between two readings of the log is in the second one. A thread maps memory in advance,
 * for a vCPU that never runs.
 *
 * An operation counts only if a vCPU had used a page of its range since the last
 * one, so that it took something away. A vCPU that meets a refusal, or finds no
 * memslot, waits for the operation to end and goes on; without an operation that
 * can be the reason, it is a failure. So is a write while all may only read.
 *
 *	-s SEED		repeat a run, as far as threads can
 *	-n COUNT	operations of each kind
 *	-w US		widen the race windows, on kernels with CONFIG_DEBUG_VM
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, FWB and the default
 * policy, and tracefs.
 */
#include <linux/bitmap.h>
#include <linux/sizes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "cohmem_faults.h"
#include "cohmem_testdev.h"
#include "ucall_common.h"

#define NR_VCPUS	3
#define NR_PROBES	8
#define MOVED		BIT(36)
#define IMPATIENT_US	2000

enum action { ZAP, UNMAP, REMAP, PROTECT, MOVE, DELETE, FORK, LOG, NR_OPS };

static const char * const op_names[NR_OPS] = {
	[ZAP]		= "zap",
	[UNMAP]		= "unmap, and move the memory",
	[REMAP]		= "remap to another kind",
	[PROTECT]	= "mprotect",
	[MOVE]		= "move the slot",
	[DELETE]	= "delete the slot",
	[FORK]		= "fork",
	[LOG]		= "toggle dirty logging",
};

/**
 * struct area - A memslot, and what happens to it
 * @name:	for messages and trace instances
 * @slot:	number of the memslot
 * @gpa:	where it is, when it is not moved away
 * @offset:	in the device
 * @node:	of the test device; anonymous memory if NULL
 * @ops:	what is done to it
 * @size:	in bytes
 * @mem:	HVA
 * @away:	a bit for each stride: its memory is in the second place, which is
 *		right behind the first
 * @flags:	of the memslot
 * @both:	both places, for the VMM; populated again after a zap
 * @lock:	held for writing by an operation
 * @rng:	state of the thread's random numbers
 */
static struct area {
	const char *name;
	unsigned int slot;
	u64 gpa;
	u64 offset;
	const char *node;
	unsigned int ops;
	size_t size;
	void *mem;
	unsigned int away;
	u32 flags;
	void *both;
	pthread_rwlock_t lock;
	u64 rng;
} areas[] = {
	{
		"block", 10, 0x100000000ul, 0, "huge",
		BIT(ZAP) | BIT(PROTECT) | BIT(MOVE) | BIT(DELETE) | BIT(LOG),
	},
	{
		"pages", 11, 0x200000000ul, SZ_2G, "lazy",
		BIT(ZAP) | BIT(UNMAP) | BIT(REMAP) | BIT(PROTECT) | BIT(MOVE) |
		BIT(DELETE) | BIT(LOG),
	},
	{
		"anon", 12, 0x300000000ul, 0, NULL,
		BIT(PROTECT) | BIT(MOVE) | BIT(DELETE) | BIT(FORK) | BIT(LOG),
	},
};

#define NR_AREAS ARRAY_SIZE(areas)

/* Normal cacheable, all of them. */
static const char * const kinds[] = { "lazy", "declared", "huge", "mixed" };

/* Shared with the guest. */
static struct {
	bool stop;
	u64 page;
	u64 stride[NR_AREAS];
	u64 gpa[NR_AREAS];
	u64 wrote[NR_AREAS][NR_VCPUS][NR_PROBES];
	u64 used[NR_AREAS][NR_VCPUS][NR_PROBES];
	/* Odd while vCPUs can be refused; while there is no memslot. */
	u64 refusing[NR_AREAS];
	u64 no_slot[NR_AREAS];
	u64 executed;
	u64 not_executed;
} state;

/* The same, as the VMM sees it. */
static typeof(state) *guest;

static struct kvm_vm *vm;
static struct kvm_vcpu *vcpus[NR_VCPUS];
static unsigned long wanted = 100;
static atomic_ulong done[NR_OPS], futile[NR_OPS], faults[NR_OPS], retries[NR_OPS];
static atomic_ulong refusals, emulated, logged;
/* It never runs. Memory is mapped in advance for it, by a thread of its own. */
static struct kvm_vcpu *idle;
static bool all_done;
static unsigned long pre_faults, pre_faults_refused;

static u64 next_random(u64 *rng)
{
	*rng = *rng * 6364136223846793005ul + 1442695040888963407ul;
	return *rng >> 33;
}

static bool was_odd_since(const u64 *count, u64 before)
{
	u64 now = READ_ONCE(*count);

	return now != before || now % 2;
}

static u64 probe_offset(unsigned int area, unsigned int vcpu, unsigned int probe)
{
	return state.stride[area] * probe + state.page * vcpu;
}

static void guest_exec_abort(struct ex_regs *regs)
{
	/* Where there was no memslot. Not 42. */
	regs->regs[0] = 0;
	regs->pc = regs->regs[30];
}

static void guest_execute(unsigned int area, u64 addr)
{
	u64 before = READ_ONCE(state.no_slot[area]);

	/* Read that before anything is fetched from there. */
	dsb(ish);
	isb();
	if (guest_call(addr) == RETURNED) {
		WRITE_ONCE(state.executed, state.executed + 1);
	} else {
		GUEST_ASSERT(was_odd_since(&state.no_slot[area], before));
		WRITE_ONCE(state.not_executed, state.not_executed + 1);
	}
}

static void guest_code(unsigned int vcpu, u64 rng)
{
	while (!READ_ONCE(state.stop)) {
		unsigned int area = next_random(&rng) % NR_AREAS;
		unsigned int probe = next_random(&rng) % NR_PROBES;
		u64 addr = state.gpa[area] + probe_offset(area, vcpu, probe);
		u64 *wrote = &state.wrote[area][vcpu][probe];
		u64 *used = &state.used[area][vcpu][probe];

		GUEST_ASSERT_EQ(guest_load(addr), *wrote);
		*wrote += next_random(&rng) | 1;
		guest_store(addr, *wrote);
		GUEST_ASSERT_EQ(guest_load(addr), *wrote);

		if (next_random(&rng) % 8 == 0)
			guest_execute(area, addr + CODE);
		WRITE_ONCE(*used, *used + 1);
	}
	GUEST_DONE();
}

static struct area *area_of(u64 gpa)
{
	size_t i;

	for (i = 0; i < NR_AREAS; i++) {
		if (gpa - areas[i].gpa < areas[i].size)
			return &areas[i];
	}
	return NULL;
}

/* What areas were like before KVM_RUN. */
struct before {
	u64 refusing[NR_AREAS];
	u64 no_slot[NR_AREAS];
};

static void look(struct before *before)
{
	size_t i;

	for (i = 0; i < NR_AREAS; i++) {
		before->refusing[i] = READ_ONCE(guest->refusing[i]);
		before->no_slot[i] = READ_ONCE(guest->no_slot[i]);
	}
}

/* There was no memslot a moment ago: do what the guest wanted to do. */
static bool emulate(struct kvm_run *run, const struct before *before)
{
	struct area *a = area_of(run->mmio.phys_addr);
	void *at;

	if (!a)
		return false;
	TEST_ASSERT(was_odd_since(&guest->no_slot[a - areas],
				  before->no_slot[a - areas]),
		    "%s: an exit for MMIO, but there was a memslot", a->name);
	pthread_rwlock_rdlock(&a->lock);
	at = a->mem + (run->mmio.phys_addr - a->gpa);
	if (run->mmio.is_write)
		memcpy(at, run->mmio.data, run->mmio.len);
	else
		memcpy(run->mmio.data, at, run->mmio.len);
	pthread_rwlock_unlock(&a->lock);
	emulated++;
	return true;
}

static void wait_after_refusal(struct kvm_run *run, const struct before *before)
{
	struct area *a = NULL;

	if (run->exit_reason == KVM_EXIT_MEMORY_FAULT)
		a = area_of(run->memory_fault.gpa);
	TEST_ASSERT(errno == EFAULT && a, "KVM_RUN: errno %i, %s", errno,
		    exit_reason_str(run->exit_reason));
	TEST_ASSERT(was_odd_since(&guest->refusing[a - areas],
				  before->refusing[a - areas]),
		    "%s: refused at 0x%llx, but for no reason", a->name,
		    run->memory_fault.gpa);
	pthread_rwlock_rdlock(&a->lock);
	pthread_rwlock_unlock(&a->lock);
	refusals++;
}

static void *run_vcpu(void *arg)
{
	struct kvm_vcpu *vcpu = arg;
	struct before before;
	struct ucall uc;

	for (;;) {
		look(&before);
		if (_vcpu_run(vcpu)) {
			wait_after_refusal(vcpu->run, &before);
			continue;
		}
		if (vcpu->run->exit_reason == KVM_EXIT_MMIO &&
		    emulate(vcpu->run, &before))
			continue;
		switch (get_ucall(vcpu, &uc)) {
		case UCALL_DONE:
			return NULL;
		case UCALL_ABORT:
			REPORT_GUEST_ASSERT(uc);
			break;
		default:
			TEST_ASSERT(vcpu->run->exit_reason != KVM_EXIT_MMIO,
				    "MMIO at 0x%llx, which a memslot has",
				    vcpu->run->mmio.phys_addr);
			TEST_FAIL("unexpected exit: %s",
				  exit_reason_str(vcpu->run->exit_reason));
		}
	}
}

static void set_slot(struct area *a, u64 gpa, size_t size)
{
	vm_set_user_memory_region(vm, a->slot, a->flags, gpa, size, a->mem);
}

/* The offset in the device, from a->offset on, of what is at @at. */
static u64 place_of(const struct area *a, u64 at)
{
	u64 stride = a->size / NR_PROBES;

	return at + (a->away & BIT(at / stride) ? a->size : 0);
}

static void map_over(struct area *a, u64 at, size_t len, const char *kind)
{
	map_node(a->mem + at, len, kind, a->offset + place_of(a, at),
		 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);
}

/*
 * Of the stride at @at, which nobody may have mapped: a vCPU that does reads what
 * it did not write, and executes what is no instruction.
 */
static void move_memory(struct area *a, u64 at)
{
	size_t len = a->size / NR_PROBES;
	void *from = a->both + place_of(a, at);

	a->away ^= BIT(at / len);
	memcpy(a->both + place_of(a, at), from, len);
	memset(from, 0xff, len);
}

static void zap(struct area *a, const char *kind, u64 at, size_t len)
{
	struct testdev_range range = { a->offset + place_of(a, at), len };
	int fd = open_node(kind);

	TEST_ASSERT(!ioctl(fd, TESTDEV_ZAP, &range), "TESTDEV_ZAP: errno %i", errno);
	close(fd);
}

/* In the middle of an operation: let the vCPUs run into what is missing. */
static void let_them_run(struct area *a)
{
	usleep(next_random(&a->rng) % IMPATIENT_US);
}

static void fork_once(void)
{
	pid_t pid = fork();

	TEST_ASSERT(pid >= 0, "fork: errno %i", errno);
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* The words that vCPUs write to. */
#define NR_WORDS	(NR_VCPUS * NR_PROBES)

static u64 *word_of(const struct area *a, unsigned int nr)
{
	return a->mem + probe_offset(a - areas, nr / NR_PROBES, nr % NR_PROBES);
}

/* Changes with each write of a vCPU: what is in a page never gets less. */
static u64 contents(struct area *a, u64 at, size_t len)
{
	unsigned int vcpu, probe;
	u64 sum = 0;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		for (probe = 0; probe < NR_PROBES; probe++) {
			u64 offset = probe_offset(a - areas, vcpu, probe);

			if (offset - at < len)
				sum += READ_ONCE(*(u64 *)(a->mem + offset));
		}
	}
	return sum;
}

static void protect(struct area *a, u64 at, size_t len)
{
	u64 before;

	mprotect(a->mem + at, len, PROT_READ);
	before = contents(a, at, len);
	let_them_run(a);
	TEST_ASSERT(contents(a, at, len) == before,
		    "%s: written while it was read-only", a->name);
	mprotect(a->mem + at, len, PROT_READ | PROT_WRITE);
}

/* What changes between two readings of the log is in the second one. */
static void check_log(struct area *a)
{
	unsigned long *pages = bitmap_zalloc(a->size / state.page);
	u64 before[NR_WORDS];
	bool changed[NR_WORDS];
	unsigned int nr;
	u64 page;

	kvm_vm_get_dirty_log(vm, a->slot, pages);
	for (nr = 0; nr < NR_WORDS; nr++)
		before[nr] = READ_ONCE(*word_of(a, nr));
	let_them_run(a);
	for (nr = 0; nr < NR_WORDS; nr++)
		changed[nr] = READ_ONCE(*word_of(a, nr)) != before[nr];
	kvm_vm_get_dirty_log(vm, a->slot, pages);
	for (nr = 0; nr < NR_WORDS; nr++) {
		page = ((void *)word_of(a, nr) - a->mem) / state.page;
		if (!changed[nr])
			continue;
		TEST_ASSERT(test_bit(page, pages), "%s: page %lu changed, and is not logged",
			    a->name, page);
		logged++;
	}
	free(pages);
}

/* Only these make a vCPU's access fail; what is populated on fault comes back. */
static bool refuses(const struct area *a, enum action op)
{
	return op == UNMAP || op == PROTECT ||
	       (op == ZAP && strcmp(a->node, "huge"));
}

/* The beginning or the end of an operation. */
static void mark(struct area *a, enum action op)
{
	u64 *count = NULL;

	if (refuses(a, op))
		count = &guest->refusing[a - areas];
	else if (op == MOVE || op == DELETE)
		count = &guest->no_slot[a - areas];
	if (count)
		__atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

static void operate(struct area *a, enum action op, u64 at, size_t len)
{
	const char *kind = kinds[next_random(&a->rng) % ARRAY_SIZE(kinds)];
	size_t i;

	switch (op) {
	case ZAP:
		if (!strcmp(a->node, "huge")) {
			zap(a, a->node, at, len);
			break;
		}
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			zap(a, kinds[i], at, len);
		let_them_run(a);
		/* What mmap() populated would not come back. */
		map_over(a, at, len, kind);
		break;
	case UNMAP:
		munmap(a->mem + at, len);
		let_them_run(a);
		move_memory(a, at);
		map_over(a, at, len, kind);
		break;
	case REMAP:
		map_over(a, at, len, kind);
		break;
	case PROTECT:
		/* All of the large one: VMAs that were split do not merge. */
		if (a->node && !strcmp(a->node, "huge")) {
			at = 0;
			len = a->size;
		}
		protect(a, at, len);
		break;
	case MOVE:
		set_slot(a, a->gpa + MOVED, a->size);
		let_them_run(a);
		set_slot(a, a->gpa, a->size);
		break;
	case DELETE:
		set_slot(a, a->gpa, 0);
		let_them_run(a);
		set_slot(a, a->gpa, a->size);
		break;
	case FORK:
		fork_once();
		break;
	case LOG:
		/* It stays so until the next one, whatever is done meanwhile. */
		if (a->flags)
			check_log(a);
		a->flags ^= KVM_MEM_LOG_DIRTY_PAGES;
		set_slot(a, a->gpa, a->size);
		if (a->flags)
			check_log(a);
		break;
	case NR_OPS:
		break;
	}
}

/**
 * struct turn - One operation of a thread
 * @a:		the thread's area
 * @op:		what is done
 * @at:		where
 * @len:	how far
 * @faults:	counted before
 * @retries:	counted before
 * @used:	how often the pages had been used before
 */
struct turn {
	struct area *a;
	enum action op;
	u64 at;
	size_t len;
	unsigned long faults;
	unsigned long retries;
	u64 used[NR_VCPUS][NR_PROBES];
};

static bool in_range(const struct turn *t, unsigned int vcpu, unsigned int probe)
{
	return probe_offset(t->a - areas, vcpu, probe) - t->at < t->len;
}

/* Twice, or the first use could have begun before the last operation. */
static bool was_used(const struct turn *t)
{
	unsigned int area = t->a - areas, vcpu, probe;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		for (probe = 0; probe < NR_PROBES; probe++) {
			if (in_range(t, vcpu, probe) &&
			    READ_ONCE(guest->used[area][vcpu][probe]) >=
			    t->used[vcpu][probe] + 2)
				return true;
		}
	}
	return false;
}

static bool wait_for_use(const struct turn *t)
{
	int tries;

	for (tries = 0; tries < 2000; tries++) {
		if (was_used(t))
			return true;
		usleep(500);
	}
	return false;
}

/* For whoever runs this: a line for each hundredth of the operations. */
static void tell_progress(void)
{
	static atomic_ulong told;
	unsigned long sum = 0, fewest = wanted, last = told;
	enum action op;

	for (op = 0; op < NR_OPS; op++) {
		unsigned long nr = min_t(unsigned long, done[op], wanted);

		sum += nr;
		fewest = min_t(unsigned long, nr, fewest);
	}
	sum = sum * 100 / (NR_OPS * wanted);
	/* In one piece, for other threads tell theirs. */
	if (sum > last && atomic_compare_exchange_strong(&told, &last, sum))
		printf("# progress: %lu of %lu operations of each kind\n", fewest, wanted);
}

/* A random kind of those that have not been done often enough. */
static bool choose(struct area *a, struct turn *t)
{
	unsigned int left = 0, nr = 0, pick;
	u64 probe = next_random(&a->rng) % NR_PROBES;
	size_t first;
	enum action op;

	for (op = 0; op < NR_OPS; op++) {
		if ((a->ops & BIT(op)) && done[op] < wanted) {
			left |= BIT(op);
			nr++;
		}
	}
	if (!nr)
		return false;
	pick = next_random(&a->rng) % nr;
	for (op = 0; !(left & BIT(op)) || pick--; op++)
		;
	t->op = op;

	/* A page, or what is around it. Memory moves by the stride. */
	first = probe_offset(a - areas, next_random(&a->rng) % NR_VCPUS, probe);
	t->len = next_random(&a->rng) % 2 && op != UNMAP ? state.page :
		 state.stride[a - areas];
	t->at = first & ~(t->len - 1);
	/* Deleting and logging are about all of it. */
	if (op >= MOVE) {
		t->at = 0;
		t->len = a->size;
	}
	return true;
}

static void remember(struct turn *t)
{
	t->faults = faults_counted(t->a->name, false);
	t->retries = faults_counted(t->a->name, true);
	memcpy(t->used, guest->used[t->a - areas], sizeof(t->used));
}

static void *torment(void *arg)
{
	struct area *a = arg;
	struct turn t = { .a = a };
	bool counts;

	remember(&t);
	while (choose(a, &t)) {
		enum action op = t.op;

		counts = wait_for_use(&t);
		pthread_rwlock_wrlock(&a->lock);
		mark(a, op);
		operate(a, op, t.at, t.len);
		mark(a, op);
		pthread_rwlock_unlock(&a->lock);

		/* What comes of it belongs to it, until the next one. */
		memcpy(t.used, guest->used[a - areas], sizeof(t.used));
		wait_for_use(&t);
		faults[op] += faults_counted(a->name, false) - t.faults;
		retries[op] += faults_counted(a->name, true) - t.retries;
		if (counts)
			done[op]++;
		else
			futile[op]++;
		tell_progress();
		remember(&t);
	}
	return NULL;
}

/* As long as the others do what they do. */
static void *pre_fault_at_random(void *seed)
{
	u64 rng = (u64)seed;

	while (!READ_ONCE(all_done)) {
		unsigned int nr = next_random(&rng) % NR_AREAS;
		struct kvm_pre_fault_memory range = {
			.gpa = areas[nr].gpa +
			       next_random(&rng) % NR_PROBES * state.stride[nr],
			.size = state.stride[nr],
		};
		int err = __vcpu_ioctl(idle, KVM_PRE_FAULT_MEMORY, &range) ? errno : 0;

		TEST_ASSERT(!err || err == EAGAIN || err == ENOENT || err == EFAULT,
			    "%s: pre-faulting: errno %i", areas[nr].name, err);
		if (err)
			pre_faults_refused++;
		else
			pre_faults++;
		/* Most memory is the vCPUs' to fault for. */
		usleep(next_random(&rng) % (10 * IMPATIENT_US));
	}
	return NULL;
}

static void make_area(struct area *a)
{
	unsigned int nr = a - areas, vcpu, probe;
	size_t page = getpagesize(), pmd = page * page / sizeof(u64);
	void *aligned;

	a->size = a->node && !strcmp(a->node, "huge") ?
		  (page == SZ_4K ? SZ_1G : pmd) : NR_PROBES * SZ_2M;
	state.gpa[nr] = a->gpa;
	state.stride[nr] = a->size / NR_PROBES;
	pthread_rwlock_init(&a->lock, NULL);

	a->mem = map_anonymous(2 * a->size);
	aligned = align_ptr_up(a->mem, a->size);
	if (a->node)
		a->mem = map_node(aligned, a->size, a->node, a->offset,
				  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);
	if (a->ops & BIT(UNMAP))
		a->both = map_node(NULL, 2 * a->size, "lazy", a->offset,
				   PROT_READ | PROT_WRITE, MAP_SHARED);

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		for (probe = 0; probe < NR_PROBES; probe++) {
			u64 at = probe_offset(nr, vcpu, probe);
			u32 *code = a->mem + at + CODE;

			*(u64 *)(a->mem + at) = 0;
			code[0] = INSN_MOV_X0_42;
			code[1] = INSN_RET;
			virt_pg_map(vm, a->gpa + at, a->gpa + at);
		}
	}
	set_slot(a, a->gpa, a->size);
	count_faults(a->name, a->gpa, a->size, false);
	count_faults(a->name, a->gpa, a->size, true);
}

static void check_contents(void)
{
	unsigned int area, vcpu, probe;
	bool ok = true;

	for (area = 0; area < NR_AREAS; area++) {
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
			for (probe = 0; probe < NR_PROBES; probe++)
				ok &= *(u64 *)(areas[area].mem +
					       probe_offset(area, vcpu, probe)) ==
				      guest->wrote[area][vcpu][probe];
		}
	}
	ksft_test_result(ok, "what the guest wrote is there\n");
	ksft_test_result(guest->executed > 0,
			 "%lu times code was executed, %lu times there was no memslot\n",
			 guest->executed, guest->not_executed);
}

static void report_ops(bool widened)
{
	unsigned long sum = 0, all_retries = 0;
	enum action op;

	for (op = 0; op < NR_OPS; op++) {
		sum += done[op];
		all_retries += retries[op];
	}
	ksft_print_msg("%lu refusals waited for, %lu accesses emulated\n",
		       refusals, emulated);
	for (op = 0; op < NR_OPS; op++)
		ksft_test_result(done[op] * 20 >= sum && faults[op] &&
				 (retries[op] || !widened),
				 "%s: %lu times, %lu more in vain, %lu faults, %lu invalidation retries\n",
				 op_names[op], done[op], futile[op], faults[op],
				 retries[op]);
	ksft_test_result(all_retries || !widened, "%lu invalidation retries\n",
			 all_retries);
	ksft_test_result(logged, "%lu pages that changed were in a dirty log\n", logged);
	ksft_test_result(pre_faults, "%lu ranges were mapped in advance, %lu were not\n",
			 pre_faults, pre_faults_refused);
}

/* Of numbers that have nothing to do with those of the next seed. */
static u64 stream(u64 seed, unsigned int nr)
{
	return (seed * (NR_VCPUS + NR_AREAS + 1) + nr) * 0x9e3779b97f4a7c15ul;
}

static void run(u64 seed)
{
	pthread_t runners[NR_VCPUS], tormentors[NR_AREAS], filler;
	size_t i;

	vm = vm_create_with_vcpus(NR_VCPUS, guest_code, vcpus);
	idle = vm_vcpu_add(vm, NR_VCPUS, guest_code);
	vm_init_descriptor_tables(vm);
	vm_install_sync_handler(vm, VECTOR_SYNC_CURRENT, ESR_EC_IABT,
				guest_exec_abort);
	state.page = getpagesize();
	for (i = 0; i < NR_AREAS; i++)
		make_area(&areas[i]);
	sync_global_to_guest(vm, state);
	guest = addr_gva2hva(vm, (vm_vaddr_t)&state);
	printf("# progress: 0 of %lu operations of each kind\n", wanted);

	for (i = 0; i < NR_VCPUS; i++) {
		vcpu_init_descriptor_tables(vcpus[i]);
		vcpu_args_set(vcpus[i], 2, i, stream(seed, i));
		pthread_create(&runners[i], NULL, run_vcpu, vcpus[i]);
	}
	for (i = 0; i < NR_AREAS; i++) {
		areas[i].rng = stream(seed, NR_VCPUS + i);
		pthread_create(&tormentors[i], NULL, torment, &areas[i]);
	}
	pthread_create(&filler, NULL, pre_fault_at_random,
		       (void *)stream(seed, NR_VCPUS + NR_AREAS));
	for (i = 0; i < NR_AREAS; i++)
		pthread_join(tormentors[i], NULL);
	WRITE_ONCE(all_done, true);
	pthread_join(filler, NULL);
	WRITE_ONCE(guest->stop, true);
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(runners[i], NULL);
	for (i = 0; i < NR_AREAS; i++) {
		stop_counting(areas[i].name, false);
		stop_counting(areas[i].name, true);
	}
}

static void help(const char *name, int status)
{
	printf("\nUsage: %s [-h] [-s SEED] [-n COUNT] [-w US]\n\n", name);
	exit(status);
}

int main(int argc, char *argv[])
{
	u64 seed = time(NULL);
	char *window = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "hs:n:w:")) != -1) {
		switch (opt) {
		case 's':
			seed = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			wanted = atoi_positive("COUNT", optarg);
			break;
		case 'w':
			window = optarg;
			break;
		default:
			help(argv[0], opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		}
	}
	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(has_fwb());
	if (window)
		write_file(RACE_WINDOW_US, window);

	ksft_print_msg("seed %lu, %lu operations of each kind\n", seed, wanted);
	ksft_set_plan(NR_OPS + 5);
	run(seed);
	check_contents();
	report_ops(window);
	ksft_finished();
}
