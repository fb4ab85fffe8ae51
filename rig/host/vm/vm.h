/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs that stay, and whose guests take orders (rig/guest/serve.c). */
#ifndef RIG_HOST_VM_VM_H
#define RIG_HOST_VM_VM_H

#include "guest.h"
#include "qmp.h"
#include "vmm_args.h"

#define VM_MIB		"128"
#define VM_RAM_BYTES	(128ULL << 20)
#define VM_RAM_END	(VMM_RAM_START + VM_RAM_BYTES)
#define VM_VERIFY_MIB	"16"
#define VM_CHECKS	16

/**
 * struct vm - a VM
 * @guest: its VMM, and what its guest has said
 * @qmp: its monitor
 * @socket: of the monitor
 * @lost: the guest did not get to work, so it gets no more orders
 * @checks: what the guest can say
 */
struct vm {
	struct guest guest;
	struct qmp qmp;
	char socket[32];
	bool lost;
	struct guest_check checks[VM_CHECKS];
};

/**
 * vm_spawn() - start a VM
 * @vm: the VM
 * @memory: its RAM: "anon", or the path of a node and what else the memory
 *	    backend needs (",offset=...")
 * @cmdline: NULL, or what else the guest's kernel command line has
 * @devices: more options for QEMU, NULL at its end; may be NULL
 */
void vm_spawn(struct vm *vm, const char *memory, const char *cmdline,
	      const char * const *devices);

/**
 * vm_start() - start a VM, and wait until the guest is at work
 * @vm: the VM
 * @memory: as for vm_spawn()
 * @cmdline: as for vm_spawn()
 * @devices: as for vm_spawn()
 *
 * Return: whether the guest started and passed all its checks.
 */
bool vm_start(struct vm *vm, const char *memory, const char *cmdline,
	      const char * const *devices);

/** vm_booted() - wait until the guest is at work; whether it passed all its checks */
bool vm_booted(struct vm *vm);

/** vm_qemu_says() - wait for a line of QEMU's with that text; the guest may go on */
bool vm_qemu_says(struct vm *vm, const char *message);

/**
 * vm_is_refused() - start a VM that QEMU has to refuse
 * @vm: the VM; vm_end() is called for it in any case
 * @memory: as for vm_spawn()
 * @devices: as for vm_spawn()
 * @message: a part of what QEMU has to say
 *
 * Return: whether QEMU said that, and ended. @vm->guest.last is the line.
 */
bool vm_is_refused(struct vm *vm, const char *memory, const char * const *devices,
		   const char *message);

/** vm_ask() - give the guest an order; whether the check of the order's name passed */
bool vm_ask(struct vm *vm, const char *order);

/** vm_said() - what the guest said of a check, or why it said nothing */
const char *vm_said(const struct vm *vm, const char *name);

/** vm_verify() - let the guest verify memory, in rounds, until vm_verified() */
bool vm_verify(struct vm *vm, const char *mib);

/** vm_goes_on() - wait for two rounds; the second one has begun after this call */
bool vm_goes_on(struct vm *vm);

/** vm_verified() - end vm_verify(); whether every byte was right, the first ones written too */
bool vm_verified(struct vm *vm);

/** vm_note_memory() - note what the host has for the VM beside its RAM; no other VM runs */
void vm_note_memory(const struct vm *vm, const char *what);

/** vm_end() - power the VM off, or end it */
void vm_end(struct vm *vm);

#endif /* RIG_HOST_VM_VM_H */
