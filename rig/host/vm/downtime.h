/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a guest that goes to another QEMU stands still: from the last exit of the first
 * VM's vCPU to the first entry of the second one's, by the emulated host's clock. The
 * guest's own clock stands still while a VM is stopped.
 */
#ifndef RIG_HOST_VM_DOWNTIME_H
#define RIG_HOST_VM_DOWNTIME_H

#include "kernel.h"
#include "vm.h"

/** downtime_watch() - begin to record; @to waits for the VM, or is about to have it */
void downtime_watch(struct vm *from, struct vm *to);

/** downtime_report() - report it, beside what QEMU says, as results and facts */
void downtime_report(u64 qemu_ms);

#endif /* RIG_HOST_VM_DOWNTIME_H */
