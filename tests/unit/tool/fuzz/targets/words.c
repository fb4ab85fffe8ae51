// SPDX-License-Identifier: GPL-2.0-only
/* What is a word or a line: each reader of one gets the same text. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "devices.h"
#include "fuzz.h"
#include "labels.h"
#include "lockdown.h"
#include "midr.h"
#include "pools.h"
#include "release.h"
#include "trace.h"
#include "vms.h"

static bool lives(int pid)
{
	fuzz_must(pid > 0, "a process has a number that is not 0");
	return false;
}

static void read_label(const char *text)
{
	char name[16];
	size_t len;

	labels_name(text, name, sizeof(name));
	len = strlen(name);
	for (size_t i = 0; i < len; i++)
		fuzz_must(isalnum((unsigned char)name[i]) || (name[i] == '-' && i && i + 1 < len),
			  "a label has letters and digits, and dashes between them");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct release release;
	unsigned int id;
	struct vms_vm vm;
	u64 midr;
	int node;

	config_state(text, "KVM");
	lockdown_read(text);
	midr_read(text, &midr);
	release_read(text, &release);
	trace_is_left(text, lives);
	read_label(text);
	fuzz_must(!devices_id(text, &id) || id <= 0xffff, "an ID has four digits");
	fuzz_must(!pools_node(text, &node) || (node >= 0 && node < POOLS_NODES),
		  "a node has a number that a node can have");
	fuzz_must(!vms_read_name(text, &vm) || (vm.pid > 0 && vm.fd >= 0 &&
						!strcmp(vm.name, text)),
		  "a VM has a PID and a descriptor, and the name that it has");
	free(text);
	return 0;
}
