// SPDX-License-Identifier: GPL-2.0-only
/* What the table of make bench has, and what is asked of it. */
#include <assert.h>

#include "bench.h"
#include "kernel.h"

#define SECTIONS 512		/* of COHMEM_EXTENT_SECTION leaves, in 1 GiB */

const struct bench_row bench_rows[] = {
	{
		"boot_512m_faults", "boot, 512 MiB of RAM", FAULTS, "512",
		"stage2_faults", .goal = GOAL_AT_MOST, .limit = 18,
	},
	{
		"boot_1g_faults", "boot, 1 GiB of RAM", FAULTS, "1024",
		"stage2_faults", .goal = GOAL_AT_MOST, .limit = 2,
	},
	{
		"touch_pte_faults", "touch 1 GiB, host maps PTEs", FAULTS, "1",
		"pte_faults", .goal = GOAL_AT_MOST, .limit = 1,
	},
	{
		"touch_pte_instructions", "", INSTRUCTIONS, "1",
		"pte_instructions", .goal = GOAL_FEWER, .limit = 200,
	},
	{
		"touch_pte_tables", "", TABLES, "1", "pte_tables",
		.goal = GOAL_AT_MOST, .limit = 0,
	},
	{
		"touch_pmd_faults", "touch 1 GiB, host maps 2 MiB", FAULTS, "1",
		"pmd_faults", .goal = GOAL_AT_MOST, .limit = 1,
	},
	{
		"touch_pmd_instructions", "", INSTRUCTIONS, "1",
		.fact = "pmd_instructions",
	},
	{
		"touch_pmd_tables", "", TABLES, "1", "pmd_tables",
		.goal = GOAL_AT_MOST, .limit = 0,
	},
	{
		"touch_nvgrace_faults", "touch 1 GiB, nvgrace maps it", FAULTS, "1",
		"nvgrace_faults", .goal = GOAL_AT_MOST, .limit = 1,
	},
	{
		"touch_nvgrace_instructions", "", INSTRUCTIONS, "1",
		.fact = "nvgrace_instructions",
		.goal = GOAL_LIKE, .limit = 5, .like = "touch_pmd_instructions",
	},
	{
		"touch_nvgrace_tables", "", TABLES, "1", "nvgrace_tables",
		.goal = GOAL_AT_MOST, .limit = 0,
	},
	{
		"touch_nvgrace_host_tables", "", HOST_TABLES, "1",
		"nvgrace_host_tables", .goal = GOAL_AT_MOST, .limit = 2,
	},
	{
		"worst_contiguous", "worst fault, one run of 1 GiB",
		INSTRUCTIONS, "1", .fact = "contiguous_worst",
	},
	{
		"worst_last_page", "worst fault, last page of 1 GiB is elsewhere",
		INSTRUCTIONS, "1", .fact = "last_page_worst",
	},
	{
		"worst_each_2m", "worst fault, last page of each 2 MiB is elsewhere",
		INSTRUCTIONS, "1", .fact = "each_2m_worst",
	},
	{
		"interrupts_off", "interrupts off in a scan, not more than",
		INSTRUCTIONS, "1", "contiguous_worst", .divisor = SECTIONS,
		.cohmem_only = true,
	},
	{
		"anon_4k", "anonymous memory, a fault of 4 KiB", INSTRUCTIONS,
		"1", "anon_4k_instructions", "anon_4k_faults",
		.goal = GOAL_WITHIN, .limit = 1,
	},
	{
		"anon_thp", "anonymous memory, a fault of 2 MiB", INSTRUCTIONS,
		"1", "anon_thp_instructions", "anon_thp_faults",
		.goal = GOAL_WITHIN, .limit = 1,
	},
	{
		"ahead_pte", "pre-fault 1 GiB, host maps PTEs", INSTRUCTIONS, "1",
		.fact = "ahead_pte_instructions", .cohmem_only = true,
		.goal = GOAL_LIKE, .limit = 5, .like = "worst_contiguous",
	},
	{
		"ahead_pte_faults", "then touch it", FAULTS, "1",
		.fact = "ahead_pte_faults",
		.cohmem_only = true, .goal = GOAL_AT_MOST, .limit = 0,
	},
	{
		"ahead_pmd", "pre-fault 1 GiB, host maps 2 MiB", INSTRUCTIONS, "1",
		.fact = "ahead_pmd_instructions", .cohmem_only = true,
	},
	{
		"log_first", "first write to 1 GiB that is logged", FAULTS, "1",
		.fact = "log_first_faults", .cohmem_only = true,
		.goal = GOAL_AT_MOST, .limit = 1,
	},
	{
		"log_rest", "then read all of it", FAULTS, "1", .fact = "log_rest_faults",
		.cohmem_only = true, .goal = GOAL_AT_MOST, .limit = 0,
	},
	{
		"log_all", "write to all its pages", INSTRUCTIONS, "1",
		.fact = "log_all_instructions", .cohmem_only = true,
		.goal = GOAL_LIKE_STOCK, .limit = 0, .like = "touch_pte_instructions",
	},
	{
		"log_stop", "logging stops, write to all of it", FAULTS, "1",
		.fact = "log_stop_faults", .cohmem_only = true,
		.goal = GOAL_AT_MOST, .limit = 1,
	},
	{
		"log_anon", "anonymous memory, a write of 4 KiB is logged", INSTRUCTIONS,
		"1", .fact = "log_anon_all_instructions", .per = "log_anon_all_pages",
	},
	{
		"unlog_thp", "anonymous memory, a block again after logging",
		INSTRUCTIONS, "1", .fact = "unlog_thp_instructions",
		.per = "unlog_thp_blocks", .goal = GOAL_WITHIN, .limit = 3,
	},
	{
		"unlog_thp_faults", "then write to all of it", FAULTS, "1",
		.fact = "unlog_thp_faults", .goal = GOAL_AT_MOST, .limit = 0,
	},
};

const size_t bench_row_count = ARRAY_SIZE(bench_rows);
static_assert(ARRAY_SIZE(bench_rows) <= MAX_ROWS, "the table is too small");
