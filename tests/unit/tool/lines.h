/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of the check's lines, and how one is run. */
#ifndef TESTS_UNIT_TOOL_LINES_H
#define TESTS_UNIT_TOOL_LINES_H

#include "check.h"

/**
 * enum lines_kvm - what KVM answers in a case
 * @LINES_KVM_AS_IT_IS: FWB, DIC, no MTE, 2 for capability 243
 * @LINES_KVM_NONE: there is no /dev/kvm
 * @LINES_KVM_DENIED: only root may open it
 * @LINES_KVM_BROKEN: a call fails
 * @LINES_KVM_NOT_ASKED: nobody asks
 * @LINES_KVM_NOT_ARM64: another architecture
 * @LINES_KVM_0: 0 for capability 243
 * @LINES_KVM_1: 1, as mainline
 * @LINES_KVM_3: 3
 * @LINES_KVM_NO_FWB: all bits of ID_AA64MMFR2_EL1 but FWB's, and 0 for capability 243
 * @LINES_KVM_NO_DIC: all bits of CTR_EL0 but DIC
 * @LINES_KVM_MAINLINE_NO_DIC: no DIC, and 0 for capability 243
 * @LINES_KVM_MTE: VMs can have MTE
 */
enum lines_kvm {
	LINES_KVM_AS_IT_IS,
	LINES_KVM_NONE,
	LINES_KVM_DENIED,
	LINES_KVM_BROKEN,
	LINES_KVM_NOT_ASKED,
	LINES_KVM_NOT_ARM64,
	LINES_KVM_0,
	LINES_KVM_1,
	LINES_KVM_3,
	LINES_KVM_NO_FWB,
	LINES_KVM_NO_DIC,
	LINES_KVM_MAINLINE_NO_DIC,
	LINES_KVM_MTE,
};

/**
 * struct lines_case - a host that is ready, with something changed
 * @name: the line that it is about
 * @what: what is so
 * @state: what the line has to say
 * @value: a part of its value, or NULL
 * @remedy: a part of its remedy, or NULL
 * @kvm: what KVM answers
 * @changes: files, as for fixture_put()
 * @is_here: it is this host, and not a copy of its files
 */
struct lines_case {
	const char *name;
	const char *what;
	enum report_state state;
	const char *value;
	const char *remedy;
	enum lines_kvm kvm;
	struct {
		const char *path;
		const char *text;
	} changes[7];
	bool is_here;
};

/* An entry without a name is behind the last. */
extern const struct lines_case lines_kernel[];
extern const struct lines_case lines_machine[];

/** lines_kvm - the answers on a host that is ready */
extern const struct kvm_facts lines_kvm;

/**
 * lines_run() - check a host
 * @dir: directory with its files
 * @kvm: what KVM answers
 * @is_here: it is this host, and not a copy of its files
 * @report: gets the lines
 */
void lines_run(const char *dir, const struct kvm_facts *kvm, bool is_here,
	       struct report *report);

#endif /* TESTS_UNIT_TOOL_LINES_H */
