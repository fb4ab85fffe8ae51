// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job operator: what the rig knows of this host, each from another place than the command
 * does, where there is one.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "end.h"
#include "iomem.h"
#include "operator.h"
#include "option.h"
#include "util.h"
#include "works.h"

#define CAP_CACHEABLE_PFNMAP	243
#define MTE			BIT_ULL(18)	/* HWCAP2_MTE */
#define DIC			BIT_ULL(29)
#define CONFIG			"/kernel/config"
#define FIX			"CONFIG_ARM64_ERRATUM_4118414=y"

/* CPUs of rig/machines that have the erratum. "max" is no real CPU, and has none. */
static const struct {
	unsigned int part;
	const char *name;
} affected[] = {
	{ 0xd0c, "Neoverse-N1" },
	{ 0xd40, "Neoverse-V1" },
	{ 0xd47, "Cortex-A710" },
	{ 0xd49, "Neoverse-N2" },
};

/* The first one of /proc/cpuinfo: all CPUs of a machine are the same. */
static bool cpu_says(const char *fmt, unsigned int *number)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, fmt, number) == 1;
	if (file)
		fclose(file);
	return found;
}

static const char *find_erratum(void)
{
	unsigned int implementer, part;

	if (!cpu_says("CPU implementer : %x", &implementer) ||
	    !cpu_says("CPU part : %x", &part))
		give_up("/proc/cpuinfo does not say which CPU this is");
	for (size_t i = 0; i < ARRAY_SIZE(affected); i++) {
		if (implementer == 0x41 && part == affected[i].part)
			return affected[i].name;
	}
	return NULL;
}

static bool has_line(const char *path, const char *wanted)
{
	FILE *file = fopen(path, "r");
	bool found = false;
	char line[256];

	if (!file)
		give_up("cannot open %s: %m", path);
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strcmp(line, wanted);
	}
	fclose(file);
	return found;
}

static int ask_capability(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, value;

	if (kvm < 0)
		give_up("cannot open /dev/kvm: %m");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		give_up("cannot make a VM: %m");
	value = ioctl(vm, KVM_CHECK_EXTENSION, CAP_CACHEABLE_PFNMAP);
	close(vm);
	close(kvm);
	return value;
}

static u64 read_ctr(void)
{
	u64 ctr = 0;

#ifdef __aarch64__
	asm("mrs %0, ctr_el0" : "=r"(ctr));
#endif
	return ctr;
}

/* NODE:SIZE,...; the machines of the rig ask in M and for two nodes at most. */
static void read_request(struct operator_facts *facts, const char *request)
{
	unsigned int node;
	u64 mib;
	int len;

	for (; sscanf(request, "%u:%lluM%n", &node, &mib, &len) == 2; request += *request == ',') {
		if (node >= OPERATOR_NODES)
			give_up("guestram= names node %u", node);
		facts->nodes[node] += mib << 20;
		facts->asked += mib << 20;
		request += len;
	}
	if (*request)
		give_up("this job does not understand guestram=...%s", request);
}

static void read_cmdline(struct operator_facts *facts)
{
	static const char policy[] = "kvm-arm.cacheable_pfnmap=", ram[] = "guestram=";
	char text[4096];

	if (!read_file("/proc/cmdline", text, sizeof(text)))
		give_up("cannot read /proc/cmdline: %m");
	text[strcspn(text, "\n")] = '\0';
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (!strncmp(word, policy, strlen(policy)))
			snprintf(facts->policy, sizeof(facts->policy), "%s",
				 word + strlen(policy));
		else if (!strncmp(word, ram, strlen(ram)))
			read_request(facts, word + strlen(ram));
		else if (!strncmp(word, "kvm-arm.mode=", 13))
			facts->is_protected = !strcmp(word + 13, "protected");
	}
}

void operator_know(struct operator_facts *facts)
{
	struct iomem ram;

	memset(facts, 0, sizeof(*facts));
	/* A kernel of the rig is named after its variant. */
	facts->is_stock = strstr(option("release"), "-rig-stock-");
	read_cmdline(facts);
	facts->capability = ask_capability();
	facts->has_fwb = works_kernel_said("detected: Stage-2 Force Write-Back");
	facts->has_dic = read_ctr() & DIC;
	facts->has_mte = getauxval(AT_HWCAP2) & MTE;
	facts->erratum = find_erratum();
	facts->is_fixed = has_line(CONFIG, FIX);
	facts->gpu = option("gpu");
	iomem_read(&ram, "Guest RAM");
	facts->guest_ram = ram.bytes;
}
