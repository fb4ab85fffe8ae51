// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tracefs.h>

#include "complain.h"
#include "fault.h"
#include "text.h"
#include "trace.h"

#define ENABLE		"/events/" FAULT_SYSTEM "/" FAULT_EVENT "/enable"
#define MOST_LISTS	100	/* of a process's threads */

/*
 * An instance begins with the options that somebody gave to the tracing of all. These are what
 * tool/fault.h reads, and what poll() needs to return at the first event. 256 KiB have room for
 * some 2,000 decisions of a CPU; the kernel's default would take 200 MiB on 144 CPUs.
 */
static const struct {
	const char *file;
	const char *value;
	bool is_late;	/* older kernels have no such file, and do not need it */
} settings[] = {
	{ "tracing_on", "1" },
	{ "trace_clock", "local" },
	{ "buffer_size_kb", "256" },
	{ "buffer_percent", "0" },
	{ "options/context-info", "1" },
	{ "options/irq-info", "1" },
	{ "options/overwrite", "1" },
	{ "options/block", "0" },
	{ "options/bin", "0" },
	{ "options/hex", "0" },
	{ "options/raw", "0" },
	{ "options/latency-format", "0" },
	{ "options/record-tgid", "0" },
	{ "options/fields", "0", .is_late = true },
};

const char *trace_why(const struct trace_facts *facts, const char **remedy)
{
	if (!facts->is_mounted) {
		*remedy = "mount -t tracefs none /sys/kernel/tracing";
		return "tracefs is not mounted, or this kernel has none";
	}
	if (!facts->is_root && (facts->why == EACCES || facts->why == EPERM)) {
		*remedy = "run it as root";
		return "tracepoints are for root only";
	}
	if (facts->lockdown == LOCKDOWN_CONFIDENTIALITY &&
	    (!facts->has_event || facts->why == EPERM)) {
		*remedy = "boot with lockdown=integrity, or without lockdown";
		return "lockdown=confidentiality leaves no tracepoints";
	}
	if (!facts->has_event && facts->why == ENOENT) {
		*remedy = "boot a kernel with cohmem's series, and with KVM";
		return "this kernel has no tracepoint " FAULT_SYSTEM ":" FAULT_EVENT;
	}
	if (facts->why == ESRCH) {
		*remedy = "see cohmem list for the VMs that run";
		return "the process of that VM has ended";
	}
	*remedy = "see what the kernel's log says of tracing";
	return "the kernel gives no trace instance";
}

static void complain_of(const struct root *root, bool is_mounted, bool has_event, int why)
{
	struct trace_facts facts = {
		.is_root = !geteuid(),
		.is_mounted = is_mounted,
		.has_event = has_event,
		.why = why,
	};
	char *lockdown = root_line(root, LOCKDOWN_FILE);
	const char *what, *remedy;

	facts.lockdown = lockdown ? lockdown_read(lockdown) : LOCKDOWN_UNKNOWN;
	free(lockdown);
	what = trace_why(&facts, &remedy);
	if (is_mounted)
		complain(remedy, "%s: %s", what, strerror(why));
	else
		complain(remedy, "%s", what);
}

/* libtracefs would mount it. */
static bool has_event(const struct root *root)
{
	char path[PATH_MAX];
	const char *dir;

	if (tracefs_tracing_dir_is_mounted(false, &dir) <= 0) {
		complain_of(root, false, false, ENOENT);
		return false;
	}
	snprintf(path, sizeof(path), "%s" ENABLE, dir);
	if (!access(path, W_OK))
		return true;
	complain_of(root, true, false, errno);
	return false;
}

bool trace_is_left(const char *name, bool (*lives)(int pid))
{
	u64 pid;

	if (!text_starts(name, TRACE_PREFIX))
		return false;
	name += strlen(TRACE_PREFIX);
	return *name != '0' && !name[strspn(name, "0123456789")] && text_number(name, &pid) &&
	       pid <= INT_MAX && !lives(pid);
}

/* This process has no instance yet. */
static bool lives(int pid)
{
	return pid != getpid() && (!kill(pid, 0) || errno != ESRCH);
}

/* The kernel removes none that is read. */
static void remove_left(void)
{
	char **names = tracefs_instances("^" TRACE_PREFIX);
	struct tracefs_instance *instance;

	for (size_t i = 0; names && names[i]; i++) {
		instance = trace_is_left(names[i], lives) ?
			   tracefs_instance_alloc(NULL, names[i]) : NULL;
		if (!instance)
			continue;
		tracefs_instance_destroy(instance);
		tracefs_instance_free(instance);
	}
	tracefs_list_free(names);
}

static bool set(struct tracefs_instance *instance)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (settings[i].is_late && !tracefs_file_exists(instance, settings[i].file))
			continue;
		if (tracefs_instance_file_write(instance, settings[i].file, settings[i].value) < 0)
			return false;
	}
	return true;
}

/* The threads of a process, with blanks between them; "" if it has ended. */
static char *list_threads(const struct root *root, int process)
{
	struct root_names names = { 0 };
	char path[64], *text;
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task", process);
	f = open_memstream(&text, &size);
	if (!f)
		abort();
	if (root_list(root, path, &names)) {
		for (size_t i = 0; i < names.count; i++)
			fprintf(f, "%s ", names.names[i]);
		root_free_names(&names);
	}
	fclose(f);
	return text;
}

/*
 * With event-fork, threads that these make are added. Those that were made while the list was
 * read are in the next one.
 */
static bool choose(struct tracefs_instance *instance, const struct root *root, int process)
{
	char *threads = NULL, *before;
	bool good = !tracefs_option_enable(instance, TRACEFS_OPTION_EVENT_FORK), same = false;

	for (size_t i = 0; i < MOST_LISTS && good && !same; i++) {
		before = threads;
		threads = list_threads(root, process);
		same = before && !strcmp(before, threads);
		free(before);
		if (!*threads)
			errno = ESRCH;
		good = *threads &&
		       tracefs_instance_file_append(instance, "set_event_pid", threads) >= 0;
	}
	free(threads);
	return good;
}

static bool begin(struct trace *trace, const struct root *root, int process)
{
	if (!set(trace->instance) || (process && !choose(trace->instance, root, process)) ||
	    tracefs_event_enable(trace->instance, FAULT_SYSTEM, FAULT_EVENT))
		return false;
	trace->fd = tracefs_instance_file_open(trace->instance, "trace_pipe",
					       O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return trace->fd >= 0;
}

bool trace_open(struct trace *trace, const struct root *root, int process)
{
	char name[32];
	int why;

	*trace = (struct trace){ .fd = -1 };
	/* It would say things of its own. */
	tracefs_set_loglevel(TEP_LOG_NONE);
	if (!has_event(root))
		return false;
	remove_left();
	snprintf(name, sizeof(name), TRACE_PREFIX "%d", getpid());
	trace->instance = tracefs_instance_create(name);
	if (trace->instance && begin(trace, root, process))
		return true;
	why = errno;
	if (trace->instance)
		trace_close(trace);
	complain_of(root, true, true, why);
	return false;
}

bool trace_close(struct trace *trace)
{
	bool good;

	/* An instance that is read stays. */
	if (trace->fd >= 0)
		close(trace->fd);
	good = !tracefs_instance_destroy(trace->instance);
	if (!good)
		complain("see who reads it, then remove it by rmdir",
			 "the trace instance " TRACE_PREFIX "%d cannot be removed: %s", getpid(),
			 strerror(errno));
	tracefs_instance_free(trace->instance);
	return good;
}
