// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"
#include "check_lines.h"
#include "commands.h"
#include "kernel.h"

/**
 * struct row - one line of the check
 * @name: what is looked at
 * @run: adds the line, with the remedy that is true for what it found; it may add several
 * @is_advice: a no does not keep the host from being ready
 */
struct row {
	const char *name;
	void (*run)(const struct host *host, struct report *report);
	bool is_advice;
};

/* tool/cohmem.1 tells of each. */
static const struct row rows[] = {
	{ "kernel", check_kernel },
	{ "updates", check_updates, .is_advice = true },
	{ "policy", check_kernel_policy },
	{ "kvm", check_kvm },
	{ "capability", check_kvm_capability },
	{ "fwb", check_kvm_fwb },
	{ "dic", check_kvm_dic },
	{ "mte", check_kvm_mte, .is_advice = true },
	{ "pages", check_guestram_pages },
	{ "iommu", check_devices_iommu },
	{ "erratum", check_erratum },
	{ "lockdown", check_lockdown, .is_advice = true },
	{ "device", check_devices },
	{ "guestramfs", check_guestram_known },
	{ "guestram", check_guestram },
	{ "mount", check_mounts },
	{ "qemu", check_qemu, .is_advice = true },
};

void check_run(const struct host *host, struct report *report)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		report_begin(report, rows[i].name, rows[i].is_advice);
		rows[i].run(host, report);
	}
}

int check_status(const struct report *report)
{
	switch (report_verdict(report)) {
	case REPORT_YES:
		return 0;
	case REPORT_NO:
		return 1;
	default:
		return COMMANDS_UNKNOWN;
	}
}
