/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMM: an unmodified arm64 QEMU, and its guest's serial console. */
#ifndef RIG_HOST_VM_VMM_H
#define RIG_HOST_VM_VMM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct vmm - a running QEMU
 * @pid: its process
 * @cpu: the only CPU that it and its vCPU run on
 * @in: to the guest's serial console
 * @out: from the guest's serial console, not blocking
 * @line: number of the last whole line in the log, a port that all VMMs share
 * @buf: beginning of the next line
 * @len: its length
 */
struct vmm {
	pid_t pid;
	unsigned int cpu;
	int in;
	int out;
	unsigned int line;
	char buf[512];
	size_t len;
};

#define GUEST_LOG "guest.log"

/** vmm_start() - start QEMU with that command line, NULL behind its last argument */
void vmm_start(struct vmm *vmm, const char * const *argv);

/**
 * vmm_read_line() - take a line of the guest's console, if there is one
 * @vmm: the VMM
 * @line: where to put it, without its end
 * @size: size of @line
 *
 * Return: whether there was a whole line.
 */
bool vmm_read_line(struct vmm *vmm, char *line, size_t size);

/** vmm_ended() - whether QEMU has ended by itself, and how */
bool vmm_ended(struct vmm *vmm, int *status);

/**
 * vmm_stop() - end QEMU
 * @vmm: the VMM
 * @gently: let the guest power off first, if it does so in time
 */
void vmm_stop(struct vmm *vmm, bool gently);

#endif /* RIG_HOST_VM_VMM_H */
