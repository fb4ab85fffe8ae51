/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests of tool/, a file for each. */
#ifndef TESTS_UNIT_TOOL_TOOL_TEST_H
#define TESTS_UNIT_TOOL_TOOL_TEST_H

/* Each reports its results by tap(). */
void test_kernel_texts(void);
void test_debian(void);
void test_texts(void);
void test_hostile(void);
void test_hostile_host(void);
void test_root(void);
void test_devices(void);
void test_report(void);
void test_lines(void);
void test_whole(void);
void test_vms(void);
void test_memslots(void);
void test_dump(void);
void test_map(void);
void test_why(void);
void test_watch(void);
void test_export(void);
void test_redact(void);

#endif /* TESTS_UNIT_TOOL_TOOL_TEST_H */
