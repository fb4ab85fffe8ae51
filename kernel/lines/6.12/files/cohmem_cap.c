// SPDX-License-Identifier: GPL-2.0-only
/* What KVM promises a VMM of memory without struct pages. */
#include <linux/kvm_host.h>

#include <asm/cpufeature.h>

#include "cohmem.h"
#include "cohmem_facts.h"

/**
 * cohmem_cap_answer() - What memory without struct pages can be Normal in a guest?
 *
 * Context: any, after CPU features are final.
 * Return: the answer to KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED.
 */
int cohmem_cap_answer(void)
{
	int ret;

	if (!cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) ||
	    cohmem_facts_policy() == COHMEM_POLICY_OFF)
		return 0;

	ret = KVM_ARM_CACHEABLE_PFNMAP_DECLARED;
	if (cohmem_facts_policy() == COHMEM_POLICY_ANY &&
	    cpus_have_final_cap(ARM64_HAS_CACHE_DIC))
		ret |= KVM_ARM_CACHEABLE_PFNMAP_ANY;
	return ret;
}
