// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-hotplug: a VM gets memory (pc-dimm) and persistent memory (nvdimm) while it
 * runs, from files of guest RAM. On arm64 a guest learns of both by ACPI, so its VM starts
 * with UEFI firmware. The guest leaves a pattern (lib/pattern.h), which has to be in the
 * files.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "pace.h"
#include "pattern.h"
#include "stage2_report.h"
#include "vm.h"
#include "vm_ram.h"

#define DIRECTORY	"/guestram"
/* With room for all of it (rig/machines/guestram.conf). */
#define NODE		1
#define FIRMWARE	"/firmware/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
#define UNIT		(2ULL << 20)

#define DIMM		DIRECTORY "/dimm"
#define DIMM_BYTES	BIT_ULL(30)
#define DIMM_ALIGN	",'align':1073741824"
#define NVDIMM		DIRECTORY "/nvdimm"
#define NVDIMM_BYTES	(128ULL << 20)
/* More than the guest has of other memory. */
#define HOLD_MIB	192

#define GIVE_SECS	40
/* How long the guest keeps what it uses. */
#define KEEP_SECS	10
#define RESULTS		15

static const char more_room[] = VM_MIB "M,slots=2,maxmem=4G";
/* Memory that is online as movable memory can be taken away again. */
static const char cmdline[] = "cohmem.workload=16 memhp_default_state=online_movable";

static u64 units_free(void)
{
	struct statfs fs;

	if (statfs(DIRECTORY, &fs))
		give_up("statfs() of " DIRECTORY ": %m");
	return fs.f_bfree;
}

static bool units_come_back(u64 want)
{
	double deadline = pace_now() + GIVE_SECS;

	while (units_free() != want && pace_now() < deadline)
		usleep(20000);
	return units_free() == want;
}

/* QEMU takes both kinds of quotes. */
static bool __printf(3, 4) command(struct vm *vm, const char *name, const char *fmt, ...)
{
	char arguments[256], json[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(arguments, sizeof(arguments), fmt, ap);
	va_end(ap);
	snprintf(json, sizeof(json), "{'execute':'%s','arguments':{%s}}", name, arguments);
	return qmp_command(&vm->qmp, json);
}

/* A file that QEMU makes, as a device of the VM. Return: whether QEMU took it. */
static bool plug(struct vm *vm, const char *driver, const char *path, u64 bytes,
		 const char *more)
{
	return command(vm, "object-add", "'qom-type':'%s','id':'%s-file','mem-path':'%s'%s,%s%llu",
		       "memory-backend-file", driver, path, more, "'share':true,'size':", bytes) &&
	       command(vm, "device_add", "'driver':'%s','id':'%s-1','memdev':'%s-file'",
		       driver, driver, driver);
}

static bool ask_to_unplug(struct vm *vm, const char *driver)
{
	return command(vm, "device_del", "'id':'%s-1'", driver);
}

/* Where QEMU has put the device, or 0 if it has none of that name. */
static u64 address_of(struct vm *vm, const char *driver)
{
	char id[32];

	if (!qmp_command(&vm->qmp, "{\"execute\":\"query-memory-devices\"}"))
		return 0;
	/* Of two devices, the one that came last is last. */
	snprintf(id, sizeof(id), "\"%s-1\"", driver);
	return strstr(vm->qmp.answer, id) ? qmp_number(&vm->qmp, "addr") : 0;
}

static bool is_gone(struct vm *vm, const char *driver, double secs)
{
	double deadline = pace_now() + secs;

	while (address_of(vm, driver) && pace_now() < deadline)
		usleep(200000);
	return !address_of(vm, driver);
}

/* How many bytes of the file are what the guest wrote, where the file begins at @place. */
static u64 bytes_in_file(const char *path, u64 bytes, u64 place)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	u64 page = sysconf(_SC_PAGESIZE), found = 0;
	u8 *at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		give_up("cannot map %s: %m", path);
	for (u64 i = 0; i < bytes; i += page)
		found += pattern_is_there(at + i, page, place + i) ? page : 0;
	munmap(at, bytes);
	close(fd);
	return found;
}

/* Without firmware there is no ACPI, and QEMU says what it needs. */
static void try_without_firmware(void)
{
	static const char * const devices[] = { "-m", more_room, NULL };
	struct vm vm;
	char why[160] = "it was not refused";
	bool refused;

	vm_spawn(&vm, vm_ram(VM_ONE, ""), NULL, devices);
	refused = qmp_open(&vm.qmp, vm.socket) &&
		  !plug(&vm, "pc-dimm", DIMM, DIMM_BYTES, DIMM_ALIGN);
	if (refused)
		qmp_text(&vm.qmp, "desc", why, sizeof(why));
	ktap_result(refused && strstr(why, "acpi-ged"), "hotplug_needs_firmware", "%s", why);
	vm_end(&vm);
	unlink(DIMM);
}

static void try_dimm(struct vm *vm)
{
	struct stage2_area area = {
		.name = "dimm", .want = S2_NORMAL_WB, .memtype = "dimm_memtype",
		.block = "dimm_block", .result = "dimm_stage2_memtype",
	};
	u64 start = 0, found, entries;
	char order[64];
	bool ok;

	ok = plug(vm, "pc-dimm", DIMM, DIMM_BYTES, DIMM_ALIGN);
	if (ok)
		start = address_of(vm, "pc-dimm");
	else
		ktap_note("%s", vm->qmp.answer);
	snprintf(order, sizeof(order), "hold %llx %llx %d", start, DIMM_BYTES, HOLD_MIB);
	ok = ok && start && vm_ask(vm, order);
	ktap_result(ok, "dimm_added", "%s", vm_said(vm, "hold"));
	area.start = start;
	area.end = start + DIMM_BYTES;
	stage2_report(&vm->guest, &area);
	entries = stage2_entries(&vm->guest, area.start, area.end, STAGE2_ALL);
	ktap_result(entries == 1, "dimm_is_one_block", "%llu entries of stage 2", entries);
	found = bytes_in_file(DIMM, DIMM_BYTES, start);
	ktap_result(found == (u64)HOLD_MIB << 20, "dimm_is_the_file", "%llu bytes", found);
}

/*
 * The guest's other memory has no room for what it holds there. Linux does not refuse: it
 * goes on trying, until there is room.
 */
static void try_to_unplug(struct vm *vm)
{
	bool ok, stays;

	ok = ask_to_unplug(vm, "pc-dimm");
	stays = ok && !is_gone(vm, "pc-dimm", KEEP_SECS);
	ktap_result(stays, "dimm_in_use_stays", "for %d s", KEEP_SECS);
	ok = ok && vm_ask(vm, "release") && is_gone(vm, "pc-dimm", GIVE_SECS);
	ktap_result(ok && vm_verify(vm, VM_VERIFY_MIB) && vm_verified(vm), "dimm_removed", "%s",
		    vm_said(vm, "verify"));
}

/* The VM that had it goes on. */
static void try_dimm_given_back(struct vm *vm)
{
	u64 want = units_free() + DIMM_BYTES / UNIT;
	bool ok;

	ok = command(vm, "object-del", "'id':'pc-dimm-file'");
	unlink(DIMM);
	ktap_result(ok && units_come_back(want), "dimm_given_back", "%llu units, %llu wanted",
		    units_free(), want);
}

static void try_nvdimm(struct vm *vm)
{
	struct stage2_area area = {
		.name = "nvdimm", .want = S2_NORMAL_WB, .memtype = "nvdimm_memtype",
		.block = "nvdimm_block", .result = "nvdimm_stage2_memtype",
	};
	char why[160] = "it was not refused";
	bool ok, refused;
	u64 found;

	ok = plug(vm, "nvdimm", NVDIMM, NVDIMM_BYTES, "");
	if (ok)
		area.start = address_of(vm, "nvdimm");
	else
		ktap_note("%s", vm->qmp.answer);
	ok = ok && vm_ask(vm, "pmem write");
	ktap_result(ok && area.start, "nvdimm_added", "%s", vm_said(vm, "pmem"));
	area.end = area.start + NVDIMM_BYTES;
	stage2_report(&vm->guest, &area);
	found = bytes_in_file(NVDIMM, NVDIMM_BYTES, 0);
	ktap_result(found == NVDIMM_BYTES, "nvdimm_is_the_file", "%llu bytes", found);
	refused = !ask_to_unplug(vm, "nvdimm");
	if (refused)
		qmp_text(&vm->qmp, "desc", why, sizeof(why));
	ktap_result(refused && strstr(why, "not supported"), "nvdimm_unplug_refused", "%s", why);
}

static bool boot(struct vm *vm, const char *backend, const char *device)
{
	const char * const devices[] = {
		"-m", more_room, "-M", "nvdimm=on", "-bios", FIRMWARE,
		backend ? "-object" : NULL, backend, "-device", device, NULL
	};

	return vm_start(vm, vm_ram(VM_ONE, ""), cmdline, devices);
}

/* It has the nvdimm from the beginning. */
static void try_next_vm(void)
{
	struct vm vm;
	bool ok;

	ok = boot(&vm, "memory-backend-file,id=nv,share=on,size=128M,mem-path=" NVDIMM,
		  "nvdimm,memdev=nv") && vm_ask(&vm, "pmem read");
	ktap_result(ok, "nvdimm_keeps_its_bytes", "%s", vm_said(&vm, "pmem"));
	vm_end(&vm);
}

static void works_hotplug_prepare(void)
{
	mount_share("firmware", "/firmware");
}

static void works_hotplug_run(void)
{
	struct vm vm;
	u64 before;

	ktap_plan(RESULTS);
	mount_guestram(DIRECTORY, NODE);
	vm_ram_use_files(DIRECTORY);
	before = units_free();
	try_without_firmware();
	ktap_result(boot(&vm, NULL, NULL), "hotplug_boot", "workload: %s",
		    vm_said(&vm, "workload"));
	try_dimm(&vm);
	try_to_unplug(&vm);
	try_dimm_given_back(&vm);
	try_nvdimm(&vm);
	vm_end(&vm);
	try_next_vm();
	unlink(DIRECTORY "/vm1");
	unlink(NVDIMM);
	ktap_result(units_come_back(before), "hotplug_given_back", "%llu units of %llu",
		    units_free(), before);
}

const struct job works_hotplug_job = {
	.prepare = works_hotplug_prepare,
	.run = works_hotplug_run,
};
