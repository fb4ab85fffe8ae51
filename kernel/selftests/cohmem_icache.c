// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_icache - the instruction cache and memory without a kernel mapping
 *
 * Unless fetches are coherent with writes (Arm ARM DDI 0487, CTR_EL0.DIC), KVM
 * invalidates the instruction cache before a guest may execute from a page. That is
 * done by address where the kernel has one. Where it has none, the whole cache has to
 * be invalidated: once for each entry of stage 2 that becomes executable.
 *
 * An emulated CPU has no such cache, and the guest would not notice. So it is the
 * instruction that is counted: hardware breakpoints are set on each IC IALLUIS in the
 * kernel's stage-2 code, on the CPU that the only vCPU is pinned to.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, /dev/cohmem-test/stage2 to read
 * the kernel's code, and a kernel with CONFIG_PERF_EVENTS.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define NR_TRIES	8
#define INSN_IC_IALLUIS	0xd508711fu
#define MAX_BREAKPOINTS	4
#define CPU		0

static int breakpoints[MAX_BREAKPOINTS];
static unsigned int nr_breakpoints;

static int open_breakpoint(u64 addr)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_X,
		.bp_addr = addr,
		.bp_len = HW_BREAKPOINT_LEN_4,
	};

	/* Not of a thread: arm64 has these in the kernel for CPUs only. */
	return syscall(SYS_perf_event_open, &attr, -1, CPU, -1, 0);
}

/* Of user space, to know whether there are any. */
static bool has_breakpoints(void)
{
	int fd = open_breakpoint((u64)has_breakpoints);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static u64 invalidations(void)
{
	u64 count, sum = 0;
	unsigned int i;

	for (i = 0; i < nr_breakpoints; i++) {
		TEST_ASSERT(read(breakpoints[i], &count, sizeof(count)) ==
			    sizeof(count), "breakpoint %u: errno %i", i, errno);
		sum += count;
	}
	return sum;
}

/* Where the kernel's code begins in memory; for root only. */
static u64 phys_of_text(void)
{
	char line[128];
	u64 phys = 0;
	FILE *file = fopen("/proc/iomem", "r");

	TEST_ASSERT(file, "cannot open /proc/iomem: errno %i", errno);
	while (!phys && fgets(line, sizeof(line), file)) {
		if (strstr(line, ": Kernel code\n"))
			phys = strtoull(line, NULL, 16);
	}
	fclose(file);
	TEST_ASSERT(phys, "no kernel code in /proc/iomem");
	return phys;
}

static u32 kernel_insn(int fd, u64 phys)
{
	struct testdev_phys req = { .phys = phys, .len = sizeof(u32) };
	u32 insn;

	req.buf = (u64)&insn;
	TEST_ASSERT(!ioctl(fd, TESTDEV_READ_PHYS, &req),
		    "kernel code at %#lx: errno %i", phys, errno);
	return insn;
}

static void break_on(const char *function, u64 addr)
{
	int fd = open_breakpoint(addr);

	TEST_ASSERT(fd >= 0, "breakpoint in %s: errno %i", function, errno);
	TEST_ASSERT(nr_breakpoints < MAX_BREAKPOINTS, "too many of them");
	ksft_print_msg("IC IALLUIS in %s\n", function);
	breakpoints[nr_breakpoints++] = fd;
}

/* All functions of KVM's stage-2 code have that prefix. */
static void find_invalidations(void)
{
	char line[512], name[256], function[256];
	u64 addr, text = 0, start = 0, phys = phys_of_text();
	FILE *file = fopen("/proc/kallsyms", "r");
	int fd = open_node("stage2");

	TEST_ASSERT(file, "cannot open /proc/kallsyms: errno %i", errno);
	while (fgets(line, sizeof(line), file)) {
		/* Modules, the test device among them, are in brackets. */
		if (strchr(line, '[') ||
		    sscanf(line, "%lx %*c %255s", &addr, name) != 2)
			continue;
		for (; start && start < addr; start += sizeof(u32)) {
			if (kernel_insn(fd, phys + (start - text)) == INSN_IC_IALLUIS)
				break_on(function, start);
		}
		start = 0;
		if (!strcmp(name, "_text"))
			text = addr;
		if (!strncmp(name, "stage2_", strlen("stage2_"))) {
			start = addr;
			memcpy(function, name, sizeof(name));
		}
	}
	TEST_ASSERT(text, "no _text in /proc/kallsyms");
	fclose(file);
	close(fd);
}

/*
 * A page is mapped by the fetch, or was mapped by a load before. Only a breakpoint
 * that was hit can be hit too often, and it then counts once more: an interrupt
 * between it and the step over it ends the step inside its handler, and returns to
 * the breakpoint. So a count above what is expected is tried again on another page.
 */
static void test_mapping(const struct mapping *mapping, bool load_first)
{
	enum guest_outcome wanted = outcome_of(mapping, true);
	size_t page_size = getpagesize(), size = NR_TRIES * page_size;
	u64 expected = wanted == DONE && !mapping->facts.linear && !test_machine.dic;
	u64 page, before, loaded, count = 0;
	struct guest_vm t;
	u32 *code;
	bool ok;

	code = map_node(NULL, size, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
			MAP_SHARED);
	for (page = 0; page < NR_TRIES; page++) {
		u32 *insn = (void *)code + page * page_size + CODE;

		insn[0] = INSN_MOV_X0_42;
		insn[1] = INSN_RET;
	}
	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, size);
	ok = !set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, size, code);

	for (page = 0; ok && page < NR_TRIES; page++) {
		u64 gpa = TEST_GPA + page * page_size;

		before = invalidations();
		if (load_first)
			ok = guest_gets(&t, LOAD, gpa, 0, DONE);
		loaded = invalidations();
		ok = ok && guest_gets(&t, CALL, gpa, 0, wanted);
		count = invalidations() - loaded;
		if (loaded != before) {
			ksft_print_msg("the load invalidates\n");
			ok = false;
		}
		if (!expected || count <= expected)
			break;
		ksft_print_msg("%lu at page %lu\n", count, page);
	}
	if (count != expected) {
		ksft_print_msg("%lu invalidations of the whole cache, not %lu\n", count,
			       expected);
		ok = false;
	}
	ksft_test_result(ok, "%s, %s, the whole instruction cache is %sinvalidated\n",
			 mapping->name, load_first ? "first loaded from" : "executed",
			 expected ? "" : "not ");
	kvm_vm_free(t.vm);
	munmap(code, size);
}

int main(void)
{
	static const enum mapping_nr tried[] = { DECLARED, LAZY, UNDECLARED, NC, RAM };
	unsigned int i;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(has_breakpoints());

	kvm_pin_this_task_to_pcpu(CPU);
	read_machine(false);
	ksft_set_plan(2 * ARRAY_SIZE(tried) + 1);
	find_invalidations();
	ksft_test_result(nr_breakpoints, "%u of the instructions are watched\n", nr_breakpoints);
	for (i = 0; i < ARRAY_SIZE(tried); i++) {
		test_mapping(&mappings[tried[i]], false);
		test_mapping(&mappings[tried[i]], true);
	}
	ksft_finished();
}
