/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of the VMM: what all VMs have, in the order in which QEMU gets it. */
#ifndef RIG_HOST_VM_VMM_ARGS_H
#define RIG_HOST_VM_VMM_ARGS_H

#include <stddef.h>

#include "kernel.h"

#define VMM_ARGS_MAX	48
/* At most so many more options are one job's. */
#define VMM_MORE_ARGS	16
#define VMM_INITRD	"/guest.cpio.gz"
/* The first address of RAM on QEMU's virt board. */
#define VMM_RAM_START	0x40000000ULL

/* A guest that panicked stays, so that its stage 2 can be looked at. */
#define GUEST_CMDLINE	"console=ttyAMA0 rdinit=/init quiet panic=0"

/**
 * struct vmm_args - a command line that is being made
 * @argv: the arguments, NULL behind the last one
 * @count: how many
 * @accel: where the accelerator's options are
 * @memory: the guest's RAM, as QEMU's -object has it; "" for QEMU's default
 * @cmdline: the command line of the guest's kernel
 */
struct vmm_args {
	const char *argv[VMM_ARGS_MAX];
	size_t count;
	size_t accel;
	char memory[160];
	char cmdline[256];
};

/**
 * vmm_args_begin() - QEMU, and a machine with one CPU
 * @args: the command line
 * @size: of the guest's RAM, as "128M"
 * @memory: what that RAM is: NULL for QEMU's default, "anon" for the same as an object of
 *	    its own, or the path of a node and what else the object needs (",offset=...")
 */
void vmm_args_begin(struct vmm_args *args, const char *size, const char *memory);

/**
 * vmm_args_add() - more arguments
 * @args: the command line
 * @more: the arguments, NULL behind the last one; or NULL. An accelerator takes the place
 *	  of the usual one
 */
void vmm_args_add(struct vmm_args *args, const char * const *more);

/**
 * vmm_args_kernel() - the guest's kernel
 * @args: the command line
 * @initrd: arguments that load the initrd, NULL behind the last one; or NULL, and QEMU
 *	    puts it where it likes
 * @fmt: the kernel's command line
 */
void vmm_args_kernel(struct vmm_args *args, const char * const *initrd,
		     const char *fmt, ...) __printf(3, 4);

/** vmm_args_console() - the guest's console is the VMM's standard input and output */
void vmm_args_console(struct vmm_args *args);

#endif /* RIG_HOST_VM_VMM_ARGS_H */
