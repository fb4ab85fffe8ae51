/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test Anything Protocol, version 13, on stdout.
 */
#ifndef TESTS_RULE_TAP_H
#define TESTS_RULE_TAP_H

#include <stdbool.h>

/**
 * tap() - Report one test
 * @ok: did it pass?
 * @format: its name, as for printf()
 */
[[gnu::format(printf, 2, 3)]]
void tap(bool ok, const char *format, ...);

/**
 * tap_note() - Say more about the test that is reported next
 * @format: one line without the newline, as for printf()
 */
[[gnu::format(printf, 1, 2)]]
void tap_note(const char *format, ...);

/**
 * tap_end() - Report the number of tests
 *
 * A stream without this line is one that broke off.
 *
 * Return: the exit status for the program: 0, or 1 if a test failed.
 */
int tap_end(void);

#endif /* TESTS_RULE_TAP_H */
