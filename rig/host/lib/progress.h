/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a test is, by what it prints, and whether it may go on.
 *
 * A test that has much to do says "# progress: N of M WHAT" each time that it has done
 * a part of it, whether or not N is another one then; the first time, before it begins.
 * Of others, the results are counted.
 */
#ifndef RIG_PROGRESS_H
#define RIG_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct progress - of one test; times are those of pace_now()
 * @done: how much is done
 * @planned: of how much
 * @what: what that is
 * @told: by the test, in lines of progress
 * @begun: when the test was
 * @last: when it said something of the kind for the last time
 * @longest: the longest time between two lines of progress
 */
struct progress {
	unsigned long done;
	unsigned long planned;
	char what[64];
	bool told;
	double begun;
	double last;
	double longest;
};

/**
 * enum progress_state - may the test go on?
 * @GOES_ON: yes
 * @TOO_SLOW: it has had all the time that it may take
 * @STUCK: it tells its progress, and has made none for too long
 */
enum progress_state { GOES_ON, TOO_SLOW, STUCK };

/** progress_begin() - a test begins at @now */
void progress_begin(struct progress *p, double now);

/** progress_line() - it printed @line at @now */
void progress_line(struct progress *p, const char *line, double now);

/** progress_state() - may it go on at @now? It may take @limit seconds, or any time if 0 */
enum progress_state progress_state(const struct progress *p, double now, double limit);

/** progress_say() - what became of a test that may not go on, as of @now */
void progress_say(const struct progress *p, enum progress_state state, double now,
		  char *text, size_t size);

#endif /* RIG_PROGRESS_H */
