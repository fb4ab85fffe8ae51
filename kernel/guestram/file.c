// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file of guest RAM. It has memory for all of its size, and the memory is clean, before
 * ftruncate() or fallocate() returns: a fault allocates page tables at most, and waits for
 * nothing.
 *
 * Memory that somebody maps, or that a device may access, never leaves its file: there is
 * no page that could be referenced instead. So a file that is mapped or pinned is not made
 * smaller, and nothing is ever unmapped from under its users.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pfnmap_fault.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "guestram.h"

static void set_size(struct inode *inode, u32 nr)
{
	i_size_write(inode, (loff_t)nr << GUESTRAM_UNIT_SHIFT);
	/* In units of 512 bytes. */
	inode->i_blocks = (blkcnt_t)nr << (GUESTRAM_UNIT_SHIFT - 9);
	inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
}

static int grow(struct inode *inode, u32 nr)
{
	struct guestram_inode *info = guestram_i(inode);
	struct guestram_mount *mount = guestram_mount_of(inode);
	u32 *old = rcu_dereference_protected(info->map, inode_is_locked(inode));
	u32 more = nr - info->nr, *map;
	int ret;

	if (!guestram_mount_charge(mount, more))
		return -ENOSPC;
	map = kvmalloc_array(nr, sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map) {
		ret = -ENOMEM;
		goto uncharge;
	}
	ret = guestram_pool_take(mount->pool, info->nr, map + info->nr, more);
	if (ret)
		goto free;
	if (info->nr)
		memcpy(map, old, info->nr * sizeof(*map));
	rcu_assign_pointer(info->map, map);
	spin_lock(&info->lock);
	info->nr = nr;
	spin_unlock(&info->lock);
	set_size(inode, nr);
	/* A fault may be reading it. */
	kvfree_rcu_mightsleep(old);
	return 0;

free:
	kvfree(map);
uncharge:
	guestram_mount_uncharge(mount, more);
	return ret;
}

/*
 * Who maps the file does so under @lock, and finds @nr as it is then. Who pins it has it
 * mapped while he does so.
 */
static bool begin_to_shrink(struct inode *inode, u32 nr)
{
	struct guestram_inode *info = guestram_i(inode);
	bool may;

	spin_lock(&info->lock);
	may = !info->users && !atomic_read(&inode->i_dio_count);
	if (may)
		info->nr = nr;
	spin_unlock(&info->lock);
	return may;
}

static int shrink(struct inode *inode, u32 nr)
{
	struct guestram_inode *info = guestram_i(inode);
	struct guestram_mount *mount = guestram_mount_of(inode);
	u32 *map = rcu_dereference_protected(info->map, inode_is_locked(inode));
	u32 had = info->nr;

	if (!begin_to_shrink(inode, nr))
		return -EBUSY;
	guestram_pool_give(mount->pool, map + nr, had - nr);
	guestram_mount_uncharge(mount, had - nr);
	set_size(inode, nr);
	return 0;
}

/**
 * guestram_file_resize() - give a file another size, and memory for all of it
 * @inode: the file
 * @size: bytes; a multiple of GUESTRAM_UNIT
 *
 * Context: inode_lock() is held. Sleeps until all of the memory is clean.
 * Return: 0; -EINVAL; -ENOSPC; -ENOMEM; -ERESTARTSYS, if a signal came before the memory was
 * clean; or -EBUSY, if the file is to be made smaller and is mapped or pinned. The file is
 * as it was then.
 */
int guestram_file_resize(struct inode *inode, loff_t size)
{
	struct guestram_inode *info = guestram_i(inode);
	u64 nr = size >> GUESTRAM_UNIT_SHIFT;

	if (!IS_ALIGNED(size, GUESTRAM_UNIT))
		return -EINVAL;
	/* Before an array of that size is allocated. */
	if (nr > guestram_mount_of(inode)->pool->units.nr)
		return -ENOSPC;
	if (nr > info->nr)
		return grow(inode, nr);
	return nr < info->nr ? shrink(inode, nr) : 0;
}

/**
 * guestram_file_free() - give back all memory of a file
 *
 * Context: nobody has the inode any more: neither a mapping nor a pin, which have the file.
 */
void guestram_file_free(struct inode *inode)
{
	struct guestram_inode *info = guestram_i(inode);
	u32 *map = rcu_dereference_protected(info->map, true);

	if (info->nr) {
		guestram_pool_give(guestram_mount_of(inode)->pool, map, info->nr);
		guestram_mount_uncharge(guestram_mount_of(inode), info->nr);
	}
	kvfree(map);
}

static long guestram_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	loff_t size = offset + len;
	int ret = 0;

	/* A hole would have to be filled again by a fault, which may find no memory. */
	if (mode)
		return -EOPNOTSUPP;
	/* Another call may be waiting for memory to be clean. */
	if (down_write_killable(&inode->i_rwsem))
		return -EINTR;
	if (size > i_size_read(inode)) {
		ret = inode_newsize_ok(inode, size);
		if (!ret)
			ret = file_modified(file);
		if (!ret)
			ret = guestram_file_resize(inode, size);
	}
	inode_unlock(inode);
	return ret;
}

/*
 * What continues the unit at @addr, as far as a table of @size bytes reaches. The file has
 * all units of the VMA, and they stay what they are.
 */
static void find_run(const struct vm_area_struct *vma, unsigned long addr, u64 size,
		     const u32 *map, struct pfnmap_run *run)
{
	const struct guestram_mount *mount = guestram_mount_of(file_inode(vma->vm_file));
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u32 nr = DIV_ROUND_UP(offset + vma->vm_end - vma->vm_start, GUESTRAM_UNIT);
	u32 unit = (offset + addr - vma->vm_start) >> GUESTRAM_UNIT_SHIFT;
	u32 most = size >> GUESTRAM_UNIT_SHIFT, first = unit, last = unit;

	while (first && unit - first < most && map[first - 1] == map[first] - 1)
		first--;
	while (last + 1 < nr && last - unit < most && map[last + 1] == map[last] + 1)
		last++;

	/* The run may begin before the VMA, which the file offset of an address does not. */
	run->start = vma->vm_start;
	run->pfn = PHYS_PFN(guestram_unit_address(mount->pool, map[first]));
	if (((u64)first << GUESTRAM_UNIT_SHIFT) > offset)
		run->start += ((u64)first << GUESTRAM_UNIT_SHIFT) - offset;
	else
		run->pfn += PHYS_PFN(offset - ((u64)first << GUESTRAM_UNIT_SHIFT));
	run->end = vma->vm_start + (((u64)last + 1) << GUESTRAM_UNIT_SHIFT) - offset;
}

static struct pfnmap_run run_at(const struct vm_area_struct *vma, unsigned long addr, u64 size)
{
	struct guestram_inode *info = guestram_i(file_inode(vma->vm_file));
	struct pfnmap_run run;

	/* The array may be replaced by a larger one. */
	rcu_read_lock();
	find_run(vma, addr, size, rcu_dereference(info->map), &run);
	rcu_read_unlock();
	return run;
}

static vm_fault_t guestram_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct pfnmap_run run = run_at(vmf->vma, vmf->address, order ? PUD_SIZE : PMD_SIZE);

	return pfnmap_fault(vmf, order, &run);
}

static vm_fault_t guestram_fault(struct vm_fault *vmf)
{
	return guestram_huge_fault(vmf, 0);
}

static void guestram_vma_open(struct vm_area_struct *vma)
{
	struct guestram_inode *info = guestram_i(file_inode(vma->vm_file));

	spin_lock(&info->lock);
	info->users++;
	spin_unlock(&info->lock);
}

static void guestram_vma_close(struct vm_area_struct *vma)
{
	struct guestram_inode *info = guestram_i(file_inode(vma->vm_file));

	spin_lock(&info->lock);
	info->users--;
	spin_unlock(&info->lock);
}

static const struct vm_operations_struct guestram_vm_ops = {
	.open		= guestram_vma_open,
	.close		= guestram_vma_close,
	.fault		= guestram_fault,
	.huge_fault	= guestram_huge_fault,
};

/* PMD entries map a file only at addresses that are congruent to its offsets. */
static bool fits_pmds(const struct vm_area_struct *vma)
{
	return IS_ALIGNED(vma->vm_start - ((u64)vma->vm_pgoff << PAGE_SHIFT), PMD_SIZE);
}

/* As pfnmap_fault() makes entries: dirty where they are writable. */
static pgprot_t entry_prot(pgprot_t prot)
{
	pte_t pte = pfn_pte(0, prot);

	return pte_write(pte) ? pte_pgprot(pte_mkdirty(pte)) : prot;
}

/*
 * Maps all of the file by PTEs. KVM maps a page, and not a block, as long as a leaf of the
 * block is missing, and a block's leaves are in more than one table of PTEs.
 */
static int map_all(struct vm_area_struct *vma)
{
	pgprot_t prot = entry_prot(vma->vm_page_prot);
	struct pfnmap_run run;
	unsigned long addr;
	int ret = 0;

	for (addr = vma->vm_start; !ret && addr < vma->vm_end; addr = run.end) {
		run = run_at(vma, addr, GUESTRAM_BLOCK);
		run.end = min(run.end, vma->vm_end);
		ret = remap_pfn_range(vma, addr, run.pfn + PHYS_PFN(addr - run.start),
				      run.end - addr, prot);
		/* A file can have terabytes. */
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	/* Nobody may reach the memory once the file has one user less. */
	if (ret)
		zap_vma_ptes(vma, vma->vm_start, vma->vm_end - vma->vm_start);
	return ret;
}

static int guestram_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct guestram_inode *info = guestram_i(file_inode(file));
	u64 end = ((u64)vma->vm_pgoff << PAGE_SHIFT) + vma->vm_end - vma->vm_start;
	bool has_memory;
	int ret;

	/* A private mapping would have pages, of the kernel's memory. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;

	/* QEMU goes on when ftruncate() has failed. */
	spin_lock(&info->lock);
	has_memory = end <= (u64)info->nr << GUESTRAM_UNIT_SHIFT;
	info->users += has_memory;
	spin_unlock(&info->lock);
	if (!has_memory)
		return -ENOMEM;

	/* A child that nobody thinks of would keep the memory. */
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_COHERENT_PFNMAP | VM_DONTEXPAND |
			  VM_DONTDUMP | VM_DONTCOPY);
	vma->vm_ops = &guestram_vm_ops;
	ret = fits_pmds(vma) ? 0 : map_all(vma);
	if (ret)
		guestram_vma_close(vma);
	else
		file_accessed(file);
	return ret;
}

const struct file_operations guestram_file_operations = {
	.mmap			= guestram_mmap,
	.get_unmapped_area	= thp_get_unmapped_area,
	.fallocate		= guestram_fallocate,
	.fsync			= noop_fsync,
	.llseek			= generic_file_llseek,
	.fop_flags		= FOP_DMA_PIN,
};
