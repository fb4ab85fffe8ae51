// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "sums.h"
#include "text.h"
#include "vmlist.h"

void vmlist_gather(struct vmlist *list, const struct root *root, const struct vms *vms)
{
	list->views = calloc(vms->count + 1, sizeof(*list->views));
	if (!list->views)
		abort();
	for (size_t i = 0; i < vms->count; i++)
		list->count += view_read(root, &vms->vms[i], &list->views[list->count]);
}

void vmlist_free(struct vmlist *list)
{
	while (list->count)
		view_free(&list->views[--list->count]);
	free(list->views);
	list->views = NULL;
}

const struct view_lack *vmlist_lack(const struct vmlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (*list->views[i].statistics_lack.what)
			return &list->views[i].statistics_lack;
		if (*list->views[i].memslots_lack.what)
			return &list->views[i].memslots_lack;
	}
	return NULL;
}

/* Bytes that may be memory without struct pages, and whether writes to any are logged. */
static u64 pfn_mapped(const struct view *view, bool *logs)
{
	const struct memslots *m = &view->memslots;
	u64 sum = 0;

	*logs = false;
	for (size_t i = 0; i < m->slot_count; i++) {
		u64 bytes = memslots_pfn_mapped(m, &m->slots[i]);

		*logs |= bytes && m->slots[i].logs;
		sum += bytes;
	}
	return sum;
}

static void print_vm(const struct vmlist *list, const struct view *view, FILE *out)
{
	bool has_statistics = !*view->statistics_lack.what, logs;
	bool has_memslots = !*view->memslots_lack.what;
	u64 all = pfn_mapped(view, &logs), mapped = statistics_mapped(&view->statistics);
	char size[32] = "?", share[16] = "?";

	if (has_memslots)
		text_bytes(size, sizeof(size), all);
	if (has_memslots && !all)
		snprintf(share, sizeof(share), "-");
	else if (has_memslots && has_statistics)
		snprintf(share, sizeof(share), "%.1f %%", 100.0 * mapped / all);
	fprintf(out, "%-15s  %-15s  %-12s  %-7s  %-7s  ", view->vm.name,
		*view->vm.process_name ? view->vm.process_name : "-", size, share,
		!has_memslots ? "?" : logs ? "yes" : "no");
	if (has_statistics)
		sums_print(view->statistics.bytes[0], STATISTICS_TYPES, list->page_size, out);
	else
		fputs("?\n", out);
}

void vmlist_print(const struct vmlist *list, FILE *out)
{
	if (!list->count) {
		fputs("No VM runs on this host.\n", out);
		return;
	}
	fprintf(out, "%-15s  %-15s  %-12s  %-7s  %-7s  %s\n", "VM", "process", "memory",
		"mapped", "logging", "mapped as");
	for (size_t i = 0; i < list->count; i++)
		print_vm(list, &list->views[i], out);
}

static struct json_object *refused_json(const struct view *view)
{
	struct json_object *o = json_object_new_object();

	for (int reason = COHMEM_OK + 1; reason < COHMEM_NR_REASONS; reason++) {
		if (view->statistics.is_counted[reason])
			json_set(o, cohmem_reason_name(reason),
				 json_object_new_uint64(view->statistics.refused[reason]));
	}
	return o;
}

static void set_lack(struct json_object *o, const char *key, const struct view_lack *lack)
{
	struct json_object *value = NULL;

	if (*lack->what) {
		value = json_object_new_object();
		json_set_string(value, "what", lack->what);
		json_set_string(value, "remedy", lack->remedy);
	}
	json_set(o, key, value);
}

static struct json_object *vm_json(const struct vmlist *list, const struct view *view)
{
	bool has_statistics = !*view->statistics_lack.what, logs;
	bool has_memslots = !*view->memslots_lack.what;
	struct json_object *o = json_object_new_object();
	u64 all = pfn_mapped(view, &logs);

	json_set_string(o, "vm", view->vm.name);
	json_set(o, "pid", view->vm.process ? json_object_new_int(view->vm.process) : NULL);
	json_set_text(o, "process", view->vm.process_name);
	json_set(o, "memory", has_memslots ? json_object_new_uint64(all) : NULL);
	json_set(o, "mapped", has_statistics ?
		 json_object_new_uint64(statistics_mapped(&view->statistics)) : NULL);
	json_set(o, "logging", has_memslots ? json_object_new_boolean(logs) : NULL);
	json_set(o, "mapped_as", has_statistics ?
		 sums_json(view->statistics.bytes[0], STATISTICS_TYPES, list->page_size) : NULL);
	json_set(o, "refused", has_statistics ? refused_json(view) : NULL);
	set_lack(o, "no_statistics", &view->statistics_lack);
	set_lack(o, "no_memslots", &view->memslots_lack);
	return o;
}

struct json_object *vmlist_json(const struct vmlist *list)
{
	struct json_object *o = json_object_new_object();
	struct json_object *vms = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_add(vms, vm_json(list, &list->views[i]));
	json_set(o, "vms", vms);
	return o;
}
