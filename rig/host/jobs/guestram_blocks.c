// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: at whatever address a VMM maps a file, stage 2 has the largest blocks. Where
 * a PMD entry of the host fits, the host has two pages of tables for a GiB, else PTEs.
 *
 * The VMMs are the smallest one (rawvm.c), and an unmodified QEMU, which aligns what it maps
 * as it is told to by align=, or else by what statfs() says.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "stage2_report.h"
#include "status.h"
#include "vm.h"

#define RAW	GUESTRAM_DIR "/raw"
/* A mount that does not say that it is hugetlbfs */
#define OWN	"/guestram-own"
#define GIB	BIT_ULL(30)
/* Pages of tables: two, if PMD entries of one table map all of a file. */
#define TABLES	2
/* QEMU's address without align= is a multiple of 2 MiB by chance, seldom. */
#define TRIES	4

/**
 * struct way - a way in which QEMU maps a file of 1 GiB
 * @name: of its result
 * @file: the memory backend, and what else it needs
 * @path: the file
 * @aligned: what the address is a multiple of; 0 is a page, and of no more than that
 */
static const struct way {
	const char *name;
	const char *file;
	const char *path;
	u64 aligned;
} ways[] = {
	{ "vm_align_1g", GUESTRAM_DIR "/big,align=1G", GUESTRAM_DIR "/big", GIB },
	{ "vm_without_align", GUESTRAM_DIR "/big", GUESTRAM_DIR "/big", GUESTRAM_UNIT },
	{ "vm_at_odd_address", OWN "/big", OWN "/big", 0 },
};

/* What an entry of a table maps that points to no other table, and is no page. */
static u64 pmd_bytes(void)
{
	u64 page = sysconf(_SC_PAGESIZE);

	return page * page / sizeof(u64);
}

/* A GiB that begins so far behind a multiple of 1 GiB. Return: pages of tables for it. */
static u64 map_at(struct guestram_file *file, size_t off)
{
	size_t room_bytes = 3 * GIB;
	u64 tables;
	u8 *room, *at;

	munmap(file->at, file->size);
	tables = status_tables(getpid());
	room = mmap(NULL, room_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (room == MAP_FAILED)
		give_up("no address space: %m");
	at = (u8 *)(((uintptr_t)room + GIB - 1) & ~(GIB - 1)) + off;
	file->at = mmap(at, file->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			file->fd, 0);
	if (file->at != at)
		give_up("cannot map " RAW " at %p: %m", at);
	munmap(room, at - room);
	munmap(at + file->size, room + room_bytes - at - file->size);
	*at = 0;
	return status_tables(getpid()) - tables;
}

static bool was_written(const struct guestram_file *file)
{
	for (size_t at = 0; at < file->size; at += GUESTRAM_UNIT) {
		/* As touch.S counts. */
		if (*(u32 *)(file->at + at) != (u32)(at - file->size))
			return false;
	}
	return true;
}

static void try_raw(const char *name, size_t off)
{
	struct guestram_file file;
	u64 tables, block;
	bool ok;

	if (!guestram_make(&file, RAW, GIB))
		give_up("cannot make " RAW ": %m");
	tables = map_at(&file, off);
	ok = off ? tables >= GIB / pmd_bytes() : tables <= TABLES;
	block = guestram_largest_block(&file);
	ktap_result(ok && was_written(&file) && block == guestram_block(), name,
		    "HVA %p, %llu pages of page tables, blocks of %llu MiB", file.at, tables,
		    block >> 20);
	guestram_unmap(&file);
	unlink(RAW);
}

/* Where a process has mapped the beginning of a file; 0 is nowhere. */
static u64 mapped_at(pid_t pid, const char *path)
{
	char name[40], line[256];
	u64 at = 0;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "r");
	while (maps && !at && fgets(line, sizeof(line), maps)) {
		if (strstr(line, path))
			sscanf(line, "%llx-", &at);
	}
	if (maps)
		fclose(maps);
	return at;
}

static bool start(struct vm *vm, const struct way *way)
{
	char object[128];
	const char * const devices[] = {
		"-m", "1G", "-object", object, "-M", "memory-backend=big", NULL
	};

	snprintf(object, sizeof(object), "memory-backend-file,id=big,size=1G,share=on,mem-path=%s",
		 way->file);
	return vm_start(vm, NULL, NULL, devices);
}

static bool is_as_meant(const struct way *way, u64 hva)
{
	return hva && (way->aligned ? !(hva % way->aligned) : hva % pmd_bytes());
}

/*
 * Does QEMU have a page of tables for each PMD entry that does not fit? With larger pages
 * there are few of them, and QEMU has more for other memory.
 */
static bool tables_are_right(u64 hva, u64 tables)
{
	u64 ptes = GIB / pmd_bytes();

	if (hva % pmd_bytes())
		return tables >= ptes;
	return sysconf(_SC_PAGESIZE) != 4096 || tables < ptes;
}

static void try_qemu(const struct way *way)
{
	u64 hva, tables, block;
	pid_t pid;
	struct vm vm;
	bool ok;

	for (int i = 0; i < TRIES; i++) {
		ok = start(&vm, way);
		pid = vm.guest.vmm.pid;
		hva = mapped_at(pid, way->path);
		if (!ok || is_as_meant(way, hva))
			break;
		vm_end(&vm);
		unlink(way->path);
	}
	tables = status_tables(pid);
	block = stage2_largest(&vm.guest, VMM_RAM_START, VMM_RAM_START + GIB);
	vm_note_memory(&vm, way->name);
	ktap_result(ok && is_as_meant(way, hva) && tables_are_right(hva, tables) &&
		    block == guestram_block(), way->name,
		    "HVA %#llx, %llu pages of page tables, blocks of %llu MiB", hva, tables,
		    block >> 20);
	vm_end(&vm);
	unlink(way->path);
}

void guestram_blocks(void)
{
	try_raw("vm_of_another_vmm", sysconf(_SC_PAGESIZE));
	try_raw("vm_of_another_vmm_aligned", 0);
	mkdir(OWN, 0755);
	if (mount("none", OWN, "guestramfs", 0, "node=1,magic=own"))
		give_up("cannot mount guestramfs with a magic number of its own: %m");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		try_qemu(&ways[i]);
	umount(OWN);
}
