// SPDX-License-Identifier: GPL-2.0-only
#include <asm/barrier.h>
#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "cohmem_log.h"

#define RING_SIZE	SZ_64K
#define RING_ENTRIES	(RING_SIZE / sizeof(struct kvm_dirty_gfn))

const char * const log_mode_names[] = {
	[LOG_BITMAP]		= "bitmap",
	[LOG_CLEARED]		= "bitmap, cleared by the VMM",
	[LOG_ALL_SET]		= "bitmap, all set at first",
	[LOG_RING_AND_BITMAP]	= "ring and bitmap",
	[LOG_RING]		= "ring alone",
};

void log_vm_create(struct log_vm *l, enum log_mode mode)
{
	memset(l, 0, sizeof(*l));
	l->mode = mode;
	l->t.vm = vm_create(1);
	switch (mode) {
	case LOG_CLEARED:
		vm_enable_cap(l->t.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
			      KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
		break;
	case LOG_ALL_SET:
		vm_enable_cap(l->t.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
			      KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
			      KVM_DIRTY_LOG_INITIALLY_SET);
		break;
	case LOG_RING_AND_BITMAP:
		vm_enable_dirty_ring(l->t.vm, RING_SIZE);
		vm_enable_cap_early(l->t.vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0);
		break;
	case LOG_RING:
		vm_enable_dirty_ring(l->t.vm, RING_SIZE);
		break;
	default:
		break;
	}
	guest_vm_add_vcpu(&l->t);
}

static bool ring_read(struct log_vm *l, unsigned long *pages, size_t nr)
{
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(l->t.vcpu), *gfn;
	bool ok = true;

	for (;; l->ring_next++) {
		gfn = &ring[l->ring_next % RING_ENTRIES];
		/* KVM sets the flag when the rest of the entry is there. */
		if (smp_load_acquire(&gfn->flags) != KVM_DIRTY_GFN_F_DIRTY)
			break;
		/* The library's memslot is not logged. */
		if (check(gfn->slot == TEST_SLOT && gfn->offset < nr,
			  "an entry of the memslot (memslot %u, page %llu)",
			  gfn->slot, gfn->offset))
			__set_bit(gfn->offset, pages);
		else
			ok = false;
		/* From here on KVM may use the entry again. */
		smp_store_release(&gfn->flags, KVM_DIRTY_GFN_F_RESET);
	}
	/* They are write-protected again by that. */
	kvm_vm_reset_dirty_ring(l->t.vm);
	return ok;
}

size_t log_count(const unsigned long *pages, size_t nr)
{
	size_t count = 0, i;

	for (i = 0; i < nr; i++)
		count += test_bit(i, pages);
	return count;
}

bool log_read(struct log_vm *l, unsigned long *pages, size_t nr)
{
	bool ok;

	bitmap_zero(pages, nr);
	if (l->mode == LOG_RING)
		return ring_read(l, pages, nr);

	kvm_vm_get_dirty_log(l->t.vm, TEST_SLOT, pages);
	if (l->mode == LOG_RING_AND_BITMAP) {
		ok = check(!log_count(pages, nr), "nothing in the bitmap");
		bitmap_zero(pages, nr);
		return ok & ring_read(l, pages, nr);
	}
	if (l->mode != LOG_BITMAP)
		kvm_vm_clear_dirty_log(l->t.vm, TEST_SLOT, pages, 0, nr);
	return true;
}
