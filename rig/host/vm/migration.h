/* SPDX-License-Identifier: GPL-2.0-only */
/* Live migration of a VM into another QEMU, by commands to the monitors of both. */
#ifndef RIG_HOST_VM_MIGRATION_H
#define RIG_HOST_VM_MIGRATION_H

#include "kernel.h"
#include "vm.h"

/** MIGRATION_URI - where a receiver listens, and a sender finds it */
#define MIGRATION_URI "unix:/tmp/incoming"

/**
 * struct migration - what the sender says of it
 * @status: as QEMU has it: "active", "completed", "failed", ...
 * @rounds: how often it has asked KVM which pages were written to
 * @total: bytes of memory that can be sent
 * @pages: sent whole, those that were sent again included
 * @bytes: sent in all
 * @downtime_ms: how long the guest stood still, by QEMU's clock; when completed
 */
struct migration {
	char status[24];
	u64 rounds;
	u64 total;
	u64 pages;
	u64 bytes;
	u64 downtime_ms;
};

/**
 * migration_receive() - start a QEMU that waits for a VM
 * @to: the VM that is to come
 * @memory: its RAM, as for vm_spawn()
 * @devices: as for vm_spawn()
 *
 * Return: whether it waits.
 */
bool migration_receive(struct vm *to, const char *memory, const char * const *devices);

/** migration_set() - set one of QEMU's migration capabilities; whether that worked */
bool migration_set(struct vm *vm, const char *capability, bool on);

/** migration_begin() - let a VM be sent to who waits; whether it has begun */
bool migration_begin(struct vm *from);

/** migration_look() - see how far it is; false if QEMU does not answer */
bool migration_look(struct vm *from, struct migration *m);

/**
 * migration_wait() - wait until it has come that far
 * @from: the VM that is sent
 * @m: filled in
 * @rounds: wait for so many; 0 is until it has ended, in whatever way
 *
 * Return: whether it has come that far in time, and is still active if it has to be.
 */
bool migration_wait(struct vm *from, struct migration *m, u64 rounds);

/** migration_wait_for() - wait until it has that status; whether it has, in time */
bool migration_wait_for(struct vm *from, struct migration *m, const char *status);

/**
 * migration_hold() - keep a migration from its end, for as long as its guest writes
 *
 * QEMU ends it when what is left can be sent in the time that the guest may stand still.
 * That is less than a page here. (With a limit of the time alone it would end on a PC that
 * is too busy to let the guest write much. With a limit of nothing QEMU would not look what
 * has been written since the last round.)
 */
bool migration_hold(struct vm *from);

/** migration_crawl() - let it send a page in a tenth of a second, before it begins */
bool migration_crawl(struct vm *from);

/** migration_release() - let it come to its end */
bool migration_release(struct vm *from);

#endif /* RIG_HOST_VM_MIGRATION_H */
