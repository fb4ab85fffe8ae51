// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_pre_fault - what KVM_PRE_FAULT_MEMORY maps, and what it answers
 *
 * A largest block of memory without struct pages is one call and one block, after which
 * the guest takes no fault on it; the same with anonymous memory that the VMM has written
 * to. Then each answer: how far it came, and each errno. A call leaves alone what the
 * vCPU did last: an MMIO load that the VMM has yet to complete. It puts nothing into a
 * dirty log, and it does not hold up who changes memslots.
 *
 *	-p	the machine has no such call: protected mode, or no FEAT_S2FWB
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, and, without -p, a
 * machine whose rule makes declared memory Normal.
 */
#include <elf.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "cohmem_blocks.h"
#include "cohmem_faults.h"
#include "cohmem_log.h"

#define TEST_GPA	0x100000000ul
#define OTHER_GPA	0x200000000ul
#define MMIO_GPA	0x8000000000ul
#define ANON		SZ_8M
#define CHANGES		200
#define MOST_CHANGES	2000
#define MOST_CALLS	1000
#define AFTERWARDS_US	20000
/* Pages of the small memslots. */
#define NR_PAGES	16
#define ODD		7

static struct guest_vm t;
static unsigned long signals;
/* Each call has moved its range's address as far as its size. */
static bool moved_together = true;
/* Answers to a thread that pre-faults while memslots come and go. */
static unsigned long mapped, gone, going;

/* Returns 0 or -errno; @left: how much of it is not mapped. */
static int pre_fault_left(u64 gpa, u64 size, u64 *left)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };
	int ret = __vcpu_ioctl(t.vcpu, KVM_PRE_FAULT_MEMORY, &range) ? -errno : 0;

	if (left)
		*left = range.size;
	if (!check(range.gpa == gpa + size - range.size, "gpa and size move together"))
		moved_together = false;
	return ret;
}

static bool pre_fault(u64 gpa, u64 size, int wanted, u64 wanted_left)
{
	u64 left;
	int ret = pre_fault_left(gpa, size, &left);

	return check(ret == wanted && left == wanted_left,
		     "at %#lx: %d, %#lx left (%d, %#lx)", gpa, wanted, wanted_left, ret,
		     left);
}

/* The CPU has to have run the VM. Most calls come before that. */
static struct s2_entry entry_at(u64 gpa)
{
	if (!t.waits)
		guest_do(&t, LOAD, MMIO_GPA, 0);
	return s2_entry_at(t.vm, gpa);
}

/* Without DIC a page becomes executable when it is executed. */
static bool entry_is(u64 gpa, size_t size, bool write, bool normal)
{
	bool exec = normal && test_machine.dic;
	struct s2_entry e = entry_at(gpa);

	return check(e.block == size && e.write == write && e.exec == exec,
		     "%#zx bytes, write %d, exec %d at %#lx (%#zx, %d, %d)", size, write,
		     exec, gpa, e.block, e.write, e.exec);
}

static bool set_slot(u32 flags, size_t size, void *mem)
{
	int err = set_memslot_flags(t.vm, TEST_SLOT, flags, TEST_GPA, size, mem);

	return check(!err, "memslot (errno %d)", err);
}

static void *map_at_block(const char *node, size_t size)
{
	void *mem = align_ptr_up(map_anonymous(size + blocks.large), blocks.large);

	return map_node(mem, size, node, 0, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED);
}

static bool uses_without_fault(u64 gpa, u32 *code)
{
	unsigned long before;

	WRITE_ONCE(code[0], INSN_MOV_X0_42);
	WRITE_ONCE(code[1], INSN_RET);
	before = faults_counted("pre-fault", GUEST_FAULTS);
	return guest_gets(&t, LOAD, gpa, 0, DONE) && guest_gets(&t, STORE, gpa, 1, DONE) &&
	       (!test_machine.dic || guest_gets(&t, CALL, gpa, 0, DONE)) &&
	       check(faults_counted("pre-fault", GUEST_FAULTS) == before, "no fault");
}

/* Without DIC the first execution faults, as the instruction cache is to be cleaned then. */
static bool executes(u64 gpa)
{
	unsigned long before = faults_counted("pre-fault", GUEST_FAULTS);

	return guest_gets(&t, CALL, gpa, 0, DONE) &&
	       check(faults_counted("pre-fault", GUEST_FAULTS) == before + !test_machine.dic,
		     "a fault only without DIC") && guest_gets(&t, CALL, gpa, 0, DONE);
}

static bool test_block(void)
{
	void *mem = map_at_block("declared", blocks.large);
	u64 middle = TEST_GPA + blocks.large / 2;

	return set_slot(0, blocks.large, mem) && pre_fault(TEST_GPA, blocks.large, 0, 0) &&
	       entry_is(TEST_GPA, blocks.large, true, true) &&
	       uses_without_fault(middle, mem + blocks.large / 2 + CODE) &&
	       executes(middle) &&
	       /* What is there is there. */
	       pre_fault(middle, blocks.page, 0, 0);
}

static bool test_anonymous(void)
{
	void *mem = align_ptr_up(map_anonymous(ANON + blocks.pmd), blocks.pmd);
	bool ok = true;
	size_t at;

	madvise(mem, ANON, MADV_HUGEPAGE);
	for (at = 0; at < ANON; at += blocks.page)
		WRITE_ONCE(*(u64 *)(mem + at), at);
	ok = set_slot(0, ANON, mem) && pre_fault(TEST_GPA, ANON, 0, 0);
	for (at = 0; ok && at < ANON; at += ANON / NR_PAGES)
		ok &= uses_without_fault(TEST_GPA + at, mem + at + CODE);
	return ok;
}

/* As by a load: what was not written to is not writable. */
static bool test_not_written(void)
{
	void *mem = map_anonymous(NR_PAGES * blocks.page);
	unsigned long before;

	READ_ONCE(*(u64 *)mem);
	if (!set_slot(0, NR_PAGES * blocks.page, mem) ||
	    !pre_fault(TEST_GPA, blocks.page, 0, 0) ||
	    !entry_is(TEST_GPA, blocks.page, false, true))
		return false;
	before = faults_counted("pre-fault", GUEST_FAULTS);
	return guest_gets(&t, STORE, TEST_GPA, 1, DONE) &&
	       check(faults_counted("pre-fault", GUEST_FAULTS) > before, "a fault");
}

static bool test_arguments(void)
{
	void *mem = map_anonymous(NR_PAGES * blocks.page);
	u64 page = blocks.page, end = TEST_GPA + NR_PAGES * page;
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA, .size = page, .flags = 1 };
	bool ok = set_slot(0, NR_PAGES * page, mem);

	ok &= check(__vcpu_ioctl(t.vcpu, KVM_PRE_FAULT_MEMORY, &range) && errno == EINVAL,
		    "no flags");
	ok &= pre_fault(TEST_GPA + 1, page, -EINVAL, page);
	ok &= pre_fault(TEST_GPA, page + 1, -EINVAL, page + 1);
	ok &= pre_fault(TEST_GPA, 0, -EINVAL, 0);
	ok &= pre_fault(-page, 2 * page, -EINVAL, 2 * page);
	ok &= pre_fault(BIT(56), page, -ENOENT, page);
	/* The memslot ends: first how far it came, then why no farther. */
	ok &= pre_fault(end - page, 3 * page, 0, 2 * page);
	ok &= pre_fault(end, 2 * page, -ENOENT, 2 * page);
	ok &= check(ioctl(t.vcpu->fd, KVM_PRE_FAULT_MEMORY, NULL) && errno == EFAULT,
		    "no range");
	return ok;
}

/* One page of node odd, which the VMM maps from now on, is different. */
static void *map_odd(enum testdev_odd_how how)
{
	struct testdev_odd odd = {
		.offset = ODD * blocks.page, .every = SZ_1G, .how = how,
	};
	int fd = open_node("odd");

	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "TESTDEV_ODD: errno %i", errno);
	close(fd);
	return map_node(NULL, NR_PAGES * blocks.page, "odd", 0, PROT_READ | PROT_WRITE,
			MAP_SHARED);
}

static bool stops_at_odd(enum testdev_odd_how how, int wanted)
{
	void *mem = map_odd(how);
	u64 odd = TEST_GPA + ODD * blocks.page;
	u64 left = (NR_PAGES - ODD) * blocks.page;
	bool ok;

	ok = set_slot(0, NR_PAGES * blocks.page, mem) &&
	     pre_fault(TEST_GPA, NR_PAGES * blocks.page, 0, left) &&
	     pre_fault(odd, left, wanted, left) &&
	     pre_fault(odd + blocks.page, left - blocks.page, 0, 0);
	return ok & check(!entry_at(odd).block, "nothing is mapped there");
}

static bool test_refused(void)
{
	return stops_at_odd(TESTDEV_ODD_NO_ACCESS, -EFAULT);
}

static bool test_hole(void)
{
	return stops_at_odd(TESTDEV_ODD_HOLE, -EFAULT);
}

static bool test_poison(void)
{
	bool ok = stops_at_odd(TESTDEV_ODD_POISONED, -EHWPOISON);

	return ok & check(!signals, "no signal");
}

static bool test_not_initialised(void)
{
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA, .size = blocks.page };
	int fd = __vm_ioctl(t.vm, KVM_CREATE_VCPU, (void *)1ul);
	bool ok;

	ok = check(fd >= 0, "another vCPU") &&
	     check(ioctl(fd, KVM_PRE_FAULT_MEMORY, &range) && errno == ENOEXEC,
		   "ENOEXEC (%d)", errno);
	close(fd);
	return ok;
}

/* The exit of a load that the VMM has to answer, with a call in between. */
static bool completes(u64 gpa, u64 size, int wanted, u64 left)
{
	static struct kvm_run before;
	struct kvm_run *run = t.vcpu->run;
	u64 value = 0x600dcafe;
	struct ucall uc;
	bool ok;

	order_guest(&t, LOAD, MMIO_GPA, 0);
	ok = check(!__vcpu_run(t.vcpu) && run->exit_reason == KVM_EXIT_MMIO &&
		   run->mmio.phys_addr == MMIO_GPA, "MMIO");
	memcpy(run->mmio.data, &value, sizeof(value));
	before = *run;
	ok &= pre_fault(gpa, size, wanted, left);
	ok &= check(!memcmp(&before, run, sizeof(before)), "nothing in kvm_run has changed");
	ok &= check(!__vcpu_run(t.vcpu) && get_ucall(t.vcpu, &uc) == UCALL_SYNC, "it goes on");
	sync_global_from_guest(t.vm, guest_report);
	ok &= check(guest_report.value == value, "%#lx is loaded (%#lx)", value,
		    guest_report.value);
	vcpu_run_complete_io(t.vcpu);
	t.waits = true;
	return ok;
}

static bool test_pending_mmio(void)
{
	void *mem = map_odd(TESTDEV_ODD_NO_ACCESS);
	u64 page = blocks.page;

	return set_slot(0, NR_PAGES * page, mem) &&
	       completes(TEST_GPA, ODD * page, 0, 0) &&
	       completes(TEST_GPA + ODD * page, page, -EFAULT, page) &&
	       completes(TEST_GPA + NR_PAGES * page, page, -ENOENT, page);
}

static void on_alarm(int sig)
{
	signals++;
}

/* Return: whether @parent stands at the beginning of the next call, once it does stand. */
static bool stands_at_call(pid_t parent)
{
	struct user_pt_regs regs;
	struct iovec iov = { &regs, sizeof(regs) };

	return !ptrace(PTRACE_GETREGSET, parent, NT_PRSTATUS, &iov) &&
	       regs.regs[8] == SYS_ioctl && regs.regs[1] == KVM_PRE_FAULT_MEMORY;
}

/*
 * In a child, which is the debugger of its parent: sends it a signal when it has entered
 * the kernel for the call, but has not begun it. It is in read() until a byte comes.
 */
static int send_signal(pid_t parent, int to_parent)
{
	if (ptrace(PTRACE_SEIZE, parent, 0, 0) || ptrace(PTRACE_INTERRUPT, parent, 0, 0) ||
	    waitpid(parent, NULL, __WALL) != parent || write(to_parent, "", 1) != 1)
		return 1;
	do {
		if (ptrace(PTRACE_SYSCALL, parent, 0, 0) ||
		    waitpid(parent, NULL, __WALL) != parent)
			return 1;
	} while (!stands_at_call(parent));
	return kill(parent, SIGALRM) || ptrace(PTRACE_DETACH, parent, 0, 0);
}

/* Nothing is done, nothing is lost, and the same call can be made again. */
static bool test_pending_signal(void)
{
	void *mem = map_anonymous(NR_PAGES * blocks.page);
	u64 size = NR_PAGES * blocks.page;
	pid_t parent = getpid(), child;
	int ends[2], status;
	char byte;
	bool ok;

	READ_ONCE(*(u64 *)mem);
	ok = set_slot(0, size, mem) && check(!pipe(ends), "a pipe");
	child = fork();
	if (!child)
		_exit(send_signal(parent, ends[1]));
	/* The debugger has the other one: if it ends, there is nothing to wait for. */
	close(ends[1]);
	ok &= check(read(ends[0], &byte, 1) == 1, "the debugger is there");
	ok &= pre_fault(TEST_GPA, size, -EINTR, size) && check(signals == 1, "one signal");
	ok &= check(waitpid(child, &status, 0) == child && !status, "the debugger (%#x)",
		    status);
	close(ends[0]);
	return ok && check(!entry_at(TEST_GPA).block, "nothing is mapped there") &&
	       pre_fault(TEST_GPA, size, 0, 0) && entry_is(TEST_GPA, blocks.page, false, true);
}

/* Memory that each call has to populate page by page. */
static bool test_signal(void)
{
	struct itimerval in = { .it_value.tv_usec = 2000, .it_interval.tv_usec = 2000 };
	void *mem = map_at_block("lazy", blocks.large);
	u64 gpa = TEST_GPA, size = blocks.large, left;
	unsigned int calls = 0;
	int ret;

	if (!set_slot(0, size, mem))
		return false;
	setitimer(ITIMER_REAL, &in, NULL);
	do {
		ret = pre_fault_left(gpa, size, &left);
		/* A signal that comes first: nothing was done, and nothing is lost. */
		if (ret == -EINTR)
			ret = left == size ? 0 : ret;
		gpa += size - left;
		size = left;
		calls++;
	} while (!ret && size && calls < MOST_CALLS && (calls < 3 || size == blocks.large));
	in = (struct itimerval) { };
	setitimer(ITIMER_REAL, &in, NULL);
	/* Larger pages are few. */
	if (!check(!ret && signals && size < blocks.large && (size || blocks.page > SZ_4K),
		   "%u calls, ended by signals: %d, %#lx left", calls, ret, size))
		return false;
	return !size || (pre_fault(gpa, NR_PAGES * blocks.page, 0, 0) &&
			 entry_is(gpa, blocks.page, true, true));
}

static bool enough;

static void *pre_fault_until_enough(void *arg)
{
	bool ok = true;
	int ret;

	while (ok && !READ_ONCE(enough)) {
		ret = pre_fault_left(TEST_GPA, NR_PAGES * blocks.page, NULL);
		ok = check(!ret || ret == -EAGAIN || ret == -ENOENT, "0, EAGAIN or ENOENT (%d)",
			   ret);
		WRITE_ONCE(mapped, mapped + !ret);
		WRITE_ONCE(gone, gone + (ret == -ENOENT));
		WRITE_ONCE(going, going + (ret == -EAGAIN));
	}
	return ok ? &enough : NULL;
}

/* The thread has met each of the three answers. */
static bool has_met_all(void)
{
	return READ_ONCE(mapped) && READ_ONCE(gone) && READ_ONCE(going);
}

/*
 * A call that waited for the memslot would wait for who waits for the call. It is EAGAIN
 * while the memslot is being deleted. When the thread gets a CPU is the scheduler's choice.
 */
static bool test_deleted(void)
{
	void *mem = map_node(NULL, NR_PAGES * blocks.page, "lazy", 0, PROT_READ | PROT_WRITE,
			     MAP_SHARED);
	pthread_t thread;
	bool ok = true;
	unsigned int i;
	void *done;

	enough = false;
	pthread_create(&thread, NULL, pre_fault_until_enough, NULL);
	for (i = 0; ok && (i < CHANGES || (i < MOST_CHANGES && !has_met_all())); i++) {
		ok = set_slot(0, NR_PAGES * blocks.page, mem);
		usleep(500);
		ok &= set_slot(0, 0, mem);
	}
	WRITE_ONCE(enough, true);
	pthread_join(thread, &done);
	ksft_print_msg("%u changes: %lu times mapped, %lu times EAGAIN, %lu times ENOENT\n", i,
		       mapped, going, gone);
	return ok && done && check(has_met_all(), "each answer has come") &&
	       pre_fault(TEST_GPA, blocks.page, -ENOENT, blocks.page);
}

/* Has stage 2 a page of such memory? */
static bool has_begun(void)
{
	int fd = open_vm_file(getpid(), t.vm->fd, "pfnmap_normal_l3");
	char bytes[32] = "";

	TEST_ASSERT(fd >= 0 && read(fd, bytes, sizeof(bytes) - 1) > 0,
		    "pfnmap_normal_l3: errno %i", errno);
	close(fd);
	return strtoul(bytes, NULL, 0);
}

static bool has_ended;

static void *pre_fault_once(void *size)
{
	u64 left;
	int ret = pre_fault_left(TEST_GPA, *(size_t *)size, &left);

	WRITE_ONCE(has_ended, true);
	return check(!ret && !left, "all is mapped (%d, %#lx left)", ret, left) ? size : NULL;
}

/*
 * Memory that a call has to populate page by page takes it long. Meanwhile another memslot is
 * made, which the call does not know of; it has not come to its end then, nor a while after.
 */
static bool changes_meanwhile(size_t size, bool *meanwhile)
{
	void *mem = map_at_block("lazy", size), *other = map_anonymous(blocks.page);
	pthread_t thread;
	void *done;
	bool ok;

	has_ended = false;
	ok = set_slot(0, size, mem);
	TEST_ASSERT(!pthread_create(&thread, NULL, pre_fault_once, &size), "no thread");
	while (!has_begun() && !READ_ONCE(has_ended))
		usleep(100);
	ok &= check(!set_memslot_flags(t.vm, TEST_SLOT + 1, 0, OTHER_GPA, blocks.page, other),
		    "another memslot");
	usleep(AFTERWARDS_US);
	*meanwhile = !READ_ONCE(has_ended);
	pthread_join(thread, &done);
	ok &= done && check(!set_memslot_flags(t.vm, TEST_SLOT + 1, 0, OTHER_GPA, 0, other),
			    "the other memslot goes");
	ok &= set_slot(0, 0, mem);
	munmap(mem, size);
	munmap(other, blocks.page);
	return ok;
}

/* On a fast machine it takes more memory; and a PC may let the thread run alone. */
static bool test_changes(void)
{
	bool meanwhile = false, ok = true;
	size_t size;

	for (size = blocks.large / 16; ok && !meanwhile && size <= blocks.large; size *= 2)
		ok = changes_meanwhile(size, &meanwhile);
	return ok && check(meanwhile, "the memslot is made while a call goes on");
}

/* What the guest uses. */
static void map_pages(void)
{
	u64 at;

	guest_vm_map(&t, TEST_GPA, NR_PAGES * blocks.page);
	for (at = NR_PAGES * blocks.page; at < ANON; at += blocks.page)
		if (at % (ANON / NR_PAGES) == 0)
			guest_vm_map(&t, TEST_GPA + at, blocks.page);
	guest_vm_map(&t, TEST_GPA + blocks.large / 2, blocks.page);
	guest_vm_map(&t, MMIO_GPA, blocks.page);
}

/* Declared memory, and in its middle what KVM maps writable at a load. */
static bool logs_nothing(enum log_mode mode)
{
	size_t page = blocks.page, size = NR_PAGES * page;
	void *mem = map_at_block("declared", size);
	unsigned long *pages = bitmap_zalloc(NR_PAGES);
	struct log_vm l;
	bool ok;

	log_vm_create(&l, mode);
	t = l.t;
	map_pages();
	ok = set_slot(KVM_MEM_LOG_DIRTY_PAGES, size, mem);
	map_node(mem + ODD * page, page, "nc-any", ODD * page, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
	l.t = t;
	ok &= pre_fault(TEST_GPA, size, 0, 0) && log_read(&l, pages, NR_PAGES) &&
	      check(!log_count(pages, NR_PAGES), "nothing is logged");
	ok &= entry_is(TEST_GPA, page, false, true) &&
	      entry_is(TEST_GPA + ODD * page, page, false, false);
	/* Each store is. */
	ok &= guest_gets(&t, STORE, TEST_GPA, 1, DONE) &&
	      guest_gets(&t, STORE, TEST_GPA + ODD * page, 1, DONE);
	l.t = t;
	ok &= log_read(&l, pages, NR_PAGES) &&
	      check(test_bit(0, pages) && test_bit(ODD, pages) &&
		    log_count(pages, NR_PAGES) == 2, "both stores are logged");
	kvm_vm_free(t.vm);
	free(pages);
	return ok;
}

static bool test_logged(void)
{
	/* These have VMs of their own. */
	kvm_vm_free(t.vm);
	t.vm = NULL;
	return logs_nothing(LOG_BITMAP) & logs_nothing(LOG_RING);
}

static const struct {
	const char *name;
	bool (*run)(void);
} tests[] = {
	{ "a largest block is one call, and the guest takes no fault on it", test_block },
	{ "anonymous memory that was written to takes no fault", test_anonymous },
	{ "memory that was not written to is read-only, and a store faults", test_not_written },
	{ "each argument that is not right has its errno", test_arguments },
	{ "memory that is refused is EFAULT, and the rest is mapped", test_refused },
	{ "a hole is EFAULT, and the rest is mapped", test_hole },
	{ "poison is EHWPOISON, without a signal, and the rest is mapped", test_poison },
	{ "a vCPU that is not initialised is ENOEXEC", test_not_initialised },
	{ "an MMIO load that is pending is completed as if there were no call",
	  test_pending_mmio },
	{ "a signal that is pending is EINTR, and nothing is done", test_pending_signal },
	{ "a signal ends a call, which says how far it came", test_signal },
	{ "a memslot that is being deleted is EAGAIN, and then ENOENT", test_deleted },
	{ "another memslot is made while a call goes on", test_changes },
	{ "nothing is logged, and each store afterwards is", test_logged },
};

static void test_none(void)
{
	int ret;

	guest_vm_create(&t, false);
	ret = pre_fault_left(0, blocks.page, NULL);
	ksft_set_plan(1);
	ksft_test_result(ret == -EOPNOTSUPP && !vm_check_cap(t.vm, KVM_CAP_PRE_FAULT_MEMORY),
			 "no such call\n");
	ksft_finished();
}

int main(int argc, char *argv[])
{
	bool none = false;
	size_t i;
	bool ok;
	int opt;

	while ((opt = getopt(argc, argv, "p")) != -1) {
		TEST_ASSERT(opt == 'p', "usage: %s [-p]", argv[0]);
		none = true;
	}
	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	kvm_pin_this_task_to_pcpu(0);
	blocks_read_sizes();
	read_machine(false);
	if (none)
		test_none();
	TEST_ASSERT(kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY), "KVM cannot pre-fault memory");
	signal(SIGALRM, on_alarm);
	signal(SIGBUS, on_alarm);
	count_faults("pre-fault", TEST_GPA, blocks.large, GUEST_FAULTS);

	ksft_set_plan(ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		signals = 0;
		moved_together = true;
		guest_vm_create(&t, false);
		map_pages();
		ok = tests[i].run() & moved_together;
		if (t.vm && tests[i].run != test_logged)
			kvm_vm_free(t.vm);
		ksft_test_result(ok, "%s\n", tests[i].name);
	}
	stop_counting("pre-fault", GUEST_FAULTS);
	ksft_finished();
}
