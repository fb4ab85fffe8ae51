// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <string.h>

#include <linux/bitfield.h>

#include "cohmem_mappings.h"

const struct mapping mappings[] = {
	[DECLARED]	= { "declared", FACTS(NORMAL, .declared = true) },
	[UNDECLARED]	= { "undeclared", FACTS(NORMAL) },
	[TAGGED]	= { "tagged", FACTS(NORMAL_TAGGED, .declared = true) },
	[NC]		= { "nc", FACTS(NORMAL_NC) },
	[NC_ANY]	= { "nc-any", FACTS(NORMAL_NC, .any_uncached = true) },
	[DEVICE]	= { "device", FACTS(DEVICE) },
	[NC_LEAF]	= { "nc-leaf", FACTS(NORMAL_NC, .declared = true),
			    .lazy = true },
	[MIXED]		= { "mixed", FACTS(NORMAL, .declared = true),
			    .mixed = true, .lazy = true },
	[MIXED_NC]	= { "mixed-nc", FACTS(NORMAL_NC, .any_uncached = true),
			    .mixed = true, .lazy = true },
	[MIXED_DEVICE]	= { "mixed-device", FACTS(DEVICE), .mixed = true,
			    .lazy = true },
	[LAZY]		= { "lazy", FACTS(NORMAL, .declared = true),
			    .lazy = true },
	[RAM]		= { "ram", FACTS(NORMAL, .linear = true) },
	[COW]		= { "cow", FACTS(NORMAL), .private = true },
	[COW_COPIED]	= { "cow, copied", FACTS(NORMAL, .linear = true),
			    .private = true, .copied = true },
	{ "ram-whole", FACTS(NORMAL, .linear = true) },
	{ "ram-compound", FACTS(NORMAL, .linear = true) },
	{ "huge", FACTS(NORMAL, .declared = true), .huge = true, .lazy = true },
	{ "mixed-huge", FACTS(NORMAL, .declared = true), .mixed = true,
	  .huge = true, .lazy = true },
};

const size_t nr_mappings = ARRAY_SIZE(mappings);

struct cohmem_facts test_machine;

const char *mapping_node(const struct mapping *mapping)
{
	return mapping->private ? "cow" : mapping->name;
}

struct cohmem_decision decide(const struct mapping *mapping, bool exec)
{
	struct cohmem_facts f = mapping->facts;

	f.policy = test_machine.policy;
	f.vm_mte = test_machine.vm_mte;
	f.fwb = test_machine.fwb;
	f.dic = test_machine.dic;
	f.exec = exec;
	return cohmem_decide(&f);
}

bool memslot_refused_by_rule(const struct mapping *mapping, bool populated)
{
	return populated && !mapping->facts.linear &&
	       decide(mapping, false).verdict == COHMEM_REFUSED;
}

/* The driver's vm_page_prot; all but that of nc-leaf is as the leaves are. */
static enum cohmem_leaf announced_leaf(const struct mapping *mapping)
{
	return mapping == &mappings[NC_LEAF] ? COHMEM_LEAF_NORMAL : mapping->facts.leaf;
}

enum cohmem_reason memslot_reason(const struct mapping *mapping, bool populated)
{
	struct mapping announced = *mapping;

	if (memslot_refused_by_rule(mapping, populated))
		return decide(mapping, false).reason;

	/* A VM with MTE takes no memory that may need tags and has none. */
	if (!test_machine.vm_mte)
		return COHMEM_OK;
	if (!populated)
		announced.facts.leaf = announced_leaf(mapping);
	if (test_machine.policy == COHMEM_POLICY_OFF ||
	    decide(&announced, false).reason == COHMEM_NO_TAGS)
		return COHMEM_NO_TAGS;
	return COHMEM_OK;
}

bool memslot_refused(const struct mapping *mapping, bool populated)
{
	return memslot_reason(mapping, populated) != COHMEM_OK;
}

static enum cohmem_policy read_policy(void)
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

bool mte_option(int argc, char *argv[])
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

void read_machine(bool mte)
{
	u64 ctr;

	asm volatile("mrs %0, ctr_el0" : "=r" (ctr));

	test_machine.fwb = has_fwb();
	test_machine.dic = FIELD_GET(CTR_EL0_DIC, ctr);
	test_machine.vm_mte = mte;
	test_machine.policy = read_policy();
	ksft_print_msg("policy %s, fwb %d, dic %d, vm_mte %d\n",
		       cohmem_policy_name(test_machine.policy), test_machine.fwb,
		       test_machine.dic, test_machine.vm_mte);
}

enum s2_type s2_type_of(enum cohmem_verdict verdict)
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
