/* SPDX-License-Identifier: GPL-2.0-only */
/* The facts that the memory-type rule (cohmem_rule.h) asks for. */
#ifndef __ARM64_KVM_COHMEM_FACTS_H__
#define __ARM64_KVM_COHMEM_FACTS_H__

#include <linux/kvm_types.h>
#include <linux/pgtable.h>

#include "cohmem_rule.h"

struct kvm;

enum cohmem_policy cohmem_facts_policy(void);
enum cohmem_leaf cohmem_facts_leaf(pgprot_t prot);
void cohmem_facts_init(struct cohmem_facts *f, struct kvm *kvm);
void cohmem_facts_vma(struct cohmem_facts *f, unsigned long vm_flags);
void cohmem_facts_pfn(struct cohmem_facts *f, kvm_pfn_t pfn, bool referenced);
bool cohmem_facts_pfn_mapped(unsigned long vm_flags);
bool cohmem_facts_leaf_matters(const struct cohmem_facts *f, unsigned long vm_flags);

#endif /* __ARM64_KVM_COHMEM_FACTS_H__ */
