/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_RULE_PROPERTIES_H
#define TESTS_RULE_PROPERTIES_H

/**
 * test_properties() - Test what is true of the memory-type rule as a whole
 */
void test_properties(void);

#endif /* TESTS_RULE_PROPERTIES_H */
