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

void ram_run(void);
void gpu_prepare(void);
void gpu_run(void);
void migrate_run(void);
void update_run(void);
void selftests_prepare(void);
void selftests_run(void);
void bench_run(void);
void bench_ram_run(void);
void works_dma_prepare(void);
void works_dma_run(void);
void works_vm_run(void);
void works_zap_run(void);
void works_migrate_prepare(void);
void works_migrate_run(void);
void works_mte_prepare(void);
void works_mte_run(void);
void guestram_prepare(void);
void guestram_run(void);
void works_guestram_prepare(void);
void works_guestram_run(void);
void works_hotplug_prepare(void);
void works_hotplug_run(void);
void guestram_hard_run(void);
void guestram_boot_run(void);
void guestram_reset_run(void);
void works_dax_prepare(void);
void works_dax_run(void);
void works_gpu_run(void);
void works_reset_prepare(void);
void works_reset_run(void);
void operator_prepare(void);
void operator_run(void);
void operator_vms_run(void);
void shell_prepare(void);
void shell_run(void);

#endif /* RIG_HOST_JOBS_JOBS_H */
