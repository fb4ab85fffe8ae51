// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "status.h"
#include "vm.h"

#define ORDER_SECS	60
#define BOOT_SECS	60
#define MESSAGE_SECS	30

/* The guest does the first BOOT_CHECKS at each start, the others by order. */
#define BOOT_CHECKS 6
static const char * const names[] = {
	"user_space", "exec_written_code", "atomics", "zva", "unaligned",
	"workload", "hot_add", "round", "verify", "disk", "vsock", "unplug",
	"dma", "hold", "release", "pmem",
};

static bool boot_checks_passed(const struct vm *vm)
{
	for (size_t i = 0; i < BOOT_CHECKS; i++) {
		if (!vm->checks[i].line || !vm->checks[i].ok)
			return false;
	}
	return vm->guest.ended == GUEST_DONE;
}

bool vm_booted(struct vm *vm)
{
	guest_forget(&vm->guest);
	guest_wait_secs(&vm->guest, BOOT_SECS);
	vm->lost = !boot_checks_passed(vm);
	return !vm->lost;
}

void vm_spawn(struct vm *vm, const char *memory, const char *cmdline,
	      const char * const *devices)
{
	static unsigned int count;
	char monitor[80];
	const char * const qmp[] = { "-qmp", monitor, NULL };
	struct vmm_args args;

	memset(vm, 0, sizeof(*vm));
	for (size_t i = 0; i < VM_CHECKS; i++)
		vm->checks[i].name = names[i];
	vm->guest.checks = vm->checks;
	vm->guest.count = VM_CHECKS;
	/* What counts until the guest says something. */
	vm->guest.ended = GUEST_TIMEOUT;

	snprintf(vm->socket, sizeof(vm->socket), "/tmp/qmp-%u", count++);
	snprintf(monitor, sizeof(monitor), "unix:%s,server=on,wait=off",
		 vm->socket);
	vmm_args_begin(&args, VM_MIB "M", memory);
	vmm_args_kernel(&args, NULL, "%s %s", GUEST_CMDLINE,
			cmdline ? cmdline : "cohmem.workload=16");
	vmm_args_add(&args, qmp);
	vmm_args_console(&args);
	vmm_args_add(&args, devices);

	ktap_note("VM %u: RAM %s", count, args.memory);
	vmm_start(&vm->guest.vmm, args.argv);
}

bool vm_start(struct vm *vm, const char *memory, const char *cmdline,
	      const char * const *devices)
{
	vm_spawn(vm, memory, cmdline, devices);
	qmp_open(&vm->qmp, vm->socket);
	/* If QEMU does not answer, this reads what it printed. */
	return vm_booted(vm);
}

bool vm_qemu_says(struct vm *vm, const char *message)
{
	bool said;

	vm->guest.look_for = message;
	guest_wait_secs(&vm->guest, MESSAGE_SECS);
	said = vm->guest.stopped;
	vm->guest.stopped = 0;
	vm->guest.look_for = NULL;
	return said;
}

bool vm_is_refused(struct vm *vm, const char *memory, const char * const *devices,
		   const char *message)
{
	bool said;

	vm_spawn(vm, memory, NULL, devices);
	said = vm_qemu_says(vm, message);
	guest_wait_secs(&vm->guest, MESSAGE_SECS);
	return said && vm->guest.ended == GUEST_VMM_ENDED;
}

static bool ask(struct vm *vm, const char *order, const char *name)
{
	return !vm->lost && guest_ask(&vm->guest, order, name, ORDER_SECS);
}

bool vm_ask(struct vm *vm, const char *order)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(order, " "), order);
	return ask(vm, order, name);
}

const char *vm_said(const struct vm *vm, const char *name)
{
	const struct guest_check *check = guest_find_check(&vm->guest, name);

	if (check->line)
		return check->text;
	/* What QEMU said last is why it has ended. */
	return vm->guest.ended == GUEST_VMM_ENDED ? vm->guest.last :
	       guest_reason(&vm->guest);
}

bool vm_goes_on(struct vm *vm)
{
	/* A round is under way. The one after it begins after this call. */
	return !vm->lost &&
	       guest_expect(&vm->guest, "round", ORDER_SECS) &&
	       guest_expect(&vm->guest, "round", ORDER_SECS);
}

bool vm_verify(struct vm *vm, const char *mib)
{
	char order[32];

	snprintf(order, sizeof(order), "verify %s", mib);
	return ask(vm, order, "round");
}

bool vm_verified(struct vm *vm)
{
	return ask(vm, "", "verify");
}

void vm_note_memory(const struct vm *vm, const char *what)
{
	pid_t pid = vm->guest.vmm.pid;

	ktap_note("%s: QEMU %llu KiB, of them anonymous %llu KiB; page tables %llu KiB",
		  what, status_kib(pid, "VmRSS"), status_kib(pid, "RssAnon"),
		  status_kib(pid, "VmPTE"));
	ktap_note("%s: stage 2 %llu KiB", what, status_meminfo_kib("SecPageTables"));
}

void vm_end(struct vm *vm)
{
	if (vm->qmp.in)
		qmp_close(&vm->qmp);
	vmm_stop(&vm->guest.vmm, vm->guest.ended == GUEST_DONE);
}
