// SPDX-License-Identifier: GPL-2.0-only
/* The erratum of CPUs that guests could use against each other, and whether the kernel knows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_lines.h"
#include "config.h"
#include "midr.h"

#define CPUS	"/sys/devices/system/cpu"
#define MIDRS	CPUS "/cpu*/regs/identification/midr_el1"
#define ERRATUM	"ARM64_ERRATUM_4118414"

/**
 * struct cpus - the CPUs
 * @read: how many have said what they are
 * @affected: the name of one with the erratum, or NULL
 * @why: an errno, if one has not
 */
struct cpus {
	size_t read;
	const char *affected;
	int why;
};

static void read_cpus(const struct host *host, struct cpus *cpus)
{
	struct root_names names;
	char path[512], *text;
	unsigned int number;
	u64 midr;

	*cpus = (struct cpus){ 0 };
	if (!root_list(&host->root, CPUS, &names)) {
		cpus->why = errno;
		return;
	}
	for (size_t i = 0; i < names.count; i++) {
		if (sscanf(names.names[i], "cpu%u", &number) != 1)
			continue;
		snprintf(path, sizeof(path), CPUS "/%s/regs/identification/midr_el1",
			 names.names[i]);
		text = root_line(&host->root, path);
		if (text && midr_read(text, &midr)) {
			cpus->read++;
			cpus->affected = cpus->affected ?: midr_with_erratum(midr);
		} else if (!text && errno != ENOENT) {
			/* A CPU that is offline has none. */
			cpus->why = errno;
		} else if (text) {
			cpus->why = EINVAL;
		}
		free(text);
	}
	root_free_names(&names);
	if (!cpus->read && !cpus->why)
		cpus->why = ENOENT;
}

void check_erratum(const struct host *host, struct report *report)
{
	struct cpus cpus;
	char source[600];

	read_cpus(host, &cpus);
	if (!cpus.affected) {
		if (cpus.why)
			report_unread(report, MIDRS, cpus.why);
		else
			report_add(report, REPORT_NOT_NEEDED, "", MIDRS,
				   "no CPU has the TLBI erratum of CVE-2025-10263");
		return;
	}
	snprintf(source, sizeof(source), MIDRS ", %s", host->config_path);
	if (!host->config) {
		report_unread(report, host->config_path, host->config_why);
		return;
	}
	if (config_state(host->config, ERRATUM) == CONFIG_ON) {
		report_add(report, REPORT_YES, "", source,
			   "%s has the TLBI erratum of CVE-2025-10263, and the kernel has CONFIG_"
			   ERRATUM, cpus.affected);
		return;
	}
	report_add(report, REPORT_NO, "", source,
		   "%s has the TLBI erratum of CVE-2025-10263, and the kernel has no CONFIG_"
		   ERRATUM ": a guest's store may reach memory that was taken from it",
		   cpus.affected);
	report_remedy(report, "boot a kernel with CONFIG_" ERRATUM "=y; Debian's 6.12.117 has it");
}
