// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_races - vCPUs that race with each other, or with the VMM, to map memory
 *
 * vCPUs write to pages of one block, all at the same time, many times. One of
 * them makes the block in stage 2 and none may take it apart again: there is one
 * block then, by its descriptor, and each page has what its vCPU wrote.
 *
 * A vCPU reads a page that the VMM takes from it all the time. Each fault acquires
 * the page, and releases it, also if the mapping was invalidated meanwhile; and none
 * is refused for that.
 *
 * A vCPU loads from a block, executes from one and writes to one, while the VMM goes on
 * changing other memory of the VM. The block is mapped all the same, and none gets smaller.
 * With wider windows, each access that needs a fault loses races until KVM looks for the
 * block while it can lose none; without, it may lose none.
 *
 * Needs what cohmem_blocks needs. A kernel that is wrong loses these races rarely,
 * and often with windows that are wider:
 *
 *	-w US		widen the race windows, on kernels with CONFIG_DEBUG_VM
 */
#include <pthread.h>

#include "cohmem_blocks.h"
#include "cohmem_entry.h"
#include "cohmem_faults.h"
#include "cohmem_testdev.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define ROUNDS		20
#define NR_VCPUS	4
/* Faults that have to lose a race, or to meet a driver that zaps. */
#define NR_LOST		50
/* After so many lost races the kernel looks for a block while none can be lost. */
#define NR_LOST_FOR_PROOF 3
#define NR_TRIES	20
#define NR_ZAPPED	2000

/* Set in the guest by its VMM. */
static bool stop;

/**
 * struct racer - One vCPU and its thread
 * @vcpu:	the vCPU
 * @stack:	its stack pointer at the beginning
 * @at:		where in the block it writes
 * @value:	what it writes
 * @start:	all start at once
 * @done:	it has written
 */
struct racer {
	struct kvm_vcpu *vcpu;
	u64 stack;
	u64 at;
	u64 value;
	pthread_barrier_t *start;
	bool done;
};

/**
 * struct race - What the vCPUs race for
 * @name:	for the result
 * @node:	of the test device
 * @block:	size of the block that there has to be
 * @prepare:	before each round: nothing is in stage 2, and the host maps the
 *		memory so that a block can be made
 */
struct race {
	const char *name;
	const char *node;
	size_t *block;
	void (*prepare)(const struct race *race, struct kvm_vm *vm, void *mem);
};

static void guest_write(u64 addr, u64 value)
{
	guest_store(addr, value);
	GUEST_DONE();
}

static void set_memslot(struct kvm_vm *vm, size_t size, void *mem)
{
	vm_set_user_memory_region(vm, TEST_SLOT, 0, TEST_GPA, size, mem);
}

static void make_the_memslot_anew(const struct race *race, struct kvm_vm *vm,
				  void *mem)
{
	set_memslot(vm, 0, mem);
	set_memslot(vm, *race->block, mem);
}

/*
 * All pages of the block are mapped but for one for each vCPU. Whoever has the
 * last of them mapped sees a block; the others may find it in the place of
 * their page.
 */
static void map_all_but_theirs(const struct race *race, struct kvm_vm *vm,
			       void *mem)
{
	struct testdev_range block = { 0, *race->block };
	int fd = open_node(race->node);
	size_t at;

	TEST_ASSERT(!ioctl(fd, TESTDEV_ZAP, &block), "zap: errno %i", errno);
	close(fd);
	for (at = NR_VCPUS * blocks.page; at < block.len; at += blocks.page)
		READ_ONCE(*(u64 *)(mem + at));
}

static const struct race races[] = {
	{ "fault on one block", "declared", &blocks.large, make_the_memslot_anew },
	{ "fill one block", "lazy", &blocks.pmd, map_all_but_theirs },
};

static void be_ready(struct racer *r)
{
	vcpu_restart(r->vcpu, guest_write, r->stack);
	vcpu_args_set(r->vcpu, 2, TEST_GPA + r->at, r->value);
}

static bool has_written(struct racer *r)
{
	struct ucall uc;

	if (__vcpu_run(r->vcpu) || get_ucall(r->vcpu, &uc) != UCALL_DONE)
		return false;
	/* The exit is complete only with the next KVM_RUN. */
	vcpu_run_complete_io(r->vcpu);
	return true;
}

static void *run_racer(void *arg)
{
	struct racer *r = arg;

	be_ready(r);
	pthread_barrier_wait(r->start);
	r->done = has_written(r);
	return NULL;
}

/*
 * In stage 2, which a CPU knows of the VM that ran last there: so one vCPU writes
 * once more, on this CPU. That makes no block of pages.
 */
static struct s2_entry entry_after(struct kvm_vm *vm, struct racer *r)
{
	struct s2_entry e;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	kvm_pin_this_task_to_pcpu(sched_getcpu());
	be_ready(r);
	r->done &= has_written(r);
	e = s2_entry_at(vm, TEST_GPA);
	sched_setaffinity(0, sizeof(all), &all);
	return e;
}

/* All racers have written, and are alone with one block. */
static bool run_round(const struct race *race, struct kvm_vm *vm, void *mem,
		      struct racer *racers, unsigned int round)
{
	pthread_t threads[NR_VCPUS];
	struct s2_entry found;
	bool ok = true;
	int i;

	race->prepare(race, vm, mem);
	for (i = 0; i < NR_VCPUS; i++) {
		racers[i].value = round * NR_VCPUS + i + 1;
		pthread_create(&threads[i], NULL, run_racer, &racers[i]);
	}
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(threads[i], NULL);

	found = entry_after(vm, &racers[0]);
	ok &= found.block == *race->block && found.type == S2_NORMAL_WB;
	for (i = 0; i < NR_VCPUS; i++)
		ok &= racers[i].done &&
		      READ_ONCE(*(u64 *)(mem + racers[i].at)) == racers[i].value;
	if (!ok)
		ksft_print_msg("round %u: a block of %#zx, %s\n", round,
			       found.block, s2_type_name(found.type));
	return ok;
}

/* HVA congruent with the memory's address in the device, and with TEST_GPA. */
static void *map_block(const struct race *race)
{
	void *area = map_anonymous(2 * blocks.large);
	void *mem = align_ptr_up(area, blocks.large);

	munmap(area, 2 * blocks.large);
	return map_node(mem, *race->block, race->node, 0,
			PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED_NOREPLACE);
}

static void test_race(const struct race *race)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct racer racers[NR_VCPUS];
	pthread_barrier_t start;
	void *mem = map_block(race);
	unsigned int round, lost = 0;
	struct kvm_vm *vm;
	int i;

	vm = vm_create_with_vcpus(NR_VCPUS, guest_write, vcpus);
	set_memslot(vm, *race->block, mem);
	virt_map(vm, TEST_GPA, TEST_GPA, NR_VCPUS * blocks.page / vm->page_size);
	pthread_barrier_init(&start, NULL, NR_VCPUS);
	for (i = 0; i < NR_VCPUS; i++)
		racers[i] = (struct racer) { .vcpu = vcpus[i],
			.stack = vcpu_stack(vcpus[i]), .at = i * blocks.page + blocks.in_page,
			.start = &start };

	for (round = 0; round < ROUNDS; round++)
		lost += !run_round(race, vm, mem, racers, round);

	pthread_barrier_destroy(&start);
	kvm_vm_free(vm);
	munmap(mem, *race->block);
	ksft_test_result(!lost, "%d vCPUs %s, %d times\n", NR_VCPUS,
			 race->name, ROUNDS);
}

static void guest_read_on(u64 addr)
{
	while (!READ_ONCE(stop))
		guest_load(addr);
	GUEST_DONE();
}

static void *run_reader(void *arg)
{
	struct kvm_vcpu *vcpu = arg;
	struct ucall uc;

	return (void *)(long)(!__vcpu_run(vcpu) && get_ucall(vcpu, &uc) == UCALL_DONE);
}

static void protect(void *mem, int node)
{
	mprotect(mem, blocks.page, PROT_READ);
	mprotect(mem, blocks.page, PROT_READ | PROT_WRITE);
	usleep(500);
}

static void zap(void *mem, int node)
{
	struct testdev_range range = { 0, blocks.page };

	TEST_ASSERT(!ioctl(node, TESTDEV_ZAP, &range), "TESTDEV_ZAP: errno %i", errno);
}

/**
 * struct reading - A vCPU reads a page that is taken from it all the time
 * @node: of the test device
 * @take: takes it, but so that it can always be had again
 * @enough: faults to be seen, at most
 * @tries: how often to take it, at most
 * @lost: count only those that lost a race
 */
struct reading {
	const char *node;
	void (*take)(void *mem, int node);
	unsigned long enough;
	unsigned long tries;
	bool lost;
};

/**
 * read_on() - Have a vCPU read as that says
 * @reading: what it reads
 * @faults: the faults that were seen; NULL to see none, and take the page @tries times
 * @tries: how often the page was taken
 *
 * Return: no read was refused.
 */
static bool read_on(const struct reading *reading, unsigned long *faults,
		    unsigned long *tries)
{
	unsigned long first, seen = 0, most = faults ? reading->tries : *tries, i;
	int node = open_node(reading->node);
	void *mem = map_node(NULL, blocks.page, reading->node, 0,
			     PROT_READ | PROT_WRITE, MAP_SHARED);
	struct kvm_vcpu *vcpu;
	pthread_t thread;
	struct kvm_vm *vm;
	void *done;

	vm = vm_create_with_one_vcpu(&vcpu, guest_read_on);
	set_memslot(vm, blocks.page, mem);
	virt_map(vm, TEST_GPA, TEST_GPA, blocks.page / vm->page_size);
	vcpu_args_set(vcpu, 1, TEST_GPA);
	if (faults) {
		count_faults(reading->node, TEST_GPA, blocks.page, reading->lost);
		first = faults_counted(reading->node, reading->lost);
	}

	pthread_create(&thread, NULL, run_reader, vcpu);
	for (i = 0; i < most && seen < reading->enough; i++) {
		reading->take(mem, node);
		if (faults && i % 16 == 0)
			seen = faults_counted(reading->node, reading->lost) - first;
	}
	WRITE_ONCE(*(bool *)addr_gva2hva(vm, (vm_vaddr_t)&stop), true);
	pthread_join(thread, &done);

	if (faults) {
		*faults = faults_counted(reading->node, reading->lost) - first;
		*tries = i;
		stop_counting(reading->node, reading->lost);
	}
	kvm_vm_free(vm);
	munmap(mem, blocks.page);
	close(node);
	return done;
}

/*
 * Linear memory, since the other has no page to hold. Then the same without a look
 * at the faults, which go another way in the kernel then.
 */
static void test_references(bool widened)
{
	const struct reading ram = { "ram", protect, NR_LOST, 40000, .lost = true };
	int node = open_node("ram");
	u32 before = page_count(node, 0), after;
	unsigned long lost, tries;
	bool ok;

	ok = read_on(&ram, &lost, &tries);
	after = page_count(node, 0);
	ksft_test_result(ok && before == after && (lost >= NR_LOST || !widened),
			 "page references of ram after %lu lost races: %u now, %u before\n",
			 lost, after, before);

	ok = read_on(&ram, NULL, &tries);
	after = page_count(node, 0);
	ksft_test_result(ok && before == after,
			 "page references of ram that was taken %lu times: %u now, %u before\n",
			 tries, after, before);
	close(node);
}

/*
 * Drivers do not hold mmap_lock while they zap, so that KVM may find nothing where
 * it has just had the host fault the page in.
 */
static void test_zapped(void)
{
	const struct reading lazy = { "lazy", zap, NR_ZAPPED, 400000 };
	unsigned long faults, zaps;
	bool ok = read_on(&lazy, &faults, &zaps);

	ksft_test_result(ok && faults >= NR_ZAPPED,
			 "no read is refused in %lu faults, while its driver zaps %lu times\n",
			 faults, zaps);
}

static cpu_set_t all_cpus;

/*
 * Memory of the VM that is no business of the vCPU's. All that the vCPU itself needs is
 * mapped, or none of its faults would come to an end.
 */
static struct {
	void *mem;
	const char *node;
	unsigned long lost_before;
	unsigned int pause_us;
	bool stop;
} noise;

static unsigned long lost_in_noise(void)
{
	return faults_counted(noise.node, LOST_FAULTS) - noise.lost_before;
}

static void *make_noise(void *arg)
{
	sched_setaffinity(0, sizeof(all_cpus), &all_cpus);
	while (!READ_ONCE(noise.stop) && lost_in_noise() < NR_LOST_FOR_PROOF) {
		protect(noise.mem, -1);
		usleep(noise.pause_us);
	}
	return NULL;
}

static bool gets_in_noise(struct guest_vm *t, enum guest_op op)
{
	pthread_t thread;
	bool ok;

	WRITE_ONCE(noise.stop, false);
	noise.lost_before += lost_in_noise();
	pthread_create(&thread, NULL, make_noise, NULL);
	ok = guest_gets(t, op, TEST_GPA + blocks.in_page, 1, DONE);
	WRITE_ONCE(noise.stop, true);
	pthread_join(thread, NULL);
	return ok;
}

/* The VMM's first write makes a page writable, and no notifier tells of it. */
static void write_to_all(void *mem, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += blocks.page)
		WRITE_ONCE(*(u64 *)(mem + at), 0);
}

/**
 * struct kept - An access to a block whose faults lose their races
 * @name: for the result
 * @node: of the test device
 * @op: the access
 * @first: a load has mapped the block before
 */
struct kept {
	const char *name;
	const char *node;
	enum guest_op op;
	bool first;
};

static const struct kept kept[] = {
	{ "loads from a block", "declared", LOAD },
	{ "executes from a block", "declared", CALL, true },
	{ "writes to a block", "odd", STORE, true },
};

/*
 * @faults: the access needs a fault: a block that was loaded from may be executed from
 *
 * Return: the vCPU has the block that it is to have.
 */
static bool is_kept(const struct kept *k, bool *faults)
{
	const struct race map = { .node = k->node, .block = k->op == CALL ? &blocks.large :
							    &blocks.pmd };
	struct testdev_odd odd = { .every = blocks.page, .how = TESTDEV_ODD_READ_ONLY };
	size_t block = *map.block;
	struct s2_entry before = { 0 }, after;
	int fd = open_node("odd");
	struct guest_vm t;
	bool ok = true;
	void *mem;

	kvm_pin_this_task_to_pcpu(sched_getcpu());
	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	mem = map_block(&map);
	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, blocks.page);
	set_memslot(t.vm, block, mem);
	noise.mem = map_anonymous(blocks.page);
	WRITE_ONCE(*(u64 *)noise.mem, 1);
	TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT + 1, 0, 2 * TEST_GPA, blocks.page,
				       noise.mem), "memslot: errno %i", errno);
	if (k->op == CALL) {
		*(u32 *)(mem + blocks.in_page + CODE) = INSN_MOV_X0_42;
		*(u32 *)(mem + blocks.in_page + CODE + 4) = INSN_RET;
	}
	ok &= guest_gets(&t, LOAD, TEST_GPA + blocks.in_page, 0, DONE);
	if (!k->first) {
		mprotect(mem, block, PROT_READ);
		mprotect(mem, block, PROT_READ | PROT_WRITE);
	}
	before = s2_entry_at(t.vm, TEST_GPA);
	*faults = k->op != CALL || !before.exec;
	if (k->op == STORE)
		write_to_all(mem, block);
	ok &= gets_in_noise(&t, k->op);
	after = s2_entry_at(t.vm, TEST_GPA);
	ok &= before.block == (k->first ? block : 0) && after.block == block &&
	      (k->op != STORE || (!before.write && after.write)) &&
	      (k->op != CALL || after.exec);
	if (!ok)
		ksft_print_msg("a block of %#zx, and then of %#zx\n", before.block, after.block);
	kvm_vm_free(t.vm);
	munmap(mem, block);
	odd.every = 0;
	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	close(fd);
	sched_setaffinity(0, sizeof(all_cpus), &all_cpus);
	return ok;
}

/*
 * A short window may be missed by the noise, and the vCPU has its block. Without longer
 * windows it nearly always has.
 */
static void test_kept(const struct kept *k, bool widened)
{
	unsigned int tries = 0;
	unsigned long lost, enough;
	bool ok, faults;

	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	noise.node = k->node;
	count_faults(k->node, TEST_GPA, blocks.page, LOST_FAULTS);
	noise.lost_before = faults_counted(k->node, LOST_FAULTS);
	do {
		ok = is_kept(k, &faults);
		lost = lost_in_noise();
		enough = widened && faults ? NR_LOST_FOR_PROOF : 0;
	} while (ok && lost < enough && ++tries < NR_TRIES);
	stop_counting(k->node, LOST_FAULTS);
	ksft_test_result(ok && lost >= enough,
			 "a vCPU %s, and keeps it: %lu races lost\n", k->name, lost);
}

static void help(const char *name, int status)
{
	printf("usage: %s [-w microseconds]\n", name);
	exit(status);
}

int main(int argc, char *argv[])
{
	const char *window = NULL;
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "hw:")) != -1) {
		if (opt != 'w')
			help(argv[0], opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		window = optarg;
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(has_fwb());

	blocks_read_sizes();
	ksft_set_plan(ARRAY_SIZE(races) + ARRAY_SIZE(kept) + 3);
	if (window) {
		TEST_ASSERT(set_race_window(window), "this kernel has no window for races");
		noise.pause_us = atoi_positive("US", window) / 10;
	}
	for (i = 0; i < ARRAY_SIZE(races); i++)
		test_race(&races[i]);
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		test_kept(&kept[i], window);
	test_references(window);
	if (window)
		set_race_window("0");
	test_zapped();
	ksft_finished();
}
