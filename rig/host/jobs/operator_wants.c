// SPDX-License-Identifier: GPL-2.0-only
/* Job operator: what the command has to say, from what the rig knows. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "end.h"
#include "operator.h"
#include "text.h"

#define YES	"yes"
#define NO	"no"
#define UNKNOWN	"cannot tell"
#define NEITHER	"not needed"
#define AS_ROOT	"run cohmem check as root"

#define NVGRACE	"nvgrace_gpu_vfio_pci"

static struct operator_line *add(struct operator_lines *want, const char *name,
				 const char *state, const char *fmt, ...)
	__printf(4, 5);

static struct operator_line *add(struct operator_lines *want, const char *name,
				 const char *state, const char *fmt, ...)
{
	struct operator_line *line = &want->lines[want->count];
	va_list ap;

	if (want->count++ == OPERATOR_LINES)
		give_up("job operator wants more than %d lines", OPERATOR_LINES);
	memset(line, 0, sizeof(*line));
	snprintf(line->name, sizeof(line->name), "%s", name);
	snprintf(line->state, sizeof(line->state), "%s", state);
	va_start(ap, fmt);
	vsnprintf(line->value, sizeof(line->value), fmt, ap);
	va_end(ap);
	return line;
}

static void advise(struct operator_line *line)
{
	line->is_advice = true;
}

static void subject(struct operator_line *line, const char *text)
{
	snprintf(line->subject, sizeof(line->subject), "%s", text);
}

static void remedy(struct operator_line *line, const char *text)
{
	snprintf(line->remedy, sizeof(line->remedy), "%s", text);
}

/* That a kernel is stock shows itself by what KVM answers, if nothing else explains it. */
static bool shows_stock(const struct operator_facts *facts, const struct operator_case *one)
{
	return facts->is_stock && one->is_root && facts->has_fwb && !facts->is_protected &&
	       strcmp(facts->policy, "off");
}

static void want_kernel(struct operator_lines *want, const struct operator_facts *facts,
			const struct operator_case *one)
{
	if (!facts->is_stock)
		add(want, "kernel", YES, "with cohmem's series");
	else if (shows_stock(facts, one))
		remedy(add(want, "kernel", NO, "without cohmem's series"), "boot a kernel");
	else
		add(want, "kernel", UNKNOWN, "looks like a stock kernel");
	advise(add(want, "updates", UNKNOWN, "apt has no lists"));
}

static void want_policy(struct operator_lines *want, const struct operator_facts *facts,
			const struct operator_case *one)
{
	static const char * const good[] = { "", "declared", "strict", "any" };
	const char *state = facts->is_stock ? UNKNOWN : YES;

	if (facts->is_protected) {
		remedy(add(want, "policy", NO, "off"), "boot without kvm-arm.mode=protected");
		return;
	}
	if (shows_stock(facts, one)) {
		add(want, "policy", NEITHER, "no policies");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!strcmp(facts->policy, good[i])) {
			add(want, "policy", state, "%s", i ? good[i] : "declared, the default");
			return;
		}
	}
	if (!strcmp(facts->policy, "off"))
		remedy(add(want, "policy", NO, "off: "), "boot without");
	else
		remedy(add(want, "policy", NO, "'%s' is no policy", facts->policy),
		       "declared, strict or any");
}

static void want_kvm_answers(struct operator_lines *want, const struct operator_facts *facts)
{
	add(want, "kvm", YES, "makes VMs");
	if (facts->capability > 0)
		add(want, "capability", YES, "%d: ", facts->capability);
	else
		remedy(add(want, "capability", NO, "%d: ", facts->capability), "see line ");
	if (facts->has_fwb)
		add(want, "fwb", YES, "the CPUs have FEAT_S2FWB");
	else
		remedy(add(want, "fwb", NO, "the CPUs have no FEAT_S2FWB"), "other CPUs");
	if (facts->has_dic)
		add(want, "dic", YES, "CTR_EL0.DIC is 1");
	else
		add(want, "dic", NEITHER, "CTR_EL0.DIC is 0");
	if (!facts->has_mte)
		advise(add(want, "mte", YES, "no VM can have MTE"));
	else
		advise(add(want, "mte", NO, "VMs can have MTE"));
}

static void want_kvm(struct operator_lines *want, const struct operator_facts *facts,
		     const struct operator_case *one)
{
	static const char * const names[] = { "kvm", "capability", "fwb", "dic", "mte" };

	if (one->is_root) {
		want_kvm_answers(want, facts);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remedy(add(want, names[i], UNKNOWN, "open() of /dev/kvm failed"), AS_ROOT);
	advise(&want->lines[want->count - 1]);
}

static void want_machine(struct operator_lines *want, const struct operator_facts *facts)
{
	char page[32];

	text_bytes(page, sizeof(page), sysconf(_SC_PAGESIZE));
	add(want, "pages", YES, "%s", page);
	/* The machines have one SMMU, and all PCI devices are behind it. */
	add(want, "iommu", YES, "1 IOMMU");
	if (!facts->erratum)
		add(want, "erratum", NEITHER, "no CPU has the TLBI erratum");
	else if (facts->is_fixed)
		add(want, "erratum", YES, "%s", facts->erratum);
	else
		remedy(add(want, "erratum", NO, "%s", facts->erratum),
		       "CONFIG_ARM64_ERRATUM_4118414=y");
	/* The rig's kernels have no securityfs. */
	advise(add(want, "lockdown", UNKNOWN, "securityfs is not mounted"));
}

static void want_device(struct operator_lines *want, const struct operator_facts *facts,
			const struct operator_case *one)
{
	struct operator_line *line;

	if (!facts->gpu) {
		add(want, "device", NEITHER, "none that is listed");
		return;
	}
	if (!one->gpu_name) {
		line = add(want, "device", UNKNOWN,
			   "1234:1111: %s has it, and no list names it", one->driver);
		remedy(line, "name it in a list in /etc/cohmem/devices.d");
	} else if (!strcmp(one->driver, NVGRACE)) {
		line = add(want, "device", YES, "%s: " NVGRACE " has it", one->gpu_name);
	} else {
		line = add(want, "device", NO, "%s: %s has it", one->gpu_name, one->driver);
		remedy(line, "modprobe " NVGRACE " && ");
	}
	subject(line, facts->gpu);
}

static void want_guestram(struct operator_lines *want, const struct operator_facts *facts,
			  const struct operator_case *one)
{
	char asked[32], there[32], name[16];

	if (!facts->is_stock)
		add(want, "guestramfs", YES, "the kernel has it");
	else if (facts->asked)
		remedy(add(want, "guestramfs", NO, "the kernel has none"), "boot a kernel");
	else
		add(want, "guestramfs", NEITHER, "the kernel has none");
	for (int i = 0; i < OPERATOR_NODES; i++) {
		if (facts->is_stock || !facts->nodes[i])
			continue;
		text_bytes(asked, sizeof(asked), facts->nodes[i]);
		snprintf(name, sizeof(name), "node%d", i);
		subject(add(want, "guestram", YES, "%s, free ", asked), name);
	}
	text_bytes(asked, sizeof(asked), facts->asked);
	text_bytes(there, sizeof(there), facts->guest_ram);
	if (facts->asked && facts->guest_ram >= facts->asked)
		add(want, "guestram", YES, "asks for %s, and there is %s", asked, there);
	else if (facts->asked)
		remedy(add(want, "guestram", NO, "asks for %s, and there is %s", asked, there),
		       facts->is_stock ? "see line guestramfs" : "boot");
	else if (facts->gpu && one->gpu_name)
		add(want, "guestram", NEITHER, "nothing asks for it");
	else if (facts->gpu)
		remedy(add(want, "guestram", UNKNOWN, "nothing asks for it"), "see line device");
	else
		remedy(add(want, "guestram", NO, "nothing asks for it"), "boot with guestram=");
}

static void want_mounts(struct operator_lines *want, const struct operator_facts *facts,
			const struct operator_case *one)
{
	struct operator_line *line;
	char name[16];

	if (facts->is_stock || !facts->asked) {
		add(want, "mount", NEITHER, "no guest RAM to mount");
		return;
	}
	for (int i = 0; i < OPERATOR_NODES; i++) {
		if (!facts->nodes[i])
			continue;
		snprintf(name, sizeof(name), "node%d", i);
		if (one->is_mounted) {
			add(want, "mount", YES, OPERATOR_MOUNTS "/%s", name);
			continue;
		}
		line = add(want, "mount", NO, "is not mounted");
		subject(line, name);
		remedy(line, "mount -t guestramfs -o node=");
	}
}

/* A no counts for more than what cannot be told, wherever it stands. */
static void decide(struct operator_lines *want)
{
	const char *ready = YES;

	want->status = 0;
	for (size_t i = 0; i < want->count; i++) {
		const struct operator_line *line = &want->lines[i];

		if (line->is_advice)
			continue;
		if (!strcmp(line->state, NO)) {
			ready = NO;
			want->status = 1;
		} else if (!strcmp(line->state, UNKNOWN) && !want->status) {
			ready = UNKNOWN;
			want->status = 3;
		}
	}
	snprintf(want->ready, sizeof(want->ready), "%s", ready);
}

void operator_want(struct operator_lines *want, const struct operator_facts *facts,
		   const struct operator_case *one)
{
	memset(want, 0, sizeof(*want));
	want_kernel(want, facts, one);
	want_policy(want, facts, one);
	want_kvm(want, facts, one);
	want_machine(want, facts);
	want_device(want, facts, one);
	want_guestram(want, facts, one);
	want_mounts(want, facts, one);
	/* QEMU is there, as a tree of files, and dpkg is not. */
	advise(add(want, "qemu", UNKNOWN, "cannot be read"));
	decide(want);
}
