/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_RULE_TRACE_H
#define TESTS_RULE_TRACE_H

/**
 * test_trace() - Test that tracepoints print all facts and the decision
 */
void test_trace(void);

#endif /* TESTS_RULE_TRACE_H */
