// SPDX-License-Identifier: GPL-2.0-only
/* Configurations, mounts, CPUs, lockdown, PCI IDs. */
#include <string.h>

#include "config.h"
#include "devices.h"
#include "kernel.h"
#include "kvm.h"
#include "lockdown.h"
#include "midr.h"
#include "mounts.h"
#include "tap.h"
#include "tool_test.h"

static void test_config(void)
{
	static const char text[] =
		"CONFIG_KVM=y\nCONFIG_VFIO=m\r\n# CONFIG_OFF is not set\nCONFIG_N=n\n"
		"CONFIG_NR_CPUS=16\nCONFIG_KVM_ARM=y\n#CONFIG_COMMENT=y\nCONFIG_TWICE=y\n"
		"# CONFIG_TWICE is not set\nCONFIG_YES=yes\nXCONFIG_X=y";

	tap(config_state(text, "KVM") == CONFIG_ON && config_state(text, "VFIO") == CONFIG_ON,
	    "config: y and m are on");
	tap(config_state(text, "OFF") == CONFIG_OFF && config_state(text, "N") == CONFIG_OFF,
	    "config: 'is not set' and n are off");
	tap(config_state(text, "NR_CPUS") == CONFIG_VALUE &&
	    config_state(text, "YES") == CONFIG_VALUE, "config: another value is told apart");
	tap(config_state(text, "NR") == CONFIG_ABSENT && config_state(text, "X") == CONFIG_ABSENT &&
	    config_state(text, "COMMENT") == CONFIG_ABSENT &&
	    config_state("", "KVM") == CONFIG_ABSENT,
	    "config: an option has its whole name");
	tap(config_state(text, "TWICE") == CONFIG_OFF, "config: the last line counts");
}

static void test_mounts(void)
{
	static const char text[] =
		"none /guest\\040ram guestramfs rw,node=1 0 0\n"
		"guestramfs /not guestramfs2 rw 0 0\n"
		"\n"
		"none /cut\n"
		"none\t/a\\134b\\011c\\x\\04 \tguestramfs\n"
		"none /zero\\000\\777 guestramfs rw,node=1";
	struct mounts_entry entry;
	const char *at = text;

	tap(mounts_next(&at, "guestramfs", &entry) && !strcmp(entry.where, "/guest ram"),
	    "mounts: \\040 is a blank");
	tap(mounts_option(&entry, "rw") && !strcmp(mounts_option(&entry, "node") ?: "", "1") &&
	    !mounts_option(&entry, "nod") && !mounts_option(&entry, "ode") &&
	    !mounts_option(&entry, "node=1") && !mounts_option(&entry, ""),
	    "mounts: an option has its whole name");
	tap(mounts_next(&at, "guestramfs", &entry) && !strcmp(entry.where, "/a\\b\tc\\x\\04") &&
	    !*entry.options, "mounts: three octal digits are a byte, and no less");
	tap(mounts_next(&at, "guestramfs", &entry) && !strcmp(entry.where, "/zero?\xff") &&
	    mounts_option(&entry, "node") && !mounts_next(&at, "guestramfs", &entry),
	    "mounts: a byte of 0 does not end a path");
	tap(mounts_knows("nodev\tsysfs\n\text4\nnodev\tguestramfs\n", "guestramfs") &&
	    mounts_knows("\tguestramfs", "guestramfs") &&
	    !mounts_knows("nodev\tguestramfs2\nguestramfs\n", "guestramfs"),
	    "mounts: a file system is known by its whole name");
}

static void test_midr(void)
{
	static const char * const wrong[] = {
		"", "0x", "410fd4f0", "0x410fd4f0 ", "0x-1", "0xg", "0x00000000410fd4f00",
	};
	size_t read = 0;
	u64 midr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		read += midr_read(wrong[i], &midr);
	tap(!read, "midr: what is no register is refused");
	tap(midr_read("0x00000000410fd4f1", &midr) && midr == 0x410fd4f1,
	    "midr: a register is read");
	tap(!strcmp(midr_with_erratum(0x411fd4f1) ?: "", "Neoverse-V2") &&
	    !strcmp(midr_with_erratum(0x6d0fd490) ?: "", "Microsoft Azure Cobalt 100") &&
	    !strcmp(midr_with_erratum(0x4e0f0100) ?: "", "NVIDIA Olympus"),
	    "midr: a CPU with the erratum is known, whatever its revision");
	tap(!midr_with_erratum(0x410fd034) && !midr_with_erratum(0x420fd4f0) &&
	    !midr_with_erratum(0), "midr: other CPUs, and those of others, have no erratum");
}

static void test_vm_type(void)
{
	tap(kvm_vm_type(36) == 36 && kvm_vm_type(39) == 39,
	    "kvm: a VM has no more bits of addresses than KVM can give it");
	tap(!kvm_vm_type(40) && !kvm_vm_type(48) && !kvm_vm_type(0) && !kvm_vm_type(-1),
	    "kvm: it has 40 where KVM can, or does not say");
}

static void test_lockdown(void)
{
	tap(lockdown_read("[none] integrity confidentiality") == LOCKDOWN_NONE &&
	    lockdown_read("none [integrity] confidentiality") == LOCKDOWN_INTEGRITY &&
	    lockdown_read("none integrity [confidentiality]") == LOCKDOWN_CONFIDENTIALITY,
	    "lockdown: the word in brackets counts");
	tap(lockdown_read("none integrity") == LOCKDOWN_UNKNOWN &&
	    lockdown_read("[integrity") == LOCKDOWN_UNKNOWN &&
	    lockdown_read("") == LOCKDOWN_UNKNOWN, "lockdown: other words are unknown");
}

static void test_ids(void)
{
	unsigned int id = 0;

	tap(devices_id("0x10de", &id) && id == 0x10de && devices_id("2342", &id) && id == 0x2342 &&
	    devices_id("31C2", &id) && id == 0x31c2, "devices: an ID has four digits");
	tap(!devices_id("", &id) && !devices_id("0x10de ", &id) && !devices_id("10d", &id) &&
	    !devices_id("0x0x", &id) && !devices_id("-123", &id) && !devices_id("10dg", &id),
	    "devices: what is no ID is refused");
}

void test_texts(void)
{
	test_config();
	test_mounts();
	test_midr();
	test_vm_type();
	test_lockdown();
	test_ids();
}
