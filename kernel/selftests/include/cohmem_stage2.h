/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's stage 2, decoded from VTTBR_EL2, VTCR_EL2 and the raw descriptors
 * as Arm ARM DDI 0487 section D8 describes them, not by KVM's code.
 */
#ifndef SELFTEST_KVM_COHMEM_STAGE2_H
#define SELFTEST_KVM_COHMEM_STAGE2_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/** enum s2_type - the memory type that stage 2 gives a page */
enum s2_type { S2_DEVICE, S2_NORMAL_NC, S2_NORMAL_WB, S2_OTHER };

/**
 * struct s2_range - leaves that continue each other and are alike
 * @ipa: first intermediate physical address
 * @pa: physical address that it maps to
 * @len: bytes
 * @block: bytes that each leaf maps
 * @memattr: descriptor bits [5:2]
 * @s2ap: descriptor bits [7:6], access permissions
 * @xn: descriptor bits [54:53], execute-never
 * @type: what @memattr means, with or without FWB
 */
struct s2_range {
	__u64 ipa;
	__u64 pa;
	__u64 len;
	__u64 block;
	unsigned int memattr;
	unsigned int s2ap;
	unsigned int xn;
	enum s2_type type;
};

/**
 * struct s2_table - a table that another one points to; not one of the start level
 * @ipa: first IPA that it translates
 * @span: bytes that it translates
 */
struct s2_table {
	__u64 ipa;
	__u64 span;
};

/**
 * struct s2_dump - one walk
 * @fwb: ID_AA64MMFR2_EL1.FWB
 * @vttbr: VTTBR_EL2
 * @vtcr: VTCR_EL2
 * @ranges: in order of IPA
 * @count: how many
 * @tables: in order of IPA
 * @table_count: how many
 */
struct s2_dump {
	unsigned int fwb;
	__u64 vttbr;
	__u64 vtcr;
	struct s2_range *ranges;
	size_t count;
	struct s2_table *tables;
	size_t table_count;
};

/** s2_type_name() - "Normal-WB", "Normal-NC", "Device" or "other" */
const char *s2_type_name(enum s2_type type);

/**
 * s2_read() - walk the stage 2 of the VM that ran last on a CPU
 * @cpu: the CPU; the VM must live, and have run nowhere else since
 * @dump: filled in
 * @why: on failure, the reason
 * @size: size of @why
 *
 * Return: whether it worked.
 */
bool s2_read(unsigned int cpu, struct s2_dump *dump, char *why, size_t size);

/** s2_free() - free what s2_read() allocated */
void s2_free(struct s2_dump *dump);

#endif /* SELFTEST_KVM_COHMEM_STAGE2_H */
