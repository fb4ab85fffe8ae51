// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_dump - the stage-2 dump in debugfs, of a VM that runs and of one that dies
 *
 * A dump that does not fit into the first buffer of the kernel is whole: it has its
 * heading, and each line begins where the one before ended. While a long dump is made,
 * others can run on that CPU, so no lock is held all the time. If the VMM goes away
 * while somebody has the files of its VM open, there is nothing more to read.
 *
 * The memory is the page of zeroes, many times, in a memslot that logs: so stage 2 maps
 * it by pages, and it takes no memory.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/sizes.h>

#include "cohmem_ticks.h"
#include "cohmem_util.h"
#include "ucall_common.h"

#define TEST_GPA	0x100000000ul
/* Every other page, which makes a line for each: more than fit into a page of 64 KiB. */
#define NR_LINES	2000
/* Pages of a dump that takes LONG_US or longer are looked for among these. */
#define NR_LONG		32768
#define NR_LONGEST	262144
#define LONG_US		4000
#define MAX_DUMP	SZ_1M

/* Before, after and between the dumps, of which the kernel makes three at most. */
#define TICKS_ANYWAY	4
#define TICKS_WANTED	5

static size_t page;

static struct kvm_vm *make_vm(struct kvm_vcpu **vcpu, unsigned int pages)
{
	/* The guest's pages are 4 KiB: its tables grow with the host's pages. */
	struct kvm_vm *vm = __vm_create_with_one_vcpu(vcpu, pages * page / SZ_4K,
						      guest_touch);
	unsigned int nr;

	vm_set_user_memory_region(vm, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES, TEST_GPA,
				  pages * page, map_anonymous(pages * page));
	for (nr = 0; nr < pages; nr++)
		virt_pg_map(vm, TEST_GPA + nr * page, TEST_GPA + nr * page);
	return vm;
}

static bool touch(struct kvm_vcpu *vcpu, u64 step, unsigned int count)
{
	struct ucall uc;

	vcpu_args_set(vcpu, 3, TEST_GPA, step, (u64)count);
	return !__vcpu_run(vcpu) && get_ucall(vcpu, &uc) == UCALL_DONE;
}

/* Bytes read, or -1. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t sum = 0;
	ssize_t len;

	while ((len = read(fd, buf + sum, size - 1 - sum)) > 0)
		sum += len;
	buf[sum] = '\0';
	return len < 0 ? -1 : sum;
}

static bool line_follows(const char *line, u64 *end)
{
	u64 first, last;

	if (sscanf(line, "0x%lx-0x%lx", &first, &last) == 2 && first == *end &&
	    last > first) {
		*end = last;
		return true;
	}
	ksft_print_msg("behind %#lx: %s\n", *end, line);
	return false;
}

static bool is_whole(char *dump, unsigned int *lines)
{
	char *line = strtok(dump, "\n");
	u64 end = 0;

	*lines = 0;
	if (!line || strncmp(line, "---[ ", 5)) {
		ksft_print_msg("the heading is: %s\n", line ?: "missing");
		return false;
	}
	while ((line = strtok(NULL, "\n"))) {
		if (!line_follows(line, &end))
			return false;
		++*lines;
	}
	return true;
}

static void test_whole(char *buf)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = make_vm(&vcpu, NR_LINES);
	unsigned int lines = 0;
	ssize_t len;
	bool ok;
	int fd;

	ok = touch(vcpu, 2 * page, NR_LINES / 2);
	fd = open_vm_file(getpid(), vm->fd, "stage2_page_tables");
	TEST_ASSERT(fd >= 0, "cannot open the dump: %s", strerror(errno));
	len = read_all(fd, buf, MAX_DUMP);
	close(fd);
	ok &= len > (ssize_t)page && is_whole(buf, &lines) && lines >= NR_LINES - 1;
	ksft_test_result(ok, "a long dump is whole\n");
	kvm_vm_free(vm);
}

/**
 * struct long_dump - a dump, and what happened meanwhile
 * @len: bytes read, or -1
 * @us: how long it took
 * @ticks: how often others ran
 */
struct long_dump {
	ssize_t len;
	unsigned long us;
	unsigned int ticks;
};

static struct long_dump dump_pages(char *buf, unsigned int pages)
{
	struct long_dump dump = { .len = -1 };
	struct timespec begin, end;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = make_vm(&vcpu, pages);
	int fd = open_vm_file(getpid(), vm->fd, "stage2_page_tables");

	TEST_ASSERT(fd >= 0, "cannot open the dump: %s", strerror(errno));
	if (touch(vcpu, page, pages)) {
		ticks_begin();
		dump.ticks = ticks_now();
		clock_gettime(CLOCK_MONOTONIC, &begin);
		dump.len = read(fd, buf, MAX_DUMP);
		clock_gettime(CLOCK_MONOTONIC, &end);
		dump.ticks = ticks_now() - dump.ticks;
		ticks_end();
		end = timespec_sub(end, begin);
		dump.us = timespec_to_ns(end) / 1000;
	}
	close(fd);
	kvm_vm_free(vm);
	return dump;
}

/*
 * Pages that are alike make one line, so the dump is short. The kernel makes it anew if
 * it does not fit into a page, or into two. On a fast machine it takes more pages to see
 * that others run.
 */
static void test_others_run(char *buf)
{
	unsigned int pages = NR_LONG;
	struct long_dump dump = dump_pages(buf, pages);

	while (dump.len > 0 && pages < NR_LONGEST &&
	       (dump.us < LONG_US || dump.ticks < TICKS_ANYWAY + TICKS_WANTED)) {
		pages *= 2;
		dump = dump_pages(buf, pages);
	}
	ksft_test_result(dump.len > 0 && dump.len < 4 * (ssize_t)page &&
			 dump.ticks >= TICKS_ANYWAY + TICKS_WANTED,
			 "others run while a dump is made of %u pages: %u times in %lu us\n",
			 pages, dump.ticks, dump.us);
}

static const char * const files[] = {
	"stage2_page_tables", "ipa_range", "stage2_levels"
};

/* A VMM, until it is killed. */
static void be_vmm(int report)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = make_vm(&vcpu, 1);

	if (touch(vcpu, page, 1) && write(report, &vm->fd, sizeof(vm->fd)) > 0)
		pause();
	_exit(1);
}

static bool reads(int fd, bool something)
{
	char buf[256];
	ssize_t len = read(fd, buf, sizeof(buf));

	close(fd);
	return something ? len > 0 : !len;
}

static void test_vmm_gone(void)
{
	int fds[ARRAY_SIZE(files)], report[2], vm_fd;
	bool ok = true;
	size_t i;
	pid_t pid;

	TEST_ASSERT(!pipe(report), "pipe(): errno %i", errno);
	fflush(NULL);
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork(): errno %i", errno);
	if (!pid)
		be_vmm(report[1]);
	close(report[1]);
	TEST_ASSERT(read(report[0], &vm_fd, sizeof(vm_fd)) == sizeof(vm_fd),
		    "the VMM has no VM");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ok &= reads(open_vm_file(pid, vm_fd, files[i]), true);
		fds[i] = open_vm_file(pid, vm_fd, files[i]);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* The open files keep the VM, but not its page table. */
	ok &= open_vm_file(pid, vm_fd, files[0]) == -1 && errno == ENOENT;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		ok &= reads(fds[i], false);
	ksft_test_result(ok, "there is nothing to read when the VMM is gone\n");
	close(report[0]);
}

int main(void)
{
	char *buf;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));

	page = getpagesize();
	buf = malloc(MAX_DUMP);
	TEST_ASSERT(buf, "no memory");
	kvm_pin_this_task_to_pcpu(0);
	ksft_set_plan(3);
	/* First, as long as there is one thread. */
	test_vmm_gone();
	test_whole(buf);
	test_others_run(buf);
	ksft_finished();
}
