/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of memory without struct pages share. */
#ifndef SELFTEST_KVM_COHMEM_UTIL_H
#define SELFTEST_KVM_COHMEM_UTIL_H

#include <sys/mman.h>

#include "cohmem_testdev.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define NODE_DIR	"/dev/cohmem-test/"
/* The memslot that a test is about; the library has others. */
#define TEST_SLOT	10

/* Where in a page the function is that a guest calls; it returns 42. */
#define CODE		256
#define INSN_MOV_X0_42	0xd2800540u
#define INSN_RET	0xd65f03c0u
#define RETURNED	42ul

/* check() - Whether it is so; if not, that is said, with the line and what it is about */
#define check(ok, fmt, ...) ({						\
	bool _ok = ok;							\
									\
	if (!_ok)							\
		ksft_print_msg("line %d: not so: " fmt "\n", __LINE__,	\
			       ##__VA_ARGS__);				\
	_ok;								\
})

/* Of an ESR_ELx: why; and that it is a synchronous external abort. DDI 0487, ESR_EL1. */
#define ESR_FSC		0x3f
#define FSC_EXTERNAL	0x10
/* Of a data abort: it was a write. */
#define ESR_WNR		BIT(6)

/**
 * struct guest_report - What the guest saw
 * @esr: of the abort that it took, or 0
 * @far: the address of that, unless it is an external one
 * @value: what it loaded, or got from a call
 */
struct guest_report {
	u64 esr;
	u64 far;
	u64 value;
};

/** guest_report - shared with the guest */
extern struct guest_report guest_report;

static inline u64 guest_load(u64 addr)
{
	u64 value;

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

static inline void guest_store(u64 addr, u64 value)
{
	asm volatile("str %1, [%0]" : : "r" (addr), "r" (value) : "memory");
}

static inline u64 guest_call(u64 addr)
{
	/* The host wrote these instructions. */
	dsb(ish);
	asm volatile("ic iallu" : : : "memory");
	dsb(ish);
	isb();
	return ((u64 (*)(void))addr)();
}

/** guest_touch() - The guest loads from @count places, each @step behind the last */
void guest_touch(u64 addr, u64 step, u64 count);

/** next_random() - The next number of a stream */
static inline u64 next_random(u64 *rng)
{
	*rng = *rng * 6364136223846793005ul + 1442695040888963407ul;
	return *rng >> 33;
}

/** now_us() - The time, in us, of a clock that nobody sets */
u64 now_us(void);

/** install_abort_handlers() - Have aborts of the guest reported, and passed over */
void install_abort_handlers(struct kvm_vm *vm);

/** vcpu_stack() - A vCPU's stack pointer, for vcpu_restart() when it was just made */
u64 vcpu_stack(struct kvm_vcpu *vcpu);

/** vcpu_restart() - Start @code anew on the stack @sp, whatever the vCPU was doing */
void vcpu_restart(struct kvm_vcpu *vcpu, void *code, u64 sp);

/** has_fwb() - Do the host's CPUs have stage-2 Force Write-Back? */
bool has_fwb(void);

/**
 * set_race_window() - Have each fault wait before it is mapped
 * @us: how long; when the test ends, they wait no longer
 *
 * Return: whether the kernel can, which takes CONFIG_DEBUG_VM.
 */
bool set_race_window(const char *us);

/** write_file() - Write a string to a file that is there */
void write_file(const char *path, const char *text);

/** open_node() - Open a node of the test device */
int open_node(const char *node);

/**
 * open_vm_file() - Open what debugfs shows of a VM
 * @pid: who made it
 * @vm_fd: by that descriptor
 * @file: a file of it, or "" for the directory
 *
 * Return: a descriptor, or -1 with errno.
 */
int open_vm_file(pid_t pid, int vm_fd, const char *file);

/** pa_of() - Where a page of the caller's is, or 0 if it has no struct page */
u64 pa_of(const void *hva);

/** page_count() - References of a page behind @fd, which is of node ram or stage2 */
u32 page_count(int fd, u64 offset);

/** map_node() - mmap() a node of the test device, from @offset on */
void *map_node(void *addr, size_t size, const char *node, u64 offset, int prot,
	       int flags);

/** map_anonymous() - Map memory that any process has */
void *map_anonymous(size_t size);

#endif /* SELFTEST_KVM_COHMEM_UTIL_H */
