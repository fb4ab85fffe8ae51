// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_poison - a guest reads a page that its driver knows to be poisoned
 *
 * The driver answers the fault with VM_FAULT_HWPOISON. The VMM gets the SIGBUS that it
 * gets for poisoned memory with struct pages: for this page, and for no more than that.
 * No block covers the page, the pages beside it work, and once the VMM has put another
 * page in its place, KVM_RUN goes on with the access.
 *
 * Needs node odd of cohmem's test device.
 */
#include <signal.h>
#include <sys/syscall.h>

#include <linux/futex.h>

#include "cohmem_blocks.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define POISONED	7
#define VALUE		0x600d600d600d600dul
#define NR_PAGES	16

static unsigned int signals;
static siginfo_t last;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	last = *info;
	signals++;
}

static u64 gpa_of(unsigned int nr)
{
	return TEST_GPA + nr * blocks.page;
}

static void test_signal(struct guest_vm *t, void *mem)
{
	enum guest_outcome outcome = guest_do(t, LOAD, gpa_of(POISONED), 0);
	unsigned int shift = __builtin_ctzl(blocks.page);
	bool ok;

	ok = outcome == STUCK && signals == 1 && last.si_code == BUS_MCEERR_AR &&
	     last.si_addr == mem + POISONED * blocks.page && last.si_addr_lsb == shift;
	if (!ok)
		ksft_print_msg("%s, %u signals, code %d, address %p, lsb %d\n",
			       guest_outcomes[outcome], signals, last.si_code,
			       last.si_addr, last.si_addr_lsb);
	ksft_test_result(ok, "the VMM gets SIGBUS for the page that is poisoned\n");
}

static void test_others(struct guest_vm *t)
{
	bool ok = true;
	unsigned int nr;

	signals = 0;
	for (nr = 0; nr < NR_PAGES; nr++) {
		if (nr == POISONED)
			continue;
		t->waits = false;
		ok &= guest_gets(t, LOAD, gpa_of(nr), 0, DONE) &&
		      s2_entry_at(t->vm, gpa_of(nr)).block == blocks.page;
	}
	ksft_test_result(ok && !signals && !s2_entry_at(t->vm, gpa_of(POISONED)).block,
			 "the pages beside it work, and no block covers it\n");
}

/* futex(2) has no other error for what cannot be accessed. */
static void test_futex(void *mem)
{
	u32 here = 0;
	long ret;

	signals = 0;
	ret = syscall(SYS_futex, &here, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL,
		      mem + POISONED * blocks.page,
		      FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0));
	ksft_test_result(check(ret == -1 && errno == EFAULT && !signals,
			       "%ld, errno %d, %u signals", ret, errno, signals),
			 "a futex in the page is EFAULT\n");
}

/* As QEMU does with a page of RAM, when the guest is reset. */
static void test_other_page(struct guest_vm *t, void *mem)
{
	bool ok = guest_do(t, LOAD, gpa_of(POISONED), 0) == STUCK && signals == 1;

	map_node(mem + POISONED * blocks.page, blocks.page, "declared", 0,
		 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);
	WRITE_ONCE(*(u64 *)(mem + POISONED * blocks.page), VALUE);
	ok &= vcpu_outcome(t->vcpu, __vcpu_run(t->vcpu), gpa_of(POISONED)) == DONE &&
	      check(guest_report.value == VALUE, "the guest loads what is there");
	ksft_test_result(ok && signals == 1,
			 "with another page in its place, the guest goes on\n");
}

int main(void)
{
	struct testdev_odd odd = { .how = TESTDEV_ODD_POISONED };
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	struct guest_vm t;
	void *mem;
	int fd;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	kvm_pin_this_task_to_pcpu(0);
	blocks_read_sizes();
	read_machine(false);
	ksft_set_plan(4);
	sigaction(SIGBUS, &action, NULL);

	fd = open_node("odd");
	odd.offset = POISONED * blocks.page;
	odd.every = blocks.pmd;
	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	mem = align_ptr_up(map_anonymous(2 * blocks.pmd), blocks.pmd);
	map_node(mem, blocks.pmd, "odd", 0, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);

	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, NR_PAGES * blocks.page);
	TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, blocks.pmd, mem),
		    "memslot: errno %i", errno);
	test_signal(&t, mem);
	test_others(&t);
	test_futex(mem);
	signals = 0;
	test_other_page(&t, mem);
	kvm_vm_free(t.vm);
	ksft_finished();
}
