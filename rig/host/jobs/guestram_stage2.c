// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the memory of a file is. /proc/self/pagemap has nothing of memory without struct
 * pages. So the smallest VMM gives the file to a guest, and the raw tables of stage 2 say it.
 */
#include <sched.h>

#include "cohmem_stage2.h"
#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "rawvm.h"

#define IPA	0x40000000ULL
/* The tables are those of the VM that ran last on a CPU. */
#define CPU	0

static void stay_on_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(CPU, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("cannot run on CPU %d alone: %m", CPU);
}

static void read_stage2(const struct guestram_file *file, struct s2_dump *dump)
{
	struct rawvm vm;
	char why[160];

	stay_on_cpu();
	rawvm_open(&vm);
	rawvm_map(&vm, IPA, file->at, file->size);
	rawvm_write(&vm, IPA, IPA + file->size, GUESTRAM_UNIT);
	if (!s2_read(CPU, dump, why, sizeof(why)))
		give_up("stage 2 cannot be read: %s", why);
	rawvm_close(&vm);
}

/* Of what is not mapped: 0, where no RAM is. */
static u64 address_of(const struct s2_dump *dump, u64 ipa)
{
	for (size_t i = 0; i < dump->count; i++) {
		const struct s2_range *r = &dump->ranges[i];

		if (ipa >= r->ipa && ipa - r->ipa < r->len)
			return r->pa + ipa - r->ipa;
	}
	return 0;
}

bool guestram_each_unit(const struct guestram_file *file,
			bool (*test)(u64 at, u64 address, void *arg), void *arg)
{
	struct s2_dump dump;
	bool ok = true;

	read_stage2(file, &dump);
	for (u64 at = 0; ok && at < file->size; at += GUESTRAM_UNIT)
		ok = test(at, address_of(&dump, IPA + at), arg);
	s2_free(&dump);
	return ok;
}

static bool note_first(u64 at, u64 address, void *arg)
{
	if (!at)
		*(u64 *)arg = address;
	return true;
}

u64 guestram_physical(const struct guestram_file *file)
{
	u64 address = 0;

	guestram_each_unit(file, note_first, &address);
	return address;
}

u64 guestram_largest_block(const struct guestram_file *file)
{
	struct s2_dump dump;
	u64 block = 0;

	read_stage2(file, &dump);
	for (size_t i = 0; i < dump.count; i++) {
		if (dump.ranges[i].ipa >= IPA && dump.ranges[i].block > block)
			block = dump.ranges[i].block;
	}
	s2_free(&dump);
	return block;
}
