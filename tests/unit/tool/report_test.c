// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report.h"
#include "tap.h"
#include "tool_test.h"

static char *print(const struct report *report, bool colour)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	report_print(report, f, colour);
	fclose(f);
	return text;
}

static void add(struct report *report, enum report_state state, bool is_advice)
{
	report_begin(report, "x", is_advice);
	report_add(report, state, "", "file", "value");
}

static int status_of(enum report_state a, enum report_state b, enum report_state advice)
{
	struct report report = { 0 };
	int status;

	add(&report, a, false);
	add(&report, b, false);
	add(&report, advice, true);
	status = check_status(&report);
	report_free(&report);
	return status;
}

static void test_status(void)
{
	tap(status_of(REPORT_YES, REPORT_NOT_NEEDED, REPORT_YES) == 0,
	    "report: a host is ready if all is as it has to be, or not needed");
	tap(status_of(REPORT_NO, REPORT_UNKNOWN, REPORT_YES) == 1 &&
	    status_of(REPORT_UNKNOWN, REPORT_NO, REPORT_YES) == 1,
	    "report: one no is enough, whatever else cannot be told");
	tap(status_of(REPORT_UNKNOWN, REPORT_YES, REPORT_YES) == 3,
	    "report: what cannot be told keeps a host from being ready");
	tap(status_of(REPORT_YES, REPORT_YES, REPORT_NO) == 0 &&
	    status_of(REPORT_YES, REPORT_YES, REPORT_UNKNOWN) == 0,
	    "report: advice keeps no host from being ready");
}

static void test_print(void)
{
	struct report report = { 0 };
	struct json_object *json;
	char *text;

	report_begin(&report, "mount", false);
	report_add(&report, REPORT_NO, "a\033[2Jb", "/f\n", "\xc2\x9b%s\t", "\xe9%n");
	report_remedy(&report, "first");
	report_remedy(&report, "do\r\x7f");
	text = print(&report, false);
	tap(!strcmp(text, "mount a?[2Jb  no           ???%n?  [/f?]\n"
			  "                           do??\n\n"
			  "Not as it has to be: mount a?[2Jb\nThis host is not ready.\n"),
	    "report: no value controls a terminal");
	free(text);
	text = print(&report, true);
	tap(strstr(text, "\033[31mno\033[0m"), "report: a terminal gets colours");
	free(text);
	json = report_json(&report);
	tap(strstr(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
		   "\"subject\":\"a\\u001b[2Jb\",\"state\":\"no\""),
	    "report: JSON has the value, with its control characters escaped");
	json_object_put(json);
	report_free(&report);
}

static void test_unread(void)
{
	struct report report = { 0 };

	report_begin(&report, "x", false);
	report_unread(&report, "/file", EACCES);
	report_unread(&report, "/file", ENOENT);
	tap(report.lines[0].state == REPORT_UNKNOWN && report.lines[0].remedy &&
	    strstr(report.lines[0].remedy, "run cohmem check as root"),
	    "report: a line says that root is needed, if that is why it cannot tell");
	tap(report.lines[1].state == REPORT_UNKNOWN && !report.lines[1].remedy &&
	    strstr(report.lines[1].value, "No such file"),
	    "report: it does not, if the file is not there");
	report_free(&report);
}

void test_report(void)
{
	test_status();
	test_print();
	test_unread();
}
