/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest VMM: one VM, one vCPU, no devices. Its guest is touch.S, which
 * reads or writes a word of each page of a range and counts how long that takes.
 */
#ifndef RIG_HOST_VM_RAWVM_H
#define RIG_HOST_VM_RAWVM_H

#include <stdbool.h>
#include <stddef.h>
#include "kernel.h"

/* touch.S: its beginning, three entries, and its end */
extern const char touch_code[], touch_all[], touch_each[], touch_write[], touch_code_end[];

/**
 * struct touched - what the guest found, in ticks of its counter
 * @ticks: for the whole range
 * @worst: for the longest single touch
 * @worst_ipa: where that was
 */
struct touched {
	u64 ticks;
	u64 worst;
	u64 worst_ipa;
};

/**
 * struct rawvm - a VM
 * @vm: its file
 * @vcpu: that of the vCPU
 * @run: the vCPU's shared structure
 * @run_size: its size
 * @code: the guest's code, ordinary memory
 */
struct rawvm {
	int vm;
	int vcpu;
	struct kvm_run *run;
	size_t run_size;
	void *code;
};

/** rawvm_open() - make a VM that has only its code */
void rawvm_open(struct rawvm *vm);

/** rawvm_map() - give the VM memory */
void rawvm_map(struct rawvm *vm, u64 ipa, void *hva, u64 size);

/**
 * rawvm_touch() - let the guest read one word at each of several addresses
 * @vm: the VM
 * @start: the first address
 * @end: where to stop, @start plus a multiple of @stride
 * @stride: distance of the addresses
 * @each: read the counter after every touch, which finds @worst and makes the
 *	  loop longer
 *
 * Return: what the guest found.
 */
struct touched rawvm_touch(struct rawvm *vm, u64 start, u64 end, u64 stride,
			   bool each);

/** rawvm_write() - let it write one word at each; how many ticks that took */
u64 rawvm_write(struct rawvm *vm, u64 start, u64 end, u64 stride);

/** rawvm_log() - begin or end to log writes to memory of rawvm_map(); false if KVM refuses */
bool rawvm_log(struct rawvm *vm, u64 ipa, void *hva, u64 size, bool on);

/** rawvm_pre_fault() - have memory mapped in stage 2; false if KVM cannot, or not all */
bool rawvm_pre_fault(struct rawvm *vm, u64 ipa, u64 size);

/** rawvm_close() - end the VM */
void rawvm_close(struct rawvm *vm);

/** rawvm_counter() - the counter that the guest reads, now */
u64 rawvm_counter(void);

/** rawvm_counter_hz() - ticks of the counter in a second */
u64 rawvm_counter_hz(void);

#endif /* RIG_HOST_VM_RAWVM_H */
