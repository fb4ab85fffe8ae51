// SPDX-License-Identifier: GPL-2.0-only
/* Lines of trace_pipe, what cohmem watch prints of them, and why it cannot watch. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "fixture.h"
#include "tap.h"
#include "tool_test.h"
#include "trace.h"
#include "watch.h"

#define HEAD	" qemu-system-aar-4112    [003] d..1.  1234.567890: kvm_cohmem_fault: "
#define FACTS	"policy=declared leaf=Normal linear=0 declared=1 any_uncached=0 mte_allowed=0 vm_mte=0 fwb=1 dic=1 exec=0 "
#define PLACE	"ipa=0x40000000 hva=0xffe000000000 pfn=0x8000000 size=0x40000000 "
#define END	"row=coherent verdict=NORMAL reason=ok executable=1 ret=0"

static const char good[] = HEAD PLACE FACTS END;

static enum fault_kind kind_of(const char *line)
{
	struct fault fault;

	return fault_read(line, &fault);
}

static void test_decision(void)
{
	struct fault f;

	tap(fault_read(good, &f) == FAULT_DECIDED && !strcmp(f.time, "1234.567890") &&
	    f.thread == 4112 && f.ipa == 0x40000000 && f.size == 0x40000000 && !f.ret &&
	    !strcmp(f.row, "coherent") && !strcmp(f.verdict, "NORMAL") && !strcmp(f.reason, "ok"),
	    "fault: a line of the tracepoint is a decision");
	tap(fault_read("-[0] 1.0: a-7 [000] .....  9.000001: kvm_cohmem_fault: " PLACE FACTS
		       "row=ROW-10 verdict=0x9 reason=too-new executable=0 ret=-11 later=1", &f) ==
	    FAULT_DECIDED && f.thread == 7 && !strcmp(f.time, "9.000001") && f.ret == -EAGAIN &&
	    !strcmp(f.verdict, "0x9"),
	    "fault: a process may have any name, and a newer kernel new words and keys");
}

static void test_damage(void)
{
	static const char * const bad[] = {
		HEAD, HEAD PLACE FACTS, HEAD PLACE END, HEAD FACTS END,
		HEAD PLACE FACTS END " ret=0",
		HEAD PLACE FACTS "row=a;b verdict=NORMAL reason=ok executable=1 ret=0",
		HEAD PLACE FACTS "row=\"\\x1b\" verdict=NORMAL reason=ok executable=1 ret=0",
		HEAD PLACE FACTS "row=coherent verdict=NORMAL reason=ok executable=2 ret=0",
		HEAD PLACE FACTS "row=coherent verdict=NORMAL reason=ok executable=1 ret=-4096",
		HEAD PLACE FACTS "row=coherent verdict=NORMAL reason=ok executable=1 ret=-0",
		HEAD PLACE FACTS "row=coherent verdict=NORMAL reason=ok executable=1 ret=14",
		" a-4112 [003] ..... 1234.56789: kvm_cohmem_fault: " PLACE FACTS END,
		" a-4112 003 ..... 1234.567890: kvm_cohmem_fault: " PLACE FACTS END,
		" a4112 [003] ..... 1234.567890: kvm_cohmem_fault: " PLACE FACTS END,
		" a-4294967296 [003] ..... 1234.567890: kvm_cohmem_fault: " PLACE FACTS END,
		" 1234.567890: kvm_cohmem_fault: " PLACE FACTS END,
		": kvm_cohmem_fault: ",
	};
	size_t taken = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (kind_of(bad[i]) == FAULT_DAMAGED)
			continue;
		fprintf(stderr, "taken: %s\n", bad[i]);
		taken++;
	}
	tap(!taken, "fault: a decision that lacks something, or has something wrong, is damaged");
}

static void test_lost(void)
{
	static const char * const others[] = {
		"", "CPU:1 [LOST 12 EVENTS", "CPU:1 [LOST -1 EVENTS]", "CPU:1 [LOST 12EVENTS]",
		"CPU:1 [LOST 99999999999999999999999 EVENTS]", "CPU:1 [LOST EVENTS] ",
		"##### CPU 1 buffer started ####", " CPU:1 [LOST 1 EVENTS]",
		"a-1 [000] ..... 1.000000: kvm_exit: kvm_cohmem_fault",
	};
	struct fault f;
	size_t taken = 0;

	tap(fault_read("CPU:31 [LOST 12 EVENTS]", &f) == FAULT_LOST && f.lost == 12 &&
	    fault_read("CPU:0 [LOST EVENTS]", &f) == FAULT_LOST && !f.lost,
	    "fault: the kernel says how many events were lost, or that it does not know");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		taken += kind_of(others[i]) != FAULT_OTHER;
	tap(!taken, "fault: all other lines are nothing");
}

/* What is printed of the events, given in pieces of that size. */
static char *print(struct watch *watch, const char *events, size_t piece)
{
	size_t size, len = strlen(events);
	char *text;

	watch->out = open_memstream(&text, &size);
	if (!watch->out)
		abort();
	watch_begin(watch);
	for (size_t at = 0; at < len; at += piece) {
		if (!watch_feed(watch, events + at, len - at < piece ? len - at : piece))
			break;
	}
	watch_forget(watch);
	fclose(watch->out);
	return text;
}

static bool is_golden(const char *file, char *text)
{
	char *want = fixture_content(file);
	bool same = !strcmp(text, want);

	/* To be copied, if it is right. */
	if (!same)
		fprintf(stderr, "%s is not:\n%s", file, text);
	free(want);
	free(text);
	return same;
}

static void test_print(void)
{
	char *events = fixture_content("events.txt");
	struct watch watch = { 0 };
	struct root root;

	if (!root_open(&root, fixture_begin("vms.root")))
		abort();
	fixture_walks();
	watch.root = &root;
	tap(is_golden("golden/watch.txt", print(&watch, events, 1)) && watch.decided == 6 &&
	    watch.lost == 12 && watch.lost_more && watch.damaged == 1,
	    "watch: a line for each decision and loss, as in golden/watch.txt");
	watch = (struct watch){ .root = &root, .json = true };
	tap(is_golden("golden/watch.json", print(&watch, events, 4096)) && watch.decided == 6,
	    "watch: JSON, an object a line, as in golden/watch.json");
	tap(!fixture_walks(), "watch: no stage 2 is walked");
	watch = (struct watch){ .root = &root, .most = 2 };
	free(print(&watch, events, 4096));
	tap(watch.decided == 2, "watch: it ends after as many decisions as are asked for");
	root_close(&root);
	free(events);
}

static void test_long(void)
{
	char *text = malloc(FAULT_LINE + sizeof(good) + 8);
	struct watch watch = { 0 };
	struct root root;

	if (!text || !root_open(&root, fixture_begin(NULL)))
		abort();
	memset(text, 'x', FAULT_LINE);
	sprintf(text + FAULT_LINE, "\n%s\n", good);
	watch.root = &root;
	free(print(&watch, text, 100));
	tap(watch.damaged == 1 && watch.decided == 1,
	    "watch: a line that is too long is damaged, and the next one is read");
	/* The longest one. */
	memset(text, 'x', FAULT_LINE);
	sprintf(text + FAULT_LINE - 1, "\n%s\n", good);
	watch = (struct watch){ .root = &root };
	free(print(&watch, text, 1 << 20));
	tap(!watch.damaged && watch.decided == 1,
	    "watch: a process without a VM, and one that has gone, harm nobody");
	root_close(&root);
	free(text);
}

static bool is_why(const struct trace_facts *facts, const char *what, const char *remedy)
{
	const char *said;

	return strstr(trace_why(facts, &said), what) && strstr(said, remedy);
}

static void test_trace_why(void)
{
	const struct trace_facts none = { .is_root = true, .why = ENOENT },
		somebody = { .is_mounted = true, .why = EACCES },
		stock = { .is_root = true, .is_mounted = true, .why = ENOENT },
		locked = { .is_root = true, .is_mounted = true, .why = ENOENT,
			   .lockdown = LOCKDOWN_CONFIDENTIALITY },
		locked_later = { .is_root = true, .is_mounted = true, .has_event = true,
				 .why = EPERM, .lockdown = LOCKDOWN_CONFIDENTIALITY },
		integrity = { .is_root = true, .is_mounted = true, .why = ENOENT,
			      .lockdown = LOCKDOWN_INTEGRITY },
		ended = { .is_root = true, .is_mounted = true, .has_event = true, .why = ESRCH },
		full = { .is_root = true, .is_mounted = true, .has_event = true, .why = ENOMEM };

	tap(is_why(&none, "not mounted", "mount -t tracefs"),
	    "trace: it is said if tracefs is not mounted");
	tap(is_why(&somebody, "for root only", "as root"),
	    "trace: somebody else than root is told that root is needed");
	tap(is_why(&stock, "no tracepoint kvm:kvm_cohmem_fault", "boot a kernel with") &&
	    is_why(&integrity, "no tracepoint", "boot a kernel"),
	    "trace: a stock kernel has no such tracepoint, also with lockdown=integrity");
	tap(is_why(&locked, "confidentiality", "lockdown=integrity") &&
	    is_why(&locked_later, "confidentiality", "lockdown=integrity"),
	    "trace: lockdown=confidentiality is told, from boot on or later");
	tap(is_why(&ended, "has ended", "cohmem list"),
	    "trace: a VM that has ended since it was found is told");
	tap(is_why(&full, "no trace instance", "kernel's log"),
	    "trace: all else is the kernel's to tell");
}

static bool lives(int pid)
{
	return pid == 4100;
}

static void test_left(void)
{
	tap(trace_is_left("cohmem-watch-4101", lives) && !trace_is_left("cohmem-watch-4100", lives),
	    "trace: an instance whose process has gone was left behind");
	tap(!trace_is_left("cohmem-watch-", lives) && !trace_is_left("cohmem-watch-41a", lives) &&
	    !trace_is_left("cohmem-watch-0", lives) && !trace_is_left("other-4101", lives) &&
	    !trace_is_left("cohmem-watch-4294971397", lives) &&
	    !trace_is_left("cohmem-watch-0x10", lives),
	    "trace: an instance of another name is not ours");
}

void test_watch(void)
{
	test_decision();
	test_damage();
	test_lost();
	test_print();
	test_long();
	test_trace_why();
	test_left();
}
