/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAM without struct pages for two VMs of VM_RAM_BYTES: parts of the test device's memory,
 * or files of guest RAM.
 */
#ifndef RIG_HOST_VM_VM_RAM_H
#define RIG_HOST_VM_VM_RAM_H

#include "kernel.h"
#include "vm.h"

/* Where the first VM's begins on a node of the test device. */
#define VM_OFFSET	(512ULL << 20)

/** enum vm_ram - whose RAM */
enum vm_ram { VM_ONE, VM_TWO };

/**
 * vm_ram() - the RAM of a VM, as vm_spawn() takes it
 * @whose: of which VM
 * @more: what else QEMU's memory backend needs (",prealloc=on"), or ""
 *
 * Return: a text that stays as it is until the function was called three times more.
 */
const char *vm_ram(enum vm_ram whose, const char *more);

/** vm_ram_map() - map the RAM of a VM, VM_RAM_BYTES; NULL with errno */
u8 *vm_ram_map(enum vm_ram whose);

/** vm_ram_use_files() - from now on it is a file in that directory, which QEMU makes */
void vm_ram_use_files(const char *directory);

/**
 * vm_ram_choose() - use files if cohmem.memory=guestram says so
 *
 * Mounts guestramfs for them. Gives up if the kernel has none.
 */
void vm_ram_choose(void);

#endif /* RIG_HOST_VM_VM_RAM_H */
