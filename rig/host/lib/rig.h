/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the emulated host's PID 1 share. */
#ifndef RIG_RIG_H
#define RIG_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

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

/** load_module() - one of the modules that come with the kernel under test */
void load_module(const char *name, const char *params);

/* mount.c */
void mount_system(void);
void mount_share(const char *tag, const char *where);
void use_tree(const char *where);

/* util.c */

/** say() - one line on the console, which is for people. */
void say(const char *fmt, ...) __printf(1, 2);

/** give_up() - say why this machine cannot do its job, and power off. */
void give_up(const char *fmt, ...) __printf(1, 2) __noreturn;

/** is_debug_kernel() - whether the kernel checks all it does, and so is slow */
bool is_debug_kernel(void);

/**
 * find_leaks() - have the kernel look for memory that it has lost, if it can.
 *
 * What it finds is on the console, and fails the run.
 */
void find_leaks(void);

/** power_off() - end the emulated machine. */
void __noreturn power_off(void);

/** write_file() - write a string to an existing file; false with errno. */
bool write_file(const char *path, const char *text);

/** read_file() - the file's beginning as a string, shortened to fit. */
bool read_file(const char *path, char *buf, size_t size);

/** now() - seconds of a clock that only goes forward. */
double now(void);

/** open_port() - open the virtio-serial port of that name for writing. */
int open_port(const char *name);

#endif /* RIG_RIG_H */
