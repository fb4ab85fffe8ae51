/* SPDX-License-Identifier: GPL-2.0-only */
/* cohmem list: which VMs have memory without struct pages, and how it is mapped. */
#ifndef TOOL_VMLIST_H
#define TOOL_VMLIST_H

#include <stdio.h>

#include "json.h"
#include "view.h"

/**
 * struct vmlist - what is listed
 * @views: of the VMs
 * @count: how many
 * @page_size: of the host, or 0 if it is not known
 */
struct vmlist {
	struct view *views;
	size_t count;
	unsigned long page_size;
};

/** vmlist_gather() - look at all VMs; one that ends meanwhile is left out */
void vmlist_gather(struct vmlist *list, const struct root *root, const struct vms *vms);

/** vmlist_print() - print a table */
void vmlist_print(const struct vmlist *list, FILE *out);

/** vmlist_json() - the same for programs; the caller has to put the object */
struct json_object *vmlist_json(const struct vmlist *list);

/** vmlist_lack() - the first thing that some VM does not show, or NULL */
const struct view_lack *vmlist_lack(const struct vmlist *list);

/** vmlist_free() - free what vmlist_gather() has allocated */
void vmlist_free(struct vmlist *list);

#endif /* TOOL_VMLIST_H */
