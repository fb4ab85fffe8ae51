// SPDX-License-Identifier: GPL-2.0-only
/* The file memslots: what is read of it, and what is refused. */
#include <stdio.h>
#include <string.h>

#include "memslots.h"
#include "tap.h"
#include "tool_test.h"

#define SLOT	"slot as=0 id=3 ipa=0x40000000 size=0x4000 hva=0x10000 flags=log,readonly\n"
#define FACTS	"policy=any leaf=Normal-NC linear=1 declared=0 any_uncached=1 mte_allowed=0 vm_mte=1 fwb=0 dic=1 exec=0"
#define DECISION "row=no-tags verdict=refuse reason=no-tags executable=0"
#define VMA	"vma hva=0x11000 size=0x2000 pfn_mapped=1 leaf_size=0x1000 " FACTS " " DECISION "\n"
#define PLACE	"vma hva=0x11000 size=0x2000 pfn_mapped=1 "
#define REST	"linear=0 declared=1 any_uncached=0 mte_allowed=0 vm_mte=0 fwb=1 dic=1 exec=0"
#define LAST	"verdict=NORMAL reason=new executable=1\n"
#define GAP	"gap hva=0x13000 size=0x1000\n"
#define REFUSED	"refused ipa=0x40001000 reason=no-host-mapping count=7\n"

static struct memslots m;
static char why[128];

static bool reads(const char *text)
{
	return memslots_read(text, &m, why, sizeof(why));
}

static bool has_facts(const struct memslots_vma *vma)
{
	const struct cohmem_facts *f = &vma->facts;

	return vma->is_known && vma->has_leaf && f->policy == COHMEM_POLICY_ANY &&
	       !strcmp(vma->leaf, "Normal-NC") && f->linear && !f->declared &&
	       f->any_uncached && !f->mte_allowed && f->vm_mte && !f->fwb && f->dic && !f->exec;
}

static void test_good(void)
{
	const struct memslots_slot *slot;
	const struct memslots_vma *vma;

	tap(reads(SLOT VMA GAP REFUSED) && m.slot_count == 1 && m.vma_count == 2 &&
	    m.refusal_count == 1, "memslots: slots, mappings, gaps and refusals are read");
	slot = m.slots;
	tap(slot->id == 3 && slot->ipa == 0x40000000 && slot->size == 0x4000 &&
	    slot->hva == 0x10000 && slot->logs && slot->is_readonly && slot->count == 2,
	    "memslots: a slot has its numbers and its flags");
	vma = m.vmas;
	tap(has_facts(vma) && vma->ipa == 0x40001000 && vma->is_pfn_mapped &&
	    vma->leaf_size == 0x1000 && !strcmp(vma->row, "no-tags") &&
	    !strcmp(vma->verdict, "refuse") && !strcmp(vma->reason, "no-tags"),
	    "memslots: a mapping has its place for the guest, its facts and its decision");
	tap(m.vmas[1].is_gap && m.vmas[1].ipa == 0x40003000 &&
	    m.refusals->ipa == 0x40001000 && m.refusals->count == 7 &&
	    !strcmp(m.refusals->reason, "no-host-mapping"),
	    "memslots: a gap and a refusal have their places");
	tap(memslots_find(&m, 0x40003fff) == slot && !memslots_find(&m, 0x40004000) &&
	    !memslots_find(&m, 0x3fffffff) && memslots_find_vma(&m, slot, 0x40002fff) == vma &&
	    !memslots_find_vma(&m, slot, 0x40000fff),
	    "memslots: an IPA is in a slot and in a mapping from their first byte to the last");
	tap(memslots_pfn_mapped(&m, slot) == 0x2000,
	    "memslots: a gap is no memory without struct pages");
	memslots_free(&m);
	tap(reads("") && !m.slot_count, "memslots: a VM may have none");
}

static enum cohmem_leaf told(const char *line)
{
	enum cohmem_leaf leaf = reads(line) ? m.vmas->facts.leaf : COHMEM_NR_LEAVES;

	memslots_free(&m);
	return leaf;
}

#define LEAF(pfn_mapped, policy, linear) \
	SLOT "vma hva=0x11000 size=0x2000 pfn_mapped=" pfn_mapped " leaf_size=0x1000 policy=" \
	policy " leaf=Normal-NC linear=" linear " declared=0 any_uncached=0 mte_allowed=0 " \
	"vm_mte=0 fwb=1 dic=1 exec=0 row=uncached " LAST

static void test_leaf(void)
{
	tap(told(LEAF("1", "any", "0")) == COHMEM_LEAF_NORMAL_NC &&
	    told(LEAF("1", "any", "1")) == COHMEM_LEAF_DEVICE &&
	    told(LEAF("0", "any", "0")) == COHMEM_LEAF_DEVICE &&
	    told(LEAF("1", "off", "0")) == COHMEM_LEAF_DEVICE,
	    "memslots: the rule is told the leaf only where the kernel tells it");
}

static void test_newer(void)
{
	tap(reads("era a=1\n" SLOT
		  PLACE "leaf_size=0x0 policy=declared leaf=none " REST " new=5 row=new " LAST) &&
	    m.vma_count == 1 && m.vmas->is_known && !m.vmas->has_leaf &&
	    !strcmp(m.vmas->row, "new"),
	    "memslots: a line, a key and a row that are not known are a newer kernel's");
	memslots_free(&m);
	tap(reads(SLOT PLACE "leaf_size=0x0 policy=new leaf=Normal " REST " row=a " LAST) &&
	    !m.vmas->is_known && !strcmp(m.vmas->policy, "new"),
	    "memslots: facts that are not known are told as such");
	memslots_free(&m);
}

static void test_names(void)
{
	tap(reads(SLOT PLACE "leaf_size=0x1000 policy=\"a\\x1b[31m\" leaf=b\033c " REST
		  " row=d\177 " LAST) &&
	    !strcmp(m.vmas->policy, "a?[31m") && !strcmp(m.vmas->leaf, "b?c") &&
	    !strcmp(m.vmas->row, "d?"),
	    "memslots: names do not control a terminal");
	memslots_free(&m);
}

static const struct {
	const char *what;
	const char *text;
	const char *why;
} refused[] = {
	{ "a slot without flags",
	  "slot as=0 id=3 ipa=0x0 size=0x1000 hva=0x0\n", "line 1: a slot" },
	{ "a slot beyond all addresses",
	  "slot as=0 id=3 ipa=0xfffffffffffff000 size=0x2000 hva=0x0 flags=none\n", "beyond" },
	{ "a slot behind the last address of a guest",
	  "slot as=0 id=3 ipa=0xffffffffff000 size=0x2000 hva=0x0 flags=none\n", "beyond" },
	{ "an empty slot", "slot as=0 id=3 ipa=0x0 size=0x0 hva=0x0 flags=none\n", "empty" },
	{ "a slot twice", SLOT SLOT, "line 2: a slot that is not behind" },
	{ "slots in a wrong order",
	  SLOT "slot as=0 id=4 ipa=0x0 size=0x1000 hva=0x0 flags=none\n", "not behind" },
	{ "a mapping in front of all slots", VMA, "in front of" },
	{ "a mapping outside of its slot", SLOT "gap hva=0x14000 size=0x1000\n", "outside" },
	{ "a mapping that is longer than its slot",
	  SLOT "gap hva=0x10000 size=0x5000\n", "outside" },
	{ "a mapping twice", SLOT GAP GAP, "line 3: a mapping or a gap outside" },
	{ "a mapping without a fact",
	  SLOT PLACE "leaf_size=0x0 policy=any leaf=none\n",
	  "facts" },
	{ "a mapping without a decision",
	  SLOT PLACE "leaf_size=0x1000 " FACTS "\n", "decision" },
	{ "a fact that is neither 0 nor 1",
	  SLOT "vma hva=0x11000 size=0x2000 pfn_mapped=2 leaf_size=0x1000 " FACTS " " DECISION "\n",
	  "facts" },
	{ "a refusal without its reason", "refused ipa=0x0 count=1\n", "a refusal without" },
	{ "a line of something else", "slot nonsense\n", "KEY=VALUE" },
};

void test_memslots(void)
{
	test_good();
	test_leaf();
	test_newer();
	test_names();
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		bool good = !reads(refused[i].text);

		tap(good && strstr(why, refused[i].why), "memslots: refused is %s",
		    refused[i].what);
		if (good)
			tap_note("%s", why);
		else
			memslots_free(&m);
	}
}
