/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the host's files goes into a report that somebody else reads. Each of these prints
 * what it knows to be harmless, and leaves out all else; none looks for secrets. They know
 * nothing of addresses of the host's processes, names that people chose, and words of users.
 */
#ifndef TOOL_REDACT_H
#define TOOL_REDACT_H

#include <stdio.h>

#include "vms.h"

/**
 * redact_process() - the name of a process, if it is a VMM's own
 * @name: becomes "other" if it is not: QEMU can name its process after the VM
 */
void redact_process(char name[VMS_PROCESS]);

/**
 * redact_memslots() - the file memslots of a VM
 * @text: the file
 * @out: gets its lines, without the addresses of the VMM and without keys that are not known
 *
 * A slot has congruent= in place of hva=: the largest power of two, up to 1 GiB, modulo which
 * the addresses of guest and VMM are the same. It says which blocks are possible.
 */
void redact_memslots(const char *text, FILE *out);

/**
 * redact_log() - the kernel's log
 * @text: as dmesg --raw prints it
 * @out: gets the lines of guest RAM, of nvgrace-gpu and of the policy, and KVM's of refused
 *	 memory without the process's name and addresses
 */
void redact_log(const char *text, FILE *out);

/** redact_iomem() - of /proc/iomem, the lines of guest RAM */
void redact_iomem(const char *text, FILE *out);

/** redact_cmdline() - of the kernel's command line, the parameters that are in a list */
void redact_cmdline(const char *text, FILE *out);

#endif /* TOOL_REDACT_H */
