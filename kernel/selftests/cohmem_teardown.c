// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_teardown - a VM with much memory that is mapped by pages goes away
 *
 * Others can run on that CPU while its stage 2 is destroyed.
 *
 * The memory is the page of zeroes, many times, in a memslot that logs: so stage 2 maps
 * it by pages, and it takes no memory. The VM goes away as one whose VMM is killed does:
 * with its memslots.
 *
 *	-n PAGES	how many
 *	-l MS		how long others may have to wait. An emulated CPU may itself
 *			have to wait for others of the PC, so this is for a machine
 *			whose clock counts instructions.
 */
#include <getopt.h>
#include <unistd.h>

#include "cohmem_ticks.h"
#include "cohmem_util.h"
#include "ucall_common.h"

#define TEST_GPA	0x100000000ul
#define DEFAULT_PAGES	65536

/*
 * The longest wait may be that part of the time: it is more than half of it if all is
 * destroyed in one go. How often others ran is no measure: an emulated CPU of a busy PC
 * takes long for what is done before and behind, too. That PC may also let it wait once for
 * long, which is why there are several tries.
 */
#define LONGEST_PART	4
#define MOST_TRIES	4

/* Without a look at its memslots. */
static void drop(struct kvm_vm *vm, struct kvm_vcpu *vcpu)
{
	size_t run_size = __kvm_ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, NULL);

	TEST_ASSERT(!munmap(vcpu->run, run_size), "munmap(): errno %i", errno);
	TEST_ASSERT(!close(vcpu->fd) && !close(vm->fd), "close(): errno %i", errno);
	TEST_ASSERT(open_vm_file(getpid(), vm->fd, "") < 0 && errno == ENOENT,
		    "the VM is still there");
}

/**
 * struct goodbye - What it was like while a VM went away
 * @us: how long that took
 * @longest_us: the longest time in which others could not run
 */
struct goodbye {
	unsigned long us;
	unsigned int longest_us;
};

/* By the guest's loads, if nothing else does it, which takes long for 4 GiB. */
static bool fill_stage2(struct kvm_vm *vm, struct kvm_vcpu *vcpu, size_t pages)
{
	size_t page = getpagesize(), nr;
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA, .size = pages * page };
	struct ucall uc;
	int ret;

	if (kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY)) {
		do {
			ret = __vcpu_ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range);
		} while (!ret && range.size);
		return !ret;
	}
	for (nr = 0; nr < pages; nr++)
		virt_pg_map(vm, TEST_GPA + nr * page, TEST_GPA + nr * page);
	vcpu_args_set(vcpu, 3, TEST_GPA, page, (u64)pages);
	return !__vcpu_run(vcpu) && get_ucall(vcpu, &uc) == UCALL_DONE;
}

/* Whether all of it was mapped. */
static bool destroy_vm(size_t pages, struct goodbye *g)
{
	size_t page = getpagesize();
	void *mem = map_anonymous(pages * page);
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	bool ok;

	/* The library makes room for their translation tables. */
	vm = __vm_create_with_one_vcpu(&vcpu, pages, guest_touch);
	vm_set_user_memory_region(vm, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES, TEST_GPA,
				  pages * page, mem);
	ok = fill_stage2(vm, vcpu, pages);

	ticks_begin();
	ticks_longest_us();
	g->us = now_us();
	drop(vm, vcpu);
	g->us = now_us() - g->us;
	g->longest_us = ticks_longest_us();
	ticks_end();
	ksft_print_msg("%u of %lu us without others\n", g->longest_us, g->us);
	munmap(mem, pages * page);
	return ok;
}

int main(int argc, char *argv[])
{
	unsigned int limit_ms = 0;
	size_t pages = DEFAULT_PAGES;
	struct goodbye g;
	int tries = 0;
	bool ok;
	int opt;

	while ((opt = getopt(argc, argv, "n:l:")) != -1) {
		TEST_ASSERT(opt == 'n' || opt == 'l', "usage: %s [-n PAGES] [-l MS]", argv[0]);
		if (opt == 'n')
			pages = atoi_positive("PAGES", optarg);
		else
			limit_ms = atoi_positive("MS", optarg);
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	kvm_pin_this_task_to_pcpu(0);
	ksft_set_plan(1 + !!limit_ms);

	do {
		ok = destroy_vm(pages, &g);
	} while (ok && g.longest_us > g.us / LONGEST_PART && ++tries < MOST_TRIES);
	ksft_test_result(ok && g.longest_us <= g.us / LONGEST_PART,
			 "others run while stage 2 of %lu pages is destroyed\n", pages);
	if (limit_ms)
		ksft_test_result(ok && g.longest_us <= limit_ms * 1000,
				 "others wait %u ms at most\n", limit_ms);
	ksft_finished();
}
