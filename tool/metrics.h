/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of VMs and of guest RAM in Prometheus' text format, for node_exporter's textfile
 * collector. No page table is walked, and no memslot is looked at.
 */
#ifndef TOOL_METRICS_H
#define TOOL_METRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "pools.h"
#include "statistics.h"

/**
 * struct metrics_vm - a VM
 * @vm: its names
 * @statistics: its statistics
 */
struct metrics_vm {
	struct vms_vm vm;
	struct statistics statistics;
};

/**
 * struct metrics - what is told
 * @vms: those whose statistics can be read
 * @vm_count: how many
 * @pools: those that can be read
 * @pool_count: how many
 * @is_whole: nothing could not be read
 */
struct metrics {
	struct metrics_vm *vms;
	size_t vm_count;
	struct pool *pools;
	size_t pool_count;
	bool is_whole;
};

/**
 * metrics_gather() - read all
 * @metrics: is filled
 * @root: the host's files
 * @vms: its VMs; one that ends meanwhile is left out
 *
 * It complains of what cannot be read, of VMs once.
 */
void metrics_gather(struct metrics *metrics, const struct root *root, const struct vms *vms);

/** metrics_print() - print them */
void metrics_print(const struct metrics *metrics, FILE *out);

/** metrics_free() - free what metrics_gather() has allocated */
void metrics_free(struct metrics *metrics);

#endif /* TOOL_METRICS_H */
