// SPDX-License-Identifier: GPL-2.0-only
#include "arguments.h"
#include "commands.h"
#include "complain.h"
#include "vmlist.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.children = arguments_children,
	.doc = "List the VMs of this host, and their memory without struct pages.\n"
	       "\vOf each VM: its name PID-FD, its process, how much of its memory is mapped by PFN in\n"
	       "the VMM, which share of that is mapped in stage 2 now, whether writes to it are\n"
	       "logged, and in which memory types and block sizes it is mapped. No page table is\n"
	       "walked.\n\n"
	       "Exit status: 0 listed, 2 wrong usage, 3 something cannot be told.",
};

int list_command(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	const struct view_lack *lack;
	struct vmlist list = { 0 };
	int status = 0;
	struct host host;
	struct vms vms;
	const char *source;

	if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) ||
	    !arguments_open(&arguments, &host))
		return COMMANDS_USAGE;
	if (!vms_open(&host.root, &vms)) {
		host_close(&host);
		return COMMANDS_UNKNOWN;
	}
	list.page_size = host_page_size(&host, &source);
	vmlist_gather(&list, &host.root, &vms);
	if (arguments.json)
		json_print(stdout, vmlist_json(&list));
	else
		vmlist_print(&list, stdout);
	lack = vmlist_lack(&list);
	if (lack) {
		complain(lack->remedy, "%s", lack->what);
		status = COMMANDS_UNKNOWN;
	}
	vmlist_free(&list);
	vms_free(&vms);
	host_close(&host);
	return status;
}
