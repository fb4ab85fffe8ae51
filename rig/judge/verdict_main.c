// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of one run of the rig, from its logs: pass, fail, timeout,
 * panic, splat (the kernel complained, but went on) or lost (the machine
 * ended without finishing its job). Written to DIR/verdict.
 *
 * A result that was planned and is missing is a failure. Skips are counted;
 * which of them may be is written in tests/skips.list.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "list.h"
#include "log.h"
#include "tap.h"

#define TIMEOUT_STATUS 124	/* of timeout(1) */
#define SIGNAL_STATUS 128	/* of a shell, and the signal that ended QEMU */

enum verdict_outcome { PASS, FAIL, TIMEOUT, PANIC, SPLAT, LOST };

/* Also the exit status; 1 is for a run that could not be made or judged. */
static const struct {
	const char *name;
	int status;
} outcomes[] = {
	[PASS] = { "pass", 0 },
	[FAIL] = { "fail", 2 },
	[TIMEOUT] = { "timeout", 3 },
	[PANIC] = { "panic", 4 },
	[SPLAT] = { "splat", 5 },
	[LOST] = { "lost", 6 },
};

static const char * const panics[] = { "Kernel panic - not syncing" };

static const char * const splats[] = {
	"WARNING: ", "BUG: ", "KASAN: ", "UBSAN: ", "KFENCE: ", "Oops",
	"Call trace:", "Unable to handle kernel", "Internal error:",
	"blocked for more than", "detected stall", "suspected memory leaks",
	"memory leak detector disabled", "SError Interrupt", "Bad page state",
};

/**
 * struct verdict - what is known of a run
 * @outcome: what became of it
 * @reason: why, for people
 * @source: FILE:LINE, or empty
 * @planned: results announced
 * @passed: results that are ok
 * @failed: results that are not, or are missing
 * @skipped: results skipped; whether they may be is for make check to say
 */
struct verdict {
	enum verdict_outcome outcome;
	char reason[512];
	char source[64];
	unsigned int planned;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
};

/* The first reason stays: callers look for the worst first. */
__printf(5, 6) static void decide(struct verdict *run, enum verdict_outcome outcome,
				  const char *file, size_t line,
				  const char *fmt, ...)
{
	va_list ap;

	if (run->outcome != PASS)
		return;
	run->outcome = outcome;
	if (file)
		snprintf(run->source, sizeof(run->source), "%s:%zu", file,
			 line + 1);
	va_start(ap, fmt);
	vsnprintf(run->reason, sizeof(run->reason), fmt, ap);
	va_end(ap);
}

/* An entry of the list without a reason is none. */
static bool allowed(const struct list *list, const char *line)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *text = list_cell(list, i, "text");

		if (*text && *list_cell(list, i, "reason") && strstr(line, text))
			return true;
	}
	return false;
}

/*
 * The part of a console line that the kernel wrote. A message can follow what
 * the rig's own init says on the same line, and begins with its time then.
 */
static const char *kernel_text(const char *line)
{
	unsigned int sec, usec;
	const char *at;

	if (!text_starts(line, "rig: "))
		return line;
	for (at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
		if (sscanf(at, "[%u.%u]", &sec, &usec) == 2)
			return at;
	}
	return "";
}

static void scan(struct verdict *run, const struct text *console,
		 const char * const *texts, size_t count, enum verdict_outcome outcome,
		 const struct list *allow)
{
	for (size_t i = 0; i < console->count; i++) {
		const char *line = kernel_text(console->lines[i]);

		for (size_t j = 0; j < count; j++) {
			if (strstr(line, texts[j]) &&
			    !(allow && allowed(allow, line)))
				decide(run, outcome, "console.log", i, "%s",
				       line);
		}
	}
}

enum verdict_result { NONE, PASSED, FAILED, SKIPPED };

/* One line "[not ]ok NUMBER NAME[ # TEXT]"; nested ones are indented. */
static enum verdict_result parse_result(const char *line, unsigned int *number,
					const char **rest)
{
	bool ok = text_starts(line, "ok ");
	int name_at = 0;
	char name[128];

	if (!ok && !text_starts(line, "not ok "))
		return NONE;
	line += ok ? strlen("ok ") : strlen("not ok ");
	if (sscanf(line, "%u %n%127s", number, &name_at, name) != 2)
		return NONE;
	*rest = line + name_at;
	if (!ok)
		return FAILED;
	return strstr(line, "# SKIP") ? SKIPPED : PASSED;
}

static void count_result(struct verdict *run, const struct text *results, size_t i)
{
	unsigned int next = run->passed + run->failed + run->skipped + 1;
	const char *rest;
	unsigned int number;

	switch (parse_result(results->lines[i], &number, &rest)) {
	case NONE:
		return;
	case PASSED:
		run->passed++;
		break;
	case SKIPPED:
		run->skipped++;
		break;
	case FAILED:
		run->failed++;
		decide(run, FAIL, "results.log", i, "%s", rest);
		break;
	}
	if (number != next)
		decide(run, FAIL, "results.log", i, "result %u is number %u",
		       next, number);
}

static void count_results(struct verdict *run, const struct text *results)
{
	unsigned int seen;

	for (size_t i = 0; i < results->count; i++) {
		if (!run->planned)
			sscanf(results->lines[i], "1..%u", &run->planned);
		if (text_starts(results->lines[i], "Bail out!"))
			decide(run, FAIL, "results.log", i, "%s",
			       results->lines[i]);
		if (run->planned)
			count_result(run, results, i);
	}
	seen = run->passed + run->failed + run->skipped;
	if (seen > run->planned)
		decide(run, FAIL, NULL, 0, "%u results, %u were planned", seen,
		       run->planned);
	if (!run->planned || seen < run->planned) {
		run->failed += run->planned ? run->planned - seen : 1;
		decide(run, FAIL, NULL, 0, "%u results of %u are missing",
		       run->planned - seen, run->planned);
	}
}

static bool finished(const struct text *results)
{
	for (size_t i = 0; i < results->count; i++) {
		if (!strcmp(results->lines[i], "# done") ||
		    text_starts(results->lines[i], "Bail out!"))
			return true;
	}
	return false;
}

static int write_verdict(const struct verdict *run, const char *dir)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/verdict", dir);
	f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "verdict: cannot write %s: %m\n", path);
		return 1;
	}
	fprintf(f, "outcome: %s\nreason: %s\nsource: %s\n",
		outcomes[run->outcome].name, run->reason, run->source);
	fprintf(f, "passed: %u\nfailed: %u\nskipped: %u\n", run->passed,
		run->failed, run->skipped);
	if (fclose(f)) {
		fprintf(stderr, "verdict: cannot write %s: %m\n", path);
		return 1;
	}
	return outcomes[run->outcome].status;
}

/* The results again as TAP, the missing ones too, and the machine's own. */
static void print_tap(const struct verdict *run, const struct text *results)
{
	struct tap tap = { .out = stdout };
	bool plan = false, good;
	unsigned int number;
	const char *rest;

	tap_plan(&tap, run->planned + 1);
	for (size_t i = 0; i < results->count && tap.count < run->planned; i++) {
		enum verdict_result result = parse_result(results->lines[i], &number,
						  &rest);

		plan |= text_starts(results->lines[i], "1..");
		if (plan && result != NONE)
			tap_result(&tap, result != FAILED, "%s", rest);
	}
	while (tap.count < run->planned)
		tap_result(&tap, false, "missing");
	/* The last line is for whatever the lines above do not show. */
	good = run->outcome == PASS || (run->outcome == FAIL && tap.failed);
	tap_result(&tap, good, "machine # %s%s%s", outcomes[run->outcome].name,
		   *run->reason ? ": " : "", run->reason);
}

int main(int argc, char **argv)
{
	struct text console, results;
	struct list splat_list;
	char path[4096], why[4352];
	struct verdict run = { 0 };
	const char *dir;
	bool tap = argc > 1 && !strcmp(argv[1], "--tap");
	int status;

	argv += tap;
	argc -= tap;
	if (argc != 4) {
		fprintf(stderr, "usage: verdict [--tap] RUN-DIR QEMU-STATUS DIR-OF-SPLATS.ALLOW\n");
		return 1;
	}
	dir = argv[1];
	status = atoi(argv[2]);
	console = log_read(dir, "console.log");
	results = log_read(dir, "results.log");
	snprintf(path, sizeof(path), "%s/splats.allow", argv[3]);
	if (!list_read(&splat_list, path, "text reason", why, sizeof(why))) {
		fprintf(stderr, "verdict: error: %s\n    lib/list.h says what a list is\n",
			why);
		return 1;
	}

	scan(&run, &console, panics, ARRAY_SIZE(panics), PANIC, NULL);
	scan(&run, &console, splats, ARRAY_SIZE(splats), SPLAT, &splat_list);
	if (status == TIMEOUT_STATUS)
		decide(&run, TIMEOUT, NULL, 0,
		       "the machine did not finish in time; last words: %s",
		       console.count ? console.lines[console.count - 1] : "none");
	if (status > SIGNAL_STATUS)
		decide(&run, LOST, NULL, 0, "QEMU was ended by signal %d%s",
		       status - SIGNAL_STATUS,
		       status - SIGNAL_STATUS == SIGKILL ?
		       ": by somebody, or by the kernel for lack of memory (see dmesg)" : "");
	if (status)
		decide(&run, LOST, NULL, 0, "QEMU ended with status %d", status);
	if (!finished(&results))
		decide(&run, LOST, NULL, 0,
		       "the machine ended before it had finished its job");
	count_results(&run, &results);
	status = write_verdict(&run, dir);
	if (tap)
		print_tap(&run, &results);

	text_free(&console);
	text_free(&results);
	list_free(&splat_list);
	return status;
}
