/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of job works-reset share. */
#ifndef RIG_HOST_JOBS_WORKS_RESET_H
#define RIG_HOST_JOBS_WORKS_RESET_H

#include <stdbool.h>

#include "kernel.h"
#include "rawvm.h"
#include "vfio.h"

#define RESET_SIZE	BIT_ULL(30)	/* of region 4 */
#define RESET_DRIVER	"nvgrace_gpu_vfio_pci"
#define RESET_VALUE	0x600d600d600d600dULL	/* in its first word */

/**
 * struct reset_gpu - the GPU, open, and its memory
 * @vfio: the device
 * @offset: of region 4 in its file
 * @at: where region 4 is mapped, a multiple of 1 GiB
 */
struct reset_gpu {
	struct vfio vfio;
	u64 offset;
	u8 *at;
};

/** reset_map() - map region 4 once more, at a multiple of its size, as QEMU does */
u8 *reset_map(const struct reset_gpu *gpu);

/** reset_touch() - read a word; false if that is answered by SIGBUS or SIGSEGV */
bool reset_touch(const u8 *at, u64 *value);

/** reset_is_right() - the first word is RESET_VALUE */
bool reset_is_right(const struct reset_gpu *gpu);

/** reset_reads() - read() finds RESET_VALUE in the first word */
bool reset_reads(const struct reset_gpu *gpu);

/* What comes at once comes before that, on any machine: the driver waits three times as long. */
#define RESET_SOON_SECS	10

/** reset_status() - what BAR 0 reads from now on */
#define RESET_READY	"0xff"
#define RESET_TRAINING	"0"
#define RESET_OFF_BUS	"0xffffffff"	/* no device answers */
void reset_status(const char *status);

/** reset_by_vfio() - VFIO_DEVICE_RESET */
bool reset_by_vfio(const struct reset_gpu *gpu);

/** reset_cpu() - the CPU on which all of this job runs */
int reset_cpu(void);

/** reset_vm_open() - a VM that has region 4 */
void reset_vm_open(struct rawvm *vm, const struct reset_gpu *gpu);

/** reset_vm_touch() - its guest touches each 2 MiB of region 4 */
void reset_vm_touch(struct rawvm *vm);

/* Parts, each with the number of its results. */

/** works_reset_map() - how a mapping is populated; leaves RESET_VALUE there */
#define WORKS_RESET_MAP_RESULTS 7
void works_reset_map(const struct reset_gpu *gpu);

/** works_reset_size() - a GPU whose memory is no power of two; _prepare() looks */
#define WORKS_RESET_SIZE_RESULTS 5
void works_reset_size_prepare(void);
void works_reset_size(void);

/** works_reset_wait() - a GPU that is ready late, never, or off the bus */
#define WORKS_RESET_WAIT_RESULTS 6
void works_reset_wait(const struct reset_gpu *gpu);

#endif /* RIG_HOST_JOBS_WORKS_RESET_H */
