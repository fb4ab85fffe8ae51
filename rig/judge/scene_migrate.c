// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scene migrate (rig/host/jobs/migrate.c): a VM of scene ram's kind goes from one QEMU to
 * another. On the stock kernel there is no such VM that runs: scene ram shows it.
 */
#include "demo_runs.h"
#include "demo_scenes.h"

static const struct demo_row rows[] = {
	{ .fact = "executes", .title = "executes" },
	{ .fact = "rounds", .title = "rounds of the log", .number = true },
	{ .fact = "pages_sent", .title = "pages sent", .number = true },
	{ .fact = "entries_before", .title = "stage 2 before" },
	{ .fact = "entries_during", .title = "stage 2 during" },
	{ .fact = "entries_after", .title = "stage 2 after" },
	{ .fact = "memtype", .title = "stage-2 memory type" },
	{ .fact = "downtime_ms", .title = "downtime, ms", .number = true },
	{ .fact = "downtime_qemu_ms", .title = "the same, by QEMU", .number = true },
	{ .fact = "verified", .title = "every byte is right" },
	{ }
};

const struct demo_scene scene_migrate = {
	.name = "migrate",
	.what = "a VM whose whole RAM has no struct pages is migrated live",
	.rows = rows,
	.fails_as_expected = demo_run_never_ran,
	.on_stock = "the guest never runs",
	.stock_is_of = "ram",
};
