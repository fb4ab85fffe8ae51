// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "progress.h"

/*
 * A test that tells its progress is stuck after so long, or after so many times the
 * longest time that a part of its work has taken: its own measure of how slow it is.
 */
#define STUCK_SECS 60
#define STUCK_PARTS 10

void progress_begin(struct progress *p, double now)
{
	*p = (struct progress) { .what = "results", .begun = now, .last = now };
}

void progress_line(struct progress *p, const char *line, double now)
{
	unsigned long done, planned;
	char what[sizeof(p->what)];

	if (sscanf(line, "# progress: %lu of %lu %63[^\n]", &done, &planned, what) == 3) {
		if (p->told && now - p->last > p->longest)
			p->longest = now - p->last;
		p->told = true;
		p->done = done;
		p->planned = planned;
		snprintf(p->what, sizeof(p->what), "%s", what);
		p->last = now;
		return;
	}
	if (p->told)
		return;
	if (sscanf(line, "1..%lu", &planned) == 1)
		p->planned = planned;
	if (!strncmp(line, "ok ", 3) || !strncmp(line, "not ok ", 7)) {
		p->done++;
		p->last = now;
	}
}

static double stuck_after(const struct progress *p)
{
	double parts = STUCK_PARTS * p->longest;

	return parts > STUCK_SECS ? parts : STUCK_SECS;
}

enum progress_state progress_state(const struct progress *p, double now, double limit)
{
	if (p->told && now - p->last > stuck_after(p))
		return STUCK;
	if (limit && now - p->begun > limit)
		return TOO_SLOW;
	return GOES_ON;
}

void progress_say(const struct progress *p, enum progress_state state, double now,
		  char *text, size_t size)
{
	const char *why = state == STUCK ? "stuck" : p->told ? "too slow" : "too slow or stuck";
	int len = snprintf(text, size, "%s: %lu of %lu %s after %.0f s", why, p->done,
			   p->planned, p->what, now - p->begun);

	/* Of one that only was too slow, the last part is no news. */
	if ((state == STUCK || !p->told) && len > 0 && (size_t)len < size)
		snprintf(text + len, size - len, ", none in the last %.0f s", now - p->last);
}
