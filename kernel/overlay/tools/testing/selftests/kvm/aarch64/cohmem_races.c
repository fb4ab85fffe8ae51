// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_races - vCPUs that want the same block of memory without struct pages
 *
 * vCPUs write to pages of one block, all at the same time, many times. One of
 * them makes the block in stage 2 and none may take it apart again: what the
 * stage-2 dump in debugfs shows then is one block, and each page has what its
 * vCPU wrote.
 *
 * Needs what cohmem_blocks needs. A kernel that is wrong loses these races rarely,
 * and often with windows that are wider:
 *
 *	-w US		widen the race windows, on kernels with CONFIG_DEBUG_VM
 */
#include <pthread.h>

#include "cohmem_blocks.h"
#include "ucall_common.h"

#include "cohmem_test.h"

#define TEST_SLOT	10
#define TEST_GPA	0x100000000ul
#define ROUNDS		20
#define NR_VCPUS	4

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
	struct cohmem_range block = { 0, *race->block };
	int fd = open_node(race->node);
	size_t at;

	TEST_ASSERT(!ioctl(fd, COHMEM_ZAP, &block), "zap: errno %i", errno);
	close(fd);
	for (at = NR_VCPUS * page; at < block.len; at += page)
		READ_ONCE(*(u64 *)(mem + at));
}

static const struct race races[] = {
	{ "fault on one block", "declared", &large, make_the_memslot_anew },
	{ "fill one block", "lazy", &pmd, map_all_but_theirs },
};

static void *run_racer(void *arg)
{
	struct racer *r = arg;
	struct ucall uc;

	vcpu_restart(r->vcpu, guest_write, r->stack);
	vcpu_args_set(r->vcpu, 2, TEST_GPA + r->at, r->value);
	pthread_barrier_wait(r->start);
	r->done = !__vcpu_run(r->vcpu) &&
		  get_ucall(r->vcpu, &uc) == UCALL_DONE;
	/* The exit is complete only with the next KVM_RUN. */
	if (r->done)
		vcpu_run_complete_io(r->vcpu);
	return NULL;
}

/* All racers have written, and are alone with one block. */
static bool run_round(const struct race *race, struct kvm_vm *vm, void *mem,
		      struct racer *racers, unsigned int round)
{
	pthread_t threads[NR_VCPUS];
	struct s2_dumped found;
	bool ok = true;
	int i;

	race->prepare(race, vm, mem);
	for (i = 0; i < NR_VCPUS; i++) {
		racers[i].value = round * NR_VCPUS + i + 1;
		pthread_create(&threads[i], NULL, run_racer, &racers[i]);
	}
	for (i = 0; i < NR_VCPUS; i++) {
		pthread_join(threads[i], NULL);
		ok &= racers[i].done;
	}

	found = s2_dump_at(vm, TEST_GPA);
	ok &= found.block == *race->block && strstr(found.attrs, " NORMAL ");
	for (i = 0; i < NR_VCPUS; i++)
		ok &= READ_ONCE(*(u64 *)(mem + racers[i].at)) ==
		      racers[i].value;
	if (!ok)
		ksft_print_msg("round %u: a block of %#zx,%s\n", round,
			       found.block, found.attrs);
	return ok;
}

/* HVA congruent with the memory's address in the device, and with TEST_GPA. */
static void *map_block(const struct race *race)
{
	void *area = map_anonymous(2 * large);
	void *mem = align_ptr_up(area, large);

	munmap(area, 2 * large);
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
	virt_map(vm, TEST_GPA, TEST_GPA, NR_VCPUS * page / vm->page_size);
	pthread_barrier_init(&start, NULL, NR_VCPUS);
	for (i = 0; i < NR_VCPUS; i++)
		racers[i] = (struct racer) { .vcpu = vcpus[i],
			.stack = vcpu_stack(vcpus[i]), .at = i * page + in_page,
			.start = &start };

	for (round = 0; round < ROUNDS; round++)
		lost += !run_round(race, vm, mem, racers, round);

	pthread_barrier_destroy(&start);
	kvm_vm_free(vm);
	munmap(mem, *race->block);
	ksft_test_result(!lost, "%d vCPUs %s, %d times\n", NR_VCPUS,
			 race->name, ROUNDS);
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

	read_block_sizes();
	if (window)
		write_file(RACE_WINDOW_US, window);
	ksft_set_plan(ARRAY_SIZE(races));
	for (i = 0; i < ARRAY_SIZE(races); i++)
		test_race(&races[i]);
	if (window)
		write_file(RACE_WINDOW_US, "0");
	ksft_finished();
}
