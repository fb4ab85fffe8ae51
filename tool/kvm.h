/* SPDX-License-Identifier: GPL-2.0-only */
/* What KVM itself says, asked of a VM that is made for that and thrown away. */
#ifndef TOOL_KVM_H
#define TOOL_KVM_H

#include "kernel.h"

#define KVM_CAPABILITY_DECLARED	2	/* bit 1 of capability 243: declared memory */
#define KVM_CAPABILITY_ANY	1	/* bit 0: all cacheable memory, as on mainline */

/**
 * enum kvm_answer - has KVM answered?
 * @KVM_NOT_ASKED: no: another host's files are looked at
 * @KVM_NOT_ARM64: no: this host has another architecture
 * @KVM_NO_DEVICE: no: there is no /dev/kvm
 * @KVM_FAILED: no: a call failed
 * @KVM_ANSWERED: yes
 */
enum kvm_answer {
	KVM_NOT_ASKED,
	KVM_NOT_ARM64,
	KVM_NO_DEVICE,
	KVM_FAILED,
	KVM_ANSWERED,
};

/**
 * struct kvm_facts - the answers
 * @answer: whether there are any
 * @step: what has failed, if anything
 * @why: its errno
 * @capability: of KVM_CHECK_EXTENSION 243
 * @mte: of KVM_CHECK_EXTENSION KVM_CAP_ARM_MTE
 * @mmfr2: ID_AA64MMFR2_EL1 of a vCPU
 * @ctr: CTR_EL0 of a vCPU
 */
struct kvm_facts {
	enum kvm_answer answer;
	const char *step;
	int why;
	int capability;
	int mte;
	u64 mmfr2;
	u64 ctr;
};

/** kvm_ask() - make a VM with one vCPU, ask, and throw it away */
void kvm_ask(struct kvm_facts *facts);

/**
 * kvm_vm_type() - the type of a VM that KVM can make
 * @bits: what KVM says of KVM_CAP_ARM_VM_IPA_SIZE; an older KVM says nothing, and has 40
 *
 * Return: for KVM_CREATE_VM. 0 asks for 40 bits of addresses, which some CPUs lack.
 */
static inline unsigned long kvm_vm_type(int bits)
{
	return bits > 0 && bits < 40 ? bits : 0;
}

/** kvm_has_fwb() - FEAT_S2FWB: stage 2 can force memory to be cacheable */
static inline int kvm_has_fwb(const struct kvm_facts *facts)
{
	return (facts->mmfr2 >> 40 & 0xf) != 0;
}

/** kvm_has_dic() - CTR_EL0.DIC: instruction fetches see new code without an invalidation */
static inline int kvm_has_dic(const struct kvm_facts *facts)
{
	return (facts->ctr >> 29 & 1) != 0;
}

#endif /* TOOL_KVM_H */
