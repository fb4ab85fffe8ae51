// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-migrate: what can happen to a VM that is migrated or saved, if its whole RAM is
 * memory without struct pages. The guest writes and verifies memory all the time. Scene
 * migrate (migrate.c) shows the ordinary case.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "jobs.h"
#include "ktap.h"
#include "migration.h"
#include "option.h"
#include "stage2_report.h"
#include "vm_ram.h"
#include "works.h"

#define ROUNDS		3
#define QUIT_SECS	20
#define RATE_BY_BITMAP \
	"{\"execute\":\"calc-dirty-rate\",\"arguments\":" \
	"{\"calc-time\":1,\"mode\":\"dirty-bitmap\"}}"

static u64 entries(const struct vm *vm)
{
	return stage2_entries(&vm->guest, VMM_RAM_START, VM_RAM_END, STAGE2_ALL);
}

static u64 single_pages(const struct vm *vm)
{
	return stage2_entries(&vm->guest, VMM_RAM_START, VM_RAM_END, getpagesize());
}

/* A VM that is at work, and a QEMU that waits for it. */
static bool prepare(struct vm *from, const char *memory, const char * const *devices,
		    struct vm *to, const char *other)
{
	bool ok = vm_start(from, memory, NULL, devices) && vm_verify(from, VM_VERIFY_MIB) &&
		  vm_goes_on(from);

	return migration_receive(to, other, NULL) && ok;
}

/* Until it has made some rounds, and goes on. */
static bool begin(struct vm *from, struct migration *m)
{
	return migration_hold(from) && migration_begin(from) &&
	       migration_wait(from, m, ROUNDS);
}

static bool finish(struct vm *from, struct migration *m)
{
	bool ok = migration_release(from) && migration_wait(from, m, 0) &&
		  !strcmp(m->status, "completed");

	/* Its guest is elsewhere then. */
	from->guest.ended = GUEST_STOPPED;
	return ok;
}

static bool stays_right(struct vm *vm)
{
	bool ok = vm_goes_on(vm);

	return vm_verified(vm) && ok;
}

/* Where it cannot have the ring, QEMU warns, and takes the bitmap. With it, it refuses that. */
static bool has_ring(struct vm *vm)
{
	bool ok = !qmp_command(&vm->qmp, RATE_BY_BITMAP) &&
		  strstr(vm->qmp.answer, "dirty-bitmap is not enabled");

	if (!ok)
		ktap_note("QEMU has no dirty ring: %s", vm->qmp.answer);
	return ok;
}

static void try_once(const char *name, const char *memory, const char *other,
		     const char * const *ring)
{
	struct migration m = { 0 };
	struct vm from, to;
	bool ok;

	ok = prepare(&from, memory, ring, &to, other) && (!ring || has_ring(&from)) &&
	     begin(&from, &m) && finish(&from, &m);
	ok = stays_right(&to) && ok;
	ktap_result(ok, name, "%s; %s", m.status, vm_said(&to, "verify"));
	vm_end(&from);
	vm_end(&to);
}

/* The VM is mapped by blocks again. */
static void try_cancelled(void)
{
	struct migration m = { 0 };
	u64 before, meanwhile, pages;
	struct vm from, to;
	bool ok;

	ok = prepare(&from, vm_ram(VM_ONE, ""), NULL, &to, vm_ram(VM_TWO, ""));
	before = entries(&from);
	ok = begin(&from, &m) && ok;
	meanwhile = entries(&from);
	ok = qmp_command(&from.qmp, "{\"execute\":\"migrate_cancel\"}") && ok;
	ok = migration_wait(&from, &m, 0) && !strcmp(m.status, "cancelled") && ok;
	ok = vm_goes_on(&from) && ok;
	pages = single_pages(&from);
	ok = vm_verified(&from) && ok && before && meanwhile > 2 * before && !pages;
	ktap_result(ok, "migration_cancelled",
		    "%llu entries in stage 2, then %llu; after it %llu single pages; %s",
		    before, meanwhile, pages, vm_said(&from, "verify"));
	vm_end(&to);
	vm_end(&from);
}

static void try_receiver_dies(void)
{
	struct migration m = { 0 };
	u64 meanwhile, pages;
	struct vm from, to;
	bool ok;

	ok = prepare(&from, vm_ram(VM_ONE, ""), NULL, &to, vm_ram(VM_TWO, "")) && begin(&from, &m);
	meanwhile = single_pages(&from);
	kill(to.guest.vmm.pid, SIGKILL);
	ok = migration_wait(&from, &m, 0) && !strcmp(m.status, "failed") && ok;
	ok = vm_goes_on(&from) && ok;
	pages = single_pages(&from);
	ok = vm_verified(&from) && ok && meanwhile && !pages;
	ktap_result(ok, "receiver_dies_before", "%s; %llu single pages, then %llu; %s", m.status,
		    meanwhile, pages, vm_said(&from, "verify"));
	vm_end(&to);
	vm_end(&from);
}

/* What the first QEMU has is old then. It does not go on by itself. */
static void try_receiver_dies_late(void)
{
	struct migration m = { 0 };
	char status[24];
	struct vm from, to;
	bool ok;

	ok = prepare(&from, vm_ram(VM_ONE, ""), NULL, &to, vm_ram(VM_TWO, "")) &&
	     begin(&from, &m) && finish(&from, &m) && vm_goes_on(&to);
	kill(to.guest.vmm.pid, SIGKILL);
	qmp_command(&from.qmp, "{\"execute\":\"query-status\"}");
	qmp_text(&from.qmp, "status", status, sizeof(status));
	ktap_result(ok && !strcmp(status, "postmigrate"), "receiver_dies_after",
		    "the VM is lost: the first QEMU is in state %s", status);
	vm_end(&to);
	vm_end(&from);
}

/*
 * The first QEMU is told to give its RAM back to the host when it ends, and the second one
 * has the same RAM.
 */
static void try_discard(void)
{
	struct migration m = { 0 };
	struct vm from, to;
	bool ok;

	ok = prepare(&from, vm_ram(VM_ONE, ",discard-data=on"), NULL, &to, vm_ram(VM_ONE, "")) &&
	     migration_set(&from, "x-ignore-shared", true) &&
	     migration_set(&to, "x-ignore-shared", true) && migration_begin(&from) &&
	     finish(&from, &m) && qmp_command(&from.qmp, "{\"execute\":\"quit\"}");
	guest_wait_secs(&from.guest, QUIT_SECS);
	ok = ok && from.guest.ended == GUEST_VMM_ENDED;
	vm_end(&from);
	ok = stays_right(&to) && ok;
	ktap_result(ok, "update_discards_nothing", "%s; %s", m.status, vm_said(&to, "verify"));
	vm_end(&to);
}

/* QEMU refuses that by itself, before it asks KVM. */
static void try_device(void)
{
	char device[64];
	const char * const devices[] = { "-device", device, NULL };
	struct vm vm;
	bool ok;

	snprintf(device, sizeof(device), "vfio-pci,host=%s", option("edu"));
	ok = vm_start(&vm, vm_ram(VM_ONE, ""), NULL, devices) && vm_verify(&vm, VM_VERIFY_MIB);
	ok = !migration_begin(&vm) && ok;
	ktap_note("%s", vm.qmp.answer);
	ok = strstr(vm.qmp.answer, "VFIO migration is not supported") && ok;
	ok = stays_right(&vm) && ok;
	ktap_result(ok, "assigned_device_stays", "%s", vm_said(&vm, "verify"));
	vm_end(&vm);
}

static void works_migrate_prepare(void)
{
	edu_vfio_prepare();
}

void works_migrate(void)
{
	static const char * const ring[] = { "-accel", "kvm,dirty-ring-size=4096", NULL };

	try_once("migration_by_ring", vm_ram(VM_ONE, ""), vm_ram(VM_TWO, ""), ring);
	try_cancelled();
	try_receiver_dies();
	try_receiver_dies_late();
	try_discard();
	try_device();
}

static void works_migrate_run(void)
{
	ktap_plan(1 + WORKS_MIGRATE_RESULTS + WORKS_SAVE_RESULTS +
		  WORKS_POSTCOPY_CONTROL_RESULTS + WORKS_POSTCOPY_RESULTS);
	try_once("anon_migration", "anon", "anon", NULL);
	works_migrate();
	works_save();
	works_postcopy_control();
	works_postcopy(false);
}

const struct job works_migrate_job = {
	.prepare = works_migrate_prepare,
	.run = works_migrate_run,
};
