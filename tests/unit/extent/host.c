// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* One allocation a table, so that a sanitizer sees who reads beyond its end. */
static u64 *new_table(void)
{
	u64 *table = aligned_alloc(PAGE_SIZE, PAGE_SIZE);

	if (!table)
		abort();
	return memset(table, 0, PAGE_SIZE);
}

static unsigned int level_shift(int level)
{
	return PAGE_SHIFT + level * TABLE_SHIFT;	/* 0 is the last one */
}

static u64 *find_entry(struct host *host, unsigned long addr, int want,
		       int *level)
{
	u64 *table = (u64 *)host->mm.pgd;
	int at = LEVELS - 1;

	for (;; at--) {
		u64 *entry = table + index_at(addr, level_shift(at));

		if (at == want || (want < 0 && (!at || is_leaf(*entry) || !*entry))) {
			if (level)
				*level = at;
			return entry;
		}
		if (!*entry)
			*entry = (u64)new_table() | PTE_TABLE_BIT | PTE_VALID;
		assert(!is_leaf(*entry));
		table = table_of(*entry, u64);
	}
}

static void free_table(u64 *table, int level)
{
	for (size_t i = 0; level && i < PTRS_PER_PTE; i++) {
		if ((table[i] & PTE_VALID) && !is_leaf(table[i]))
			free_table(table_of(table[i], u64), level - 1);
	}
	free(table);
}

void host_init(struct host *host, unsigned long base, size_t count)
{
	assert(count <= MAX_PAGES && !(base & (PMD_SIZE - 1)));
	host->mm.pgd = (pgd_t *)new_table();
	host->base = base;
	host->count = count;
	host->pages = calloc(count, sizeof(*host->pages));
	if (!host->pages)
		abort();
}

void host_free(struct host *host)
{
	free_table((u64 *)host->mm.pgd, LEVELS - 1);
	free(host->pages);
}

static void note_pages(struct host *host, unsigned long addr,
		       unsigned long size, u64 descriptor)
{
	size_t first = (addr - host->base) >> PAGE_SHIFT;

	for (size_t i = 0; i < size >> PAGE_SHIFT; i++) {
		host->pages[first + i] = (struct page) {
			.usable	= (descriptor & PTE_VALID) &&
				  (descriptor & PTE_USER),
			.pa	= pte_to_pa(descriptor) + i * PAGE_SIZE,
			.attrs	= descriptor & (PTE_ATTRINDX_MASK | PTE_WRITE),
		};
	}
}

void host_map(struct host *host, unsigned long addr, unsigned long size,
	      u64 pa, u64 bits)
{
	int level = size == PUD_SIZE ? 2 : size == PMD_SIZE ? 1 : 0;
	u64 descriptor = pa_to_pte(pa) | bits | (level ? 0 : PTE_TABLE_BIT);

	assert(!((addr | pa) & (size - 1)));
	*find_entry(host, addr, level, NULL) = descriptor;
	note_pages(host, addr, size, descriptor);
}

u64 host_descriptor(struct host *host, unsigned long addr)
{
	return *find_entry(host, addr, -1, NULL);
}

unsigned long host_leaf(struct host *host, unsigned long addr,
			unsigned long *size)
{
	int level;

	find_entry(host, addr, -1, &level);
	*size = 1UL << level_shift(level);
	return addr & ~(*size - 1);
}

void host_change(struct host *host, unsigned long addr, u64 descriptor)
{
	unsigned long size;

	addr = host_leaf(host, addr, &size);
	*find_entry(host, addr, -1, NULL) = descriptor;
	note_pages(host, addr, size, descriptor);
}

/* The block's pages one by one: in bounds, usable, in place and alike? */
bool oracle(const struct host *host, unsigned long hva, unsigned long start,
	    unsigned long end, u64 ipa, unsigned long size)
{
	const struct page *page = &host->pages[(hva - host->base) >> PAGE_SHIFT];
	u64 block = ipa - ipa % size, pa = page->pa - (ipa - block);

	if (pa % size)
		return false;
	for (u64 at = block; at < block + size; at += PAGE_SIZE) {
		unsigned long addr = hva + (at - ipa);
		const struct page *other;

		if (addr < start || addr >= end)
			return false;
		other = &host->pages[(addr - host->base) >> PAGE_SHIFT];
		if (!other->usable || other->attrs != page->attrs ||
		    other->pa != pa + (at - block))
			return false;
	}
	return true;
}
