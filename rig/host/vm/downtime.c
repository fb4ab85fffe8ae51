// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "downtime.h"
#include "ktap.h"
#include "trace.h"

#define EXITS	"exits"		/* trace instances */
#define ENTRIES	"entries"
#define KIB	64

static void watch_vcpu(const char *instance, const char *event, struct vm *vm)
{
	char filter[48];

	qmp_command(&vm->qmp, "{\"execute\":\"query-cpus-fast\"}");
	snprintf(filter, sizeof(filter), "common_pid == %llu",
		 qmp_number(&vm->qmp, "thread-id"));
	trace_buffer(instance, KIB);
	trace_event(instance, event, filter);
}

void downtime_watch(struct vm *from, struct vm *to)
{
	watch_vcpu(EXITS, "kvm/kvm_exit", from);
	trace_keep_first(ENTRIES);
	watch_vcpu(ENTRIES, "kvm/kvm_entry", to);
}

void downtime_report(u64 qemu_ms)
{
	double out = trace_time(EXITS, true), in = trace_time(ENTRIES, false);
	unsigned int line;
	bool ok = out > 0 && in > out;

	line = ktap_note("downtime: last exit at %.6f s, first entry at %.6f s; by QEMU %llu ms",
			 out, in, qemu_ms);
	ktap_fact(RESULTS_LOG, line, "downtime_ms", "%.0f", ok ? (in - out) * 1000 : 0);
	ktap_fact(RESULTS_LOG, line, "downtime_qemu_ms", "%llu", qemu_ms);
	ktap_result(ok, "downtime", "%.0f ms", ok ? (in - out) * 1000 : 0);
}
