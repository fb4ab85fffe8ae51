// SPDX-License-Identifier: GPL-2.0-only
/* Is a test that is slow told from one that is stuck, and from one that goes on? */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "tap.h"

#define LIMIT 500

/* A line of the test, and when it came. */
struct line {
	double at;
	const char *text;
};

/* What is said at @now of a test with these lines, or "" if it may go on. */
static const char *said(const struct line *lines, double now, double limit)
{
	static char text[160];
	enum progress_state state;
	struct progress p;

	progress_begin(&p, 0);
	for (; lines->text; lines++)
		progress_line(&p, lines->text, lines->at);
	state = progress_state(&p, now, limit);
	*text = '\0';
	if (state != GOES_ON)
		progress_say(&p, state, now, text, sizeof(text));
	return text;
}

static void case_is(const char *name, const struct line *lines, double now, double limit,
		    const char *wanted)
{
	const char *got = said(lines, now, limit);
	bool ok = !strcmp(got, wanted);

	if (!ok)
		tap_note("got '%s', not '%s'", got, wanted);
	tap(ok, "%s", name);
}

static const struct line told[] = {
	{ 1, "1..11" },
	{ 1, "# progress: 0 of 100 operations of each kind" },
	{ 5, "ok 1 - something" },
	{ 250, "# progress: 30 of 100 operations of each kind" },
	{ 495, "# progress: 61 of 100 operations of each kind" },
	{ 0, NULL },
};

static const struct line stops[] = {
	{ 1, "# progress: 0 of 100 operations of each kind" },
	{ 3, "# progress: 1 of 100 operations of each kind" },
	{ 5, "# progress: 1 of 100 operations of each kind" },
	{ 0, NULL },
};

static const struct line never[] = {
	{ 1, "# progress: 0 of 100 operations of each kind" },
	{ 0, NULL },
};

static const struct line untold[] = {
	{ 1, "1..15" },
	{ 2, "# a progress: 1 of 2 things" },
	{ 3, "ok 1 - one" },
	{ 70, "not ok 2 - two" },
	{ 0, NULL },
};

static const struct line silent[] = { { 0, NULL } };

int main(void)
{
	case_is("a test in its time goes on", told, LIMIT, LIMIT, "");
	case_is("a test that has used up its time is too slow, and tells how far it came",
		told, LIMIT + 1, LIMIT,
		"too slow: 61 of 100 operations of each kind after 501 s");
	case_is("without a limit, none is too slow", told, 1000, 0, "");
	case_is("a test that makes no more progress is stuck before its time is used up",
		stops, 66, LIMIT,
		"stuck: 1 of 100 operations of each kind after 66 s, none in the last 61 s");
	case_is("the same line of progress is progress", stops, 64, LIMIT, "");
	case_is("a test that makes no progress at all is stuck", never, 62, LIMIT,
		"stuck: 0 of 100 operations of each kind after 62 s, none in the last 61 s");
	case_is("a test that takes long for each part is not stuck", told, 1200, 0, "");
	case_is("a test without progress is not stuck", untold, LIMIT, LIMIT, "");
	case_is("a test without progress is too slow or stuck, its results say how far it came",
		untold, LIMIT + 1, LIMIT,
		"too slow or stuck: 2 of 15 results after 501 s, none in the last 431 s");
	case_is("a test that says nothing is not stuck", silent, LIMIT, LIMIT, "");
	case_is("a test that says nothing is too slow or stuck", silent, LIMIT + 1, LIMIT,
		"too slow or stuck: 0 of 0 results after 501 s, none in the last 501 s");
	return tap_end();
}
