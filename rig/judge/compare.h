/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Did the same selftest do the same on several kernels? The same is: the same status,
 * the same results within the test, and the same failed assertion.
 */
#ifndef RIG_COMPARE_H
#define RIG_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "tap.h"
#include "text.h"

#define COMPARE_MAX_KERNELS 8

/**
 * compare_test() - one test on all kernels
 * @tap: where the result goes
 * @kernels: names of the kernels
 * @results: logs of the runs of job selftests, a kernel each
 * @count: how many
 * @number: the test's number in the runs
 * @test: what was run
 * @want: what it is to do on the first kernel: "pass", or "fail TEXT" with what it is
 *	  to say then
 * @passed: counts what passed on the first kernel
 *
 * Return: whether it did the same on all, and what it was to do.
 */
bool compare_test(struct tap *tap, const char * const *kernels,
		  const struct text *results, size_t count, unsigned int number,
		  const char *test, const char *want, unsigned int *passed);

#endif /* RIG_COMPARE_H */
