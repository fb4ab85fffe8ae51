// SPDX-License-Identifier: GPL-2.0-only
#include "kvm.h"

#ifdef __aarch64__

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Headers older than 6.17 lack it. */
#define CAP_CACHEABLE_PFNMAP	243

#define ID_AA64MMFR2_EL1	ARM64_SYS_REG(3, 0, 0, 7, 2)
#define CTR_EL0			ARM64_SYS_REG(3, 3, 0, 0, 1)

/* An ioctl whose failure ends the questions. */
static int call(struct kvm_facts *facts, const char *step, int fd, unsigned long request,
		unsigned long argument)
{
	int ret = ioctl(fd, request, argument);

	if (ret < 0) {
		facts->step = step;
		facts->why = errno;
	}
	return ret;
}

static int read_register(struct kvm_facts *facts, const char *step, int vcpu, u64 id,
			 u64 *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (unsigned long)value };

	return call(facts, step, vcpu, KVM_GET_ONE_REG, (unsigned long)&reg);
}

static void ask_vcpu(struct kvm_facts *facts, int vm, int vcpu)
{
	struct kvm_vcpu_init init = { 0 };

	if (call(facts, "KVM_ARM_PREFERRED_TARGET", vm, KVM_ARM_PREFERRED_TARGET,
		 (unsigned long)&init) < 0 ||
	    call(facts, "KVM_ARM_VCPU_INIT", vcpu, KVM_ARM_VCPU_INIT,
		 (unsigned long)&init) < 0 ||
	    read_register(facts, "KVM_GET_ONE_REG of ID_AA64MMFR2_EL1", vcpu,
			  ID_AA64MMFR2_EL1, &facts->mmfr2) < 0 ||
	    read_register(facts, "KVM_GET_ONE_REG of CTR_EL0", vcpu, CTR_EL0,
			  &facts->ctr) < 0)
		return;
	facts->answer = KVM_ANSWERED;
}

static void ask_vm(struct kvm_facts *facts, int vm)
{
	int vcpu;

	facts->capability = call(facts, "KVM_CHECK_EXTENSION of 243", vm, KVM_CHECK_EXTENSION,
				 CAP_CACHEABLE_PFNMAP);
	facts->mte = call(facts, "KVM_CHECK_EXTENSION of KVM_CAP_ARM_MTE", vm,
			  KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE);
	if (facts->capability < 0 || facts->mte < 0)
		return;
	vcpu = call(facts, "KVM_CREATE_VCPU", vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		return;
	ask_vcpu(facts, vm, vcpu);
	close(vcpu);
}

void kvm_ask(struct kvm_facts *facts)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	*facts = (struct kvm_facts){ .answer = KVM_FAILED };
	if (kvm < 0) {
		facts->step = "open() of /dev/kvm";
		facts->why = errno;
		if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
			facts->answer = KVM_NO_DEVICE;
		return;
	}
	vm = call(facts, "KVM_CREATE_VM", kvm, KVM_CREATE_VM,
		  kvm_vm_type(ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE)));
	if (vm >= 0) {
		ask_vm(facts, vm);
		close(vm);
	}
	close(kvm);
}

#else

void kvm_ask(struct kvm_facts *facts)
{
	*facts = (struct kvm_facts){ .answer = KVM_NOT_ARM64 };
}

#endif
