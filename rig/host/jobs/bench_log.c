// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to have memory mapped in advance, and to log a guest's writes. Kernels
 * that cannot do it for this memory say nothing of it.
 */
#include <sys/mman.h>

#include "bench.h"
#include "ktap.h"
#include "rawvm.h"
#include "trace.h"

#define REPEATS	4
#define TRACE	"bench"

static void open_vm(struct rawvm *vm, const struct measure *m, void *memory)
{
	rawvm_open(vm);
	rawvm_map(vm, BENCH_IPA, memory, m->size);
}

static u64 instructions(u64 ticks, u64 hz)
{
	/* One takes a nanosecond: -icount shift=0. */
	return ticks * 1000000000 / hz;
}

static void count_begin(const struct measure *m)
{
	trace_buffer(TRACE, 64 + m->size / m->stride * 56 * 2 / KIB);
	trace_event(TRACE, "kvm/kvm_guest_fault", "ipa >= 0x40000000");
}

static u64 count_end(void)
{
	u64 lost, count = trace_count(TRACE, &lost);

	trace_remove(TRACE);
	return lost ? ~0ULL : count;
}

/* Return: ticks of the call, or 0 if there is no such call. */
static u64 pre_fault(const struct measure *m, void *memory)
{
	struct rawvm vm;
	u64 ticks;
	bool ok;

	open_vm(&vm, m, memory);
	bench_sleep();
	ticks = rawvm_counter();
	ok = rawvm_pre_fault(&vm, BENCH_IPA, m->size);
	ticks = rawvm_counter() - ticks;
	rawvm_close(&vm);
	return ok ? ticks : 0;
}

static void count_ahead(const struct measure *m, void *memory)
{
	struct rawvm vm;

	open_vm(&vm, m, memory);
	rawvm_pre_fault(&vm, BENCH_IPA, m->size);
	count_begin(m);
	rawvm_touch(&vm, BENCH_IPA, BENCH_IPA + m->size, m->stride, false);
	bench_fact(m, "faults", count_end());
	rawvm_close(&vm);
}

void bench_ahead(const struct measure *m, u64 hz, bool counts)
{
	void *memory = bench_memory_map(m);
	u64 least = pre_fault(m, memory), ticks;

	if (least) {
		for (int i = 1; i < REPEATS; i++) {
			ticks = pre_fault(m, memory);
			least = ticks < least ? ticks : least;
		}
		bench_fact(m, "instructions", instructions(least, hz));
		if (counts)
			count_ahead(m, memory);
	}
	munmap(memory, m->size);
	ktap_result(true, m->name, "%s", least ? "" : "this kernel cannot");
}

/* A VM that has all mapped, and logs from now on; false if KVM refuses. */
static bool open_logging(struct rawvm *vm, const struct measure *m, void *memory)
{
	open_vm(vm, m, memory);
	rawvm_write(vm, BENCH_IPA, BENCH_IPA + m->size, m->stride);
	if (rawvm_log(vm, BENCH_IPA, memory, m->size, true))
		return true;
	rawvm_close(vm);
	return false;
}

static void count_log(const struct measure *m, void *memory)
{
	u64 end = BENCH_IPA + m->size;
	struct rawvm vm;

	if (!open_logging(&vm, m, memory))
		return;
	count_begin(m);
	rawvm_write(&vm, end - m->stride, end, m->stride);
	bench_fact(m, "first_faults", count_end());
	count_begin(m);
	rawvm_touch(&vm, BENCH_IPA, end, m->stride, false);
	bench_fact(m, "rest_faults", count_end());
	rawvm_log(&vm, BENCH_IPA, memory, m->size, false);
	count_begin(m);
	rawvm_write(&vm, BENCH_IPA, end, 2 * MIB);
	bench_fact(m, "stop_faults", count_end());
	rawvm_close(&vm);
}

void bench_log(const struct measure *m, u64 hz, bool counts)
{
	void *memory = bench_memory_map(m);
	struct rawvm vm;
	u64 ticks = 0;

	if (open_logging(&vm, m, memory)) {
		bench_sleep();
		ticks = rawvm_write(&vm, BENCH_IPA, BENCH_IPA + m->size, m->stride);
		bench_fact(m, "all_instructions", instructions(ticks, hz));
		bench_fact(m, "all_pages", m->size / m->stride);
		rawvm_close(&vm);
		if (counts)
			count_log(m, memory);
	}
	munmap(memory, m->size);
	ktap_result(true, m->name, "%s", ticks ? "" : "this kernel cannot");
}

/*
 * While the memory is logged, each of its blocks becomes pages, which are read-only but for
 * the first. Afterwards the guest writes to the second page of each: ticks of that.
 */
static u64 map_blocks_again(struct rawvm *vm, const struct measure *m, void *memory)
{
	u64 end = BENCH_IPA + m->size;

	rawvm_log(vm, BENCH_IPA, memory, m->size, true);
	rawvm_write(vm, BENCH_IPA, end, m->block);
	rawvm_touch(vm, BENCH_IPA, end, m->stride, false);
	rawvm_log(vm, BENCH_IPA, memory, m->size, false);
	bench_sleep();
	return rawvm_write(vm, BENCH_IPA + m->stride, end + m->stride, m->block);
}

void bench_unlog(const struct measure *m, u64 hz, bool counts)
{
	void *memory = bench_memory_map(m);
	u64 least = ~0ULL, ticks;
	struct rawvm vm;

	open_vm(&vm, m, memory);
	rawvm_write(&vm, BENCH_IPA, BENCH_IPA + m->size, m->stride);
	for (int i = 0; i < REPEATS; i++) {
		ticks = map_blocks_again(&vm, m, memory);
		least = ticks < least ? ticks : least;
	}
	bench_fact(m, "instructions", instructions(least, hz));
	bench_fact(m, "blocks", m->size / m->block);
	if (counts) {
		count_begin(m);
		rawvm_write(&vm, BENCH_IPA, BENCH_IPA + m->size, m->stride);
		bench_fact(m, "faults", count_end());
	}
	rawvm_close(&vm);
	munmap(memory, m->size);
	ktap_result(true, m->name, "");
}
