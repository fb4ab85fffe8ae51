// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM is saved and comes back, if its whole RAM is memory without struct pages: by a
 * snapshot in a qcow2 image, in the same QEMU, and by a migration into a file, in another
 * one with other memory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "debug.h"
#include "ktap.h"
#include "migration.h"
#include "pace.h"
#include "vm_ram.h"
#include "works.h"

#define IMAGE		"/tmp/snapshot.qcow2"
#define STATE		"file:/tmp/state"
#define JOB_SECS	60

#define CREATE \
	"{\"execute\":\"blockdev-create\",\"arguments\":{\"job-id\":\"create\",\"options\":" \
	"{\"driver\":\"qcow2\",\"file\":\"file0\",\"size\":1048576}}}"
#define OPEN \
	"{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\"," \
	"\"node-name\":\"disk0\",\"file\":\"file0\"}}"
#define SNAPSHOT \
	"\"tag\":\"one\",\"vmstate\":\"disk0\",\"devices\":[\"disk0\"]}}"
#define SAVE \
	"{\"execute\":\"snapshot-save\",\"arguments\":{\"job-id\":\"save\"," SNAPSHOT
#define LOAD \
	"{\"execute\":\"snapshot-load\",\"arguments\":{\"job-id\":\"load\"," SNAPSHOT

/* Carries out a command that begins a job, and waits for the job's end. */
static bool do_job(struct vm *vm, const char *id, const char *json)
{
	double deadline = pace_now() + debug_secs(JOB_SECS);
	char dismiss[96], status[24] = "";
	bool ok = qmp_command(&vm->qmp, json);

	while (ok && strcmp(status, "concluded") && pace_now() < deadline) {
		usleep(50000);
		ok = qmp_command(&vm->qmp, "{\"execute\":\"query-jobs\"}");
		qmp_text(&vm->qmp, "status", status, sizeof(status));
	}
	if (!ok || strcmp(status, "concluded") || strstr(vm->qmp.answer, "\"error\"")) {
		ktap_note("%s: %s", id, vm->qmp.answer);
		return false;
	}
	snprintf(dismiss, sizeof(dismiss),
		 "{\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"%s\"}}", id);
	return qmp_command(&vm->qmp, dismiss);
}

static void try_snapshot(void)
{
	static const char * const disk[] = {
		"-blockdev", "driver=file,node-name=file0,filename=" IMAGE, NULL
	};
	struct vm vm;
	bool ok;

	close(open(IMAGE, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	ok = vm_start(&vm, vm_ram(VM_ONE, ""), NULL, disk) && vm_verify(&vm, VM_VERIFY_MIB) &&
	     do_job(&vm, "create", CREATE) && qmp_command(&vm.qmp, OPEN);
	ok = ok && do_job(&vm, "save", SAVE) && vm_goes_on(&vm);
	ktap_result(ok, "snapshot_saved", "%s", ok ? "the VM goes on" : vm.qmp.answer);
	ok = ok && do_job(&vm, "load", LOAD) && vm_goes_on(&vm);
	ok = vm_verified(&vm) && ok;
	ktap_result(ok, "snapshot_loaded", "%s", vm_said(&vm, "verify"));
	vm_end(&vm);
	unlink(IMAGE);
}

static void try_file(void)
{
	static const char * const incoming[] = { "-incoming", STATE, NULL };
	struct migration m = { 0 };
	struct vm from, to;
	bool ok;

	ok = vm_start(&from, vm_ram(VM_ONE, ""), NULL, NULL) && vm_verify(&from, VM_VERIFY_MIB) &&
	     qmp_command(&from.qmp, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"" STATE
				    "\"}}");
	ok = migration_release(&from) && migration_wait(&from, &m, 0) &&
	     !strcmp(m.status, "completed") && ok;
	from.guest.ended = GUEST_STOPPED;
	vm_end(&from);
	vm_spawn(&to, vm_ram(VM_TWO, ""), NULL, incoming);
	qmp_open(&to.qmp, to.socket);
	ok = vm_goes_on(&to) && ok;
	ok = vm_verified(&to) && ok;
	ktap_result(ok, "saved_to_file", "%s; %s", m.status, vm_said(&to, "verify"));
	vm_end(&to);
	unlink(STATE + strlen("file:"));
}

void works_save(void)
{
	try_snapshot();
	try_file();
}
