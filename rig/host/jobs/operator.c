// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job operator: cohmem check, the operator's command, built for arm64 and linked with
 * Debian's libraries, says of this host what the rig knows of it: on the stock kernel or
 * one with the series, with any policy. Without root it says what it cannot see. Then the
 * GPU is given to vfio-pci, and guest RAM is mounted.
 *
 * The kernel's configuration is where Debian has it. The host has no apt, no dpkg, and no
 * securityfs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "operator.h"
#include "operator_run.h"
#include "option.h"
#include "util.h"
#include "vfio.h"

#define NOBODY		65534
#define DRIVER		"nvgrace_gpu_vfio_pci"
#define LISTS		"/etc/cohmem/devices.d"
#define GPU_NAME	"The rig's GPU"

/* Whoever is not root may not be able to read the share. */
static void put_config(void)
{
	int from = open("/kernel/config", O_RDONLY | O_CLOEXEC), to;
	char path[128];
	ssize_t sent;

	mkdir("/boot", 0755);
	snprintf(path, sizeof(path), "/boot/config-%s", option("release"));
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	do {
		sent = sendfile(to, from, NULL, 65536);
	} while (sent > 0);
	if (from < 0 || to < 0 || sent < 0)
		give_up("cannot copy /kernel/config to %s: %m", path);
	close(from);
	close(to);
}

/* The list of an administrator; that of the VMM's tree is no part of this job. */
static void put_list(void)
{
	static const char text[] = "vendor | device | driver | name\n"
				   "1234 | 1111 | " DRIVER " | " GPU_NAME "\n";
	FILE *file;

	unlink("/etc");
	mkdir("/etc", 0755);
	mkdir("/etc/cohmem", 0755);
	mkdir(LISTS, 0755);
	file = fopen(LISTS "/rig.list", "w");
	if (!file || fputs(text, file) == EOF || fclose(file))
		give_up("cannot write a list to " LISTS ": %m");
}

static bool is_as_wanted(const struct operator_line *said, const struct operator_line *want)
{
	return !strcmp(said->name, want->name) && !strcmp(said->subject, want->subject) &&
	       !strcmp(said->state, want->state) && strstr(said->value, want->value) &&
	       strstr(said->remedy, want->remedy) && said->is_advice == want->is_advice;
}

/* The first line that is not as it has to be; @max if all are. */
static size_t find_wrong(const struct operator_lines *said, const struct operator_lines *want)
{
	size_t i = 0;

	while (i < want->count && i < said->count &&
	       is_as_wanted(&said->lines[i], &want->lines[i]))
		i++;
	return i;
}

static bool is_verdict(const struct operator_lines *said, const struct operator_lines *want)
{
	return said->count == want->count && said->status == want->status &&
	       !strcmp(said->ready, want->ready);
}

static void report_verdict(const struct operator_lines *said, const struct operator_lines *want)
{
	ktap_result(is_verdict(said, want), "check_verdict",
		    "%s, status %d, %zu lines; wanted %s, status %d, %zu lines", said->ready,
		    said->status, said->count, want->ready, want->status, want->count);
}

/* Which one it is, if there are several of that name. */
static void name_line(const struct operator_line *line, char *name, size_t size)
{
	bool is_node = !strncmp(line->subject, "node", 4);

	snprintf(name, size, "check_%s%s%s", line->name, is_node ? "_" : "",
		 is_node ? line->subject : "");
}

static void report_line(const struct operator_line *said, const struct operator_line *want)
{
	char name[80];

	name_line(want, name, sizeof(name));
	if (is_as_wanted(said, want))
		ktap_result(true, name, "%s: %s", said->state, said->value);
	else
		ktap_result(false, name, "%s %s: %s: %s; wanted %s %s: %s: ...%s... (%s)",
			    said->name, said->subject, said->state, said->value, want->name,
			    want->subject, want->state, want->value, want->remedy);
}

/* All lines of a run, as one result. */
static void try_case(const char *name, const struct operator_facts *facts,
		     const struct operator_case *one)
{
	static struct operator_lines said, want;
	size_t wrong;

	operator_want(&want, facts, one);
	operator_ask(&said, one->is_root ? 0 : NOBODY);
	wrong = find_wrong(&said, &want);
	if (wrong == want.count)
		ktap_result(is_verdict(&said, &want), name, "%s, status %d; wanted %s, status %d",
			    said.ready, said.status, want.ready, want.status);
	else
		ktap_result(false, name, "%s %s: %s: %s; wanted %s %s: %s: ...%s...",
			    said.lines[wrong].name, said.lines[wrong].subject,
			    said.lines[wrong].state, said.lines[wrong].value,
			    want.lines[wrong].name, want.lines[wrong].subject,
			    want.lines[wrong].state, want.lines[wrong].value);
}

static void give_gpu_to(const char *gpu, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", gpu);
	if (!write_file(path, gpu))
		give_up("cannot unbind %s: %m", gpu);
	vfio_bind(gpu, driver);
}

static void try_drivers(const struct operator_facts *facts, struct operator_case one)
{
	one.gpu_name = GPU_NAME;
	put_list();
	give_gpu_to(facts->gpu, one.driver = "vfio-pci");
	try_case("check_wrong_driver", facts, &one);
	give_gpu_to(facts->gpu, one.driver = DRIVER);
	try_case("check_right_driver", facts, &one);
}

static void mount_nodes(const struct operator_facts *facts)
{
	char path[64], options[32];

	mkdir(OPERATOR_MOUNTS, 0755);
	for (int i = 0; i < OPERATOR_NODES; i++) {
		snprintf(path, sizeof(path), OPERATOR_MOUNTS "/node%d", i);
		snprintf(options, sizeof(options), "node=%d", i);
		if (!facts->nodes[i])
			continue;
		mkdir(path, 0755);
		if (mount("none", path, "guestramfs", 0, options))
			give_up("cannot mount guestramfs, for %s: %m", options);
	}
}

static void operator_prepare(void)
{
	if (option("gpu"))
		gpu_prepare();
}

static void operator_run(void)
{
	static struct operator_lines said, want;
	struct operator_case one = { .is_root = true, .driver = DRIVER };
	struct operator_facts facts;
	bool has_pools;

	operator_run_mount();
	put_config();
	operator_know(&facts);
	has_pools = facts.asked && !facts.is_stock;
	operator_want(&want, &facts, &one);
	/* Also: check_verdict and check_without_root. */
	ktap_plan(want.count + 2 + (facts.gpu ? 2 : 0) + (has_pools ? 1 : 0));
	operator_ask(&said, 0);
	for (size_t i = 0; i < want.count; i++)
		report_line(&said.lines[i], &want.lines[i]);
	report_verdict(&said, &want);

	one.is_root = false;
	try_case("check_without_root", &facts, &one);
	one.is_root = true;
	if (facts.gpu)
		try_drivers(&facts, one);
	if (has_pools) {
		one.gpu_name = facts.gpu ? GPU_NAME : NULL;
		one.is_mounted = true;
		mount_nodes(&facts);
		try_case("check_mounted", &facts, &one);
	}
}

const struct job operator_job = {
	.prepare = operator_prepare,
	.run = operator_run,
};
