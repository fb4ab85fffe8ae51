// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cohmem_rule.h"
#include "sentences.h"

static const char * const rows[COHMEM_NR_ROWS] = {
	[COHMEM_ROW_NONE] =
		"The VMM itself cannot use what is mapped there, so it counts as nothing.",
	[COHMEM_ROW_LINEAR_NO_TAGS] =
		"The kernel has a cacheable mapping of this memory, as of RAM, and the VM uses MTE tags, which this memory or the VMM's mapping of it cannot have.",
	[COHMEM_ROW_LINEAR] =
		"The kernel has a cacheable mapping of this memory, as of RAM, so the guest has it Normal cacheable, whatever the VMM's mapping is.",
	[COHMEM_ROW_UNCACHED] =
		"The VMM's mapping is not cacheable, or the policy is off, so the guest has the memory uncached, as on a stock kernel.",
	[COHMEM_ROW_UNDECLARED] =
		"The VMM's mapping is cacheable, but its driver has not declared the memory coherent, so the guest has it uncached, as on a stock kernel.",
	[COHMEM_ROW_UNDECLARED_REFUSED] =
		"The VMM's mapping is cacheable, its driver has not declared the memory coherent, and policy strict refuses such memory.",
	[COHMEM_ROW_NO_TAGS] =
		"The VM or the VMM's mapping uses MTE tags, and KVM cannot initialise the tags of memory without a kernel mapping.",
	[COHMEM_ROW_NO_FWB] =
		"The CPUs lack FEAT_S2FWB, and KVM cannot clean the caches of memory without a kernel mapping.",
	[COHMEM_ROW_COHERENT] =
		"The VMM's mapping is cacheable, and its driver has declared the memory coherent or policy any trusts all, so the guest has it Normal cacheable.",
};

const char *sentences_row(const char *row)
{
	for (int i = 0; i < COHMEM_NR_ROWS; i++) {
		if (!strcmp(row, cohmem_row_name(i)))
			return rows[i];
	}
	return NULL;
}

const char *sentences_reason(const char *reason, char *cause, size_t size)
{
	const char *text, *end;

	for (int i = COHMEM_OK + 1; i < COHMEM_NR_REASONS; i++) {
		if (strcmp(reason, cohmem_reason_name(i)))
			continue;
		/* "what is wrong; what to do" */
		text = cohmem_reason_remedy(i);
		end = strstr(text, "; ");
		if (!end)
			return NULL;
		snprintf(cause, size, "%.*s", (int)(end - text), text);
		return end + strlen("; ");
	}
	*cause = '\0';
	return NULL;
}
