// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums up the steps of a test run.
 *
 *   summary STEPS SKIPS JSON JUNIT
 *
 * STEPS is a list: step, seconds, limit (of them), status (of the exit) and log. A log
 * holds TAP (KTAP at the top level; what is indented belongs to the result below it).
 * SKIPS is the written list of what may be skipped: test, which is STEP/TEST, and
 * reason. A diagnostic "# kernel: X", "# line: X", "# machine: X" or "# page_size: X"
 * holds for the results after it.
 *
 * A step that says nothing must not pass, so these are failures of their own: no
 * plan, another number of results than planned, a bad exit status without a
 * failed result, "Bail out!", and a skip that is not in the list.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "list.h"
#include "summary.h"
#include "text.h"
#include "xml.h"

static const char * const outcome_name[] = { "passed", "failed", "skipped" };

void *summary_must(void *p)
{
	if (!p) {
		fputs("summary: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

static FILE *must_open(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f) {
		fprintf(stderr, "summary: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return f;
}

static struct text must_read(const char *path)
{
	struct text text;

	if (!text_read(&text, path)) {
		fprintf(stderr, "summary: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return text;
}

static struct list must_read_list(const char *path, const char *columns)
{
	struct list list;
	char why[4352];

	if (!list_read(&list, path, columns, why, sizeof(why))) {
		fprintf(stderr, "summary: error: %s\n    lib/list.h says what a list is\n",
			why);
		exit(2);
	}
	return list;
}

static void add_result(struct summary_step *s, enum summary_outcome how, const char *name,
		       const struct summary_context *on, char *reason)
{
	struct summary_result *r;

	s->results = summary_must(realloc(s->results, (s->nr + 1) * sizeof(*r)));
	r = &s->results[s->nr++];
	r->name = summary_must(strdup(name));
	r->reason = reason;
	r->outcome = how;
	r->on = *on;
	s->count[how]++;
}

/* A macro, so that asprintf() checks the format. */
#define add(s, how, name, on, ...) do {					\
	char *reason_;							\
	if (asprintf(&reason_, __VA_ARGS__) < 0)			\
		summary_must(NULL);						\
	add_result(s, how, name, on, reason_);				\
} while (0)

/* Is STEP/TEST in the list, with a reason that is not empty? */
static bool may_skip(const struct list *skips, const char *step, const char *test)
{
	bool found = false;
	char *key;

	if (asprintf(&key, "%s/%s", step, test) < 0)
		summary_must(NULL);
	for (size_t i = 0; i < skips->count && !found; i++)
		found = !strcmp(list_cell(skips, i, "test"), key) &&
			*list_cell(skips, i, "reason");
	free(key);
	return found;
}

static void add_skip(struct summary_step *s, const struct list *skips, const char *name,
		     const struct summary_context *on, const char *reason)
{
	if (may_skip(skips, s->name, name))
		add(s, SKIPPED, name, on, "%s", reason);
	else
		add(s, FAILED, name, on,
		    "skipped (%s), which tests/skips.list does not allow", reason);
}

/* Cuts "# SKIP reason" off a description. Returns the reason, or NULL. */
static const char *cut_skip(char *text)
{
	char *hash = strstr(text, "# ");
	char *end;

	for (; hash; hash = strstr(hash + 1, "# ")) {
		if (strncasecmp(hash + 2, "skip", 4))
			continue;
		for (end = hash; end > text && isspace((unsigned char)end[-1]); end--)
			;
		*end = 0;
		hash += 6;
		while (*hash && !isspace((unsigned char)*hash))
			hash++;
		while (isspace((unsigned char)*hash))
			hash++;
		return *hash ? hash : "no reason given";
	}
	return NULL;
}

/* "ok 3 - name", "not ok 3 name # SKIP why" */
static bool read_result(struct summary_step *s, const struct list *skips, char *line,
			const struct summary_context *on)
{
	bool ok = !strncmp(line, "ok ", 3);
	const char *skip;
	char *p = line + (ok ? 3 : 7);

	if (!ok && strncmp(line, "not ok ", 7))
		return false;
	while (isdigit((unsigned char)*p))
		p++;
	while (*p == ' ')
		p++;
	if (*p == '-' && p[1] == ' ')
		p += 2;

	skip = cut_skip(p);
	if (ok && skip)
		add_skip(s, skips, p, on, skip);
	else
		add(s, ok ? PASSED : FAILED, p, on, "%s", skip ? skip : "");
	return true;
}

static bool read_context(const char *line, const char *key, char **value)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n))
		return false;
	*value = summary_must(strdup(line + n));
	return true;
}

static bool read_number(const char *line, const char *key, char **value)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) || !line[n] || line[n + strspn(line + n, "0123456789")])
		return false;
	return read_context(line, key, value);
}

/* "1..N", and nothing else that begins so. Returns N, or -1. */
static long read_plan(const char *line, const char **rest)
{
	char *end;
	long plan;

	if (strncmp(line, "1..", 3) || !isdigit((unsigned char)line[3]))
		return -1;
	plan = strtol(line + 3, &end, 10);
	*rest = end;
	return plan;
}

static void read_log(struct summary_step *s, const struct list *skips)
{
	struct summary_context on = { 0 }, none = { 0 };
	struct text l = must_read(s->log);
	long plan = -1, seen = 0, n;
	const char *skip, *rest;
	size_t i;

	for (i = 0; i < l.count; i++) {
		char *line = l.lines[i];

		if (read_result(s, skips, line, &on)) {
			seen++;
			continue;
		}
		if (read_context(line, "# kernel: ", &on.kernel) ||
		    read_context(line, "# line: ", &on.line) ||
		    read_context(line, "# machine: ", &on.machine) ||
		    read_number(line, "# page_size: ", &on.page_size))
			continue;
		if (!strncmp(line, "Bail out!", 9))
			add(s, FAILED, "bail out", &on, "%s", line + 9);
		n = read_plan(line, &rest);
		if (n < 0)
			continue;
		if (plan >= 0)
			add(s, FAILED, "plan", &none, "a second plan: %s", line);
		plan = n;
		skip = cut_skip((char *)rest);
		if (!n && skip)
			add_skip(s, skips, s->name, &none, skip);
	}

	if (plan < 0)
		add(s, FAILED, "plan", &none, "no plan was announced");
	else if (seen != plan)
		add(s, FAILED, "plan", &none, "%ld results of %ld planned", seen, plan);
	else if (!s->nr)
		add(s, FAILED, "plan", &none, "an empty plan");

	if (s->status == 124 || s->status == 137)
		add(s, FAILED, "time", &none, "stopped after %d seconds", s->limit);
	else if (s->status && !s->count[FAILED])
		add(s, FAILED, "exit status", &none, "%d", s->status);
}

static int number(const struct list *steps, size_t row, const char *column)
{
	const char *text = list_cell(steps, row, column);
	char *end;
	long value = strtol(text, &end, 10);

	if (!*text || *end) {
		fprintf(stderr, "summary: error: step %s has no %s, but '%s'\n",
			list_cell(steps, row, "step"), column, text);
		exit(2);
	}
	return value;
}

static struct summary_step *read_steps(const struct list *list, const struct list *skips)
{
	struct summary_step *steps = summary_must(calloc(list->count + 1, sizeof(*steps)));

	for (size_t i = 0; i < list->count; i++) {
		struct summary_step *s = &steps[i];

		s->name = list_cell(list, i, "step");
		s->log = list_cell(list, i, "log");
		s->seconds = number(list, i, "seconds");
		s->limit = number(list, i, "limit");
		s->status = number(list, i, "status");
		read_log(s, skips);
	}
	return steps;
}

static struct json_object *test_record(const struct summary_result *r)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "test", r->name);
	json_set_string(o, "outcome", outcome_name[r->outcome]);
	json_set_string(o, "reason", r->reason);
	json_set_string(o, "kernel", r->on.kernel);
	json_set_string(o, "line", r->on.line);
	json_set_string(o, "machine", r->on.machine);
	json_set_number(o, "page_size", r->on.page_size ? r->on.page_size : "");
	return o;
}

static struct json_object *step_record(const struct summary_step *s)
{
	struct json_object *o = json_object_new_object();
	struct json_object *tests = json_object_new_array();

	json_set_string(o, "step", s->name);
	json_set_integer(o, "seconds", s->seconds);
	for (int how = 0; how < NR_OUTCOMES; how++)
		json_set_integer(o, outcome_name[how], s->count[how]);
	json_set_string(o, "log", s->log);
	for (size_t i = 0; i < s->nr; i++)
		json_add(tests, test_record(&s->results[i]));
	json_set(o, "tests", tests);
	return o;
}

/* Where it cannot be written, the count is told all the same. */
static bool write_json(const char *path, const struct summary_step *steps, size_t nr,
		       const int *total)
{
	struct json_object *all = json_object_new_object();
	struct json_object *array = json_object_new_array();

	for (int how = 0; how < NR_OUTCOMES; how++)
		json_set_integer(all, outcome_name[how], total[how]);
	for (size_t i = 0; i < nr; i++)
		json_add(array, step_record(&steps[i]));
	json_set(all, "steps", array);
	if (json_write(path, all))
		return true;
	fprintf(stderr, "summary: error: cannot write %s: %s\n", path, strerror(errno));
	return false;
}

static void write_junit(const char *path, const struct summary_step *steps, size_t nr)
{
	FILE *f = must_open(path, "w");
	size_t i, j;

	fputs("<?xml version=\"1.0\"?>\n<testsuites>\n", f);
	for (i = 0; i < nr; i++) {
		const struct summary_step *s = &steps[i];

		fputs(" <testsuite name=\"", f);
		xml_escape(f, s->name);
		fprintf(f, "\" tests=\"%zu\" failures=\"%d\" skipped=\"%d\" time=\"%d\">\n",
			s->nr, s->count[FAILED], s->count[SKIPPED], s->seconds);
		for (j = 0; j < s->nr; j++) {
			const struct summary_result *r = &s->results[j];

			fputs("  <testcase name=\"", f);
			xml_escape(f, r->name);
			fputs(r->outcome == PASSED ? "\"/>\n" :
			      r->outcome == FAILED ? "\"><failure message=\"" :
						     "\"><skipped message=\"", f);
			if (r->outcome == PASSED)
				continue;
			xml_escape(f, r->reason);
			fputs("\"/></testcase>\n", f);
		}
		fputs(" </testsuite>\n", f);
	}
	fputs("</testsuites>\n", f);
	fclose(f);
}

int main(int argc, char **argv)
{
	int total[NR_OUTCOMES] = { 0 };
	struct list list, skips;
	struct summary_step *steps;
	size_t nr, i, j;
	bool written;

	if (argc != 5) {
		fputs("usage: summary STEPS SKIPS JSON JUNIT\n", stderr);
		return 2;
	}
	skips = must_read_list(argv[2], "test reason");
	list = must_read_list(argv[1], "step seconds limit status log");
	steps = read_steps(&list, &skips);
	nr = list.count;

	printf("\n%-16s %8s %8s %8s %8s %8s\n", "step", "seconds", "at most", "passed",
	       "failed", "skipped");
	for (i = 0; i < nr; i++) {
		struct summary_step *s = &steps[i];

		printf("%-16s %8d %8d %8d %8d %8d\n", s->name, s->seconds, s->limit,
		       s->count[PASSED], s->count[FAILED], s->count[SKIPPED]);
		for (j = 0; j < NR_OUTCOMES; j++)
			total[j] += s->count[j];
	}
	table_print(steps, nr);
	putchar('\n');
	for (i = 0; i < nr; i++)
		for (j = 0; j < steps[i].nr; j++) {
			struct summary_result *r = &steps[i].results[j];

			if (r->outcome == PASSED)
				continue;
			printf("%s: %s/%s%s%s (%s)\n", outcome_name[r->outcome], steps[i].name,
			       r->name, *r->reason ? ": " : "", r->reason, steps[i].log);
		}
	written = write_json(argv[3], steps, nr, total);
	write_junit(argv[4], steps, nr);
	printf("%d passed, %d failed, %d skipped\n", total[PASSED], total[FAILED], total[SKIPPED]);
	return total[FAILED] || !total[PASSED] || !written;
}
