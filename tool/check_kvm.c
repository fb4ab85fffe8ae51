// SPDX-License-Identifier: GPL-2.0-only
/* What KVM answers. */
#include <string.h>

#include "check_lines.h"

#define VCPU	"KVM_GET_ONE_REG of ID_AA64MMFR2_EL1"
#define CACHE	"KVM_GET_ONE_REG of CTR_EL0"
#define ASK_243	"KVM_CHECK_EXTENSION of 243"
#define ASK_MTE	"KVM_CHECK_EXTENSION of KVM_CAP_ARM_MTE"

/* Adds a line that says why KVM has no answer, if it has none. */
static bool report_silence(const struct host *host, const char *source, struct report *report)
{
	const struct kvm_facts *kvm = &host->kvm;

	switch (kvm->answer) {
	case KVM_ANSWERED:
		return false;
	case KVM_NOT_ASKED:
		report_add(report, REPORT_UNKNOWN, "", source,
			   "KVM is not asked about a copy of files");
		report_remedy(report, "run cohmem check on that host, without --root");
		break;
	case KVM_NOT_ARM64:
		report_add(report, REPORT_UNKNOWN, "", source, "this is not an arm64 host");
		report_remedy(report, "run cohmem check on an arm64 host");
		break;
	case KVM_NO_DEVICE:
		report_add(report, REPORT_UNKNOWN, "", source, "there is no /dev/kvm");
		report_remedy(report, "see line kvm");
		break;
	default:
		report_add(report, REPORT_UNKNOWN, "", source, "%s failed: %s", kvm->step,
			   strerror(kvm->why));
		report_denied(report, kvm->why);
	}
	return true;
}

void check_kvm(const struct host *host, struct report *report)
{
	if (host->kvm.answer == KVM_NO_DEVICE) {
		report_add(report, REPORT_NO, "", "/dev/kvm", "there is no KVM: %s",
			   strerror(host->kvm.why));
		report_remedy(report,
			      "see what the kernel's log says of kvm; it needs CONFIG_KVM, a start at EL2 by the firmware, and no kvm-arm.mode=none");
	} else if (!report_silence(host, "/dev/kvm", report)) {
		report_add(report, REPORT_YES, "", "/dev/kvm", "makes VMs");
	}
}

/* What to do about a capability of 0. */
static const char *why_nothing(const struct host *host)
{
	const char *source;

	if (!kvm_has_fwb(&host->kvm))
		return "see line fwb";
	switch (host_kernel(host, &source)) {
	case HOST_KERNEL_COHMEM:
		return host_may_be_off(host) ? "see line policy" :
		       "see what the kernel's log says of kvm";
	case HOST_KERNEL_MAINLINE:
		if (!kvm_has_dic(&host->kvm))
			return "see line dic";
		return host_is_protected(host) ? "see line policy" : "see line kernel";
	default:
		return "see line kernel";
	}
}

void check_kvm_capability(const struct host *host, struct report *report)
{
	const struct kvm_facts *kvm = &host->kvm;

	if (report_silence(host, ASK_243, report))
		return;
	if (kvm->capability & KVM_CAPABILITY_DECLARED) {
		report_add(report, REPORT_YES, "", ASK_243,
			   "%d: what its driver declares is cacheable for a guest%s",
			   kvm->capability, kvm->capability & KVM_CAPABILITY_ANY ?
			   ", and so is all other cacheable memory" : "");
		return;
	}
	if (kvm->capability & KVM_CAPABILITY_ANY) {
		report_add(report, REPORT_YES, "", ASK_243,
			   "%d: all cacheable memory is cacheable for a guest", kvm->capability);
		return;
	}
	report_add(report, REPORT_NO, "", ASK_243,
		   "%d: no memory without struct pages is cacheable for a guest",
		   kvm->capability);
	report_remedy(report, "%s", why_nothing(host));
}

void check_kvm_fwb(const struct host *host, struct report *report)
{
	if (report_silence(host, VCPU, report))
		return;
	if (kvm_has_fwb(&host->kvm)) {
		report_add(report, REPORT_YES, "", VCPU, "the CPUs have FEAT_S2FWB");
		return;
	}
	report_add(report, REPORT_NO, "", VCPU, "the CPUs have no FEAT_S2FWB");
	report_remedy(report,
		      "use a host with other CPUs, such as Neoverse V2 (Grace); no setting changes that");
}

void check_kvm_dic(const struct host *host, struct report *report)
{
	const char *why;

	if (report_silence(host, CACHE, report))
		return;
	if (kvm_has_dic(&host->kvm)) {
		report_add(report, REPORT_YES, "", CACHE, "CTR_EL0.DIC is 1");
		return;
	}
	if (host_kernel(host, &why) != HOST_KERNEL_MAINLINE) {
		report_add(report, REPORT_NOT_NEEDED, "", CACHE,
			   "CTR_EL0.DIC is 0; cohmem's kernel invalidates the instruction cache where a guest executes");
		return;
	}
	report_add(report, REPORT_NO, "", CACHE,
		   "CTR_EL0.DIC is 0, and mainline's version needs 1");
	report_remedy(report, "boot a kernel with cohmem's series, which needs no DIC");
}

void check_kvm_mte(const struct host *host, struct report *report)
{
	if (report_silence(host, ASK_MTE, report))
		return;
	if (!host->kvm.mte) {
		report_add(report, REPORT_YES, "", ASK_MTE, "no VM can have MTE");
		return;
	}
	report_add(report, REPORT_NO, "", ASK_MTE,
		   "VMs can have MTE, and one that has it gets no such memory: it has no tags");
	report_remedy(report, "leave MTE off in these VMs (QEMU: no mte=on)");
}
