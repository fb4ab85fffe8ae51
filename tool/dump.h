/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's dump of a VM's stage 2, in debugfs, kvm/PID-FD/stage2_page_tables. To read the
 * file walks the page tables: vCPUs that fault meanwhile may wait.
 */
#ifndef TOOL_DUMP_H
#define TOOL_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "cohmem_stage2.h"
#include "kernel.h"

#define DUMP_FILE "stage2_page_tables"

/**
 * struct dump_range - addresses that stage 2 maps alike
 * @ipa: the first one
 * @len: bytes
 * @level: of the entries: 3 maps pages
 * @type: memory type, if the dump tells types
 * @reads: the guest may read
 * @writes: it may write
 * @executes: it may execute
 */
struct dump_range {
	u64 ipa;
	u64 len;
	unsigned int level;
	enum s2_type type;
	bool reads;
	bool writes;
	bool executes;
};

/**
 * struct dump - the whole file
 * @ranges: in order of IPA, without what is not mapped
 * @count: how many
 * @has_types: it tells memory types, as a kernel with cohmem's series does
 */
struct dump {
	struct dump_range *ranges;
	size_t count;
	bool has_types;
};

/**
 * dump_read() - read the file
 * @text: all of it
 * @dump: is filled
 * @why: on failure, what is wrong in which line
 * @size: of @why
 *
 * Return: whether it worked. If not, there is nothing to free.
 */
bool dump_read(const char *text, struct dump *dump, char *why, size_t size);

/** dump_free() - free what dump_read() has allocated */
void dump_free(struct dump *dump);

#endif /* TOOL_DUMP_H */
