// SPDX-License-Identifier: GPL-2.0-only
/* Scene ram (rig/host/jobs/ram.c): the whole RAM of a VM has no struct pages. */
#include "demo_runs.h"
#include "demo_scenes.h"

static const struct demo_row rows[] = {
	{ .fact = "executes", .title = "executes" },
	{ .fact = "unaligned", .title = "unaligned access" },
	{ .fact = "atomics", .title = "atomics" },
	{ .fact = "zva", .title = "DC ZVA" },
	{ .fact = "exec_written_code", .title = "runs code it wrote" },
	{ .fact = "workload", .title = "workload" },
	{ .fact = "memtype", .title = "stage-2 memory type" },
	{ .fact = "stage2_faults", .title = "stage-2 faults on RAM", .number = true },
	{ .fact = "largest_block", .title = "largest block", .number = true },
	{ }
};

static const struct demo_area areas[] = {
	{ "ram", "guest RAM", "RAM of the guest", 0, DEMO_STRIP_WIDTH, 256 },
	{ }
};

const struct demo_scene scene_ram = {
	.name = "ram",
	.what = "the whole RAM of the VM is memory without struct pages",
	.rows = rows,
	/* Seen in the traces, not just a time-out. */
	.fails_as_expected = demo_run_never_ran,
	.on_stock = "the guest never runs",
	.areas = areas,
	.faults_on = "on RAM",
};
