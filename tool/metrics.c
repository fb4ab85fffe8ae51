// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "metrics.h"
#include "view.h"

/* As they are shown elsewhere. */
static const enum s2_type types[] = { S2_NORMAL_WB, S2_NORMAL_NC, S2_DEVICE };

static const struct {
	const char *name;
	const char *help;
	size_t number;	/* its place in struct pool */
} of_pools[] = {
	{ "size_bytes", "Guest RAM that files can have.", offsetof(struct pool, size) },
	{ "free_bytes", "Guest RAM that no file has.", offsetof(struct pool, free) },
	{ "dirty_bytes", "Guest RAM that has to be zeroed before a file gets it.",
	  offsetof(struct pool, dirty) },
	{ "retired_bytes", "Guest RAM that no file gets again.", offsetof(struct pool, retired) },
	{ "free_blocks", "Largest blocks of guest RAM that are free as a whole.",
	  offsetof(struct pool, blocks) },
};

static void gather_vms(struct metrics *m, const struct root *root, const struct vms *vms)
{
	struct view_lack lack;

	m->vms = calloc(vms->count + 1, sizeof(*m->vms));
	if (!m->vms)
		abort();
	for (size_t i = 0; i < vms->count; i++) {
		struct metrics_vm *vm = &m->vms[m->vm_count];

		vm->vm = vms->vms[i];
		if (view_statistics(root, &vm->vm, &vm->statistics, &lack)) {
			m->vm_count++;
		} else if (*lack.what) {
			if (m->is_whole)
				complain(lack.remedy, "%s", lack.what);
			m->is_whole = false;
		}
	}
}

static void gather_pools(struct metrics *m, const struct root *root)
{
	struct root_names names;

	if (!pools_list(root, &names)) {
		complain("see cohmem check, line guestram", POOLS_DIR " cannot be read: %s",
			 strerror(errno));
		m->is_whole = false;
		return;
	}
	m->pools = calloc(names.count + 1, sizeof(*m->pools));
	if (!m->pools)
		abort();
	for (size_t i = 0; i < names.count; i++) {
		if (pools_read(root, names.names[i], &m->pools[m->pool_count])) {
			m->pool_count++;
			continue;
		}
		complain("see cohmem check, line guestram", POOLS_DIR "/%s cannot be read: %s",
			 names.names[i], strerror(errno));
		m->is_whole = false;
	}
	root_free_names(&names);
}

void metrics_gather(struct metrics *metrics, const struct root *root, const struct vms *vms)
{
	*metrics = (struct metrics){ .is_whole = true };
	gather_vms(metrics, root, vms);
	gather_pools(metrics, root);
}

void metrics_free(struct metrics *metrics)
{
	free(metrics->vms);
	free(metrics->pools);
	*metrics = (struct metrics){ 0 };
}

static void print_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A process chooses its name itself; what is not printable is '?' by now. */
static void print_vm(FILE *out, const char *name, const struct vms_vm *vm)
{
	fprintf(out, "%s{vm=\"%s\",process=\"", name, vm->name);
	for (const char *c = vm->process_name; *c; c++)
		fprintf(out, "%s%c", strchr("\"\\", *c) ? "\\" : "", *c);
	fputs("\",", out);
}

static void print_mapped(const struct metrics *m, FILE *out)
{
	static const char name[] = "cohmem_vm_mapped_bytes";

	print_head(out, name, "gauge",
		   "Memory without struct pages that stage 2 maps now, by memory type and level of page tables.");
	for (size_t v = 0; v < m->vm_count; v++) {
		for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
			for (int level = 1; level < STATISTICS_LEVELS; level++) {
				print_vm(out, name, &m->vms[v].vm);
				fprintf(out, "type=\"%s\",level=\"%d\"} %llu\n",
					s2_type_name(types[t]), level,
					m->vms[v].statistics.bytes[types[t]][level]);
			}
		}
	}
}

static void print_refused(const struct metrics *m, FILE *out)
{
	static const char name[] = "cohmem_vm_refused_total";

	print_head(out, name, "counter", "How often KVM refused memory, by reason.");
	for (size_t v = 0; v < m->vm_count; v++) {
		for (int reason = COHMEM_OK + 1; reason < COHMEM_NR_REASONS; reason++) {
			if (!m->vms[v].statistics.is_counted[reason])
				continue;
			print_vm(out, name, &m->vms[v].vm);
			fprintf(out, "reason=\"%s\"} %llu\n", cohmem_reason_name(reason),
				m->vms[v].statistics.refused[reason]);
		}
	}
}

static void print_pools(const struct metrics *m, FILE *out)
{
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(of_pools); i++) {
		snprintf(name, sizeof(name), "cohmem_guestram_%s", of_pools[i].name);
		print_head(out, name, "gauge", of_pools[i].help);
		for (size_t p = 0; p < m->pool_count; p++)
			fprintf(out, "%s{node=\"%d\"} %llu\n", name, m->pools[p].node,
				*(u64 *)((char *)&m->pools[p] + of_pools[i].number));
	}
}

void metrics_print(const struct metrics *metrics, FILE *out)
{
	if (metrics->vm_count) {
		print_mapped(metrics, out);
		print_refused(metrics, out);
	}
	if (metrics->pool_count)
		print_pools(metrics, out);
	print_head(out, "cohmem_whole", "gauge", "1 if all of this host could be read, 0 if not.");
	fprintf(out, "cohmem_whole %d\n", metrics->is_whole);
}
