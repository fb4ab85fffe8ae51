/* SPDX-License-Identifier: GPL-2.0-only */
/* What a VM's memslots map, for debugfs. */
#ifndef __ARM64_KVM_COHMEM_VIEW_H__
#define __ARM64_KVM_COHMEM_VIEW_H__

#include <linux/kvm_host.h>

void cohmem_view_create_debugfs(struct kvm *kvm);

#endif /* __ARM64_KVM_COHMEM_VIEW_H__ */
