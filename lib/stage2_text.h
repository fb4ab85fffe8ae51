/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a log of results says about the stage 2 of areas of a guest's memory, in lines
 * of lib/keyval:
 *
 *   # area name=ram ipa=0x40000000 len=0x40000000
 *   # area name=region4 pa=0x8000000000 len=0xc0000000
 *   # dump area=ram vttbr=0x1 vtcr=0x2 fwb=1
 *   # range area=ram ipa=... pa=... len=... block=... memattr=0x6 s2ap=3 xn=0 type=Normal-WB
 *   # total area=ram ranges=1 left_out=0 Device=0 Normal-NC=0 Normal-WB=1073741824 other=0
 *
 * An area lies where the guest sees it, or, if that is the guest's choice, is of this
 * host memory. A dump is followed by its ranges, and then by their total: it counts
 * those, too, for which there was no room in the log, and the bytes of each type.
 */
#ifndef LIB_STAGE2_TEXT_H
#define LIB_STAGE2_TEXT_H

#include "cohmem_stage2.h"
#include "keyval.h"

#define STAGE2_TYPES (S2_OTHER + 1)

/**
 * struct stage2_text_area - where an area lies
 * @by_pa: @start is a physical address of the host, not the guest's
 * @start: its first address
 * @len: bytes
 */
struct stage2_text_area {
	bool by_pa;
	u64 start;
	u64 len;
};

/**
 * struct stage2_text_total - what is mapped of an area
 * @ranges: how many
 * @left_out: how many of them are not in the log
 * @bytes: by memory type
 */
struct stage2_text_total {
	u64 ranges;
	u64 left_out;
	u64 bytes[STAGE2_TYPES];
};

/* Lines, to be written. */

/** stage2_text_area() - where an area lies */
void stage2_text_area(struct keyval_line *line, const char *name,
		      const struct stage2_text_area *area);

/** stage2_text_dump() - the beginning of a dump */
void stage2_text_dump(struct keyval_line *line, const char *area,
		      const struct s2_dump *dump);

/** stage2_text_range() - one range */
void stage2_text_range(struct keyval_line *line, const char *area,
		       const struct s2_range *range);

/** stage2_text_total() - all of them */
void stage2_text_total(struct keyval_line *line, const char *area,
		       const struct stage2_text_total *total);

/* The same, read; false if a key is missing or has a value that it cannot have. */

bool stage2_text_read_area(const struct keyval *kv, struct stage2_text_area *area);

bool stage2_text_read_range(const struct keyval *kv, struct s2_range *range);

bool stage2_text_read_total(const struct keyval *kv, struct stage2_text_total *total);

#endif /* LIB_STAGE2_TEXT_H */
