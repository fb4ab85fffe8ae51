// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-guestram: what works with memory without struct pages, if the RAM of each VM is
 * a file of guest RAM. Most of it is what other jobs try with the test device's memory.
 * Besides, QEMU is asked to give a part of a file back, in each way that it knows.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "pace.h"
#include "vm.h"
#include "vm_ram.h"
#include "works.h"

#define DIRECTORY	"/guestram"
#define SMALL		"/small"
#define RESERVED	DIRECTORY "/reserved"
#define UNIT		(2ULL << 20)
/* Those of this file: one while works_vm_life() runs is counted there. */
#define OWN_RESULTS	7
#define GIVE_SECS	20

/* How QEMU words that a part of its memory cannot be given back. */
#define CANNOT_PUNCH	"Failed to fallocate"
#define CANNOT_DISCARD	"Unexpected error discarding RAM"
/* How it words that its memory cannot be mapped. */
#define CANNOT_MAP	"unable to map backing store for guest RAM: "
#define NOT_SHARED	CANNOT_MAP "Invalid argument"
#define NO_MEMORY	CANNOT_MAP "Cannot allocate memory"

static u64 units_free(void)
{
	struct statfs fs;

	if (statfs(DIRECTORY, &fs))
		give_up("statfs() of " DIRECTORY ": %m");
	return fs.f_bfree;
}

/* Each mapping holds the mount, as it holds a driver. */
static void try_unmount(void)
{
	works_refused("unmount_refused", umount(DIRECTORY), EBUSY);
}

/* With either value the VM has all of its memory as long as it runs. */
static void try_reserve(const char *name, const char *memory)
{
	u64 before = units_free(), taken;
	struct vm vm;
	bool ok;

	ok = vm_start(&vm, memory, NULL, NULL) && vm_verify(&vm, VM_VERIFY_MIB) &&
	     vm_verified(&vm);
	taken = before - units_free();
	ktap_result(ok && taken == VM_RAM_BYTES / UNIT, name, "%llu units; %s", taken,
		    vm_said(&vm, "verify"));
	vm_end(&vm);
	unlink(RESERVED);
}

/* The guest's kernel says which pages are free, and QEMU tries to give them back. */
static void try_reporting(void)
{
	static const char * const balloon[] = {
		"-device", "virtio-balloon-pci,free-page-reporting=on", NULL
	};
	struct vm vm;
	u64 before;
	bool ok, said;

	before = units_free();
	/* What was verified is free then, and reported some seconds later. */
	ok = vm_start(&vm, vm_ram(VM_ONE, ""), NULL, balloon) &&
	     vm_verify(&vm, VM_VERIFY_MIB) && vm_verified(&vm);
	said = ok && vm_qemu_says(&vm, CANNOT_PUNCH);
	ok = said && vm_verify(&vm, VM_VERIFY_MIB) && vm_goes_on(&vm);
	ok = vm_verified(&vm) && ok;
	ktap_result(ok && units_free() == before, "free_page_reporting", "QEMU %s; %s",
		    said ? "says: " CANNOT_PUNCH : "says nothing", vm_said(&vm, "verify"));
	vm_end(&vm);
}

/* virtio-mem empties its memory before the guest has seen it. */
static void try_virtio_mem(void)
{
	static const char * const devices[] = {
		"-m", VM_MIB "M,maxmem=1G",
		"-object", "memory-backend-file,id=m1,size=128M,share=on,mem-path="
			   DIRECTORY "/more",
		"-device", "virtio-mem-pci,memdev=m1,requested-size=64M", NULL
	};
	struct vm vm;
	bool refused = vm_is_refused(&vm, vm_ram(VM_ONE, ""), devices, CANNOT_DISCARD);

	ktap_result(refused, "virtio_mem_refused", "%s", vm.guest.last);
	vm_end(&vm);
	unlink(DIRECTORY "/more");
}

static void try_refused(const char *name, const char *memory, const char *message)
{
	struct vm vm;
	bool refused = vm_is_refused(&vm, memory, NULL, message);

	ktap_result(refused, name, "%s", vm.guest.last);
	vm_end(&vm);
}

/* QEMU ignores that its file could not grow, and then has nothing to map. */
static void try_small(void)
{
	if (mkdir(SMALL, 0700) || mount("none", SMALL, "guestramfs", 0, "size=64M"))
		give_up("cannot mount guestramfs with 64 MiB: %m");
	try_refused("vm_without_memory_refused", SMALL "/vm", NO_MEMORY);
	umount(SMALL);
}

/* When the last VM is gone, and the names are, all of the memory is free. */
static void try_given_back(u64 before)
{
	double deadline = pace_now() + GIVE_SECS;

	unlink(DIRECTORY "/vm1");
	unlink(DIRECTORY "/vm2");
	/* VFIO and vhost let go when they like. */
	while (units_free() != before && pace_now() < deadline)
		usleep(20000);
	ktap_result(units_free() == before, "given_back", "%llu units of %llu", units_free(),
		    before);
}

static void works_guestram_prepare(void)
{
	edu_vfio_prepare();
}

static void works_guestram_run(void)
{
	u64 before;

	mount_guestram(DIRECTORY, MOUNT_ANY_NODE);
	vm_ram_use_files(DIRECTORY);
	ktap_plan(WORKS_VM_LIFE_RESULTS + WORKS_ASSIGN_RESULTS + WORKS_MIGRATE_RESULTS +
		  WORKS_SAVE_RESULTS + WORKS_POSTCOPY_RESULTS + OWN_RESULTS);
	ktap_prefix("guestram_");
	before = units_free();
	works_vm_life(try_unmount);
	works_assign();
	works_migrate();
	works_save();
	works_postcopy(true);
	try_reserve("reserve_off", RESERVED ",reserve=off");
	try_reserve("reserve_on", RESERVED ",reserve=on");
	try_reporting();
	try_virtio_mem();
	try_refused("private_vm_refused", vm_ram(VM_ONE, ",share=off"), NOT_SHARED);
	try_small();
	try_given_back(before);
}

const struct job works_guestram_job = {
	.prepare = works_guestram_prepare,
	.run = works_guestram_run,
};
