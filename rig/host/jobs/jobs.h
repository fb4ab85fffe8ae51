/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The jobs of the emulated host: each is a file of its own, which defines NAME_job. Those of
 * rig/jobs.list, which says what each is and what it needs, are in jobs.inc, which the
 * Makefile writes: JOB("NAME", NAME_job), a line each.
 */
#ifndef RIG_HOST_JOBS_JOBS_H
#define RIG_HOST_JOBS_JOBS_H

/**
 * struct job - one job, named by cohmem.job= on the kernel command line
 * @prepare: NULL, or what comes before the test device's driver
 * @run: runs it and reports; announces the plan first
 */
struct job {
	void (*prepare)(void);
	void (*run)(void);
};

#define JOB(_name, _job) extern const struct job _job;
#include "jobs.inc"
#undef JOB

/** gpu_prepare() - for all jobs with the GPU: its driver, before the test device's */
void gpu_prepare(void);

#endif /* RIG_HOST_JOBS_JOBS_H */
