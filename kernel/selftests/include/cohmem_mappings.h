/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which a VMM can map memory without struct pages, what the rule
 * says of each, and what stage 2 has of it.
 */
#ifndef SELFTEST_KVM_COHMEM_MAPPINGS_H
#define SELFTEST_KVM_COHMEM_MAPPINGS_H

#include "cohmem_entry.h"
#include "cohmem_testdev.h"

/* The rule itself: it has no dependency. */
#include "../../../../../../arch/arm64/kvm/cohmem_rule.c"

/**
 * struct mapping - One way for the VMM to map the memory
 * @name: of its device node too, unless it is private
 * @facts: what the rule is told; the machine and the policy are added
 * @lazy: the host's leaves are made on the first access
 * @private: a private mapping, which a guest cannot write to before its VMM
 * @copied: the VMM has done so
 */
struct mapping {
	const char *name;
	struct cohmem_facts facts;
	bool lazy;
	bool private;
	bool copied;
};

#define FACTS(_leaf, ...)						\
	{ .leaf = COHMEM_LEAF_##_leaf, .pfnmap = true, __VA_ARGS__ }

enum mapping_nr {
	DECLARED, UNDECLARED, TAGGED, NC, NC_ANY, DEVICE, NC_LEAF, MIXED,
	MIXED_NC, MIXED_DEVICE, LAZY, RAM, COW, COW_COPIED, NR_MAPPINGS
};

static const struct mapping mappings[NR_MAPPINGS] = {
	[DECLARED]	= { "declared", FACTS(NORMAL, .declared = true) },
	[UNDECLARED]	= { "undeclared", FACTS(NORMAL) },
	[TAGGED]	= { "tagged", FACTS(NORMAL_TAGGED, .declared = true) },
	[NC]		= { "nc", FACTS(NORMAL_NC) },
	[NC_ANY]	= { "nc-any", FACTS(NORMAL_NC, .any_uncached = true) },
	[DEVICE]	= { "device", FACTS(DEVICE) },
	[NC_LEAF]	= { "nc-leaf", FACTS(NORMAL_NC, .declared = true),
			    .lazy = true },
	[MIXED]		= { "mixed", FACTS(NORMAL, .declared = true),
			    .lazy = true },
	[MIXED_NC]	= { "mixed-nc", FACTS(NORMAL_NC, .any_uncached = true),
			    .lazy = true },
	[MIXED_DEVICE]	= { "mixed-device", FACTS(DEVICE), .lazy = true },
	[LAZY]		= { "lazy", FACTS(NORMAL, .declared = true),
			    .lazy = true },
	[RAM]		= { "ram", FACTS(NORMAL, .linear = true) },
	[COW]		= { "cow", FACTS(NORMAL), .private = true },
	[COW_COPIED]	= { "cow, copied", FACTS(NORMAL, .linear = true),
			    .private = true, .copied = true },
};

/* What the rule is told of the CPUs, the policy, and the VM. */
static struct cohmem_facts machine;

static inline const char *mapping_node(const struct mapping *mapping)
{
	return mapping->private ? "cow" : mapping->name;
}

static inline struct cohmem_decision decide(const struct mapping *mapping, bool exec)
{
	struct cohmem_facts f = mapping->facts;

	f.policy = machine.policy;
	f.vm_mte = machine.vm_mte;
	f.fwb = machine.fwb;
	f.dic = machine.dic;
	f.exec = exec;
	return cohmem_decide(&f);
}

/*
 * Is a memslot refused? By the rule only for a leaf that is present. RAM is left
 * to the fault, and a VM with MTE takes, as ever, only memory that may have tags.
 */
static inline bool memslot_refused_by_rule(const struct mapping *mapping, bool populated)
{
	return populated && !mapping->facts.linear &&
	       decide(mapping, false).verdict == COHMEM_REFUSED;
}

static inline bool memslot_refused(const struct mapping *mapping, bool populated)
{
	return machine.vm_mte || memslot_refused_by_rule(mapping, populated);
}

static inline enum cohmem_policy read_policy(void)
{
	static const char param[] = "kvm-arm.cacheable_pfnmap=";
	enum cohmem_policy policy = COHMEM_POLICY_DECLARED, p;
	bool protected = false;
	char line[4096], *word;
	FILE *file;

	file = fopen("/proc/cmdline", "r");
	TEST_ASSERT(file && fgets(line, sizeof(line), file),
		    "cannot read /proc/cmdline");
	fclose(file);

	for (word = strtok(line, "\n "); word; word = strtok(NULL, "\n ")) {
		if (!strcmp(word, "kvm-arm.mode=protected"))
			protected = true;
		if (strncmp(word, param, strlen(param)))
			continue;
		/* What is no policy means the default. */
		policy = COHMEM_POLICY_DECLARED;
		for (p = 0; p < COHMEM_NR_POLICIES; p++) {
			if (!strcmp(word + strlen(param),
				    cohmem_policy_name(p)))
				policy = p;
		}
	}
	return protected ? COHMEM_POLICY_OFF : policy;
}

/* Options of a test whose VMs have MTE with -m, which the machine must offer. */
static inline bool mte_option(int argc, char *argv[])
{
	bool mte = false;
	int opt;

	while ((opt = getopt(argc, argv, "hm")) != -1) {
		if (opt != 'm') {
			printf("\nUsage: %s [-h] [-m]\n\n", argv[0]);
			printf(" -h: print this.\n -m: the VMs have MTE.\n\n");
			exit(opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		}
		mte = true;
	}
	TEST_REQUIRE(!mte || kvm_has_cap(KVM_CAP_ARM_MTE));
	return mte;
}

static inline void read_machine(bool mte)
{
	u64 ctr;

	asm volatile("mrs %0, ctr_el0" : "=r" (ctr));

	machine.fwb = has_fwb();
	machine.dic = FIELD_GET(CTR_EL0_DIC, ctr);
	machine.vm_mte = mte;
	machine.policy = read_policy();
	ksft_print_msg("policy %s, fwb %d, dic %d, vm_mte %d\n",
		       cohmem_policy_name(machine.policy), machine.fwb,
		       machine.dic, machine.vm_mte);
}

static inline enum s2_type s2_type_of(enum cohmem_verdict verdict)
{
	switch (verdict) {
	case COHMEM_NORMAL:
		return S2_NORMAL_WB;
	case COHMEM_NORMAL_NC:
		return S2_NORMAL_NC;
	case COHMEM_DEVICE:
		return S2_DEVICE;
	default:
		return S2_OTHER;
	}
}

#endif /* SELFTEST_KVM_COHMEM_MAPPINGS_H */
