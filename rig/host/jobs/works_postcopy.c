// SPDX-License-Identifier: GPL-2.0-only
/*
 * Post-copy migration to a VM whose RAM has no struct pages. QEMU's destination empties
 * its RAM before anything comes, and waits for accesses with userfaultfd: the kernel
 * refuses both for this memory. The source must go on.
 */
#include "ktap.h"
#include "vm.h"
#include "works.h"

#define SOCKET "unix:/tmp/incoming"
#define FAILURE_SECS 30

#define SET_POSTCOPY \
	"{\"execute\":\"migrate-set-capabilities\",\"arguments\":{" \
	"\"capabilities\":[{\"capability\":\"postcopy-ram\",\"state\":true}]}}"
#define MIGRATE \
	"{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"" SOCKET "\"}}"
#define START_POSTCOPY "{\"execute\":\"migrate-start-postcopy\"}"

/* How QEMU words that it cannot empty the RAM. */
#define QEMU_SAYS "ram_block_discard_range: Failed to fallocate"

static bool migrate(struct vm *from, struct vm *to, const char *memory)
{
	static const char * const incoming[] = { "-incoming", SOCKET, NULL };

	if (!vm_start(from, "anon", NULL, NULL) || !vm_verify(from, VM_VERIFY_MIB))
		return false;
	vm_spawn(to, memory, NULL, incoming);
	qmp_open(&to->qmp, to->socket);
	return qmp_command(&from->qmp, SET_POSTCOPY) &&
	       qmp_command(&to->qmp, SET_POSTCOPY) &&
	       qmp_command(&from->qmp, MIGRATE) &&
	       qmp_command(&from->qmp, START_POSTCOPY);
}

static void control(void)
{
	struct vm from, to;
	bool ok = migrate(&from, &to, "anon") && vm_goes_on(&to);

	ktap_result(vm_verified(&to) && ok, "anon_postcopy", "%s",
		    vm_said(&to, "verify"));
	/* Its guest is elsewhere now. */
	from.guest.ended = GUEST_STOPPED;
	vm_end(&from);
	vm_end(&to);
}

static void refused(void)
{
	struct vm from, to;
	bool ok = migrate(&from, &to, VM_DECLARED);

	to.guest.look_for = QEMU_SAYS;
	guest_wait_secs(&to.guest, FAILURE_SECS);
	ktap_result(ok && to.guest.ended == GUEST_STOPPED, "postcopy_refused",
		    "%s", guest_reason(&to.guest));
	ok = vm_goes_on(&from);
	ktap_result(vm_verified(&from) && ok, "postcopy_source_lives", "%s",
		    vm_said(&from, "verify"));
	vm_end(&to);
	vm_end(&from);
}

void works_postcopy(void)
{
	control();
	refused();
}
