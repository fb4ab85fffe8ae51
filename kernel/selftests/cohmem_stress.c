// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_stress - vCPUs use memory without struct pages while the VMM changes
 * how it is mapped
 *
 * There are three memslots: one that can be a single largest block, one that is
 * mapped in every cacheable way, and one of anonymous memory. Each has a thread
 * that does to it what cohmem_areas.c says, in random order. The vCPUs own pages in all
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
 * can be the reason, it is a failure. So is a write while all may only read, or while
 * the memory is mapped elsewhere.
 *
 *	-s SEED		repeat a run, as far as threads can
 *	-n COUNT	operations of each kind
 *	-w US		widen the race windows, on kernels with CONFIG_DEBUG_VM
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, FWB and the default
 * policy, and tracefs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "cohmem_areas.h"
#include "cohmem_faults.h"
#include "ucall_common.h"

static struct kvm_vm *vm;
static struct kvm_vcpu *vcpus[NR_VCPUS];
static unsigned long wanted = 100;
static atomic_ulong done[NR_OPS], futile[NR_OPS], faults[NR_OPS], retries[NR_OPS];
static atomic_ulong refusals, emulated;
/* It never runs. Memory is mapped in advance for it, by a thread of its own. */
static struct kvm_vcpu *idle;
static bool all_done;
static unsigned long pre_faults, pre_faults_refused;

static bool was_odd_since(const u64 *count, u64 before)
{
	u64 now = READ_ONCE(*count);

	return now != before || now % 2;
}

static void guest_exec_abort(struct ex_regs *regs)
{
	/* Where there was no memslot. Not 42. */
	regs->regs[0] = 0;
	regs->pc = regs->regs[30];
}

static void guest_execute(unsigned int area, u64 addr)
{
	u64 before = READ_ONCE(area_state.no_slot[area]);

	/* Read that before anything is fetched from there. */
	dsb(ish);
	isb();
	if (guest_call(addr) == RETURNED) {
		WRITE_ONCE(area_state.executed, area_state.executed + 1);
	} else {
		GUEST_ASSERT(was_odd_since(&area_state.no_slot[area], before));
		WRITE_ONCE(area_state.not_executed, area_state.not_executed + 1);
	}
}

static void guest_code(unsigned int vcpu, u64 rng)
{
	while (!READ_ONCE(area_state.stop)) {
		unsigned int area = next_random(&rng) % NR_AREAS;
		unsigned int probe = next_random(&rng) % NR_PROBES;
		u64 addr = area_state.gpa[area] + probe_offset(area, vcpu, probe);
		u64 *wrote = &area_state.wrote[area][vcpu][probe];
		u64 *used = &area_state.used[area][vcpu][probe];

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
		before->refusing[i] = READ_ONCE(area_guest->refusing[i]);
		before->no_slot[i] = READ_ONCE(area_guest->no_slot[i]);
	}
}

/* There was no memslot a moment ago: do what the guest wanted to do. */
static bool emulate(struct kvm_run *run, const struct before *before)
{
	struct area *a = area_of(run->mmio.phys_addr);
	void *at;

	if (!a)
		return false;
	TEST_ASSERT(was_odd_since(&area_guest->no_slot[a - areas],
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
	TEST_ASSERT(was_odd_since(&area_guest->refusing[a - areas],
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
			    READ_ONCE(area_guest->used[area][vcpu][probe]) >=
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
	t->len = next_random(&a->rng) % 2 && op != UNMAP ? area_state.page :
		 area_state.stride[a - areas];
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
	memcpy(t->used, area_guest->used[t->a - areas], sizeof(t->used));
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
		area_operate(a, op, t.at, t.len);

		/* What comes of it belongs to it, until the next one. */
		memcpy(t.used, area_guest->used[a - areas], sizeof(t.used));
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
			       next_random(&rng) % NR_PROBES * area_state.stride[nr],
			.size = area_state.stride[nr],
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

static void check_contents(void)
{
	unsigned int area, vcpu, probe;
	bool ok = true;

	for (area = 0; area < NR_AREAS; area++) {
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
			for (probe = 0; probe < NR_PROBES; probe++)
				ok &= *(u64 *)(areas[area].mem +
					       probe_offset(area, vcpu, probe)) ==
				      area_guest->wrote[area][vcpu][probe];
		}
	}
	ksft_test_result(ok, "what the guest wrote is there\n");
	ksft_test_result(area_guest->executed > 0,
			 "%lu times code was executed, %lu times there was no memslot\n",
			 area_guest->executed, area_guest->not_executed);
}

static void report_ops(bool widened)
{
	unsigned long all_retries = 0;
	enum action op;

	for (op = 0; op < NR_OPS; op++)
		all_retries += retries[op];
	ksft_print_msg("%lu refusals waited for, %lu accesses emulated\n",
		       refusals, emulated);
	for (op = 0; op < NR_OPS; op++)
		ksft_test_result(done[op] && faults[op] &&
				 (retries[op] || !widened),
				 "%s: %lu times, %lu more in vain, %lu faults, %lu invalidation retries\n",
				 area_op_names[op], done[op], futile[op], faults[op],
				 retries[op]);
	ksft_test_result(all_retries || !widened, "%lu invalidation retries\n",
			 all_retries);
	ksft_test_result(area_pages_logged(), "%lu pages that changed were in a dirty log\n",
			 area_pages_logged());
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
	areas_make(vm);
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
	WRITE_ONCE(area_guest->stop, true);
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(runners[i], NULL);
	areas_end();
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
	TEST_ASSERT(!window || set_race_window(window), "this kernel has no window for races");

	ksft_print_msg("seed %lu, %lu operations of each kind\n", seed, wanted);
	ksft_set_plan(NR_OPS + 5);
	run(seed);
	check_contents();
	report_ops(window);
	ksft_finished();
}
