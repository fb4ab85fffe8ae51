// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

#define INDENT "    "

/**
 * struct compare_outcome - what a test did on a kernel
 * @status: "pass", "fail", "skip" or "missing"
 * @name: what the result is called
 * @said: the results within it, what failed, and how it ended
 * @why: the last assertion that failed, or how it ended
 */
struct compare_outcome {
	const char *status;
	char name[64];
	char *said;
	char why[256];
};

static bool failed_assertion(const char *line)
{
	char file[128];
	unsigned int number;

	return sscanf(line, "# %127[^: \t]:%u: ", file, &number) == 2 &&
	       strstr(file, ".c");
}

/* Of what a test says, this does not change from run to run. */
static void keep(FILE *said, const char *line, struct compare_outcome *outcome)
{
	line += strspn(line, " ");
	if (failed_assertion(line))
		snprintf(outcome->why, sizeof(outcome->why), "%s", line);
	else if (!text_starts(line, "ok ") && !text_starts(line, "not ok ") &&
		 !text_starts(line, "1..") && !text_starts(line, "Bail out!"))
		return;
	fprintf(said, "%s\n", line);
}

static const char *status_of(const char *line)
{
	if (text_starts(line, "not ok "))
		return "fail";
	return strstr(line, "# SKIP") ? "skip" : "pass";
}

/* What the test that is the number-th in the run did. */
static struct compare_outcome find(const struct text *results, unsigned int number)
{
	struct compare_outcome outcome = { .status = "missing" };
	size_t i, first = 0, size;
	unsigned int seen;
	FILE *said;

	said = open_memstream(&outcome.said, &size);
	if (!said)
		abort();
	for (i = 0; i < results->count; i++) {
		const char *line = results->lines[i];

		if (sscanf(line, "ok %u %63s", &seen, outcome.name) != 2 &&
		    sscanf(line, "not ok %u %63s", &seen, outcome.name) != 2)
			continue;
		if (seen == number)
			break;
		first = i + 1;
	}
	if (i < results->count) {
		const char *end = strchr(results->lines[i], '#');

		outcome.status = status_of(results->lines[i]);
		for (size_t j = first; j < i; j++) {
			if (text_starts(results->lines[j], INDENT))
				keep(said, results->lines[j], &outcome);
		}
		fprintf(said, "%s\n", end ? end : "");
		if (!*outcome.why && end)
			snprintf(outcome.why, sizeof(outcome.why), "%s", end);
	}
	if (fclose(said))
		abort();
	return outcome;
}

/* Whether it did what the list says of the first kernel. */
static bool as_listed(const struct compare_outcome *outcome, const char *want)
{
	if (!strcmp(want, "pass"))
		return !strcmp(outcome->status, "pass");
	return text_starts(want, "fail ") && !strcmp(outcome->status, "fail") &&
	       strstr(outcome->said, want + strlen("fail "));
}

/* How it ended, and from where on it said other things than on the first kernel. */
static void explain(struct tap *tap, const char *kernel,
		    const struct compare_outcome *outcome, const struct compare_outcome *first)
{
	size_t at = 0, line = 0;
	const char *said = outcome->said;

	while (said[at] && said[at] == first->said[at]) {
		if (said[at++] == '\n')
			line = at;
	}
	if (outcome == first || !strcmp(said, first->said))
		tap_comment(tap, "  %s: %s %s", kernel, outcome->status, outcome->why);
	else
		tap_comment(tap, "  %s: %s %s: \"%.*s\", not \"%.*s\"", kernel,
			    outcome->status, outcome->why,
			    (int)strcspn(said + line, "\n"), said + line,
			    (int)strcspn(first->said + line, "\n"),
			    first->said + line);
}

bool compare_test(struct tap *tap, const char * const *kernels,
		  const struct text *results, size_t count, unsigned int number,
		  const char *test, const char *want, unsigned int *passed)
{
	struct compare_outcome outcomes[COMPARE_MAX_KERNELS];
	size_t name = strcspn(test, ":"), len = 0;
	char names[256] = "";
	bool good;

	for (size_t i = 0; i < count; i++) {
		outcomes[i] = find(&results[i], number);
		if (len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len, "%s%s",
					i ? ", " : "", kernels[i]);
	}
	*passed += !strcmp(outcomes[0].status, "pass");

	good = as_listed(&outcomes[0], want);
	for (size_t i = 0; i < count; i++) {
		good &= !strcmp(outcomes[i].status, outcomes[0].status) &&
			!strcmp(outcomes[i].said, outcomes[0].said) &&
			strlen(outcomes[i].name) == name &&
			!strncmp(outcomes[i].name, test, name);
	}
	tap_result(tap, good, "%s: %s on %s%s%s", test,
		   good ? "the same" : "not the same, or not as listed,", names,
		   good ? ": " : "", good ? want : "");
	if (!good)
		tap_comment(tap, "  listed: %s", want);
	for (size_t i = 0; i < count && !good; i++)
		explain(tap, kernels[i], &outcomes[i], &outcomes[0]);
	for (size_t i = 0; i < count; i++)
		free(outcomes[i].said);
	return good;
}
