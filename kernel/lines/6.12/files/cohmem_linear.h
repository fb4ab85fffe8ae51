/* SPDX-License-Identifier: GPL-2.0-only */
/* Linear memory: what the kernel reaches through a cacheable mapping of its own. */
#ifndef __ARM64_KVM_COHMEM_LINEAR_H__
#define __ARM64_KVM_COHMEM_LINEAR_H__

#include <linux/kvm_types.h>

bool cohmem_phys_is_linear(phys_addr_t phys);
bool cohmem_pfn_is_linear(kvm_pfn_t pfn, bool referenced);

#endif /* __ARM64_KVM_COHMEM_LINEAR_H__ */
