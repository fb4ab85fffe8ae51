// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "debug.h"
#include "migration.h"
#include "pace.h"
#include "vmm_args.h"

#define SECS 60
#define SET_CAPABILITY \
	"{\"execute\":\"migrate-set-capabilities\",\"arguments\":{\"capabilities\":" \
	"[{\"capability\":\"%s\",\"state\":%s}]}}"
#define SET_LIMITS \
	"{\"execute\":\"migrate-set-parameters\",\"arguments\":" \
	"{\"downtime-limit\":%u,\"avail-switchover-bandwidth\":%u," \
	"\"max-bandwidth\":%u}}"
#define POLL_US 20000
/* For what is left when the guest stands still. */
#define ENOUGH_MS 5000
/* QEMU's own. */
#define USUAL_BANDWIDTH (128 << 20)

bool migration_receive(struct vm *to, const char *memory, const char * const *devices)
{
	const char *args[VMM_MORE_ARGS + 3] = { "-incoming", MIGRATION_URI };

	for (size_t i = 0; devices && devices[i]; i++)
		args[i + 2] = devices[i];
	vm_spawn(to, memory, NULL, args);
	return qmp_open(&to->qmp, to->socket);
}

bool migration_set(struct vm *vm, const char *capability, bool on)
{
	char json[192];

	snprintf(json, sizeof(json), SET_CAPABILITY, capability, on ? "true" : "false");
	return qmp_command(&vm->qmp, json);
}

bool migration_begin(struct vm *from)
{
	return qmp_command(&from->qmp,
			   "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"" MIGRATION_URI
			   "\"}}");
}

bool migration_look(struct vm *from, struct migration *m)
{
	memset(m, 0, sizeof(*m));
	if (!qmp_command(&from->qmp, "{\"execute\":\"query-migrate\"}"))
		return false;
	qmp_text(&from->qmp, "status", m->status, sizeof(m->status));
	m->rounds = qmp_number(&from->qmp, "dirty-sync-count");
	m->total = qmp_number(&from->qmp, "total");
	m->pages = qmp_number(&from->qmp, "normal");
	m->bytes = qmp_number(&from->qmp, "transferred");
	m->downtime_ms = qmp_number(&from->qmp, "downtime");
	return true;
}

static bool has_ended(const struct migration *m)
{
	return !strcmp(m->status, "completed") || !strcmp(m->status, "failed") ||
	       !strcmp(m->status, "cancelled");
}

bool migration_wait_for(struct vm *from, struct migration *m, const char *status)
{
	double deadline = pace_now() + debug_secs(SECS);

	while (pace_now() < deadline && migration_look(from, m)) {
		if (!strcmp(m->status, status))
			return true;
		usleep(POLL_US);
	}
	return false;
}

bool migration_wait(struct vm *from, struct migration *m, u64 rounds)
{
	double deadline = pace_now() + debug_secs(SECS);

	while (pace_now() < deadline && migration_look(from, m)) {
		if (has_ended(m))
			return !rounds;
		if (rounds && m->rounds >= rounds)
			return true;
		usleep(POLL_US);
	}
	return false;
}

/*
 * @bandwidth: what QEMU takes the connection for, bytes in a second; 0: what it measures
 * @most: what it may send in a second
 */
static bool set_limits(struct vm *from, unsigned int ms, unsigned int bandwidth,
		       unsigned int most)
{
	char json[192];

	snprintf(json, sizeof(json), SET_LIMITS, ms, bandwidth, most);
	return qmp_command(&from->qmp, json);
}

bool migration_hold(struct vm *from)
{
	/* A page in a millisecond. */
	return set_limits(from, 1, 4096 * 1000, USUAL_BANDWIDTH);
}

bool migration_crawl(struct vm *from)
{
	/* QEMU looks at the limit after each page, and ten times a second. */
	return set_limits(from, ENOUGH_MS, 0, 10);
}

bool migration_release(struct vm *from)
{
	return set_limits(from, ENOUGH_MS, 0, USUAL_BANDWIDTH);
}
