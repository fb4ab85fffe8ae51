// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_permissions - a page of a read-only block becomes writable
 *
 * The VMM's first write to a page that its driver has mapped read-only makes that
 * page writable, if the VMA is (wp_pfn_shared()), and no MMU notifier tells of it:
 * access has only become more. In stage 2 the page may be part of a block by then,
 * the rest of which the guest may still not write to.
 *
 * First with one vCPU, and a page, or a part of a larger block. Then with two that race.
 * One has met a single read-only page, and waits for mmap_lock, while the VMM maps all of
 * the memory anew; the other one then maps it by one block, before the first goes on. What
 * is granted to the page must not be granted to the block. The order is forced:
 *
 *	CPU 0				CPU 1
 *
 *	holder: mmap(), for long
 *					mapper: mmap(), waits for the holder
 *					writer: stores to the page, waits
 *					reader: loads from another page, waits
 *					coordinator: takes the CPU, until
 *	mapper maps, all read-only
 *	reader has its block
 *					coordinator: writes to the page, yields
 *					writer goes on
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, FWB, the default policy,
 * and two CPUs.
 */
#include <linux/sizes.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "cohmem_blocks.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x200000000ul
#define NR_PAGES	16

/* Pages: becomes writable; the other vCPU's; the VMM has written to it before. */
#define WRITABLE	3
#define OTHER_PAGE	9
#define ODD_ONE		7

#define ROUNDS		3
#define MAX_TRIES	20
#define PATIENCE_US	5000000
/* The kernel takes the CPU from SCHED_FIFO after 0.95 s. */
#define LIMIT_US	600000

static size_t page, block;
static void *mem;
static int odd_fd;

/* All of it read-only to begin with. */
static void map_read_only(void)
{
	void *at = mmap(mem, block, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			odd_fd, 0);

	TEST_ASSERT(at == mem, "mmap() of odd: errno %i", errno);
}

static void prepare(void)
{
	struct testdev_odd odd = { .every = page, .how = TESTDEV_ODD_READ_ONLY };

	odd_fd = open_node("odd");
	TEST_ASSERT(!ioctl(odd_fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	mem = align_ptr_up(map_anonymous(2 * block), block);
	map_read_only();
}

static u64 gpa_of(unsigned int nr)
{
	return TEST_GPA + nr * page;
}

static u64 *word_of(unsigned int nr)
{
	return mem + nr * page;
}

static bool stage2_is(struct kvm_vm *vm, unsigned int nr, size_t size, bool write)
{
	struct s2_entry e = s2_entry_at(vm, gpa_of(nr));

	if (e.block == size && e.type == S2_NORMAL_WB && e.write == write)
		return true;
	ksft_print_msg("page %u: block of %#zx, write %d, not %#zx, %d\n", nr,
		       e.block, e.write, size, write);
	return false;
}

static void test_one_vcpu(void)
{
	struct guest_vm t;
	bool ok;

	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, NR_PAGES * page);
	ok = !set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, block, mem);

	ok &= guest_gets(&t, LOAD, gpa_of(WRITABLE), 0, DONE) &&
	      stage2_is(t.vm, WRITABLE, block, false);
	WRITE_ONCE(*word_of(WRITABLE), 2);
	/* No notifier. */
	ok &= stage2_is(t.vm, WRITABLE, block, false);
	ok &= guest_gets(&t, STORE, gpa_of(WRITABLE), 3, DONE) &&
	      stage2_is(t.vm, WRITABLE, page, true) &&
	      READ_ONCE(*word_of(WRITABLE)) == 3;
	ok &= guest_gets(&t, LOAD, gpa_of(WRITABLE + 1), 0, DONE) &&
	      stage2_is(t.vm, WRITABLE + 1, page, false);
	kvm_vm_free(t.vm);
	ksft_test_result(ok, "a page of a block becomes writable\n");
}

/* The VMM has written to all that a block of the middle size maps: so that is what it becomes. */
static void test_part(void)
{
	u64 part = TEST_GPA + 5 * blocks.middle, beside = part + blocks.middle, at;
	void *room = map_anonymous(2 * blocks.large), *area;
	struct s2_entry e;
	struct guest_vm t;
	bool ok;

	area = map_node(align_ptr_up(room, blocks.large), blocks.large, "odd", 0,
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);
	guest_vm_create(&t, false);
	guest_vm_map(&t, part, page);
	guest_vm_map(&t, beside, page);
	ok = check(!set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, blocks.large, area),
		   "memslot");
	ok &= guest_gets(&t, LOAD, part, 0, DONE);
	e = s2_entry_at(t.vm, part);
	ok &= check(e.block == blocks.large && !e.write, "a read-only block (%#zx, write %d)",
		    e.block, e.write);
	for (at = part; at < beside; at += page)
		WRITE_ONCE(*(u64 *)(area + (at - TEST_GPA)), 2);
	ok &= guest_gets(&t, STORE, part, 3, DONE) &&
	      check(READ_ONCE(*(u64 *)(area + (part - TEST_GPA))) == 3, "3 is written");
	e = s2_entry_at(t.vm, part);
	ok &= check(e.block == blocks.middle && e.type == S2_NORMAL_WB && e.write,
		    "its part is writable (%#zx, write %d)", e.block, e.write);
	e = s2_entry_at(t.vm, beside);
	ok &= check(e.block == blocks.middle && e.type == S2_NORMAL_WB && !e.write,
		    "the part beside it is not (%#zx, write %d)", e.block, e.write);
	ok &= guest_gets(&t, LOAD, beside, 0, DONE);
	kvm_vm_free(t.vm);
	munmap(room, 2 * blocks.large);
	ksft_test_result(ok, "a part of a largest block becomes writable\n");
}

static void guest_once(enum guest_op op, u64 addr, u64 value)
{
	if (op == STORE)
		guest_store(addr, value);
	else
		guest_load(addr);
	GUEST_SYNC(0);
}

/**
 * struct racer - A thread that does one thing when it is told to
 * @run: what
 * @vcpu: with this one, if any
 * @stack: of the vCPU when it was made
 * @op, @gpa: what the guest does
 * @tid: of the thread
 * @go: it is told to
 * @done: it has
 * @outcome: of the guest
 */
struct racer {
	void (*run)(struct racer *r);
	struct kvm_vcpu *vcpu;
	u64 stack;
	enum guest_op op;
	u64 gpa;
	pid_t tid;
	sem_t go;
	atomic_bool done;
	enum guest_outcome outcome;
};

static enum guest_outcome run_guest(struct racer *r, enum guest_op op, u64 gpa)
{
	vcpu_restart(r->vcpu, guest_once, r->stack);
	vcpu_args_set(r->vcpu, 3, (u64)op, gpa, gpa);
	return vcpu_outcome(r->vcpu, _vcpu_run(r->vcpu), gpa);
}

static void be_vcpu(struct racer *r)
{
	r->outcome = run_guest(r, r->op, r->gpa);
}

static void be_mapper(struct racer *r)
{
	map_read_only();
}

/* How much the holder maps, and where: it is busy until all the others wait. */
static size_t held, held_most;
static void *held_at;

static void be_holder(struct racer *r)
{
	map_node(held_at, held, "declared", 0, PROT_READ, MAP_SHARED | MAP_FIXED);
}

static void *racer_main(void *arg)
{
	struct racer *r = arg;

	r->tid = syscall(SYS_gettid);
	for (;;) {
		sem_wait(&r->go);
		r->run(r);
		r->done = true;
	}
	return NULL;
}

static struct racer holder = { .run = be_holder, .done = true };
static struct racer mapper = { .run = be_mapper, .done = true };
static struct racer writer = { .run = be_vcpu, .done = true };
static struct racer reader = { .run = be_vcpu, .done = true };

static void move_to(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	TEST_ASSERT(!sched_setaffinity(tid, sizeof(set), &set),
		    "CPU %d: errno %i", cpu, errno);
}

static void be_first(void)
{
	struct sched_param param = { .sched_priority = 1 };

	TEST_ASSERT(!sched_setscheduler(0, SCHED_FIFO, &param),
		    "SCHED_FIFO: errno %i", errno);
}

/* In the kernel, waiting for a lock. Nothing here takes mmap_lock. */
static bool waits(const struct racer *r)
{
	char path[64], stat[128], *state;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", r->tid);
	fd = open(path, O_RDONLY);
	len = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	stat[len > 0 ? len : 0] = '\0';
	state = strrchr(stat, ')');
	return state && state[2] == 'D';
}

/* How often it was taken from the CPU: it has not run if that is as before. */
static unsigned long switches(const struct racer *r)
{
	static const char word[] = "voluntary_ctxt_switches:";
	char path[64], *at;
	static char status[4096];
	unsigned long sum = 0;
	ssize_t len;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", r->tid);
	fd = open(path, O_RDONLY);
	len = read(fd, status, sizeof(status) - 1);
	close(fd);
	status[len > 0 ? len : 0] = '\0';
	/* Voluntarily, and not so. */
	for (at = status, i = 0; i < 2; i++) {
		at = strstr(at, word);
		TEST_ASSERT(at, "no %s in %s", word, path);
		at += strlen(word);
		sum += strtoul(at, NULL, 0);
	}
	return sum;
}

/* Tells it to, and returns whether it then waits for the lock. */
static bool start(struct racer *r)
{
	int us;

	r->done = false;
	sem_post(&r->go);
	for (us = 0; us < PATIENCE_US && !r->done; us += 100) {
		usleep(100);
		if (waits(r))
			return true;
	}
	return false;
}

static bool finish(struct racer *r)
{
	int us;

	for (us = 0; us < PATIENCE_US && !r->done; us += 100)
		usleep(100);
	return r->done;
}

static size_t memory_size(void)
{
	struct testdev_info info;
	int fd = open_node("declared");

	TEST_ASSERT(!ioctl(fd, TESTDEV_INFO, &info), "info: errno %i", errno);
	close(fd);
	return info.size;
}

static void add_racer(struct racer *r)
{
	pthread_t thread;

	sem_init(&r->go, 0, 0);
	pthread_create(&thread, NULL, racer_main, r);
	while (!READ_ONCE(r->tid))
		usleep(100);
	if (r->vcpu)
		r->stack = vcpu_stack(r->vcpu);
}

/* One access by a vCPU, while nothing else happens. */
static bool ask(struct racer *r, enum guest_op op, u64 gpa,
		enum guest_outcome wanted)
{
	r->op = op;
	r->gpa = gpa;
	r->done = false;
	sem_post(&r->go);
	if (finish(r) && r->outcome == wanted)
		return true;
	ksft_print_msg("%s at %#lx: %s (%s)\n", op == LOAD ? "load" : "store", gpa,
		       guest_outcomes[r->outcome],
		       exit_reason_str(r->vcpu->run->exit_reason));
	return false;
}

/**
 * enum race - How it came
 * @AS_PLANNED: the writer met a block that was made while it waited
 * @TOO_SHORT: the holder was done before all the others waited
 * @TOO_LONG: the writer was not kept waiting for long enough
 */
enum race { AS_PLANNED, TOO_SHORT, TOO_LONG };

static enum race set_up_race(struct kvm_vm *vm)
{
	unsigned long before;
	bool waiting, ready;
	u64 start_us;

	writer.op = STORE;
	reader.op = LOAD;
	reader.gpa = gpa_of(OTHER_PAGE);
	move_to(mapper.tid, 1);
	move_to(reader.tid, 1);
	holder.done = false;
	sem_post(&holder.go);
	usleep(1000);
	waiting = start(&mapper) && start(&writer) && start(&reader);
	move_to(mapper.tid, 0);
	move_to(reader.tid, 0);
	before = switches(&writer);
	if (!waiting || holder.done)
		return TOO_SHORT;

	/* From here on, the writer can have the lock, but no CPU. */
	start_us = now_us();
	while (!reader.done && now_us() - start_us < LIMIT_US)
		;
	ready = reader.done && reader.outcome == DONE &&
		stage2_is(vm, OTHER_PAGE, block, false);
	WRITE_ONCE(*word_of(WRITABLE), 0);
	return ready && switches(&writer) == before ? AS_PLANNED : TOO_LONG;
}

/* The writer has a single page, since another one is not like it. */
static bool prepare_race(struct kvm_vm *vm)
{
	map_read_only();
	WRITE_ONCE(*word_of(ODD_ONE), 0);
	return ask(&writer, LOAD, gpa_of(WRITABLE), DONE) &&
	       stage2_is(vm, WRITABLE, page, false);
}

static bool check_race(struct kvm_vm *vm)
{
	bool ok;

	if (writer.outcome != DONE)
		ksft_print_msg("the store: %s\n", guest_outcomes[writer.outcome]);
	ok = writer.outcome == DONE && stage2_is(vm, WRITABLE, page, true) &&
	     READ_ONCE(*word_of(WRITABLE)) == gpa_of(WRITABLE);
	return ok & (ask(&writer, LOAD, gpa_of(OTHER_PAGE), DONE) &&
		     stage2_is(vm, OTHER_PAGE, page, false));
}

static void test_race(void)
{
	struct kvm_vcpu *vcpus[2];
	unsigned int rounds = 0, tries = 0;
	enum race race;
	struct kvm_vm *vm;
	bool ok = true;

	vm = vm_create_with_vcpus(2, guest_once, vcpus);
	install_abort_handlers(vm);
	vcpu_init_descriptor_tables(vcpus[0]);
	vcpu_init_descriptor_tables(vcpus[1]);
	virt_map(vm, TEST_GPA, TEST_GPA, NR_PAGES * page / vm->page_size);
	ok &= !set_memslot_flags(vm, TEST_SLOT, 0, TEST_GPA, block, mem);
	held_most = memory_size();
	held_at = map_anonymous(held_most);
	held = held_most / 8;

	writer.vcpu = vcpus[0];
	reader.vcpu = vcpus[1];
	add_racer(&holder);
	add_racer(&mapper);
	add_racer(&writer);
	add_racer(&reader);
	move_to(holder.tid, 0);
	move_to(writer.tid, 1);
	move_to(0, 1);
	be_first();

	while (ok && rounds < ROUNDS && tries++ < MAX_TRIES) {
		ok &= prepare_race(vm);
		if (!ok)
			break;
		race = set_up_race(vm);
		TEST_ASSERT(finish(&writer) && finish(&reader) && finish(&mapper) &&
			    finish(&holder), "a thread does not end");
		if (race == AS_PLANNED) {
			ok &= check_race(vm);
			rounds++;
		} else if (race == TOO_SHORT && held < held_most) {
			held *= 2;
		} else if (race == TOO_LONG && held > SZ_64M) {
			held /= 2;
		}
	}
	ksft_test_result(ok && rounds == ROUNDS,
			 "a page becomes writable, of a block that another vCPU has just made: %u of %u tries\n",
			 rounds, tries);
}

int main(void)
{
	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(has_fwb());
	TEST_REQUIRE(sysconf(_SC_NPROCESSORS_ONLN) >= 2);

	page = getpagesize();
	block = page * page / sizeof(u64);
	/* No brk() while mmap_lock is what others wait for. */
	mallopt(M_TOP_PAD, SZ_4M);
	mallopt(M_TRIM_THRESHOLD, SZ_64M);
	kvm_pin_this_task_to_pcpu(1);
	read_machine(false);
	blocks_read_sizes();
	ksft_set_plan(3);
	prepare();
	test_one_vcpu();
	test_part();
	map_read_only();
	test_race();
	ksft_finished();
}
