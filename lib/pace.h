/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time for limits. By the clock, a limit strikes what is merely slow: on a slow PC, or
 * on one that has other things to do. pace_now() counts the seconds that an idle PC
 * would have taken, the one on which all limits were written. So a limit of 600 s means
 * as much work everywhere, and a PC may be slow, or become so.
 *
 * Now and then a fixed piece of work is timed; until the next time, the clock counts
 * by so much less as that took longer.
 */
#ifndef LIB_PACE_H
#define LIB_PACE_H

/**
 * enum pace_place - where the program runs, which says what its work takes if idle
 * @PACE_PC: on the PC itself; all that it waits for counts
 * @PACE_EMULATED: in the emulated host; that other processes run there does not count
 */
enum pace_place { PACE_PC, PACE_EMULATED };

/** pace_begin() - say where this is, and find out how slow it is now */
void pace_begin(enum pace_place place);

/** pace_now() - seconds of an idle PC since pace_begin(), which has to be first */
double pace_now(void);

/** pace_slowness() - how much slower than an idle PC this was when last looked at */
double pace_slowness(void);

/** pace_clock() - seconds of a clock that only goes forward */
double pace_clock(void);

#endif /* LIB_PACE_H */
