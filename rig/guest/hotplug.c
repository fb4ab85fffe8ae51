// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and persistent memory that the VMM adds while the guest runs. The guest writes the
 * pattern of lib/pattern.h, by which the host finds it again: in memory by the IPA, on a
 * disk by the offset.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "pattern.h"

#define MIB		(1024UL * 1024)
#define PMEM		"/dev/pmem0"
#define PMEM_PIECE	MIB
/* For the kernel to add and online it. */
#define WAIT_SECS	40

/* What hotplug_hold() has. */
static u8 *held;
static size_t held_len;

static bool wait_for_ram(u64 bytes)
{
	for (int i = 0; i < WAIT_SECS * 10; i++) {
		if ((u64)meminfo_kib("MemTotal:") * 1024 >= bytes)
			return true;
		usleep(100000);
	}
	return false;
}

/* Whatever a page's IPA is, its words are the pattern's; all pages are in the range. */
static bool use_pages(const char *name, u64 start, u64 end)
{
	size_t page = sysconf(_SC_PAGESIZE), count = held_len / page;
	u64 *ipas = calloc(count, sizeof(*ipas));
	bool ok = ipas && page_ipas(held, count, ipas);

	for (size_t i = 0; ok && i < count; i++) {
		ok = ipas[i] >= start && ipas[i] < end;
		if (ok)
			pattern_fill(held + i * page, page, ipas[i]);
		else
			report("%s FAIL page %zu is at IPA %#llx, not in the range", name, i,
			       ipas[i]);
	}
	for (size_t i = 0; ok && i < count; i++) {
		ok = pattern_is_there(held + i * page, page, ipas[i]);
		if (!ok)
			report("%s FAIL page %zu has other bytes than were written", name, i);
	}
	free(ipas);
	return ok;
}

bool hotplug_hold(const char *name, const char *range)
{
	u64 start, bytes, mib;

	if (sscanf(range, "%llx %llx %llu", &start, &bytes, &mib) != 3) {
		report("%s FAIL '%s' is not START BYTES MIB", name, range);
		return false;
	}
	if (!wait_for_ram(bytes)) {
		report("%s FAIL %ld KiB of RAM are all", name, meminfo_kib("MemTotal:"));
		return false;
	}
	held_len = mib * MIB;
	held = mmap(NULL, held_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (held == MAP_FAILED) {
		held = NULL;
		report("%s FAIL no memory: %m", name);
		return false;
	}
	/* Before its pages are looked for. */
	memset(held, 1, held_len);
	if (!use_pages(name, start, start + bytes))
		return false;
	report("%s ok %zu bytes at IPA %#llx and above, of %llu", name, held_len, start, bytes);
	return true;
}

bool hotplug_release(const char *name)
{
	if (!held || munmap(held, held_len)) {
		report("%s FAIL nothing is held", name);
		return false;
	}
	held = NULL;
	report("%s ok %zu bytes", name, held_len);
	return true;
}

static int wait_for_pmem(void)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < WAIT_SECS * 10; i++) {
		fd = open(PMEM, O_RDWR | O_DIRECT | O_CLOEXEC);
		if (fd < 0)
			usleep(100000);
	}
	return fd;
}

bool hotplug_pmem(const char *name, const char *what)
{
	u8 *piece = aligned_alloc(PMEM_PIECE, PMEM_PIECE);
	bool writes = !strcmp(what, "write"), ok = piece;
	int fd = wait_for_pmem();
	off_t len = lseek(fd, 0, SEEK_END), at;

	if (fd < 0 || len <= 0) {
		report("%s FAIL cannot open " PMEM ": %m", name);
		return false;
	}
	for (at = 0; ok && writes && at < len; at += PMEM_PIECE) {
		pattern_fill(piece, PMEM_PIECE, at);
		ok = pwrite(fd, piece, PMEM_PIECE, at) == (ssize_t)PMEM_PIECE;
	}
	ok = ok && !fsync(fd);
	for (at = 0; ok && at < len; at += PMEM_PIECE) {
		memset(piece, 0, PMEM_PIECE);
		ok = pread(fd, piece, PMEM_PIECE, at) == (ssize_t)PMEM_PIECE &&
		     pattern_is_there(piece, PMEM_PIECE, at);
	}
	close(fd);
	free(piece);
	if (ok)
		report("%s ok %s%lld bytes read and verified", name,
		       writes ? "written, and " : "", (long long)len);
	else
		report("%s FAIL at %lld of %lld: %m", name, (long long)at, (long long)len);
	return ok;
}
