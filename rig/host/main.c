// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the emulated host. The kernel command line says what to do:
 *
 *   cohmem.job=NAME        the job, see rig/jobs.list
 *   cohmem.release=REL     the release of the kernel under test
 *   cohmem.line=LINE       the kernel line that it is of
 *   cohmem.vmm=VERSION     the version of the VMM, if it is not the usual one
 *   cohmem.timeout=SECS    time limit of the job, less than that of the run, in seconds
 *                          of an idle PC (lib/pace.h); 0 is no limit
 *   cohmem.carveout=START,SIZE   RAM behind mem=, for the test device in place of its BAR
 *   cohmem.p2pdma=1        the test device's BAR has struct pages for peer-to-peer DMA
 *
 * The head of each job's file has the job's own options.
 *
 * QEMU shares: "kernel" is the kernel under test with its modules, "guest" the kernel of
 * the inner guest, "vmm" an arm64 userland; and what the job needs, "selftests", "shell" or
 * "operator".
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "mount.h"
#include "option.h"
#include "pace.h"
#include "util.h"

static const struct {
	const char *name;
	const struct job *job;
} jobs[] = {
#define JOB(_name, _job) { _name, &(_job) },
#include "jobs.inc"
#undef JOB
};

/* Ends the run if this is another kernel than the one that it is about. */
static void check_release(void)
{
	const char *want = option("release");
	const char *of_line = option("line"), *vmm = option("vmm");
	long page = sysconf(_SC_PAGESIZE);
	struct utsname uts;
	unsigned int line;

	uname(&uts);
	line = ktap_note("kernel: %s, pages of %ld bytes", uts.release, page);
	ktap_fact(RESULTS_LOG, line, "release", "%s", uts.release);
	if (of_line)
		ktap_fact(RESULTS_LOG, line, "line", "%s", of_line);
	ktap_fact(RESULTS_LOG, line, "page_size", "%ld", page);
	if (vmm)
		ktap_fact(RESULTS_LOG, ktap_note("VMM: QEMU %s", vmm), "vmm", "%s", vmm);
	if (!want || strcmp(want, uts.release))
		give_up("this kernel is %s, the job is for %s", uts.release,
			want ? want : "(cohmem.release= is missing)");
}

static const struct job *find_job(void)
{
	const char *name = option("job");

	for (size_t i = 0; name && i < ARRAY_SIZE(jobs); i++) {
		if (!strcmp(jobs[i].name, name))
			return jobs[i].job;
	}
	give_up("there is no job \"%s\"", name ? name : "");
}

static void load_test_device(void)
{
	const char *carveout = option("carveout");
	char params[64] = "";

	if (carveout)
		snprintf(params, sizeof(params), "carveout=%s", carveout);
	else if (option("p2pdma"))
		snprintf(params, sizeof(params), "p2pdma=%s", option("p2pdma"));
	module_load("cohmem_testdev", params);
}

int main(void)
{
	const struct job *job;

	if (getpid() != 1) {
		fprintf(stderr, "rig init: runs as PID 1 of the rig only\n");
		return 1;
	}
	mount_system();
	pace_begin(PACE_EMULATED);
	if (!ktap_open())
		give_up("there is no virtio-serial port cohmem.results");
	check_release();
	mount_share("kernel", "/kernel");
	mount_share("guest", "/guest");
	mount_share("vmm", "/vmm");
	mount_tree("/vmm");

	job = find_job();
	say("job %s", option("job"));
	if (job->prepare)
		job->prepare();
	load_test_device();
	job->run();
	debug_find_leaks();
	ktap_done();
	power_off();
}
