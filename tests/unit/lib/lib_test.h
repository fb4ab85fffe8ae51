/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests of lib/, a file for each. */
#ifndef TESTS_UNIT_LIB_LIB_TEST_H
#define TESTS_UNIT_LIB_LIB_TEST_H

/* Each reports its results by tap(). */
void test_atomic_file(void);
void test_json(void);
void test_keyval(void);
void test_list(void);
void test_stage2_text(void);
void test_tap(void);
void test_text(void);

#endif /* TESTS_UNIT_LIB_LIB_TEST_H */
