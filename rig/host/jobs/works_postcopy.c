// SPDX-License-Identifier: GPL-2.0-only
/*
 * Post-copy migration to a VM whose RAM has no struct pages. QEMU's destination empties
 * its RAM before anything comes, and waits for accesses with userfaultfd: the kernel
 * refuses both for this memory. The source must go on, and can be migrated without it.
 */
#include "ktap.h"
#include "migration.h"
#include "vm_ram.h"
#include "works.h"

#define START_POSTCOPY "{\"execute\":\"migrate-start-postcopy\"}"

/* How QEMU words that it cannot empty the RAM, or that this is RAM of larger pages. */
#define CANNOT_EMPTY	"ram_block_discard_range: Failed to fallocate"
#define OTHER_PAGES	"Postcopy needs matching RAM page sizes"

static bool migrate(struct vm *from, struct vm *to, const char *memory)
{
	if (!vm_start(from, "anon", NULL, NULL) || !vm_verify(from, VM_VERIFY_MIB))
		return false;
	return migration_receive(to, memory, NULL) &&
	       migration_set(from, "postcopy-ram", true) &&
	       migration_set(to, "postcopy-ram", true) &&
	       migration_begin(from);
}

void works_postcopy_control(void)
{
	struct vm from, to;
	bool ok = migrate(&from, &to, "anon") &&
		  qmp_command(&from.qmp, START_POSTCOPY) && vm_goes_on(&to);

	ktap_result(vm_verified(&to) && ok, "anon_postcopy", "%s",
		    vm_said(&to, "verify"));
	/* Its guest is elsewhere now. */
	from.guest.ended = GUEST_STOPPED;
	vm_end(&from);
	vm_end(&to);
}

void works_postcopy(bool large_pages)
{
	struct migration m = { 0 };
	struct vm from, to;
	/* The destination fails before it could begin. */
	bool ok = migrate(&from, &to, vm_ram(VM_ONE, ""));

	ok = ok && vm_qemu_says(&to, large_pages ? OTHER_PAGES : CANNOT_EMPTY);
	ktap_result(ok, "postcopy_refused", "%s", to.guest.last);
	vm_end(&to);
	ktap_result(vm_goes_on(&from), "postcopy_source_lives", "%s",
		    vm_said(&from, "round"));
	/* Memory that can be sent before the switch can be sent. */
	ok = migration_wait(&from, &m, 0) && migration_set(&from, "postcopy-ram", false);
	ok = migration_receive(&to, vm_ram(VM_TWO, ""), NULL) && migration_begin(&from) && ok;
	ok = ok && migration_release(&from) && migration_wait(&from, &m, 0);
	from.guest.ended = GUEST_STOPPED;
	ok = vm_goes_on(&to) && ok;
	ktap_result(vm_verified(&to) && ok, "precopy_after_postcopy", "%s; %s", m.status,
		    vm_said(&to, "verify"));
	vm_end(&from);
	vm_end(&to);
}
