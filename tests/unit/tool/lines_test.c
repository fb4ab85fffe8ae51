// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each line of the check, on a host on which it has to say yes, and on that host with one
 * thing changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "lines.h"
#include "tap.h"
#include "tool_test.h"

#define LIST COHMEM_DATA "/devices.list"

static const struct lines_case * const groups[] = { lines_kernel, lines_machine };
static const char * const words[] = { "yes", "no", "cannot tell", "not needed" };

const struct kvm_facts lines_kvm = {
	.answer = KVM_ANSWERED,
	.capability = 2,
	.mmfr2 = 1ULL << 40,
	.ctr = 1ULL << 29,
};

void lines_run(const char *dir, const struct kvm_facts *kvm, bool is_here,
	       struct report *report)
{
	struct host host;

	if (!host_open_files(&host, dir))
		abort();
	host_look(&host, LIST);
	host.kvm = *kvm;
	host.is_copy = !is_here;
	check_run(&host, report);
	host_close(&host);
}

static struct kvm_facts kvm_of(const struct lines_case *c)
{
	struct kvm_facts kvm = lines_kvm;

	switch (c->kvm) {
	case LINES_KVM_AS_IT_IS:
		break;
	case LINES_KVM_NONE:
		kvm = (struct kvm_facts){ .answer = KVM_NO_DEVICE, .why = ENOENT };
		break;
	case LINES_KVM_DENIED:
		kvm = (struct kvm_facts){
			.answer = KVM_FAILED, .step = "open() of /dev/kvm", .why = EACCES,
		};
		break;
	case LINES_KVM_BROKEN:
		kvm = (struct kvm_facts){
			.answer = KVM_FAILED, .step = "KVM_CREATE_VM", .why = ENOMEM,
		};
		break;
	case LINES_KVM_NOT_ASKED:
		kvm.answer = KVM_NOT_ASKED;
		break;
	case LINES_KVM_NOT_ARM64:
		kvm.answer = KVM_NOT_ARM64;
		break;
	case LINES_KVM_0:
		kvm.capability = 0;
		break;
	case LINES_KVM_1:
		kvm.capability = 1;
		break;
	case LINES_KVM_3:
		kvm.capability = 3;
		break;
	case LINES_KVM_NO_FWB:
		kvm.capability = 0;
		kvm.mmfr2 = ~(0xfULL << 40);
		break;
	case LINES_KVM_NO_DIC:
		kvm.ctr = ~(1ULL << 29);
		break;
	case LINES_KVM_MAINLINE_NO_DIC:
		kvm.capability = 0;
		kvm.ctr = 0;
		break;
	case LINES_KVM_MTE:
		kvm.mte = 1;
		break;
	}
	return kvm;
}

static bool has(const char *text, const char *part)
{
	return !part || (text && strstr(text, part));
}

static bool is_as_wanted(const struct report_line *line, const struct lines_case *c)
{
	return !strcmp(line->name, c->name) && line->state == c->state &&
	       has(line->value, c->value) && has(line->remedy, c->remedy);
}

static void check_case(const struct lines_case *c, struct report *report)
{
	struct kvm_facts kvm = kvm_of(c);
	const char *dir = fixture_begin("grace.root");

	for (size_t i = 0; i < ARRAY_SIZE(c->changes) && c->changes[i].path; i++)
		fixture_put(c->changes[i].path, c->changes[i].text);
	lines_run(dir, &kvm, c->is_here, report);
}

/* Does another line say something else of the same thing? That it cannot tell is no such. */
static bool is_contradicted(const struct report *report, const struct report_line *line)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct report_line *other = &report->lines[i];

		if (!strcmp(other->name, line->name) && !strcmp(other->subject, line->subject) &&
		    other->state != line->state && other->state != REPORT_UNKNOWN)
			return true;
	}
	return false;
}

static void run(const struct lines_case *c)
{
	const struct report_line *found = NULL;
	struct report report = { 0 };
	bool wrong = false, good;

	check_case(c, &report);
	for (size_t i = 0; i < report.count; i++) {
		if (is_as_wanted(&report.lines[i], c))
			found = &report.lines[i];
		wrong |= c->state != REPORT_NO && report.lines[i].state == REPORT_NO &&
			 !strcmp(report.lines[i].name, c->name);
	}
	good = found && !wrong && !is_contradicted(&report, found) &&
	       (c->state != REPORT_NO || found->is_advice || check_status(&report) == 1);
	tap(good, "line %s says %s: %s", c->name, words[c->state], c->what);
	for (size_t i = 0; i < report.count && !good; i++) {
		if (!strcmp(report.lines[i].name, c->name))
			tap_note("%s: %s (%s)", words[report.lines[i].state],
				 report.lines[i].value, report.lines[i].remedy ?: "no remedy");
	}
	report_free(&report);
}

static bool has_case(const char *name, enum report_state state)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		for (const struct lines_case *c = groups[g]; c->name; c++) {
			if (!strcmp(c->name, name) && c->state == state)
				return true;
		}
	}
	return false;
}

static void test_good_host(void)
{
	struct report report = { 0 };
	const char *before = "";

	lines_run(fixture_begin("grace.root"), &lines_kvm, false, &report);
	for (size_t i = 0; i < report.count; i++) {
		const struct report_line *line = &report.lines[i];

		tap(line->state == REPORT_YES, "line %s%s%s says yes on a host that is ready",
		    line->name, *line->subject ? " " : "", line->subject);
		if (!strcmp(line->name, before))
			continue;
		before = line->name;
		tap(has_case(line->name, REPORT_NO), "line %s has a case in which it says no",
		    line->name);
	}
	tap(check_status(&report) == 0, "a host on which all is as it has to be is ready");
	report_free(&report);
}

/* A no without a remedy leaves a person alone. */
static size_t count_alone(const struct lines_case *c)
{
	struct report report = { 0 };
	size_t alone = 0;

	check_case(c, &report);
	for (size_t i = 0; i < report.count; i++)
		alone += report.lines[i].state == REPORT_NO && !report.lines[i].remedy;
	report_free(&report);
	return alone;
}

void test_lines(void)
{
	size_t alone = 0;

	test_good_host();
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		for (const struct lines_case *c = groups[g]; c->name; c++) {
			run(c);
			alone += count_alone(c);
		}
	}
	tap(!alone, "no line says no without a remedy");
}
