/* SPDX-License-Identifier: GPL-2.0-only */
/* The jobs of the emulated host. rig/jobs.list says what each is, and what it needs. */
#ifndef RIG_HOST_JOBS_JOBS_H
#define RIG_HOST_JOBS_JOBS_H

/**
 * struct job - one job, named by cohmem.job= on the kernel command line
 * @name: its name
 * @prepare: NULL, or what comes before the test device's driver
 * @run: runs it and reports; announces the plan first
 */
struct job {
	const char *name;
	void (*prepare)(void);
	void (*run)(void);
};

void scene_ram(void);
void scene_gpu_prepare(void);
void scene_gpu(void);
void prepare_selftests(void);
void job_selftests(void);
void job_bench(void);
void works_dma_prepare(void);
void works_dma(void);
void works_vm(void);
void works_zap(void);
void works_dax_prepare(void);
void works_dax(void);
void works_gpu(void);
void shell_prepare(void);
void job_shell(void);

#endif /* RIG_HOST_JOBS_JOBS_H */
