// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why memory is what it is: the kernel's facts and decision, made up of the rule itself,
 * and the sentences for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentences.h"
#include "tap.h"
#include "text.h"
#include "tool_test.h"
#include "why.h"

#define RULE_PAGE	"../../../docs/rule.md"
#define PAGE		4096ULL
#define SLOT		"slot as=0 id=3 ipa=0x40000000 size=0x4000 hva=0x10000 flags=none\n"
#define FACTS		"linear=0 declared=1 any_uncached=0 mte_allowed=0 vm_mte=0 fwb=1 dic=1 exec=0"
#define COHERENT	"row=coherent verdict=NORMAL reason=ok executable=1\n"
#define VMA		"vma hva=0x10000 size=0x3000 pfn_mapped=1 "
#define KNOWN		VMA "leaf_size=0x1000 policy=declared leaf=Normal " FACTS " "
#define YET		VMA "leaf_size=0x0 policy=declared leaf=none " FACTS " "

static struct view view = { .vm = { .name = "1-2" } };
static struct why why;
static char *text;

/* Ask about an address of such memslots. */
static void ask(const char *slots, u64 ipa)
{
	char error[128];
	size_t size;
	FILE *f;

	memslots_free(&view.memslots);
	free(text);
	if (!memslots_read(slots, &view.memslots, error, sizeof(error)))
		abort();
	why_ask(&why, &view, ipa, PAGE);
	f = open_memstream(&text, &size);
	if (!f)
		abort();
	why_print(&why, f);
	fclose(f);
}

static bool says(const char *what)
{
	return strstr(text, what);
}

static void test_places(void)
{
	ask(SLOT KNOWN COHERENT "gap hva=0x13000 size=0x1000\n", 0x40000fff);
	tap(why.place == WHY_MAPPING && why.rule == WHY_RULE_SAME && why.is_same_leaf &&
	    !why_is_refused(&why) && why_is_certain(&why) && says("row       coherent\n") &&
	    says("verdict   NORMAL, executable\n") && !says("What to do"),
	    "why: memory that the guest gets has its row, and nothing to do");
	ask(SLOT KNOWN COHERENT "gap hva=0x13000 size=0x1000\n", 0x40001000);
	tap(!why.is_same_leaf && says("mapping's first page, at 0x40000000; this page can"),
	    "why: it is told that another page can have another leaf");
	ask(SLOT KNOWN COHERENT "gap hva=0x13000 size=0x1000\n", 0x40003000);
	tap(why.place == WHY_GAP && why_is_refused(&why) && why_is_certain(&why) &&
	    says("The VMM has nothing mapped there") && says("What to do: check the size"),
	    "why: a gap is refused, and the VMM is to look at its mapping");
	ask(SLOT, 0x40000000);
	tap(why.place == WHY_NOTHING && !why_is_certain(&why) && says("the VMM has ended"),
	    "why: a VM whose VMM has ended has nothing to tell");
	ask(SLOT KNOWN COHERENT, 0x40004000);
	tap(why.place == WHY_NO_SLOT && why_is_refused(&why) && why_is_certain(&why) &&
	    says("memslot   none\n") && says("No memslot has this address"),
	    "why: an address that no memslot has is a device's");
}

static void test_leaf(void)
{
	static const char large[] =
		"slot as=0 id=3 ipa=0x40001000 size=0x400000 hva=0x201000 flags=none\n"
		"vma hva=0x201000 size=0x400000 pfn_mapped=1 leaf_size=0x200000 policy=declared leaf=Normal "
		FACTS " " COHERENT;

	ask(large, 0x401fffff);
	tap(why.is_same_leaf, "why: the leaf of the first page may have begun in front of it");
	ask(large, 0x40200000);
	tap(!why.is_same_leaf, "why: it ends where the host's entry does");
	ask(SLOT YET COHERENT, 0x40000000);
	tap(why.rule == WHY_RULE_SAME && why.is_hint && why.decision.row == COHMEM_ROW_COHERENT &&
	    says("leaf      none\n") && says("The decision is a hint, by vm_page_prot"),
	    "why: without a leaf the decision is a hint");
	ask(SLOT YET "row=uncached verdict=DEVICE reason=ok executable=0\n", 0x40000000);
	tap(why.rule == WHY_RULE_SAME && why.is_hint,
	    "why: without a leaf the type of vm_page_prot may be any");
	ask(SLOT YET "row=no-fwb verdict=refuse reason=no-fwb executable=0\n", 0x40000000);
	tap(why.rule == WHY_RULE_OTHER && !says("this program's rule: row"),
	    "why: without a leaf no decision of this program is told, if none is the kernel's");
}

static void test_versions(void)
{
	ask(SLOT KNOWN "row=no-fwb verdict=refuse reason=no-fwb executable=0\n", 0x40000000);
	tap(why.rule == WHY_RULE_OTHER && why_is_refused(&why) && !why_is_certain(&why) &&
	    says("row       no-fwb\n") &&
	    says("this program's rule: row coherent, verdict NORMAL, executable, reason ok\n") &&
	    says("rule is of another version: it decides otherwise") &&
	    says("What to do: use the cohmem that came"),
	    "why: if the kernel's rule decides otherwise, both decisions are told");
	ask(SLOT KNOWN "row=new verdict=NORMAL reason=ok executable=1\n", 0x40000000);
	tap(why.rule == WHY_RULE_OTHER && !why_is_refused(&why) && says("row       new\n"),
	    "why: a row that this program does not know is told as the kernel has it");
	ask(SLOT KNOWN "row=coherent verdict=NORMAL reason=ok executable=0\n", 0x40000000);
	tap(why.rule == WHY_RULE_OTHER, "why: a decision differs if only executable does");
	ask(SLOT VMA "leaf_size=0x1000 policy=new leaf=Normal " FACTS " " COHERENT, 0x40000000);
	tap(why.rule == WHY_RULE_UNKNOWN && !why_is_certain(&why) && says("policy=new") &&
	    says("does not know the policy or the leaf"),
	    "why: a policy that this program does not know is told");
	ask(SLOT KNOWN "row=none verdict=refuse reason=no-host-mapping executable=0\n", 0x40000000);
	tap(why.rule == WHY_RULE_NOT_ASKED && why_is_refused(&why) && why_is_certain(&why) &&
	    says("What to do: have the VMM allow itself access"),
	    "why: a mapping that the VMM cannot use is not the rule's, and is refused");
}

static void test_notes(void)
{
	ask("slot as=0 id=0 ipa=0x0 size=0x1000 hva=0x10000 flags=log,readonly\n"
	    "vma hva=0x10000 size=0x1000 pfn_mapped=0 leaf_size=0x1000 policy=off leaf=Normal linear=1 declared=0 any_uncached=0 mte_allowed=1 vm_mte=0 fwb=1 dic=0 exec=0 row=linear verdict=NORMAL reason=ok executable=0\n",
	    0);
	tap(why.rule == WHY_RULE_SAME && says(", logged, read-only\n") &&
	    says("The memslot is read-only: what the guest writes goes to the VMM.") &&
	    says("It becomes executable when the guest executes from it."),
	    "why: a read-only memslot, and memory that is not executable yet, are told");
	ask(SLOT KNOWN COHERENT
	    "refused ipa=0x40000800 reason=driver-refused count=1\n"
	    "refused ipa=0x40002000 reason=no-host-mapping count=7\n"
	    "refused ipa=0x50000000 reason=host-read-only count=1\n", 0x40000000);
	tap(says("refused   0x40000800, for driver-refused, 1 time in this VM\n") &&
	    says("refused   0x40002000, for no-host-mapping, 7 times in this VM\n") &&
	    !says("host-read-only"), "why: what was refused in the memslot is told");
	tap(says("KVM has refused this page before, for driver-refused: the driver of") &&
	    says("If it does so again, see whether its device is on") &&
	    !says("before, for no-host-mapping") && !says("What to do"),
	    "why: if this page was, it is told what was wrong, and what to do");
	ask(SLOT "refused ipa=0x50000000 reason=host-read-only count=1\n", 0x50000fff);
	tap(says("refused   0x50000000, for host-read-only"),
	    "why: a refusal where there is no memslot any more is told");
}

static void test_stage2(void)
{
	struct dump dump;
	char error[64];
	size_t size;
	FILE *f;

	ask(SLOT KNOWN COHERENT, 0x40000000);
	tap(!says("stage 2"), "why: nothing is said of stage 2 if it was not walked");
	if (!dump_read("0x40000000-0x40002000 8K 3 R W NORMAL\n", &dump, error, sizeof(error)))
		abort();
	why_walked(&why, &dump);
	free(text);
	f = open_memstream(&text, &size);
	if (!f)
		abort();
	why_print(&why, f);
	fclose(f);
	tap(says("stage 2   0x40000000-0x40002000  Normal-WB  rwx  by 4 KiB\n"),
	    "why: if it was walked, it is told how it maps the address");
	why_ask(&why, &view, 0x40002000, PAGE);
	why_walked(&why, &dump);
	tap(why.is_walked && !why.stage2, "why: an address behind a range is not in it");
	dump_free(&dump);
}

/*
 * Each combination of facts, as a kernel with the same rule prints it, with each row that it
 * leads to: this program decides the same, and has something to say.
 */
static void test_all_facts(void)
{
	unsigned int wrong = 0, rows = 0;
	char line[512];

	for (unsigned int bits = 0; bits < 1 << 12; bits++) {
		struct cohmem_facts f = {
			.policy = bits & 3, .leaf = bits >> 2 & 3, .linear = bits >> 4 & 1,
			.declared = bits >> 5 & 1, .any_uncached = bits >> 6 & 1,
			.mte_allowed = bits >> 7 & 1, .vm_mte = bits >> 8 & 1,
			.fwb = bits >> 9 & 1, .dic = bits >> 10 & 1, .exec = bits >> 11 & 1,
		};
		struct cohmem_decision d = cohmem_decide(&f);

		rows |= 1u << d.row;
		snprintf(line, sizeof(line),
			 SLOT VMA
			 "leaf_size=0x1000 policy=%s leaf=%s linear=%d declared=%d any_uncached=%d mte_allowed=%d vm_mte=%d fwb=%d dic=%d exec=%d row=%s verdict=%s reason=%s executable=%d\n",
			 cohmem_policy_name(f.policy), cohmem_leaf_name(f.leaf), f.linear,
			 f.declared, f.any_uncached, f.mte_allowed, f.vm_mte, f.fwb, f.dic, f.exec,
			 cohmem_row_name(d.row), cohmem_verdict_name(d.verdict),
			 cohmem_reason_name(d.reason), d.executable);
		ask(line, 0x40000000);
		wrong += why.rule != WHY_RULE_SAME ||
			 !says(sentences_row(cohmem_row_name(d.row)) ?: "no sentence") ||
			 why_is_refused(&why) != (d.verdict == COHMEM_REFUSED) ||
			 (d.reason != COHMEM_OK) != !!says("What to do: ");
	}
	tap(!wrong,
	    "why: this program decides what a kernel with the same rule does, of all facts");
	tap(rows == (1u << COHMEM_NR_ROWS) - 2, "why: all rows of the rule were met");
}

/* A row of docs/rule.md has it between bars. */
static bool is_in_page(const struct text *page, const char *name, const char *end)
{
	char begin[64];

	snprintf(begin, sizeof(begin), "| `%s` |", name);
	for (size_t i = 0; i < page->count; i++) {
		if (text_starts(page->lines[i], begin) && strstr(page->lines[i], end))
			return true;
	}
	return false;
}

static void test_sentences(void)
{
	unsigned int lacks = 0, differs = 0, torn = 0;
	char cause[SENTENCES_LONGEST], all[2 * SENTENCES_LONGEST];
	struct text page;

	if (!text_read(&page, RULE_PAGE))
		abort();
	for (int row = 0; row < COHMEM_NR_ROWS; row++) {
		const char *said = sentences_row(cohmem_row_name(row));

		lacks += !said || strlen(said) >= SENTENCES_LONGEST ||
			 said[strlen(said) - 1] != '.';
		differs += row != COHMEM_ROW_NONE &&
			   !is_in_page(&page, cohmem_row_name(row), " | `");
	}
	tap(!lacks && !sentences_row("nonsense"), "sentences: each row has one, and nothing else");
	for (int reason = COHMEM_OK + 1; reason < COHMEM_NR_REASONS; reason++) {
		const char *name = cohmem_reason_name(reason);
		const char *remedy = sentences_reason(name, cause, sizeof(cause));

		torn += !remedy || strlen(cause) + 1 >= sizeof(cause);
		snprintf(all, sizeof(all), "| %s; %s |", cause, remedy ?: "");
		differs += !is_in_page(&page, name, all);
	}
	tap(!torn && !sentences_reason("ok", cause, sizeof(cause)) && !*cause,
	    "sentences: each reason but ok has what is wrong, and what to do");
	tap(!differs, "sentences: docs/rule.md has the same rows, reasons and remedies");
	text_free(&page);
}

void test_why(void)
{
	test_places();
	test_leaf();
	test_versions();
	test_notes();
	test_stage2();
	test_all_facts();
	test_sentences();
	memslots_free(&view.memslots);
	free(text);
	text = NULL;
}
