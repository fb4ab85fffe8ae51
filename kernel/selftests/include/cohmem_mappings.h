/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which a VMM can map memory without struct pages, what the rule
 * says of each, and what stage 2 has of it.
 */
#ifndef SELFTEST_KVM_COHMEM_MAPPINGS_H
#define SELFTEST_KVM_COHMEM_MAPPINGS_H

#include "cohmem_entry.h"
#include "cohmem_rule.h"
#include "cohmem_testdev.h"

/**
 * struct mapping - One way for the VMM to map the memory
 * @name: of its device node too, unless it is private
 * @facts: what the rule is told; the machine and the policy are added
 * @mixed: VM_MIXEDMAP, not VM_PFNMAP
 * @huge: the host's leaves are PMD entries, where addresses and size allow
 * @lazy: the host's leaves are made on the first access
 * @private: a private mapping: whoever writes to it makes a copy
 * @copied: the VMM has done so
 */
struct mapping {
	const char *name;
	struct cohmem_facts facts;
	bool mixed;
	bool huge;
	bool lazy;
	bool private;
	bool copied;
};

#define FACTS(_leaf, ...)						\
	{ .leaf = COHMEM_LEAF_##_leaf, __VA_ARGS__ }

/* Those that tests name. The others come behind them in mappings[], in any order. */
enum mapping_nr {
	DECLARED, UNDECLARED, TAGGED, NC, NC_ANY, DEVICE, NC_LEAF, MIXED,
	MIXED_NC, MIXED_DEVICE, LAZY, RAM, COW, COW_COPIED, NR_NAMED
};

/** mappings - what is expected of the nodes of the test device */
extern const struct mapping mappings[];

/** nr_mappings - how many there are */
extern const size_t nr_mappings;

/** test_machine - what the rule is told of the CPUs, the policy, and the VM */
extern struct cohmem_facts test_machine;

/** read_machine() - Fill in test_machine, and print it; @mte: the VMs have MTE */
void read_machine(bool mte);

/** mte_option() - Options of a test whose VMs have MTE with -m, or which ends here */
bool mte_option(int argc, char *argv[]);

/** mapping_node() - The node of the test device that is mapped */
const char *mapping_node(const struct mapping *mapping);

/** decide() - What the rule says on the machine at hand */
struct cohmem_decision decide(const struct mapping *mapping, bool exec);

/**
 * memslot_refused_by_rule() - Is a memslot refused by the rule?
 * @mapping: what it is made for
 * @populated: the host's leaf is present, or the rule is not asked
 *
 * RAM is left to the fault.
 *
 * Return: whether it is.
 */
bool memslot_refused_by_rule(const struct mapping *mapping, bool populated);

/** memslot_reason() - Why; or that a VM with MTE takes no memory without tags */
enum cohmem_reason memslot_reason(const struct mapping *mapping, bool populated);

/** memslot_refused() - Is a memslot refused for any reason? */
bool memslot_refused(const struct mapping *mapping, bool populated);

/** s2_type_of() - The memory type in stage 2 that a verdict leads to */
enum s2_type s2_type_of(enum cohmem_verdict verdict);

#endif /* SELFTEST_KVM_COHMEM_MAPPINGS_H */
