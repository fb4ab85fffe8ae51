// SPDX-License-Identifier: GPL-2.0-only
#include "chosen.h"
#include "commands.h"
#include "text.h"
#include "why.h"

#define WHY_REFUSED	1	/* exit status: the guest gets no memory there */

/**
 * struct options - what was typed
 * @common: options that other commands have, too
 * @name: the VM
 * @ipa_text: the address
 * @ipa: the same as a number
 * @walk: look into stage 2, too
 */
struct options {
	struct arguments common;
	const char *name;
	const char *ipa_text;
	u64 ipa;
	bool walk;
};

enum { OPTION_WALK = 0x200 };

static const struct argp_option known[] = {
	{ "walk", OPTION_WALK, NULL, 0,
	  "Have the kernel walk stage 2, and say how it maps that address now", 0 },
	{ 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->common;
		return 0;
	case OPTION_WALK:
		options->walk = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->ipa_text)
			return ARGP_ERR_UNKNOWN;
		if (!options->name) {
			options->name = argument;
			return 0;
		}
		options->ipa_text = argument;
		if (!text_number(argument, &options->ipa))
			argp_error(state,
				   "'%.40s' is no address: a number of 64 bits, hexadecimal with 0x or decimal",
				   argument);
		return 0;
	case ARGP_KEY_END:
		if (!options->ipa_text)
			argp_error(state, options->name ? "an address is missing" :
				   "a VM and an address are missing; cohmem list has the VMs");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.children = arguments_children,
	.args_doc = "VM IPA",
	.doc = "Say why a guest has the memory at an address as it has.\n"
	       "\vVM is PID-FD, as in cohmem list, or the PID of a process that has one VM. IPA is a guest physical address, hexadecimal with 0x or decimal. Without --walk no page table of the VM is walked; with it, vCPUs that fault meanwhile may wait.\n\n"
	       "Exit status: 0 the guest gets memory there, 1 it gets none, 2 wrong usage, 3 something cannot be told, 4 there is no such VM, or it has ended meanwhile.",
};

/* Return: the exit status. */
static int answer(const struct options *options, const struct chosen *chosen)
{
	struct dump dump = { 0 };
	int status = 0;
	struct why why;

	why_ask(&why, &chosen->view, options->ipa, chosen->page_size);
	if (options->walk) {
		status = chosen_walk(chosen, &dump);
		if (status == COMMANDS_NO_VM)
			return status;
		if (!status)
			why_walked(&why, &dump);
	}
	if (options->common.json)
		json_print(stdout, why_json(&why));
	else
		why_print(&why, stdout);
	dump_free(&dump);
	if (status)
		return status;
	if (!why_is_certain(&why))
		return COMMANDS_UNKNOWN;
	return why_is_refused(&why) ? WHY_REFUSED : 0;
}

int why_command(int argc, char **argv)
{
	struct options options = { 0 };
	struct chosen chosen;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMANDS_USAGE;
	status = chosen_open(&options.common, options.name, &chosen);
	if (status)
		return status;
	status = answer(&options, &chosen);
	chosen_close(&chosen);
	return status;
}
