// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "verdict.h"

#define TIMEOUT_STATUS 124	/* of timeout(1) */
#define SIGNAL_STATUS 128	/* of a shell, and the signal that ended QEMU */

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

/* The first reason stays: callers look for the worst first. */
__printf(5, 6) static void decide(struct verdict *v, enum verdict_outcome outcome,
				  const char *file, size_t line,
				  const char *fmt, ...)
{
	va_list ap;

	if (v->outcome != PASS)
		return;
	v->outcome = outcome;
	if (file)
		snprintf(v->source, sizeof(v->source), "%s:%zu", file,
			 line + 1);
	va_start(ap, fmt);
	vsnprintf(v->reason, sizeof(v->reason), fmt, ap);
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

static void scan(struct verdict *v, const struct text *console,
		 const char * const *texts, size_t count, enum verdict_outcome outcome,
		 const struct list *allow)
{
	for (size_t i = 0; i < console->count; i++) {
		const char *line = kernel_text(console->lines[i]);

		for (size_t j = 0; j < count; j++) {
			if (strstr(line, texts[j]) &&
			    !(allow && allowed(allow, line)))
				decide(v, outcome, "console.log", i, "%s",
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

static void count_result(struct verdict *v, const struct text *results, size_t i)
{
	unsigned int next = v->passed + v->failed + v->skipped + 1;
	const char *rest;
	unsigned int number;

	switch (parse_result(results->lines[i], &number, &rest)) {
	case NONE:
		return;
	case PASSED:
		v->passed++;
		break;
	case SKIPPED:
		v->skipped++;
		break;
	case FAILED:
		v->failed++;
		decide(v, FAIL, "results.log", i, "%s", rest);
		break;
	}
	if (number != next)
		decide(v, FAIL, "results.log", i, "result %u is number %u",
		       next, number);
}

static void count_results(struct verdict *v, const struct text *results)
{
	unsigned int seen;

	for (size_t i = 0; i < results->count; i++) {
		if (!v->planned)
			sscanf(results->lines[i], "1..%u", &v->planned);
		if (text_starts(results->lines[i], "Bail out!"))
			decide(v, FAIL, "results.log", i, "%s",
			       results->lines[i]);
		if (v->planned)
			count_result(v, results, i);
	}
	seen = v->passed + v->failed + v->skipped;
	if (seen > v->planned)
		decide(v, FAIL, NULL, 0, "%u results, %u were planned", seen,
		       v->planned);
	if (!v->planned || seen < v->planned) {
		v->failed += v->planned ? v->planned - seen : 1;
		decide(v, FAIL, NULL, 0, "%u results of %u are missing",
		       v->planned - seen, v->planned);
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

bool verdict_write(const struct verdict *v, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return false;
	fprintf(f, "outcome: %s\nreason: %s\nsource: %s\n",
		outcomes[v->outcome].name, v->reason, v->source);
	fprintf(f, "passed: %u\nfailed: %u\nskipped: %u\n", v->passed,
		v->failed, v->skipped);
	return !fclose(f);
}

const char *verdict_name(enum verdict_outcome outcome)
{
	return outcomes[outcome].name;
}

static const char *last_line(const struct text *text)
{
	const char *line = text->count ? text->lines[text->count - 1] : "nothing";

	return line + strspn(line, " #");
}

int verdict_status(enum verdict_outcome outcome)
{
	return outcomes[outcome].status;
}

void verdict_judge(struct verdict *v, const struct text *console,
		   const struct text *results, int status, const struct list *allow)
{
	memset(v, 0, sizeof(*v));
	scan(v, console, panics, ARRAY_SIZE(panics), PANIC, NULL);
	scan(v, console, splats, ARRAY_SIZE(splats), SPLAT, allow);
	if (status == TIMEOUT_STATUS)
		decide(v, TIMEOUT, NULL, 0,
		       "the machine did not finish in time; its results end with: %s; its console with: %s",
		       last_line(results), last_line(console));
	if (status > SIGNAL_STATUS)
		decide(v, LOST, NULL, 0, "QEMU was ended by signal %d%s",
		       status - SIGNAL_STATUS,
		       status - SIGNAL_STATUS == SIGKILL ?
		       ": by somebody, or by the kernel for lack of memory (see dmesg)" : "");
	if (status)
		decide(v, LOST, NULL, 0, "QEMU ended with status %d", status);
	if (!finished(results))
		decide(v, LOST, NULL, 0,
		       "the machine ended before it had finished its job");
	count_results(v, results);
}

/* The results again as TAP, the missing ones too, and the machine's own. */
void verdict_print_tap(struct tap *tap, const struct verdict *v,
		       const struct text *results)
{
	bool plan = false, good;
	unsigned int number;
	const char *rest;

	tap_plan(tap, v->planned + 1);
	for (size_t i = 0; i < results->count && tap->count < v->planned; i++) {
		enum verdict_result result = parse_result(results->lines[i], &number,
						  &rest);

		plan |= text_starts(results->lines[i], "1..");
		if (plan && result != NONE)
			tap_result(tap, result != FAILED, "%s", rest);
	}
	while (tap->count < v->planned)
		tap_result(tap, false, "missing");
	/* The last line is for whatever the lines above do not show. */
	good = v->outcome == PASS || (v->outcome == FAIL && tap->failed);
	tap_result(tap, good, "machine # %s%s%s", outcomes[v->outcome].name,
		   *v->reason ? ": " : "", v->reason);
}
