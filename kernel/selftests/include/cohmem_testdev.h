/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * User interface of the rig's test device.
 *
 * /dev/cohmem-test/KIND maps the device's memory, one node for each way in which
 * a driver can map memory that has no struct page:
 *
 *   declared    Normal cacheable, declared coherent, populated by mmap()
 *   undeclared  the same, not declared
 *   tagged      declared, Normal-Tagged
 *   nc          Normal-NC
 *   nc-any      Normal-NC, VM_ALLOW_ANY_UNCACHED
 *   device      Device-nGnRE
 *   nc-leaf     declared, vm_page_prot Normal cacheable, but Normal-NC leaves
 *   mixed       VM_MIXEDMAP and VM_IO, declared, Normal cacheable
 *   mixed-nc    VM_MIXEDMAP and VM_IO, Normal-NC, VM_ALLOW_ANY_UNCACHED
 *   mixed-device  VM_MIXEDMAP and VM_IO, Device-nGnRE
 *   cow         Normal cacheable, MAP_PRIVATE only: copied on write
 *   lazy        declared, populated page by page on fault
 *   huge        declared, populated on fault with PMD entries where HVA and
 *               physical address are congruent
 *   mixed-huge  the same, VM_MIXEDMAP and VM_IO
 *   odd         declared, populated by mmap(), but for the pages that TESTDEV_ODD
 *               says
 *   ram         ordinary kernel pages, mapped with remap_pfn_range()
 *   ram-whole   the same, of one allocation: only the first page has a reference count
 *   ram-compound  the same, a compound page
 *   beside-ram  as declared; of a carve-out (module parameter carveout), from one PMD
 *               entry's size before it on, where RAM of the kernel may be
 *   beside-ram-device  the same, Device-nGnRE
 *
 * The mmap() offset is the offset in the memory. What mmap() populated does
 * not come back after TESTDEV_ZAP (an access is a SIGBUS); what is populated
 * on fault (nc-leaf, mixed, mixed-nc, mixed-device, lazy, huge, mixed-huge) does.
 *
 * /dev/cohmem-test/stage2 gives the raw material to decode a VM's stage 2 without
 * help from KVM: the registers of each CPU, and kernel memory. It also counts the
 * references of any page.
 */
#ifndef COHMEM_TESTDEV_H
#define COHMEM_TESTDEV_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct testdev_info - what is behind a node
 * @phys: physical address of offset 0
 * @size: bytes that can be mapped
 * @page_size: the host's page size
 * @can_declare: this kernel has VM_COHERENT_PFNMAP
 */
struct testdev_info {
	__u64 phys;
	__u64 size;
	__u32 page_size;
	__u32 can_declare;
};

/**
 * struct testdev_range - a part of the memory
 * @offset: where it starts
 * @len: how long it is; both are multiples of the page size
 */
struct testdev_range {
	__u64 offset;
	__u64 len;
};

/**
 * struct testdev_page_count - reference count of one page
 * @offset: in: offset of the page in kind ram; for stage2, its physical address
 * @count: out: page_count()
 * @pad: zero
 */
struct testdev_page_count {
	__u64 offset;
	__u32 count;
	__u32 pad;
};

/**
 * enum testdev_odd_how - how odd pages differ from the others
 * @TESTDEV_ODD_HOLE: nothing is mapped
 * @TESTDEV_ODD_ELSEWHERE: the page is the one beside it, PFN ^ 1
 * @TESTDEV_ODD_READ_ONLY: the leaf is, until the first write
 * @TESTDEV_ODD_NC: the leaf is Normal-NC
 * @TESTDEV_ODD_NO_ACCESS: the leaf is one of PROT_NONE, the mapping is not
 * @TESTDEV_ODD_KEPT_READ_ONLY: the leaf is, and a write is answered with SIGBUS
 * @TESTDEV_ODD_STAYS_READ_ONLY: the leaf is, though a write seems to be allowed
 * @TESTDEV_ODD_POISONED: nothing is mapped, and an access finds poison
 * @TESTDEV_ODD_READ_ONLY_ON_FAULT: nothing is mapped; any first access, also a write, makes
 *				    a leaf that is read-only, and the next write one that is not
 */
enum testdev_odd_how {
	TESTDEV_ODD_HOLE,
	TESTDEV_ODD_ELSEWHERE,
	TESTDEV_ODD_READ_ONLY,
	TESTDEV_ODD_NC,
	TESTDEV_ODD_NO_ACCESS,
	TESTDEV_ODD_KEPT_READ_ONLY,
	TESTDEV_ODD_STAYS_READ_ONLY,
	TESTDEV_ODD_POISONED,
	TESTDEV_ODD_READ_ONLY_ON_FAULT,
};

/**
 * struct testdev_odd - which pages of kind odd are odd, in mappings to come
 * @offset: the first one
 * @every: distance of the others; 0 is none at all
 * @how: enum testdev_odd_how
 * @pad: zero
 */
struct testdev_odd {
	__u64 offset;
	__u64 every;
	__u32 how;
	__u32 pad;
};

/**
 * struct testdev_s2_regs - stage-2 registers as one CPU holds them now
 * @cpu: in: which CPU
 * @fwb: out: ID_AA64MMFR2_EL1.FWB, which says how MemAttr is to be read
 * @vttbr: out: VTTBR_EL2, that of the last VM that the CPU ran
 * @vtcr: out: VTCR_EL2
 */
struct testdev_s2_regs {
	__u32 cpu;
	__u32 fwb;
	__u64 vttbr;
	__u64 vtcr;
};

/**
 * struct testdev_phys - read of ordinary kernel memory
 * @phys: physical address
 * @len: bytes, not beyond the end of the page
 * @buf: user address to copy to
 */
struct testdev_phys {
	__u64 phys;
	__u64 len;
	__u64 buf;
};

#define TESTDEV_INFO		_IOR('~', 0, struct testdev_info)
#define TESTDEV_ZAP		_IOW('~', 1, struct testdev_range)
#define TESTDEV_PAGE_COUNT	_IOWR('~', 2, struct testdev_page_count)
#define TESTDEV_ODD		_IOW('~', 3, struct testdev_odd)

#define TESTDEV_S2_REGS		_IOWR('~', 16, struct testdev_s2_regs)
#define TESTDEV_READ_PHYS	_IOW('~', 17, struct testdev_phys)

#endif /* COHMEM_TESTDEV_H */
