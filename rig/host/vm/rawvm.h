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

/* touch.S: its beginning, its entries, its vectors, and its end */
extern const char touch_code[], touch_all[], touch_each[], touch_bits[], touch_write[];
extern const char touch_load[], touch_pair[], touch_vectors[], touch_code_end[];

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
 * struct outside - what became of a load from where the guest has no memory
 * @error: errno of KVM_RUN, and the guest stays where it is; or 0
 * @aborted: KVM did not know what is loaded, and the VMM gave the guest an abort
 * @value: what the guest loaded; with @aborted, its ESR_EL1
 */
struct outside {
	int error;
	bool aborted;
	u64 value;
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

/** rawvm_take_aborts() - the VMM wants to know of accesses that KVM cannot describe */
void rawvm_take_aborts(struct rawvm *vm);

/**
 * rawvm_load() - let the guest load from where it has no memory, as from registers
 * @vm: the VM
 * @ipa: where
 * @pair: by LDP, of which the CPU does not say enough for KVM_EXIT_MMIO
 * @answer: what the VMM says that is there
 *
 * Return: what became of it.
 */
struct outside rawvm_load(struct rawvm *vm, u64 ipa, bool pair, u64 answer);

/** rawvm_is_zero() - let it read every byte of a range; whether all of them are 0 */
bool rawvm_is_zero(struct rawvm *vm, u64 start, u64 end);

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
