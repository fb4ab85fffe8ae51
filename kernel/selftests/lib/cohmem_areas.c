// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitmap.h>
#include <linux/sizes.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "cohmem_areas.h"
#include "cohmem_faults.h"

#define MOVED		BIT(36)
/*
 * The VMM's addresses are low. The kernel places other mappings from the top down, and
 * would use what an operation leaves free for a moment.
 */
#define HVA(_nr)	((void *)(0x400000000ul * (2 * (_nr) + 1)))
#define ELSEWHERE	0x400000000ul

const char * const area_op_names[NR_OPS] = {
	[ZAP]		= "zap",
	[UNMAP]		= "unmap, and move the memory",
	[REMAP]		= "remap to another kind",
	[PROTECT]	= "mprotect",
	[MREMAP]	= "mremap away, and back",
	[MOVE]		= "move the slot",
	[DELETE]	= "delete the slot",
	[FORK]		= "fork",
	[LOG]		= "toggle dirty logging",
};

struct area areas[NR_AREAS] = {
	{
		"block", 10, 0x100000000ul, 0, "huge",
		BIT(ZAP) | BIT(PROTECT) | BIT(MREMAP) | BIT(MOVE) | BIT(DELETE) | BIT(LOG),
	},
	{
		"pages", 11, 0x200000000ul, SZ_2G, "lazy",
		BIT(ZAP) | BIT(UNMAP) | BIT(REMAP) | BIT(PROTECT) | BIT(MREMAP) |
		BIT(MOVE) | BIT(DELETE) | BIT(LOG),
	},
	{
		"anon", 12, 0x300000000ul, 0, NULL,
		BIT(PROTECT) | BIT(MOVE) | BIT(DELETE) | BIT(FORK) | BIT(LOG),
	},
};

/* Normal cacheable, all of them. */
static const char * const kinds[] = { "lazy", "declared", "huge", "mixed" };

struct area_state area_state;
struct area_state *area_guest;

static struct kvm_vm *vm;
static atomic_ulong logged;

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

/*
 * Changes with each write of a vCPU: what is in a page never gets less. @mem: where the
 * VMM has the memory of all of the memslot now.
 */
static u64 contents(const struct area *a, const void *mem, u64 at, size_t len)
{
	unsigned int vcpu, probe;
	u64 sum = 0;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		for (probe = 0; probe < NR_PROBES; probe++) {
			u64 offset = probe_offset(a - areas, vcpu, probe);

			if (offset - at < len)
				sum += READ_ONCE(*(u64 *)(mem + offset));
		}
	}
	return sum;
}

static void protect(struct area *a, u64 at, size_t len)
{
	u64 before;

	mprotect(a->mem + at, len, PROT_READ);
	before = contents(a, a->mem, at, len);
	let_them_run(a);
	TEST_ASSERT(contents(a, a->mem, at, len) == before,
		    "%s: written while it was read-only", a->name);
	mprotect(a->mem + at, len, PROT_READ | PROT_WRITE);
}

static void move_mapping(void *from, size_t len, void *to)
{
	TEST_ASSERT(mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
		    "mremap(): errno %i", errno);
}

/* With what the kernel has in the page tables. The memslot has a hole meanwhile. */
static void move_away_and_back(struct area *a, u64 at, size_t len)
{
	void *elsewhere = a->mem + ELSEWHERE;
	u64 before;

	move_mapping(a->mem + at, len, elsewhere + at);
	before = contents(a, elsewhere, at, len);
	let_them_run(a);
	TEST_ASSERT(contents(a, elsewhere, at, len) == before,
		    "%s: written while it was elsewhere", a->name);
	move_mapping(elsewhere + at, len, a->mem + at);
}

/* What changes between two readings of the log is in the second one. */
static void check_log(struct area *a)
{
	unsigned long *pages = bitmap_zalloc(a->size / area_state.page);
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
		page = ((void *)word_of(a, nr) - a->mem) / area_state.page;
		if (!changed[nr])
			continue;
		TEST_ASSERT(test_bit(page, pages), "%s: page %lu changed, and is not logged",
			    a->name, page);
		logged++;
	}
	free(pages);
}

/* Is its mapping to stay one VMA? */
static bool is_whole(const struct area *a)
{
	return a->node && !strcmp(a->node, "huge");
}

/* Only these make a vCPU's access fail; what is populated on fault comes back. */
static bool refuses(const struct area *a, enum action op)
{
	return op == UNMAP || op == PROTECT || op == MREMAP ||
	       (op == ZAP && !is_whole(a));
}

/* The beginning or the end of an operation. */
static void mark(struct area *a, enum action op)
{
	u64 *count = NULL;

	if (refuses(a, op))
		count = &area_guest->refusing[a - areas];
	else if (op == MOVE || op == DELETE)
		count = &area_guest->no_slot[a - areas];
	if (count)
		__atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

static void operate(struct area *a, enum action op, u64 at, size_t len)
{
	const char *kind = kinds[next_random(&a->rng) % ARRAY_SIZE(kinds)];
	size_t i;

	/* Of the large one: VMAs that were split do not merge. */
	if (is_whole(a) && (op == PROTECT || op == MREMAP)) {
		at = 0;
		len = a->size;
	}
	switch (op) {
	case ZAP:
		if (is_whole(a)) {
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
		protect(a, at, len);
		break;
	case MREMAP:
		/* A stride may have several VMAs, which mremap() does not move. */
		move_away_and_back(a, at, is_whole(a) ? len : area_state.page);
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

void area_operate(struct area *a, enum action op, u64 at, size_t len)
{
	pthread_rwlock_wrlock(&a->lock);
	mark(a, op);
	operate(a, op, at, len);
	mark(a, op);
	pthread_rwlock_unlock(&a->lock);
}

unsigned long area_pages_logged(void)
{
	return logged;
}

static void make_area(struct area *a)
{
	unsigned int nr = a - areas, vcpu, probe;
	size_t page = getpagesize(), pmd = page * page / sizeof(u64);

	a->size = is_whole(a) ? (page == SZ_4K ? SZ_1G : pmd) : NR_PROBES * SZ_2M;
	area_state.gpa[nr] = a->gpa;
	area_state.stride[nr] = a->size / NR_PROBES;
	pthread_rwlock_init(&a->lock, NULL);

	a->mem = mmap(HVA(nr), a->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		      MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	TEST_ASSERT(a->mem == HVA(nr), "mmap(): errno %i", errno);
	if (a->node)
		map_over(a, 0, a->size, a->node);
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

void areas_make(struct kvm_vm *of_vm)
{
	size_t i;

	vm = of_vm;
	area_state.page = getpagesize();
	for (i = 0; i < NR_AREAS; i++)
		make_area(&areas[i]);
	sync_global_to_guest(vm, area_state);
	area_guest = addr_gva2hva(vm, (vm_vaddr_t)&area_state);
}

void areas_end(void)
{
	size_t i;

	for (i = 0; i < NR_AREAS; i++) {
		stop_counting(areas[i].name, false);
		stop_counting(areas[i].name, true);
	}
}
