// SPDX-License-Identifier: GPL-2.0-only
/* The kernel that runs, and whom it trusts. */
#include <stdio.h>
#include <string.h>

#include "check_lines.h"
#include "cmdline.h"
#include "kernel.h"

static const char *what_is_known(const struct host *host)
{
	return host->config ?
	       "it looks like a stock kernel: its configuration lacks CONFIG_GUESTRAMFS" :
	       "no file that can be read says whether it has cohmem's series";
}

/* A stock kernel shows itself only by what KVM answers. */
static const char *how_to_know(const struct host *host)
{
	if (!host->config)
		return host->is_copy ? "add /boot/config-RELEASE of that host to the copy" :
		       "have the kernel's configuration in /boot/config-RELEASE";
	if (host->is_copy)
		return "run cohmem check on that host, without --root";
	if (host->kvm.answer != KVM_ANSWERED)
		return "see line kvm";
	return kvm_has_fwb(&host->kvm) ? "see line policy" : "see line fwb";
}

void check_kernel(const struct host *host, struct report *report)
{
	bool is_line = host->has_release && release_is_of_line(&host->release);
	const char *release = host->osrelease ?: "a release that cannot be read";
	const char *why;
	char source[600];
	enum host_kernel kernel = host_kernel(host, &why);

	snprintf(source, sizeof(source), HOST_RELEASE "%s%s", strcmp(why, HOST_RELEASE) ? ", " : "",
		 strcmp(why, HOST_RELEASE) ? why : "");
	switch (kernel) {
	case HOST_KERNEL_COHMEM:
		report_add(report, REPORT_YES, "", source, "%s, with cohmem's series%s", release,
			   is_line ? "" : "; not of a line that is tested: " COHMEM_LINES);
		break;
	case HOST_KERNEL_MAINLINE:
		report_add(report, REPORT_YES, "", source,
			   "%s, with mainline's own version of a part; it has no guestramfs, no policies, no reasons and no dirty log, and needs DIC",
			   release);
		break;
	case HOST_KERNEL_STOCK:
		report_add(report, REPORT_NO, "", source,
			   "%s, %swithout cohmem's series: a guest gets such memory as Device memory",
			   release, is_line ? "of a line that is tested, " : "");
		report_remedy(report,
			      "boot a kernel with cohmem's series (docs/operating.md)");
		break;
	default:
		report_add(report, REPORT_UNKNOWN, "", source, "%s; %s", release,
			   what_is_known(host));
		report_remedy(report, "%s", how_to_know(host));
	}
}

static void say_policy(enum host_kernel kernel, const char *policy, struct report *report)
{
	if (kernel == HOST_KERNEL_COHMEM) {
		report_add(report, REPORT_YES, "", HOST_CMDLINE, "%s", policy);
		return;
	}
	report_add(report, REPORT_UNKNOWN, "", HOST_CMDLINE,
		   "%s; whether this kernel has policies is not known", policy);
	report_remedy(report, "see line kernel");
}

void check_kernel_policy(const struct host *host, struct report *report)
{
	static const char * const policies[] = { "declared", "strict", "any" };
	char value[CMDLINE_WORD];
	enum host_kernel kernel;
	const char *why;

	if (!host->cmdline) {
		report_unread(report, HOST_CMDLINE, host->cmdline_why);
		return;
	}
	if (host_is_protected(host)) {
		report_add(report, REPORT_NO, "", HOST_CMDLINE,
			   "off, whatever is asked for: kvm-arm.mode=protected");
		report_remedy(report,
			      "boot without kvm-arm.mode=protected: there the host itself has such memory as Device memory");
		return;
	}
	kernel = host_kernel(host, &why);
	if (kernel == HOST_KERNEL_STOCK || kernel == HOST_KERNEL_MAINLINE) {
		report_add(report, REPORT_NOT_NEEDED, "", why, "this kernel has no policies");
		return;
	}
	if (!host_parameter(host, HOST_POLICY, value, sizeof(value))) {
		say_policy(kernel, "declared, the default", report);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (!strcmp(value, policies[i])) {
			say_policy(kernel, value, report);
			return;
		}
	}
	if (!strcmp(value, "off")) {
		report_add(report, REPORT_NO, "", HOST_CMDLINE,
			   "off: the kernel does as the stock kernel does");
		report_remedy(report, "boot without " HOST_POLICY "=off");
		return;
	}
	report_add(report, REPORT_NO, "", HOST_CMDLINE,
		   "'%.40s' is no policy; the kernel takes declared", value);
	report_remedy(report, "boot with " HOST_POLICY "=declared, strict or any, or without it");
}
