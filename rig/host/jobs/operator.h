/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of job operator share. */
#ifndef RIG_HOST_JOBS_OPERATOR_H
#define RIG_HOST_JOBS_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernel.h"

#define OPERATOR_LINES	64
#define OPERATOR_NODES	4
#define OPERATOR_MOUNTS	"/guestram"	/* has a directory for each node */

/**
 * struct operator_line - a line of cohmem check
 * @name: what is looked at
 * @subject: which one, or ""
 * @state: yes, no, cannot tell or not needed
 * @value: what was found
 * @remedy: what to do, or ""
 * @is_advice: it does not count for the verdict
 */
struct operator_line {
	char name[24];
	char subject[40];
	char state[16];
	char value[320];
	char remedy[480];
	bool is_advice;
};

/**
 * struct operator_lines - all of them
 * @lines: in their order
 * @count: how many
 * @ready: the verdict
 * @status: the exit status
 */
struct operator_lines {
	struct operator_line lines[OPERATOR_LINES];
	size_t count;
	char ready[16];
	int status;
};

/**
 * operator_ask() - run cohmem check --json
 * @says: gets what it says
 * @user: who runs it
 */
void operator_ask(struct operator_lines *says, uid_t user);

/**
 * struct operator_facts - what the rig knows of this host without the command
 * @is_stock: the kernel has no patch of ours
 * @is_protected: KVM is in protected mode
 * @policy: kvm-arm.cacheable_pfnmap= of the command line, or ""
 * @capability: what KVM says of capability 243
 * @has_fwb: the kernel found FEAT_S2FWB when it booted
 * @has_dic: CTR_EL0.DIC, as a program reads it
 * @has_mte: programs can have MTE
 * @erratum: the name of the CPU, if it has the erratum of CVE-2025-10263, or NULL
 * @is_fixed: the kernel was built with what that erratum takes
 * @gpu: the address of the GPU, or NULL
 * @nodes: the guest RAM that was asked for, of each node
 * @asked: its sum
 * @guest_ram: what /proc/iomem has
 */
struct operator_facts {
	bool is_stock;
	bool is_protected;
	char policy[32];
	int capability;
	bool has_fwb;
	bool has_dic;
	bool has_mte;
	const char *erratum;
	bool is_fixed;
	const char *gpu;
	u64 nodes[OPERATOR_NODES];
	u64 asked;
	u64 guest_ram;
};

/** operator_know() - find that out */
void operator_know(struct operator_facts *facts);

/**
 * struct operator_case - what is different from one run of the command to the next
 * @is_root: root runs it
 * @driver: of the GPU
 * @gpu_name: of the GPU, in a list of devices, or NULL: no list has it
 * @is_mounted: guest RAM is mounted, each node's in its directory of OPERATOR_MOUNTS
 */
struct operator_case {
	bool is_root;
	const char *driver;
	const char *gpu_name;
	bool is_mounted;
};

/**
 * operator_want() - what the command has to say
 * @want: gets the lines; of @value and @remedy a part that has to be there
 * @facts: of the host
 * @one: of this run
 */
void operator_want(struct operator_lines *want, const struct operator_facts *facts,
		   const struct operator_case *one);

#endif /* RIG_HOST_JOBS_OPERATOR_H */
