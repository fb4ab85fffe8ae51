/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of QEMU's educational device (docs/specs/edu.rst): a PCI
 * device with a buffer of 4 KiB and a DMA engine. The emulated host uses it,
 * and so does a guest to which it is assigned.
 */
#ifndef LIB_EDU_H
#define LIB_EDU_H

#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

#define EDU_REGISTERS		4096	/* bytes of BAR 0 to map */
#define EDU_BUFFER_BYTES	4096

#define EDU_BUFFER		0x40000
#define EDU_ID			0x00	/* 0xRRrr00ed */
#define EDU_ID_MAGIC		0xed
#define EDU_DMA_FROM		0x80
#define EDU_DMA_TO		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_COMMAND		0x98
#define EDU_COMMAND_RUN		0x1
#define EDU_COMMAND_TO_RAM	0x2

#define EDU_DMA_SECS		5

static inline volatile u64 *edu_register(u8 *regs, unsigned int offset)
{
	return (volatile u64 *)(regs + offset);
}

static inline bool edu_is_one(u8 *regs)
{
	/* Below 0x80, the device knows 32-bit accesses only. */
	return (*(volatile u32 *)(regs + EDU_ID) & 0xff) == EDU_ID_MAGIC;
}

static inline bool edu_run(u8 *regs, u64 from, u64 to, u64 len, u64 command)
{
	time_t deadline = time(NULL) + EDU_DMA_SECS;

	*edu_register(regs, EDU_DMA_FROM) = from;
	*edu_register(regs, EDU_DMA_TO) = to;
	*edu_register(regs, EDU_DMA_COUNT) = len;
	*edu_register(regs, EDU_DMA_COMMAND) = command | EDU_COMMAND_RUN;
	while (*edu_register(regs, EDU_DMA_COMMAND) & EDU_COMMAND_RUN) {
		if (time(NULL) > deadline)
			return false;
		usleep(1000);
	}
	return true;
}

/**
 * edu_copy() - let the device copy memory: into its buffer, and back
 * @regs: its registers
 * @from: address, as the device sees it
 * @to: likewise
 * @len: at most EDU_BUFFER_BYTES
 *
 * Return: whether it was done in time. A DMA that the SMMU refuses is too,
 * and changes nothing: it is for the caller to look at the memory.
 */
static inline bool edu_copy(u8 *regs, u64 from, u64 to, u64 len)
{
	/* The processor's writes to memory come first. */
	__sync_synchronize();
	return edu_run(regs, from, EDU_BUFFER, len, 0) &&
	       edu_run(regs, EDU_BUFFER, to, len, EDU_COMMAND_TO_RAM);
}

#endif /* LIB_EDU_H */
