// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cohmem-test/stage2: registers and memory, so that the rig can walk a VM's
 * stage 2 itself. Debugging only: it shows kernel memory to root.
 */
#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "cohmem_testdev.h"
#include "stage2.h"

#define MMFR2_FWB_SHIFT	40	/* ID_AA64MMFR2_EL1.FWB, bits 43:40 */

/* With VHE, KVM leaves both registers as the last vCPU here had them. */
static void read_regs(void *arg)
{
	struct testdev_s2_regs *regs = arg;

	regs->vttbr = read_sysreg(vttbr_el2);
	regs->vtcr = read_sysreg(vtcr_el2);
	regs->fwb = (read_sysreg(id_aa64mmfr2_el1) >> MMFR2_FWB_SHIFT) & 0xf;
}

static int s2_regs(void __user *arg)
{
	struct testdev_s2_regs regs;
	int ret;

	/* At EL1 the registers are out of reach, and KVM clears VTTBR_EL2. */
	if (!is_kernel_in_hyp_mode())
		return -EOPNOTSUPP;
	if (copy_from_user(&regs, arg, sizeof(regs)))
		return -EFAULT;
	if (regs.cpu >= nr_cpu_ids)
		return -EINVAL;
	ret = smp_call_function_single(regs.cpu, read_regs, &regs, 1);
	if (ret)
		return ret;
	return copy_to_user(arg, &regs, sizeof(regs)) ? -EFAULT : 0;
}

/*
 * The tables of a VM that dies meanwhile are free already: whoever reads them gets what is
 * there, and KASAN does not look at copy_from_kernel_nofault() here.
 */
static int read_phys(void __user *arg)
{
	struct testdev_phys req;
	unsigned long pfn;
	void *from, *copy;
	int ret;

	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	if (req.len > PAGE_SIZE - offset_in_page(req.phys))
		return -EINVAL;
	pfn = PHYS_PFN(req.phys);
	if (!pfn_valid(pfn) || !page_is_ram(pfn))
		return -ENXIO;
	from = page_to_virt(pfn_to_page(pfn)) + offset_in_page(req.phys);
	copy = kmalloc(req.len, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	ret = copy_from_kernel_nofault(copy, from, req.len);
	if (!ret && copy_to_user(u64_to_user_ptr(req.buf), copy, req.len))
		ret = -EFAULT;
	kfree(copy);
	return ret;
}

/* The memory is there to stay, or the test has it mapped. */
static int phys_page_count(void __user *arg)
{
	struct testdev_page_count req;
	unsigned long pfn;

	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	pfn = PHYS_PFN(req.offset);
	if (!pfn_valid(pfn))
		return -ENXIO;
	req.count = page_count(pfn_to_page(pfn));
	return copy_to_user(arg, &req, sizeof(req)) ? -EFAULT : 0;
}

static long stage2_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case TESTDEV_S2_REGS:
		return s2_regs((void __user *)arg);
	case TESTDEV_READ_PHYS:
		return read_phys((void __user *)arg);
	case TESTDEV_PAGE_COUNT:
		return phys_page_count((void __user *)arg);
	}
	return -ENOTTY;
}

static const struct file_operations stage2_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = stage2_ioctl,
};

static struct miscdevice stage2_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cohmem-test-stage2",
	.nodename = "cohmem-test/stage2",
	.fops = &stage2_fops,
	.mode = 0600,
};

int stage2_node_register(void)
{
	return misc_register(&stage2_misc);
}

void stage2_node_unregister(void)
{
	misc_deregister(&stage2_misc);
}
