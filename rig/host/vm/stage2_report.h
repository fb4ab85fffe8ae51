/* SPDX-License-Identifier: GPL-2.0-only */
/* How stage 2 maps the inner guest's memory, as results. */
#ifndef RIG_HOST_VM_STAGE2_REPORT_H
#define RIG_HOST_VM_STAGE2_REPORT_H

#include <stdbool.h>

#include "cohmem_stage2.h"
#include "guest.h"

#define STAGE2_ALL (~0ULL)

/**
 * struct stage2_area - a part of the guest's memory, and what stage 2 should be there
 * @name: in the log, without blanks
 * @by_pa: @start and @end are physical addresses, else IPAs
 * @start: first address
 * @end: end
 * @want: the memory type that stage 2 should have
 * @memtype: name of the fact with that type
 * @block: name of the fact with the largest block, or NULL
 * @sizes: name of the fact with the sizes of all entries, in words, or NULL
 * @result: name of the result
 */
struct stage2_area {
	const char *name;
	bool by_pa;
	u64 start;
	u64 end;
	enum s2_type want;
	const char *memtype;
	const char *block;
	const char *sizes;
	const char *result;
};

/**
 * stage2_report() - report how stage 2 maps a part of the guest's memory
 * @guest: the guest; its VM still runs or is stopped, but has not ended
 * @area: which part, and what is expected
 */
void stage2_report(const struct guest *guest, const struct stage2_area *area);

/**
 * stage2_entries() - how many entries map a part of the guest's memory
 * @guest: the guest, as for stage2_report()
 * @start: first IPA
 * @end: end
 * @largest: count those that map at most so many bytes; STAGE2_ALL: all
 *
 * Return: the number; 0 if stage 2 cannot be read, which is noted.
 */
u64 stage2_entries(const struct guest *guest, u64 start, u64 end, u64 largest);

/** stage2_largest() - bytes of the largest entry there; otherwise as stage2_entries() */
u64 stage2_largest(const struct guest *guest, u64 start, u64 end);

/** stage2_report_bounds() - where an area lies, for those who read the log */
void stage2_report_bounds(const struct stage2_area *area);

/**
 * stage2_report_faults() - report how many stage-2 faults an area took
 * @area: its name in the log
 * @ipa: where it is for the guest
 * @len: bytes
 * @count: kvm_guest_fault events
 * @lost: events that happened but are not in the count
 */
void stage2_report_faults(const char *area, u64 ipa, u64 len, u64 count, u64 lost);

#endif /* RIG_HOST_VM_STAGE2_REPORT_H */
