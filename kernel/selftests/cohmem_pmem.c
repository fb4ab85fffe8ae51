// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_pmem - a guest whose memory is a file of a file system with -o dax
 *
 * The host maps the file by PMD entries, so stage 2 maps it by blocks. Its pages are not
 * compound: each has references of its own, and one when nobody uses it. A fault acquires
 * the page that it is about, and has to release that one. Otherwise the file can never be
 * truncated again. It is, under the guest. The kernel reaches such memory by itself, so it
 * is Normal in the guest, as RAM is.
 *
 * Needs node stage2 of cohmem's test device, which counts references.
 *
 *	-f DIR		where the file system is, if not at /pmem
 */
#include <fcntl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define NR_PAGES	16
/* Not the first one of the block. */
#define FIRST_PAGE	7
#define FAULTS		1000
#define PATIENCE_S	60

static size_t page, block;

static bool load(struct guest_vm *t, unsigned int nr)
{
	return guest_gets(t, LOAD, TEST_GPA + nr * page, 0, DONE);
}

/* Nobody has a reference to the pages from @pa on. */
static bool are_idle(int counter, u64 pa)
{
	unsigned int nr;
	bool ok = true;
	u32 count;

	for (nr = 0; nr < NR_PAGES; nr++) {
		count = page_count(counter, pa + nr * page);
		if (count == 1)
			continue;
		ksft_print_msg("page %u has %u references\n", nr, count);
		ok = false;
	}
	return ok;
}

static void test_references(struct guest_vm *t, void *mem, int counter)
{
	struct s2_entry e;
	unsigned int i = 0;
	bool ok;

	ok = load(t, FIRST_PAGE);
	e = s2_entry_at(t->vm, TEST_GPA);
	if (e.block != block)
		ksft_print_msg("stage 2 has a block of %#zx\n", e.block);
	ok &= e.block == block && are_idle(counter, e.pa);
	/* Each wrong release would make matters worse. */
	for (; ok && i < FAULTS; i++) {
		TEST_ASSERT(!mprotect(mem, block, PROT_NONE), "mprotect(): errno %i", errno);
		ok = i % 100 || check(!s2_entry_at(t->vm, TEST_GPA).block, "it is unmapped");
		TEST_ASSERT(!mprotect(mem, block, PROT_READ | PROT_WRITE),
			    "mprotect(): errno %i", errno);
		ok &= load(t, i % NR_PAGES);
	}
	ksft_test_result(ok && are_idle(counter, e.pa),
			 "page references of FS DAX after %u faults\n", i);
}

/* With policy off it is Device, as on stock. */
static void test_type(struct guest_vm *t)
{
	enum s2_type type = test_machine.policy == COHMEM_POLICY_OFF ? S2_DEVICE : S2_NORMAL_WB;
	bool ok = load(t, FIRST_PAGE);
	struct s2_entry e = s2_entry_at(t->vm, TEST_GPA);

	if (e.block != block || e.type != type)
		ksft_print_msg("stage 2 has a block of %#zx, %s\n", e.block,
			       s2_type_name(e.type));
	ksft_test_result(ok && e.block == block && e.type == type,
			 "FS DAX is in stage 2 as %s\n", s2_type_name(type));
}

/* In time, which a page in use would prevent for ever. */
static bool truncates(int fd)
{
	int status, tries;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork(): errno %i", errno);
	if (!pid)
		_exit(ftruncate(fd, 0) ? errno : 0);
	for (tries = 0; tries < PATIENCE_S * 100; tries++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) && !WEXITSTATUS(status);
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return false;
}

static void test_truncate(struct guest_vm *t, int fd)
{
	bool ok = load(t, FIRST_PAGE) && truncates(fd) &&
		  !s2_entry_at(t->vm, TEST_GPA).block &&
		  guest_gets(t, LOAD, TEST_GPA, 0, REFUSED);

	ksft_test_result(ok, "the file is truncated under a guest\n");
}

static void help(const char *name, int status)
{
	printf("usage: %s [-f directory]\n", name);
	exit(status);
}

int main(int argc, char *argv[])
{
	const char *dir = "/pmem";
	struct statfs fs = { 0 };
	struct guest_vm t;
	char path[128];
	int fd, opt;
	void *mem;

	while ((opt = getopt(argc, argv, "hf:")) != -1) {
		if (opt != 'f')
			help(argv[0], opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		dir = optarg;
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(!statfs(dir, &fs) && fs.f_type == EXT4_SUPER_MAGIC);

	page = getpagesize();
	block = page * page / sizeof(u64);
	kvm_pin_this_task_to_pcpu(0);
	read_machine(false);
	ksft_set_plan(3);

	snprintf(path, sizeof(path), "%s/guest", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	TEST_ASSERT(fd >= 0 && !fallocate(fd, 0, 0, block), "%s: errno %i", path, errno);
	mem = align_ptr_up(map_anonymous(2 * block), block);
	mem = mmap(mem, block, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	TEST_ASSERT(mem != MAP_FAILED, "mmap() of %s: errno %i", path, errno);
	WRITE_ONCE(*(u64 *)mem, 1);

	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, NR_PAGES * page);
	TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, block, mem),
		    "memslot: errno %i", errno);
	test_references(&t, mem, open_node("stage2"));
	test_type(&t);
	test_truncate(&t, fd);
	kvm_vm_free(t.vm);
	ksft_finished();
}
