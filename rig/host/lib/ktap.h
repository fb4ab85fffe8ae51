/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results, as KTAP (Documentation/dev-tools/ktap.rst) on a virtio-serial
 * port of their own, away from the console.
 *
 * Beside the results there are facts, "# fact NAME=VALUE from FILE:LINE":
 * what was found, and the line of a log that shows it.
 */
#ifndef RIG_HOST_LIB_KTAP_H
#define RIG_HOST_LIB_KTAP_H

#include <stdbool.h>

#include "kernel.h"

#define RESULTS_LOG "results.log"

/** ktap_open() - open the port and write the header; false if there is no such port */
bool ktap_open(void);

/** ktap_plan() - announce how many results will follow. */
void ktap_plan(unsigned int count);

/** ktap_result() - one result; the numbers count up by themselves. */
void ktap_result(bool ok, const char *name, const char *fmt, ...) __printf(3, 4);

/** ktap_skip() - a result that says why there is none. */
void ktap_skip(const char *name, const char *why);

/** ktap_raw() - a line as it is, such as a nested test's. */
void ktap_raw(const char *line);

/**
 * ktap_note() - a diagnostic line
 * @fmt: as printf(), without the "# "
 *
 * Return: its line number in the results, for ktap_fact().
 */
unsigned int ktap_note(const char *fmt, ...) __printf(1, 2);

/** ktap_fact() - what was found, and the line that shows it. */
void ktap_fact(const char *file, unsigned int line, const char *name,
	       const char *fmt, ...) __printf(4, 5);

/** ktap_done() - the job came to its end; not written if it did not. */
void ktap_done(void);

/** ktap_bail_out() - there will be no further results. */
void ktap_bail_out(const char *why);

#endif /* RIG_HOST_LIB_KTAP_H */
