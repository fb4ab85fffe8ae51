// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "rawvm.h"

/* Linux 6.11 has these; headers of older systems do not. */
#ifndef KVM_PRE_FAULT_MEMORY
struct kvm_pre_fault_memory {
	__u64 gpa;
	__u64 size;
	__u64 flags;
	__u64 padding[5];
};

#define KVM_PRE_FAULT_MEMORY _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#endif

#define CODE_IPA	0
#define CODE_SIZE	0x10000		/* a page of any size */
#define EXIT_IPA	0x10000000	/* no memslot */

#define CORE_REG(field)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | \
			 KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))
/* A general register is two units of KVM_REG_ARM_CORE_REG(). */
#define X_REG(n)	(CORE_REG(regs.regs[0]) + 2 * (n))
#define VBAR_EL1	ARM64_SYS_REG(3, 0, 12, 0, 0)

static int must_ioctl(int fd, unsigned long request, const char *name,
		      void *arg)
{
	int ret = ioctl(fd, request, arg);

	if (ret < 0)
		give_up("%s: %m", name);
	return ret;
}

#define KVM(fd, request, arg)	must_ioctl(fd, request, #request, arg)

static void set_reg(struct rawvm *vm, u64 id, u64 value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	KVM(vm->vcpu, KVM_SET_ONE_REG, &reg);
}

static u64 get_reg(struct rawvm *vm, u64 id)
{
	u64 value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	KVM(vm->vcpu, KVM_GET_ONE_REG, &reg);
	return value;
}

static void set_memslot(struct rawvm *vm, u32 slot, u64 ipa, void *hva,
			u64 size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	KVM(vm->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

void rawvm_open(struct rawvm *vm)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct kvm_vcpu_init init;

	if (kvm < 0)
		give_up("cannot open /dev/kvm: %m");
	vm->vm = KVM(kvm, KVM_CREATE_VM, NULL);
	vm->vcpu = KVM(vm->vm, KVM_CREATE_VCPU, NULL);
	KVM(vm->vm, KVM_ARM_PREFERRED_TARGET, &init);
	KVM(vm->vcpu, KVM_ARM_VCPU_INIT, &init);
	vm->run_size = KVM(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	close(kvm);
	vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       vm->vcpu, 0);
	vm->code = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->run == MAP_FAILED || vm->code == MAP_FAILED)
		give_up("cannot map what a VM needs: %m");
	/* fork() would write-protect it, which takes it out of stage 2. */
	madvise(vm->code, CODE_SIZE, MADV_DONTFORK);
	memcpy(vm->code, touch_code, touch_code_end - touch_code);
	__builtin___clear_cache(vm->code, (char *)vm->code + CODE_SIZE);
	set_memslot(vm, 0, CODE_IPA, vm->code, CODE_SIZE);
}

void rawvm_map(struct rawvm *vm, u64 ipa, void *hva, u64 size)
{
	set_memslot(vm, 1, ipa, hva, size);
}

bool rawvm_log(struct rawvm *vm, u64 ipa, void *hva, u64 size, bool on)
{
	struct kvm_userspace_memory_region region = {
		.slot = 1,
		.flags = on ? KVM_MEM_LOG_DIRTY_PAGES : 0,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return !ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

bool rawvm_pre_fault(struct rawvm *vm, u64 ipa, u64 size)
{
	struct kvm_pre_fault_memory range = { .gpa = ipa, .size = size };

	/* It returns 0, too, if it came to a part of it only. */
	return !ioctl(vm->vcpu, KVM_PRE_FAULT_MEMORY, &range) && !range.size;
}

static void run(struct rawvm *vm)
{
	int ret;

	do {
		ret = ioctl(vm->vcpu, KVM_RUN, NULL);
	} while (ret && errno == EINTR);
	if (ret)
		give_up("KVM_RUN: %m, PC %#llx", get_reg(vm, CORE_REG(regs.pc)));
	if (vm->run->exit_reason != KVM_EXIT_MMIO ||
	    vm->run->mmio.phys_addr != EXIT_IPA)
		give_up("the guest stopped with exit reason %u, PC %#llx",
			vm->run->exit_reason, get_reg(vm, CORE_REG(regs.pc)));
}

/* The store to EXIT_IPA is over when KVM is entered again; so far PC is there. */
static void finish_exit(struct rawvm *vm)
{
	vm->run->immediate_exit = 1;
	if (!ioctl(vm->vcpu, KVM_RUN, NULL) || errno != EINTR)
		give_up("KVM_RUN did not end at once: %m");
	vm->run->immediate_exit = 0;
}

static void begin_at(struct rawvm *vm, const char *entry, u64 start, u64 end, u64 stride)
{
	const u64 args[] = { EXIT_IPA, start, end, stride };

	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		set_reg(vm, X_REG(i), args[i]);
	set_reg(vm, CORE_REG(regs.pc), CODE_IPA + (entry - touch_code));
}

static struct touched enter(struct rawvm *vm, const char *entry, u64 start, u64 end,
			    u64 stride)
{
	bool each = entry == touch_each;
	struct touched touched;

	begin_at(vm, entry, start, end, stride);
	run(vm);
	touched = (struct touched) {
		.ticks = get_reg(vm, X_REG(4)),
		.worst = each ? get_reg(vm, X_REG(5)) : 0,
		.worst_ipa = each ? get_reg(vm, X_REG(6)) : 0,
	};
	finish_exit(vm);
	return touched;
}

struct touched rawvm_touch(struct rawvm *vm, u64 start, u64 end, u64 stride,
			   bool each)
{
	return enter(vm, each ? touch_each : touch_all, start, end, stride);
}

u64 rawvm_write(struct rawvm *vm, u64 start, u64 end, u64 stride)
{
	return enter(vm, touch_write, start, end, stride).ticks;
}

void rawvm_take_aborts(struct rawvm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_NISV_TO_USER };

	KVM(vm->vm, KVM_ENABLE_CAP, &cap);
	set_reg(vm, VBAR_EL1, CODE_IPA + (touch_vectors - touch_code));
}

struct outside rawvm_load(struct rawvm *vm, u64 ipa, bool pair, u64 answer)
{
	struct kvm_vcpu_events events = { .exception.ext_dabt_pending = 1 };
	struct outside load = { };

	begin_at(vm, pair ? touch_pair : touch_load, ipa, 0, 0);
	if (ioctl(vm->vcpu, KVM_RUN, NULL)) {
		load.error = errno;
		return load;
	}
	if (vm->run->exit_reason == KVM_EXIT_MMIO && vm->run->mmio.phys_addr == ipa) {
		memcpy(vm->run->mmio.data, &answer, sizeof(answer));
	} else if (vm->run->exit_reason == KVM_EXIT_ARM_NISV &&
		   vm->run->arm_nisv.fault_ipa == ipa) {
		KVM(vm->vcpu, KVM_SET_VCPU_EVENTS, &events);
		load.aborted = true;
	} else {
		give_up("the guest stopped with exit reason %u at a load", vm->run->exit_reason);
	}
	run(vm);
	load.value = get_reg(vm, X_REG(4));
	finish_exit(vm);
	return load;
}

bool rawvm_is_zero(struct rawvm *vm, u64 start, u64 end)
{
	enter(vm, touch_bits, start, end, sizeof(u64));
	return !get_reg(vm, X_REG(5));
}

void rawvm_close(struct rawvm *vm)
{
	munmap(vm->run, vm->run_size);
	close(vm->vcpu);
	close(vm->vm);
	munmap(vm->code, CODE_SIZE);
}

u64 rawvm_counter(void)
{
	u64 ticks;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

u64 rawvm_counter_hz(void)
{
	u64 hz;

	asm volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}
