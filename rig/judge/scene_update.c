// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scene update (rig/host/jobs/update.c): a second QEMU takes over a VM of scene ram's
 * kind, and its memory. On the stock kernel there is no such VM that runs: scene ram shows
 * it.
 */
#include "demo_runs.h"
#include "demo_scenes.h"

static const struct demo_row rows[] = {
	{ .fact = "executes", .title = "executes" },
	{ .fact = "unchanged", .title = "same memory at switch" },
	{ .fact = "cancelled", .title = "cancelled" },
	{ .fact = "updated", .title = "updated" },
	{ .fact = "pages_sent", .title = "pages sent", .number = true },
	{ .fact = "downtime_ms", .title = "downtime, ms", .number = true },
	{ .fact = "downtime_qemu_ms", .title = "the same, by QEMU", .number = true },
	{ .fact = "cpr_transfer", .title = "by cpr-transfer, too" },
	{ .fact = "entries_after", .title = "stage 2 after" },
	{ .fact = "memtype", .title = "stage-2 memory type" },
	{ .fact = "verified", .title = "every byte is right" },
	{ }
};

const struct demo_scene scene_update = {
	.name = "update",
	.what = "a second VMM takes over the VM and its memory, of which nothing is sent",
	.rows = rows,
	.fails_as_expected = demo_run_never_ran,
	.on_stock = "the guest never runs",
	.stock_is_of = "ram",
};
