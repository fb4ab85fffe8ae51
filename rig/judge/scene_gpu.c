// SPDX-License-Identifier: GPL-2.0-only
/* Scene gpu (rig/host/jobs/gpu.c): a GPU's memory, hot-added by the guest. */
#include "demo_runs.h"
#include "demo_scenes.h"

static const struct demo_row rows[] = {
	{ .fact = "hot_add", .title = "hot-adds region 4" },
	/* Of code in region 4: the same as exec_written_code. */
	{ .fact = "executes" },
	{ .fact = "unaligned", .title = "unaligned access" },
	{ .fact = "atomics", .title = "atomics" },
	{ .fact = "zva", .title = "DC ZVA" },
	{ .fact = "exec_written_code", .title = "runs code it wrote" },
	{ .fact = "workload", .title = "workload" },
	{ .fact = "memtype", .title = "stage 2, region 4" },
	{ .fact = "stage2_faults", .title = "faults on region 4", .number = true },
	{ .fact = "largest_block", .title = "largest block", .number = true },
	{ .fact = "region2_memtype", .title = "stage 2, region 2" },
	{ .fact = "region2_refuses_exec", .title = "region 2: no exec" },
	{ }
};

/* The guest said that it cannot, and stage 2 says why. */
static bool runs_no_code(const struct demo_run *run)
{
	return demo_run_fact_is(run, "hot_add", "yes") &&
	       demo_run_fact_is(run, "executes", "no") &&
	       demo_run_fact_is(run, "memtype", "Device");
}

static const struct demo_area areas[] = {
	{ "region4", "region 4", "region 4: the GPU's coherent memory", 0, 512, 128 },
	{ "region2", "region 2", "region 2: Normal-NC", 576, 192, 64 },
	{ }
};

const struct demo_scene scene_gpu = {
	.name = "gpu",
	.what = "a GPU's memory, through nvgrace-gpu-vfio-pci, hot-added by the guest",
	.rows = rows,
	.fails_as_expected = runs_no_code,
	.on_stock = "no code runs in the GPU's memory",
	.areas = areas,
	.faults_on = "on region 4",
};
