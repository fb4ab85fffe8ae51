// SPDX-License-Identifier: GPL-2.0-only
#include "chosen.h"
#include "commands.h"
#include "complain.h"

static int complain_ended(const struct vms_vm *vm)
{
	complain("see cohmem list for the VMs that run", "VM %s has ended meanwhile", vm->name);
	return COMMANDS_NO_VM;
}

static int look(struct chosen *chosen, const char *name)
{
	const struct vms_vm *vm = vms_find(&chosen->vms, name);

	if (!vm)
		return COMMANDS_NO_VM;
	if (!view_read(&chosen->host.root, vm, &chosen->view))
		return complain_ended(vm);
	if (!*chosen->view.memslots_lack.what)
		return 0;
	complain(chosen->view.memslots_lack.remedy, "%s", chosen->view.memslots_lack.what);
	view_free(&chosen->view);
	return COMMANDS_UNKNOWN;
}

int chosen_open(const struct arguments *arguments, const char *name, struct chosen *chosen)
{
	const char *source;
	int status;

	*chosen = (struct chosen){ 0 };
	if (!arguments_open(arguments, &chosen->host))
		return COMMANDS_USAGE;
	if (!vms_open(&chosen->host.root, &chosen->vms)) {
		host_close(&chosen->host);
		return COMMANDS_UNKNOWN;
	}
	chosen->page_size = host_page_size(&chosen->host, &source);
	status = look(chosen, name);
	if (status) {
		vms_free(&chosen->vms);
		host_close(&chosen->host);
	}
	return status;
}

void chosen_close(struct chosen *chosen)
{
	view_free(&chosen->view);
	vms_free(&chosen->vms);
	host_close(&chosen->host);
}

int chosen_walk(const struct chosen *chosen, struct dump *dump)
{
	struct view_lack lack;

	if (view_walk(&chosen->host.root, &chosen->view.vm, dump, &lack))
		return 0;
	if (!*lack.what)
		return complain_ended(&chosen->view.vm);
	complain(lack.remedy, "%s", lack.what);
	return COMMANDS_UNKNOWN;
}
