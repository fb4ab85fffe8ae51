// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define GAP 2	/* between two columns */

static const struct {
	const char *word;
	const char *colour;
} states[] = {
	[REPORT_YES] = { "yes", "\033[32m" },
	[REPORT_NO] = { "no", "\033[31m" },
	[REPORT_UNKNOWN] = { "cannot tell", "\033[33m" },
	[REPORT_NOT_NEEDED] = { "not needed", "" },
};

static const int state_width = sizeof("cannot tell") - 1;

static char *copy(const char *text)
{
	char *mine = strdup(text);

	if (!mine)
		abort();
	return mine;
}

void report_begin(struct report *report, const char *name, bool is_advice)
{
	report->name = name;
	report->is_advice = is_advice;
}

void report_add(struct report *report, enum report_state state, const char *subject,
		const char *source, const char *fmt, ...)
{
	struct report_line *line;
	va_list ap;

	/* Room is doubled. */
	if (!(report->count & (report->count - 1))) {
		report->lines = realloc(report->lines, (report->count ? 2 * report->count : 1) *
					sizeof(*report->lines));
		if (!report->lines)
			abort();
	}
	line = &report->lines[report->count++];
	*line = (struct report_line){
		.name = report->name,
		.is_advice = report->is_advice,
		.state = state,
		.subject = copy(subject),
		.source = copy(source),
	};
	va_start(ap, fmt);
	if (vasprintf(&line->value, fmt, ap) < 0)
		abort();
	va_end(ap);
}

void report_remedy(struct report *report, const char *fmt, ...)
{
	struct report_line *line = &report->lines[report->count - 1];
	va_list ap;

	free(line->remedy);
	va_start(ap, fmt);
	if (vasprintf(&line->remedy, fmt, ap) < 0)
		abort();
	va_end(ap);
}

void report_unread(struct report *report, const char *path, int why)
{
	report_add(report, REPORT_UNKNOWN, "", path, "cannot be read: %s", strerror(why));
	report_denied(report, why);
}

void report_denied(struct report *report, int why)
{
	if (why == EACCES || why == EPERM)
		report_remedy(report, "run cohmem check as root");
}

enum report_state report_verdict(const struct report *report)
{
	enum report_state verdict = REPORT_YES;

	for (size_t i = 0; i < report->count; i++) {
		const struct report_line *line = &report->lines[i];

		if (line->is_advice)
			continue;
		if (line->state == REPORT_NO)
			return REPORT_NO;
		if (line->state == REPORT_UNKNOWN)
			verdict = REPORT_UNKNOWN;
	}
	return verdict;
}

static void put_text(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(isascii(*text) && isprint(*text) ? *text : '?', out);
}

static size_t put_name(const struct report_line *line, FILE *out)
{
	put_text(line->name, out);
	if (!*line->subject)
		return strlen(line->name);
	fputc(' ', out);
	put_text(line->subject, out);
	return strlen(line->name) + 1 + strlen(line->subject);
}

static void put_line(const struct report_line *line, int width, FILE *out, bool colour)
{
	const char *code = colour ? states[line->state].colour : "";
	int used = put_name(line, out);

	fprintf(out, "%*s%s%s%s%*s", width - used + GAP, "", code, states[line->state].word,
		*code ? "\033[0m" : "",
		(int)(state_width - strlen(states[line->state].word)) + GAP, "");
	put_text(line->value, out);
	fputs("  [", out);
	put_text(line->source, out);
	fputs("]\n", out);
	if (!line->remedy)
		return;
	fprintf(out, "%*s", width + GAP + state_width + GAP, "");
	put_text(line->remedy, out);
	fputc('\n', out);
}

/* The names of the lines of that sort; nothing if there are none. */
static void put_names(const struct report *report, enum report_state state, bool is_advice,
		      const char *what, FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < report->count; i++) {
		const struct report_line *line = &report->lines[i];

		if (line->state != state || line->is_advice != is_advice)
			continue;
		fputs(first ? what : ", ", out);
		first = false;
		put_name(line, out);
	}
	if (!first)
		fputc('\n', out);
}

void report_print(const struct report *report, FILE *out, bool colour)
{
	size_t width = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct report_line *line = &report->lines[i];
		size_t len = strlen(line->name) + !!*line->subject + strlen(line->subject);

		width = len > width ? len : width;
	}
	for (size_t i = 0; i < report->count; i++)
		put_line(&report->lines[i], width, out, colour);
	fputc('\n', out);
	put_names(report, REPORT_NO, true, "Not as advised: ", out);
	put_names(report, REPORT_UNKNOWN, false, "Cannot tell: ", out);
	put_names(report, REPORT_NO, false, "Not as it has to be: ", out);
	switch (report_verdict(report)) {
	case REPORT_NO:
		fputs("This host is not ready.\n", out);
		break;
	case REPORT_UNKNOWN:
		fputs("It is not certain that this host is ready.\n", out);
		break;
	default:
		fputs("This host is ready.\n", out);
	}
}

static struct json_object *line_json(const struct report_line *line)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "name", line->name);
	json_set_text(o, "subject", line->subject);
	json_set_string(o, "state", states[line->state].word);
	json_set_string(o, "value", line->value);
	json_set_string(o, "source", line->source);
	json_set_string(o, "remedy", line->remedy);
	json_set(o, "advice", json_object_new_boolean(line->is_advice));
	return o;
}

struct json_object *report_json(const struct report *report)
{
	struct json_object *o = json_object_new_object();
	struct json_object *lines = json_object_new_array();

	json_set_string(o, "ready", states[report_verdict(report)].word);
	for (size_t i = 0; i < report->count; i++)
		json_add(lines, line_json(&report->lines[i]));
	json_set(o, "lines", lines);
	return o;
}

void report_free(struct report *report)
{
	while (report->count) {
		struct report_line *line = &report->lines[--report->count];

		free(line->subject);
		free(line->value);
		free(line->source);
		free(line->remedy);
	}
	free(report->lines);
	report->lines = NULL;
}
