// SPDX-License-Identifier: GPL-2.0-only
/* What goes into a report, and what must not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact.h"
#include "tap.h"
#include "tool_test.h"

static bool gives(void (*redact)(const char *, FILE *), const char *text, const char *want)
{
	size_t size;
	char *got;
	FILE *f = open_memstream(&got, &size);
	bool same;

	if (!f)
		abort();
	redact(text, f);
	fclose(f);
	same = !strcmp(got, want);
	if (!same)
		fprintf(stderr, "of:\n%s\nis:\n%s", text, got);
	free(got);
	return same;
}

static void test_process(void)
{
	char qemu[VMS_PROCESS] = "qemu-system-aar", vm[VMS_PROCESS] = "acme-payroll",
	     like[VMS_PROCESS] = "qemu-system-aa";

	redact_process(qemu);
	redact_process(vm);
	redact_process(like);
	tap(!strcmp(qemu, "qemu-system-aar") && !strcmp(vm, "other") && !strcmp(like, "other"),
	    "redact: of processes, VMMs alone keep their names");
}

static void test_slots(void)
{
	tap(gives(redact_memslots,
		  "slot as=0 id=3 ipa=0x40000000 size=0x4000 hva=0xffff80200000 flags=log secret=1\n"
		  "vma hva=0xffff80200000 size=0x2000 row=coherent\nnext secret=1\nsecret\n"
		  "gap hva=0xffff80202000 size=0x2000\nrefused ipa=0x40001000 reason=\"se cret\" count=7",
		  "slot as=0 id=3 ipa=0x40000000 size=0x4000 flags=log congruent=0x200000\n"
		  "vma size=0x2000 row=coherent\ngap size=0x2000\n"
		  "refused ipa=0x40001000 count=7\n"),
	    "redact: of memslots, no address of the VMM is left, and nothing that is not known");
	tap(gives(redact_memslots, "slot ipa=0x40000000 hva=0x80000000\nslot ipa=0x1000 hva=0x0\n",
		  "slot ipa=0x40000000 congruent=0x40000000\nslot ipa=0x1000 congruent=0x1000\n"),
	    "redact: it is said which blocks the addresses of guest and VMM allow");
}

static void test_log(void)
{
	tap(gives(redact_log,
		  "<6>[    1.000000] guestram: 184320 MiB of node 0 at 0x1-0x2\n"
		  "<6>[    2.000000] secret: guestram: no\n<12>[    3.000000] guestram: secret\n"
		  "[    4.000000] [  T12] nvgrace-gpu-vfio-pci 0009:01:00.0: not ready\n"
		  "<4>kvm-arm.cacheable_pfnmap=x is not declared\n<6>[ 5.0] kvm [7]: secret\n",
		  "guestram: 184320 MiB of node 0 at 0x1-0x2\n"
		  "nvgrace-gpu-vfio-pci 0009:01:00.0: not ready\n"
		  "kvm-arm.cacheable_pfnmap=x is not declared\n"),
	    "redact: of the log, lines of the kernel's own about such memory are left");
	tap(gives(redact_log,
		  "<6>[ 5.0] kvm [42]: secret: : x]: memory at IPA 0x4000, host 0xffff1000-0xffff2fff refused: undeclared: its driver has not\n"
		  "<6>[ 6.0] kvm [4]: se: memory at IPA 0x0, host 0x10-0x1f is not cacheable for the guest: no-fwb: x\n",
		  "kvm [42]: memory at IPA 0x4000, 8192 bytes refused: undeclared\n"
		  "kvm [4]: memory at IPA 0x0, 16 bytes is not cacheable for the guest: no-fwb\n"),
	    "redact: of a refusal, the process's name and addresses are left out");
	tap(gives(redact_log,
		  "kvm [x]: a: memory at IPA 0x0, host 0x0-0x1 refused: no-fwb: x\n"
		  "kvm [1]: a: memory at IPA secret, host 0x0-0x1 refused: no-fwb: x\n"
		  "kvm [1]: a: memory at IPA 0x0, host 0x2-0x1 refused: no-fwb: x\n"
		  "kvm [1]: a: memory at IPA 0x0, host 0x0-0x1 secret: no-fwb: x\nkvm [", ""),
	    "redact: what looks like a refusal, and is none, is left out");
}

static void test_iomem(void)
{
	tap(gives(redact_iomem,
		  "40000000-7fffffff : System RAM\n80000000-ffffffff : Guest RAM\n"
		  "  90000000-9fffffff : secret Guest RAM\n 100000000-1ffffffff : Guest RAM\n",
		  "80000000-ffffffff : Guest RAM\n 100000000-1ffffffff : Guest RAM\n"),
	    "redact: of /proc/iomem, lines of guest RAM are left");
}

static void test_cmdline(void)
{
	tap(gives(redact_cmdline,
		  "root=UUID=secret guestram=1G kvm_arm.mode=nvhe x.guestram=secret guestram=2G lockdown=integrity mem -- mem=secret\n",
		  "kvm-arm.mode=nvhe\nguestram=1G\nguestram=2G\nlockdown=integrity\nmem=\n"),
	    "redact: of the command line, parameters that are in a list are left");
}

void test_redact(void)
{
	test_process();
	test_slots();
	test_log();
	test_iomem();
	test_cmdline();
}
