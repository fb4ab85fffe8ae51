// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job update: a second QEMU takes over a running VM and its memory, which has no struct
 * pages, as to update the VMM. Nothing of the memory is sent or changed: QEMU's capability
 * x-ignore-shared says that both have it. First such an update is cancelled, then one is
 * made, then one in QEMU's mode cpr-transfer. The guest writes and verifies memory all the
 * time.
 *
 * While the guest stands still, the memory is compared before and after the second QEMU has
 * started, and when all but the switch is done: that QEMU has the kernel and the initrd on its
 * command line, and must not load them.
 *
 * With cohmem.memory=guestram it is a file of guest RAM.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debug.h"
#include "downtime.h"
#include "jobs.h"
#include "ktap.h"
#include "migration.h"
#include "pace.h"
#include "stage2_report.h"
#include "vm_ram.h"

/* Where a QEMU in mode cpr-transfer gets what it has to know before all else. */
#define CPR_SOCKET "/tmp/cpr"
#define SOCKET(_type, _path) \
	"{\"channel-type\":\"" _type "\",\"addr\":{\"transport\":\"socket\"," \
	"\"type\":\"unix\",\"path\":\"" _path "\"}}"
#define CPR_MAIN "/tmp/cpr-main"
/* Until it listens there. */
#define SPAWN_SECS 20
#define WRITE_SECS 20
#define SET_MODE \
	"{\"execute\":\"migrate-set-parameters\",\"arguments\":" \
	"{\"mode\":\"cpr-transfer\"}}"

#define RESULTS 10

/* What both QEMUs need for mode cpr-transfer; for the others it makes no difference. */
static const char * const shared[] = { "-machine", "aux-ram-share=on", NULL };

/*
 * What the first QEMU has besides. With a ring KVM write-protects all memory when logging
 * begins, and blocks are split. Without one QEMU has KVM do that to pages which it has sent,
 * and the guest's RAM is not sent.
 */
static const char * const with_ring[] = {
	"-machine", "aux-ram-share=on", "-accel", "kvm,dirty-ring-size=4096", NULL
};

static const struct stage2_area after = {
	.name = "after", .start = VMM_RAM_START, .end = VM_RAM_END,
	.want = S2_NORMAL_WB, .memtype = "memtype", .sizes = "entries_after",
	.result = "stage2_after",
};

static u64 checksum(void)
{
	u64 *mem = (u64 *)vm_ram_map(VM_ONE);
	u64 sum = 0xcbf29ce484222325ULL;

	if (!mem)
		return 0;
	for (size_t i = 0; i < VM_RAM_BYTES / sizeof(*mem); i++)
		sum = (sum ^ mem[i]) * 0x100000001b3ULL;
	munmap(mem, VM_RAM_BYTES);
	return sum;
}

static u64 single_pages(const struct vm *vm)
{
	return stage2_entries(&vm->guest, VMM_RAM_START, VM_RAM_END, getpagesize());
}

/* With 64 KiB pages a block is larger than all of the VM's RAM. */
static bool has_blocks(void)
{
	u64 page = getpagesize();

	return page / sizeof(u64) * page <= VM_RAM_BYTES;
}

static bool receive(struct vm *to)
{
	return migration_receive(to, vm_ram(VM_ONE, ""), shared) &&
	       migration_set(to, "x-ignore-shared", true);
}

static bool begin(struct vm *from)
{
	return migration_set(from, "x-ignore-shared", true) &&
	       migration_set(from, "pause-before-switchover", true) && migration_begin(from);
}

/* The guest stands still then. */
static bool come_to_switch(struct vm *from, struct migration *m)
{
	return migration_wait_for(from, m, "pre-switchover");
}

static bool cancel(struct vm *from, struct migration *m)
{
	return qmp_command(&from->qmp, "{\"execute\":\"migrate_cancel\"}") &&
	       migration_wait(from, m, 0) && !strcmp(m->status, "cancelled") &&
	       migration_set(from, "pause-before-switchover", false);
}

/* A guest that stands still, a QEMU that comes, and an update up to its switch. */
static void try_unchanged(struct vm *from)
{
	u64 before, then, at_switch;
	struct migration m;
	struct vm to;
	bool ok;

	ok = qmp_command(&from->qmp, "{\"execute\":\"stop\"}");
	before = checksum();
	ok = receive(&to) && ok;
	then = checksum();
	ok = begin(from) && come_to_switch(from, &m) && ok;
	at_switch = checksum();
	ok = cancel(from, &m) && ok;
	vm_end(&to);
	ok = qmp_command(&from->qmp, "{\"execute\":\"cont\"}") && ok && before &&
	     before == then && before == at_switch;
	ktap_fact(RESULTS_LOG,
		  ktap_note("checksum: %#llx, %#llx with the second QEMU, %#llx at the switch",
			    before, then, at_switch),
		  "unchanged", "%s", ok ? "yes" : "no");
	ktap_result(ok, "unchanged", "");
}

/* Begin, and wait until the guest's stores have split a block, if it has any. */
static bool begin_slowly(struct vm *from, u64 *pages)
{
	double deadline = pace_now() + debug_secs(WRITE_SECS);
	bool ok = migration_crawl(from) && begin(from);

	while (ok && !*pages && pace_now() < deadline) {
		*pages = single_pages(from);
		usleep(20000);
	}
	return migration_release(from) && ok && *pages;
}

/* QEMU waits before the switch, and is told not to go on. */
static void try_cancelled(struct vm *from)
{
	u64 meanwhile = 0, then;
	struct migration m;
	struct vm to;
	bool ok;

	ok = receive(&to) && begin_slowly(from, &meanwhile) && come_to_switch(from, &m);
	ok = cancel(from, &m) && ok;
	ok = vm_goes_on(from) && ok;
	then = single_pages(from);
	vm_end(&to);
	ok = ok && (!then || !has_blocks());
	ktap_fact(RESULTS_LOG,
		  ktap_note("single pages: %llu before the switch, %llu after", meanwhile, then),
		  "cancelled", "%s", ok ? "the VM goes on" : "no");
	ktap_result(ok, "cancelled", "%llu single pages, then %llu", meanwhile, then);
}

static bool taken_over(struct vm *from, struct vm *to, struct migration *m)
{
	bool ok = migration_wait(from, m, 0) && !strcmp(m->status, "completed");

	/* Its guest is elsewhere now. */
	from->guest.ended = GUEST_STOPPED;
	vm_end(from);
	return vm_goes_on(to) && ok;
}

static void try_update(struct vm *from, struct vm *to)
{
	struct migration m = { 0 };
	unsigned int line;
	bool ok;

	ok = receive(to);
	downtime_watch(from, to);
	ok = migration_begin(from) && ok;
	ok = taken_over(from, to, &m) && ok;
	line = ktap_note("update: %s, %llu bytes of memory, %llu pages sent, %llu bytes in all",
			 m.status, m.total, m.pages, m.bytes);
	ktap_fact(RESULTS_LOG, line, "updated", "%s", ok ? "yes" : "no");
	ktap_fact(RESULTS_LOG, line, "pages_sent", "%llu", m.pages);
	ktap_result(ok, "updated", "%s", m.status);
	/* What is not the guest's RAM is sent: firmware, most of it empty, and tables. */
	ok = ok && m.pages * 4096 < VM_RAM_BYTES / 16 && m.bytes < VM_RAM_BYTES / 16;
	ktap_result(ok, "not_copied", "%llu pages sent, %llu bytes in all", m.pages, m.bytes);
	downtime_report(m.downtime_ms);
}

static void try_cpr(struct vm *from, struct vm *to)
{
	static const char * const incoming[] = {
		"-machine", "aux-ram-share=on", "-incoming", SOCKET("cpr", CPR_SOCKET),
		"-incoming", SOCKET("main", CPR_MAIN), NULL
	};
	double deadline = pace_now() + debug_secs(SPAWN_SECS);
	struct migration m = { 0 };
	bool ok;

	vm_spawn(to, vm_ram(VM_ONE, ""), NULL, incoming);
	/* It does not go with the mode. */
	ok = migration_set(from, "x-ignore-shared", false) &&
	     qmp_command(&from->qmp, SET_MODE);
	/* It makes its monitor when it knows what it will be. */
	while (ok && access(CPR_SOCKET, F_OK) && pace_now() < deadline)
		usleep(20000);
	ok = ok && qmp_command(&from->qmp, "{\"execute\":\"migrate\",\"arguments\":{\"channels\":["
			       SOCKET("main", CPR_MAIN) "," SOCKET("cpr", CPR_SOCKET) "]}}");
	if (!ok)
		ktap_note("cpr-transfer: %s", from->qmp.answer);
	ok = qmp_open(&to->qmp, to->socket) && ok;
	ok = taken_over(from, to, &m) && ok;
	ktap_fact(RESULTS_LOG, ktap_note("cpr-transfer: %s, %llu pages sent", m.status, m.pages),
		  "cpr_transfer", "%s", ok ? "yes" : "no");
	ktap_result(ok, "cpr_transfer", "%s", m.status);
}

static void update_run(void)
{
	struct vm first, second, third;
	bool ok;

	ktap_plan(RESULTS);
	vm_ram_choose();
	ok = vm_start(&first, vm_ram(VM_ONE, ""), NULL, with_ring);
	ktap_fact(GUEST_LOG, first.guest.vmm.line, "executes", "%s", ok ? "yes" : "unknown");
	ktap_result(ok, "executes", "workload: %s", vm_said(&first, "workload"));
	ok = vm_verify(&first, VM_VERIFY_MIB) && vm_goes_on(&first);
	ktap_result(ok, "workload_runs", "");

	try_unchanged(&first);
	try_cancelled(&first);
	try_update(&first, &second);
	try_cpr(&second, &third);
	ok = vm_verified(&third);
	ktap_fact(GUEST_LOG, third.guest.vmm.line, "verified", "%s", ok ? "yes" : "no");
	ktap_result(ok, "verified", "%s", vm_said(&third, "verify"));
	stage2_report_bounds(&after);
	stage2_report(&third.guest, &after);
	ktap_fact(RESULTS_LOG, ktap_note("end: a third VMM has the VM"), "reason", "%s",
		  ok ? "two new VMMs took the VM over, and every byte is right" :
		       "the guest did not go on");
	vm_end(&third);
}

const struct job update_job = {
	.run = update_run,
};
