// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cohmem_testdev.h"
#include "cohmem_stage2.h"

static __u64 bits(__u64 value, unsigned int high, unsigned int low)
{
	return (value >> low) & ((2ULL << (high - low)) - 1);
}

/**
 * struct walk - one walk in progress
 * @fd: /dev/cohmem-test/stage2
 * @dump: where the leaves go
 * @room: how many ranges @dump has room for
 * @table_room: the same of tables
 * @page_shift: of the translation granule
 * @ds: VTCR_EL2.DS, LPA2's format of descriptors
 * @pa52: addresses have 52 bits
 * @ia_bits: size of the input address
 * @why: what went wrong
 * @why_size: size of @why
 */
struct walk {
	int fd;
	struct s2_dump *dump;
	size_t room;
	size_t table_room;
	unsigned int page_shift;
	bool ds;
	bool pa52;
	unsigned int ia_bits;
	char *why;
	size_t why_size;
};

const char *s2_type_name(enum s2_type type)
{
	static const char * const names[] = {
		[S2_DEVICE] = "Device",
		[S2_NORMAL_NC] = "Normal-NC",
		[S2_NORMAL_WB] = "Normal-WB",
		[S2_OTHER] = "other",
	};

	return names[type];
}

/* With HCR_EL2.FWB bit 2 means something else: D8.6.6, else D8.6.5. */
static enum s2_type decode_type(unsigned int memattr, bool fwb)
{
	if (bits(memattr, 3, 2) == 0)
		return S2_DEVICE;
	if (memattr == 0x5)
		return S2_NORMAL_NC;
	if (memattr == (fwb ? 0x6 : 0xf))
		return S2_NORMAL_WB;
	return S2_OTHER;
}

/* Bits that an address of 52 bits has elsewhere in the descriptor. */
static __u64 descriptor_pa(const struct walk *w, __u64 desc)
{
	if (w->ds)
		return (desc & (bits(~0ULL, 37, 0) << 12)) |
		       bits(desc, 9, 8) << 50;
	if (w->page_shift == 16)
		return (desc & (bits(~0ULL, 31, 0) << 16)) |
		       (w->pa52 ? bits(desc, 15, 12) << 48 : 0);
	return desc & (bits(~0ULL, 35, 0) << 12);
}

static bool fail(struct walk *w, const char *what, __u64 value)
{
	snprintf(w->why, w->why_size, "%s %#llx: %m", what,
		 (unsigned long long)value);
	return false;
}

/* One more element at the end of an array, which grows by doubling. */
static void *append(struct walk *w, void *array, size_t *count, size_t *room,
		    size_t size)
{
	void *grown = array;

	if (*count == *room) {
		*room = *room ? 2 * *room : 64;
		grown = realloc(array, *room * size);
		if (!grown)
			fail(w, "no memory for entries", *room);
	}
	*count += !!grown;
	return grown;
}

static bool add_leaf(struct walk *w, const struct s2_range *leaf)
{
	struct s2_dump *dump = w->dump;
	struct s2_range *last = NULL, *grown;

	if (dump->count)
		last = &dump->ranges[dump->count - 1];
	if (last && last->ipa + last->len == leaf->ipa &&
	    last->pa + last->len == leaf->pa && last->block == leaf->block &&
	    last->memattr == leaf->memattr && last->s2ap == leaf->s2ap &&
	    last->xn == leaf->xn) {
		last->len += leaf->len;
		return true;
	}
	grown = append(w, dump->ranges, &dump->count, &w->room, sizeof(*grown));
	if (!grown)
		return false;
	dump->ranges = grown;
	dump->ranges[dump->count - 1] = *leaf;
	return true;
}

static bool add_table(struct walk *w, __u64 ipa, __u64 span)
{
	struct s2_dump *dump = w->dump;
	struct s2_table *grown;

	grown = append(w, dump->tables, &dump->table_count, &w->table_room,
		       sizeof(*grown));
	if (!grown)
		return false;
	dump->tables = grown;
	dump->tables[dump->table_count - 1] = (struct s2_table) { ipa, span };
	return true;
}

static bool read_table(struct walk *w, __u64 pa, void *table)
{
	struct testdev_phys req = {
		.phys = pa,
		.len = 1ULL << w->page_shift,
		.buf = (uintptr_t)table,
	};

	if (ioctl(w->fd, TESTDEV_READ_PHYS, &req))
		return fail(w, "cannot read the table at", pa);
	return true;
}

/* Level 3 is the last; with LPA2 the first one can be -1. */
static bool walk_table(struct walk *w, __u64 table, __u64 ipa, int level)
{
	unsigned int index_bits = w->page_shift - 3;
	unsigned int shift = w->page_shift + (3 - level) * index_bits;
	__u64 *descs = malloc(1ULL << w->page_shift);
	bool ok = descs && read_table(w, table, descs);

	for (size_t i = 0; ok && i < 1UL << index_bits; i++) {
		__u64 desc = descs[i];
		struct s2_range leaf = {
			.ipa = ipa + ((__u64)i << shift),
			.pa = descriptor_pa(w, desc),
			.len = 1ULL << shift,
			.block = 1ULL << shift,
			.memattr = bits(desc, 5, 2),
			.s2ap = bits(desc, 7, 6),
			.xn = bits(desc, 54, 53),
		};

		if (!(desc & 1))
			continue;
		if (level < 3 && (desc & 2)) {
			ok = add_table(w, leaf.ipa, leaf.len) &&
			     walk_table(w, leaf.pa, leaf.ipa, level + 1);
			continue;
		}
		leaf.type = decode_type(leaf.memattr, w->dump->fwb);
		ok = add_leaf(w, &leaf);
	}
	free(descs);
	return ok;
}

/* VTCR_EL2.{SL2,SL0} count the start level up or down, by granule: D8.2. */
static bool start_level(struct walk *w, __u64 vtcr, int *level)
{
	static const int by_sl0[3][4] = {
		{ 2, 1, 0, 3 },		/* 4 KiB */
		{ 3, 2, 1, 0 },		/* 64 KiB */
		{ 3, 2, 1, 0 },		/* 16 KiB */
	};
	unsigned int tg0 = bits(vtcr, 15, 14);
	static const unsigned int shifts[] = { 12, 16, 14 };

	if (tg0 == 3)
		return fail(w, "VTCR_EL2 has a reserved granule", vtcr);
	w->page_shift = shifts[tg0];
	w->ds = bits(vtcr, 32, 32);
	w->pa52 = bits(vtcr, 18, 16) == 6;
	w->ia_bits = 64 - bits(vtcr, 5, 0);
	*level = by_sl0[tg0][bits(vtcr, 7, 6)];
	if (tg0 == 0 && w->ds && bits(vtcr, 33, 33))
		*level = -1;
	return true;
}

/* Up to 16 tables are concatenated at the start level: D8.2. */
static bool walk_all(struct walk *w)
{
	__u64 vttbr = w->dump->vttbr;
	__u64 base;
	unsigned int shift;
	size_t tables = 1;
	int level;

	if (!start_level(w, w->dump->vtcr, &level))
		return false;
	/* Bits of input address that one table of the start level resolves. */
	shift = w->page_shift + (4 - level) * (w->page_shift - 3);
	if (w->ia_bits > shift)
		tables = 1UL << (w->ia_bits - shift);
	base = vttbr & (bits(~0ULL, 46, 0) << 1);
	if (w->pa52)
		base = (base & ~0x3fULL) | bits(vttbr, 5, 2) << 48;
	for (size_t i = 0; i < tables; i++) {
		if (!walk_table(w, base + (i << w->page_shift),
				(__u64)i << shift, level))
			return false;
	}
	return true;
}

bool s2_read(unsigned int cpu, struct s2_dump *dump, char *why, size_t size)
{
	struct testdev_s2_regs regs = { .cpu = cpu };
	struct walk w = { .dump = dump, .why = why, .why_size = size };
	bool ok;

	memset(dump, 0, sizeof(*dump));
	w.fd = open("/dev/cohmem-test/stage2", O_RDWR | O_CLOEXEC);
	if (w.fd < 0)
		return fail(&w, "cannot open /dev/cohmem-test/stage2 for CPU", cpu);
	/* -EOPNOTSUPP where the host is not at EL2 (nVHE). */
	ok = !ioctl(w.fd, TESTDEV_S2_REGS, &regs) ||
	     fail(&w, "stage-2 registers not available on CPU", cpu);
	dump->fwb = regs.fwb;
	dump->vttbr = regs.vttbr;
	dump->vtcr = regs.vtcr;
	ok = ok && walk_all(&w);
	close(w.fd);
	if (!ok)
		s2_free(dump);
	return ok;
}

void s2_free(struct s2_dump *dump)
{
	free(dump->ranges);
	free(dump->tables);
	memset(dump, 0, sizeof(*dump));
}
