/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results, as KTAP (Documentation/dev-tools/ktap.rst), on a virtio-serial port of their
 * own.
 *
 * Besides the results there are facts (lib/fact.h): what was found, and the line of a
 * log that shows it.
 */
#ifndef RIG_HOST_LIB_KTAP_H
#define RIG_HOST_LIB_KTAP_H

#include <stdbool.h>

#include "kernel.h"

#define RESULTS_LOG "results.log"

/** ktap_open() - open the port and write the header; false if there is no such port */
bool ktap_open(void);

/** ktap_plan() - announce how many results will follow */
void ktap_plan(unsigned int count);

/**
 * ktap_result() - write one result; its number is counted here
 * @ok: whether the test passed
 * @name: of the test
 * @fmt: what was found, as printf(); may be ""
 */
void ktap_result(bool ok, const char *name, const char *fmt, ...) __printf(3, 4);

/** ktap_prefix() - let the names of all results from now on begin so; "" is nothing */
void ktap_prefix(const char *prefix);

/** ktap_skip() - write that a test was skipped, and why */
void ktap_skip(const char *name, const char *why);

/** ktap_raw() - write a line as it is, such as one of a nested test */
void ktap_raw(const char *line);

/**
 * ktap_note() - write a diagnostic line
 * @fmt: as printf(), without the "# "
 *
 * Return: the number of the line in the results, for ktap_fact().
 */
unsigned int ktap_note(const char *fmt, ...) __printf(1, 2);

/**
 * ktap_fact() - write what was found, and the line that shows it
 * @file: the log
 * @line: number of the line in that log
 * @name: of the fact
 * @fmt: its value, as printf()
 */
void ktap_fact(const char *file, unsigned int line, const char *name,
	       const char *fmt, ...) __printf(4, 5);

/** ktap_done() - write that the job came to its end */
void ktap_done(void);

/** ktap_bail_out() - write that there will be no more results, and why */
void ktap_bail_out(const char *why);

#endif /* RIG_HOST_LIB_KTAP_H */
