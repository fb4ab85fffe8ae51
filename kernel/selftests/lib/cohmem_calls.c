// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/elf.h>
#include <linux/fs.h>
#include <linux/mempolicy.h>
#include <linux/sizes.h>
#include <linux/userfaultfd.h>

#include "cohmem_calls.h"

/* <linux/io_uring.h> and <sys/uio.h> do not go with the other headers. */
#define IORING_REGISTER_BUFFERS		0
#define IORING_UNREGISTER_BUFFERS	1
/* More than struct io_uring_params has. */
#define IORING_PARAMS_SIZE		256

#define DISK	"/dev/ram0"
#define CORE	"/tmp/cohmem-core"

/* What a child says in place of an errno. */
#define CHILD_WRONG	200
#define CHILD_FAILED	201

static u8 buffer[SZ_64K] __aligned(SZ_64K);
/* What is written to the memory, another one each time. */
static u64 pattern = 0x5a5a5a5a00000000ul;

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* Of calls that return how much was done: all of a page, or -errno. */
static long whole_page(long ret)
{
	TEST_ASSERT(ret < 0 || ret == getpagesize(), "%ld bytes of a page", ret);
	return ret < 0 ? -errno : 0;
}

static enum seen seen(size_t pages, const struct memory *m)
{
	return !pages ? SEEN_NONE :
	       pages == m->size / getpagesize() ? SEEN_ALL : SEEN_SOME;
}

u64 *word_at(const struct memory *m, size_t offset)
{
	return m->at + offset;
}

u64 word_of(size_t offset)
{
	return 0xc0de000000000000ul + offset;
}

static u64 *scratch(const struct memory *m)
{
	return word_at(m, m->size - getpagesize());
}

/* Words only: the memory may be Device for us. */
void memory_fill(const struct memory *m)
{
	size_t at;

	for (at = 0; at < m->size; at += getpagesize())
		WRITE_ONCE(*word_at(m, at), word_of(at));
}

void memory_rewrite(const struct memory *m)
{
	size_t at;

	for (at = 0; at < m->size; at += getpagesize())
		WRITE_ONCE(*word_at(m, at), READ_ONCE(*word_at(m, at)));
}

bool memory_is_right(const struct memory *m)
{
	size_t page = getpagesize(), at;

	for (at = 0; at < m->size - page; at += page)
		if (at != page && at != 2 * page && READ_ONCE(*word_at(m, at)) != word_of(at))
			return false;
	return true;
}

void memory_reserve(void *at, size_t size)
{
	TEST_ASSERT(mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_NORESERVE | MAP_FIXED, -1, 0) == at,
		    "cannot reserve %#zx bytes: errno %i", size, errno);
}

void memory_move(struct memory *m, void *to)
{
	TEST_ASSERT(mremap(m->at, m->size, m->size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
		    "mremap(): errno %i", errno);
	m->at = to;
}

long call_madvise(const struct memory *m, long advice)
{
	return result(madvise(m->at, m->size, advice));
}

long call_mlock2(const struct memory *m, long flags)
{
	long ret = result(syscall(SYS_mlock2, m->at, m->size, flags));

	return ret ?: result(munlock(m->at, m->size));
}

long call_msync(const struct memory *m, long flags)
{
	return result(msync(m->at, m->size, flags));
}

/* --- NUMA ---------------------------------------------------------------------------- */

#define MAX_NODES	1024

struct nodes {
	unsigned long bits[MAX_NODES / 64];
};

static bool nodes_allowed(struct nodes *nodes)
{
	memset(nodes, 0, sizeof(*nodes));
	return !syscall(SYS_get_mempolicy, NULL, nodes->bits, MAX_NODES, NULL,
			MPOL_F_MEMS_ALLOWED);
}

static bool has_node(const struct nodes *nodes, unsigned int node)
{
	return nodes->bits[node / 64] & BIT(node % 64);
}

unsigned int numa_nodes(void)
{
	unsigned int node, count = 0;
	struct nodes nodes;

	if (!nodes_allowed(&nodes))
		return 0;
	for (node = 0; node < MAX_NODES; node++)
		count += has_node(&nodes, node);
	return count;
}

/* One where the first page is not, or the one where it is if there is no other. */
static unsigned int other_node(const struct memory *m, const struct nodes *nodes)
{
	unsigned int node, other = MAX_NODES;
	int here = -1;

	syscall(SYS_move_pages, 0, 1ul, &m->at, NULL, &here, 0);
	for (node = 0; node < MAX_NODES; node++)
		if (has_node(nodes, node) && (other == MAX_NODES || other == here))
			other = node;
	return other;
}

static void only_other(const struct memory *m, struct nodes *nodes)
{
	unsigned int other = other_node(m, nodes);

	memset(nodes, 0, sizeof(*nodes));
	nodes->bits[other / 64] = BIT(other % 64);
}

long call_mbind(const struct memory *m, long arg)
{
	struct nodes nodes;
	long ret;

	if (!nodes_allowed(&nodes))
		return -errno;
	if (arg & MBIND_ELSEWHERE)
		only_other(m, &nodes);
	ret = result(syscall(SYS_mbind, m->at, m->size, MPOL_BIND, nodes.bits, MAX_NODES,
			     arg & ~MBIND_ELSEWHERE));
	syscall(SYS_mbind, m->at, m->size, MPOL_DEFAULT, NULL, 0, 0);
	return ret;
}

long call_move_pages(const struct memory *m, long arg)
{
	void *pages[] = { m->at, m->at + m->size - getpagesize() };
	int to, status[2] = { -EINVAL, -EINVAL };
	/* Once the first page of a folio is taken to be moved, its last one is busy. */
	unsigned long count = arg ? 1 : ARRAY_SIZE(pages);
	struct nodes nodes;

	if (!nodes_allowed(&nodes))
		return -errno;
	to = other_node(m, &nodes);
	/* More than none: so many were not moved, since one of them was not. */
	if (syscall(SYS_move_pages, 0, count, pages, arg ? &to : NULL, status,
		    arg ? MPOL_MF_MOVE : 0) < 0)
		return -errno;
	TEST_ASSERT(arg || (status[0] < 0) == (status[1] < 0), "status %d and %d",
		    status[0], status[1]);
	return status[0] < 0 ? status[0] : 0;
}

long call_migrate_pages(const struct memory *m, long arg)
{
	struct nodes from, to;

	if (!nodes_allowed(&from))
		return -errno;
	to = from;
	only_other(m, &to);
	/* The number of pages that stay where they are is nobody's concern. */
	return syscall(SYS_migrate_pages, 0, MAX_NODES, from.bits, to.bits) < 0 ? -errno : 0;
}

long call_get_mempolicy(const struct memory *m, long arg)
{
	int node;

	return result(syscall(SYS_get_mempolicy, &node, NULL, 0, m->at,
			      MPOL_F_NODE | MPOL_F_ADDR));
}

/* --- What is there? ------------------------------------------------------------------ */

long look_mincore(const struct memory *m, long arg)
{
	size_t pages = m->size / getpagesize(), count = 0, i;
	u8 *there = malloc(pages);
	long ret = result(mincore(m->at, m->size, there));

	for (i = 0; !ret && i < pages; i++)
		count += there[i] & 1;
	free(there);
	return ret ?: seen(count, m);
}

#define PAGEMAP_PRESENT	BIT(63)

long look_pagemap(const struct memory *m, long arg)
{
	size_t pages = m->size / getpagesize(), count = 0, i;
	int fd = open_path_or_exit("/proc/self/pagemap", O_RDONLY);
	u64 *entries = calloc(pages, sizeof(*entries));
	long ret;

	ret = pread(fd, entries, pages * sizeof(*entries),
		    (u64)m->at / getpagesize() * sizeof(*entries));
	ret = ret < 0 ? -errno : 0;
	for (i = 0; i < pages; i++)
		count += !!(entries[i] & PAGEMAP_PRESENT);
	free(entries);
	close(fd);
	return ret ?: seen(count, m);
}

long look_pagemap_scan(const struct memory *m, long arg)
{
	struct page_region regions[8];
	struct pm_scan_arg scan = {
		.size = sizeof(scan),
		.start = (u64)m->at,
		.end = (u64)m->at + m->size,
		.vec = (u64)regions,
		.vec_len = ARRAY_SIZE(regions),
		.category_mask = PAGE_IS_PRESENT,
		.return_mask = PAGE_IS_PRESENT,
	};
	int fd = open_path_or_exit("/proc/self/pagemap", O_RDONLY);
	long ret = result(ioctl(fd, PAGEMAP_SCAN, &scan)), i;
	size_t size = 0;

	close(fd);
	for (i = 0; i < ret; i++)
		size += regions[i].end - regions[i].start;
	return ret < 0 ? ret : seen(size / getpagesize(), m);
}

/* The lines of a file that are about the mapping, from the one with its address on. */
static void of_mapping(const struct memory *m, const char *path, const char *what,
		       char *found, size_t size)
{
	FILE *file = fopen(path, "r");
	bool here = false, head;
	char line[512];
	u64 start;
	int len;

	TEST_ASSERT(file, "cannot open %s: errno %i", path, errno);
	found[0] = '\0';
	while (fgets(line, sizeof(line), file)) {
		head = sscanf(line, "%lx%n", &start, &len) == 1 &&
		       (line[len] == '-' || line[len] == ' ');
		if (head)
			here = start == (u64)m->at;
		if (here && (head ? !what[0] : what[0] && !strncmp(line, what, strlen(what))))
			snprintf(found, size, "%s", line);
	}
	fclose(file);
	TEST_ASSERT(found[0], "%s says nothing of the mapping", path);
}

long look_smaps(const struct memory *m, long arg)
{
	char line[512];
	size_t kib;

	of_mapping(m, "/proc/self/smaps", "Rss:", line, sizeof(line));
	TEST_ASSERT(sscanf(line, "Rss: %zu kB", &kib) == 1, "smaps: %s", line);
	return seen(kib * 1024 / getpagesize(), m);
}

bool smaps_has_flag(const struct memory *m, const char *flag)
{
	char line[512], word[8];

	of_mapping(m, "/proc/self/smaps", "VmFlags:", line, sizeof(line));
	line[strcspn(line, "\n")] = ' ';
	snprintf(word, sizeof(word), " %s ", flag);
	return strstr(line, word);
}

long look_numa_maps(const struct memory *m, long arg)
{
	size_t pages, count = 0;
	char line[512], *at;

	if (access("/proc/self/numa_maps", R_OK))
		return -errno;
	of_mapping(m, "/proc/self/numa_maps", "", line, sizeof(line));
	for (at = strstr(line, " N"); at; at = strstr(at + 1, " N"))
		if (sscanf(at, " N%*u=%zu", &pages) == 1)
			count += pages;
	return seen(count, m);
}

static long child_errno(pid_t child)
{
	int status;

	TEST_ASSERT(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status),
		    "no child, or one that was killed: errno %i", errno);
	TEST_ASSERT(WEXITSTATUS(status) < CHILD_WRONG, "the child %s",
		    WEXITSTATUS(status) == CHILD_WRONG ? "found wrong data" : "failed");
	return -WEXITSTATUS(status);
}

static long in_core(const struct memory *m, int fd)
{
	struct elf64_hdr head;
	struct elf64_phdr part;
	unsigned int i;

	TEST_ASSERT(pread(fd, &head, sizeof(head), 0) == sizeof(head), "no core dump");
	for (i = 0; i < head.e_phnum; i++) {
		TEST_ASSERT(pread(fd, &part, sizeof(part), head.e_phoff + i * sizeof(part)) ==
			    sizeof(part), "a short core dump");
		if (part.p_type == PT_LOAD && part.p_vaddr == (u64)m->at)
			return seen(part.p_filesz / getpagesize(), m);
	}
	return -ENOENT;
}

long look_coredump(const struct memory *m, long arg)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int fd, status;
	pid_t child;
	long ret;

	write_file("/proc/sys/kernel/core_pattern", CORE);
	child = fork();
	if (!child) {
		write_file("/proc/self/coredump_filter", "0x1ff");
		if (setrlimit(RLIMIT_CORE, &all))
			_exit(CHILD_FAILED);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	TEST_ASSERT(child > 0 && waitpid(child, &status, 0) == child, "no child");
	if (!WIFSIGNALED(status) || !WCOREDUMP(status))
		return -ENODATA;
	fd = open_path_or_exit(CORE, O_RDONLY);
	ret = in_core(m, fd);
	close(fd);
	unlink(CORE);
	return ret;
}

long call_clear_refs(const struct memory *m, long arg)
{
	int fd = open_path_or_exit("/proc/self/clear_refs", O_WRONLY);
	long ret = write(fd, "1", 1) == 1 ? 0 : -errno;

	close(fd);
	return ret;
}

/* --- Reading and writing ------------------------------------------------------------- */

static void fill_buffer(void)
{
	*(u64 *)buffer = ++pattern;
}

/* Did it get there? */
static long check_written(const struct memory *m, long ret)
{
	TEST_ASSERT(ret || READ_ONCE(*scratch(m)) == pattern, "nothing was written");
	return ret;
}

/* Is what was read what the memory begins with? */
static long check_read(long ret)
{
	TEST_ASSERT(ret || *(u64 *)buffer == word_of(0), "other data was read");
	return ret;
}

static long disk_io(const struct memory *m, bool write, int flags)
{
	int fd = open_path_or_exit(DISK, O_RDWR), disk = open_path_or_exit(DISK, O_RDWR | flags);
	size_t page = getpagesize();
	long ret;

	if (write) {
		fill_buffer();
		TEST_ASSERT(pwrite(fd, buffer, page, 0) == page && !fsync(fd), "no " DISK);
		ret = check_written(m, whole_page(pread(disk, scratch(m), page, 0)));
	} else {
		ret = whole_page(pwrite(disk, m->at, page, 0));
		TEST_ASSERT(ret || pread(fd, buffer, page, 0) == page, "no " DISK);
		check_read(ret);
	}
	close(disk);
	close(fd);
	return ret;
}

long call_read_write(const struct memory *m, long arg)
{
	return disk_io(m, arg, 0);
}

long call_direct_io(const struct memory *m, long arg)
{
	return disk_io(m, arg, O_DIRECT);
}

long call_process_vm(const struct memory *m, long arg)
{
	struct iovec here = { buffer, getpagesize() };
	struct iovec there = { arg ? scratch(m) : m->at, getpagesize() };

	fill_buffer();
	if (arg)
		return check_written(m, whole_page(syscall(SYS_process_vm_writev, getpid(), &here,
							   1ul, &there, 1ul, 0ul)));
	return check_read(whole_page(syscall(SYS_process_vm_readv, getpid(), &here, 1ul, &there,
					     1ul, 0ul)));
}

long call_proc_mem(const struct memory *m, long arg)
{
	int fd = open_path_or_exit("/proc/self/mem", O_RDWR);
	size_t page = getpagesize();
	long ret;

	fill_buffer();
	if (arg)
		ret = check_written(m, whole_page(pwrite(fd, buffer, page, (u64)scratch(m))));
	else
		ret = check_read(whole_page(pread(fd, buffer, page, (u64)m->at)));
	close(fd);
	return ret;
}

/* In a child, which is the debugger of its parent. */
static int debug(pid_t parent, const struct memory *m, bool write)
{
	long word = 0;
	int err;

	if (ptrace(PTRACE_SEIZE, parent, 0, 0) || ptrace(PTRACE_INTERRUPT, parent, 0, 0) ||
	    waitpid(parent, NULL, __WALL) != parent)
		return CHILD_FAILED;
	errno = 0;
	if (write)
		ptrace(PTRACE_POKEDATA, parent, scratch(m), pattern);
	else
		word = ptrace(PTRACE_PEEKDATA, parent, m->at, 0);
	err = errno;
	ptrace(PTRACE_DETACH, parent, 0, 0);
	return !err && !write && (u64)word != word_of(0) ? CHILD_WRONG : err;
}

long call_ptrace(const struct memory *m, long arg)
{
	pid_t parent = getpid(), child;
	long ret;

	fill_buffer();
	child = fork();
	if (!child)
		_exit(debug(parent, m, arg));
	ret = child_errno(child);
	return arg ? check_written(m, ret) : ret;
}

long call_vmsplice(const struct memory *m, long arg)
{
	size_t page = getpagesize();
	struct iovec iov = { arg ? scratch(m) : m->at, page };
	int ends[2];
	long ret;

	TEST_ASSERT(!pipe(ends), "no pipe: errno %i", errno);
	if (arg) {
		fill_buffer();
		TEST_ASSERT(write(ends[1], buffer, page) == page, "errno %i", errno);
		ret = check_written(m, whole_page(vmsplice(ends[0], &iov, 1, 0)));
	} else {
		ret = whole_page(vmsplice(ends[1], &iov, 1, 0));
		TEST_ASSERT(ret || read(ends[0], buffer, page) == page, "errno %i", errno);
		check_read(ret);
	}
	close(ends[0]);
	close(ends[1]);
	return ret;
}

/* --- The rest ------------------------------------------------------------------------ */

long call_io_uring(const struct memory *m, long arg)
{
	struct iovec iov = { m->at, getpagesize() };
	u64 params[IORING_PARAMS_SIZE / sizeof(u64)] = { 0 };
	int fd = syscall(SYS_io_uring_setup, 4, params);
	long ret;

	if (fd < 0)
		return -errno;
	ret = result(syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &iov, 1));
	/* Closing the ring would let go of the page at some later time. */
	if (!ret)
		syscall(SYS_io_uring_register, fd, IORING_UNREGISTER_BUFFERS, NULL, 0);
	close(fd);
	return ret;
}

long call_userfaultfd(const struct memory *m, long mode)
{
	struct uffdio_register reg = {
		.range = { .start = (u64)m->at, .len = m->size },
		.mode = mode,
	};
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = mode == UFFDIO_REGISTER_MODE_WP ? UFFD_FEATURE_WP_ASYNC : 0,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	long ret;

	if (fd < 0)
		return -errno;
	TEST_ASSERT(!ioctl(fd, UFFDIO_API, &api), "no API of userfaultfd: errno %i", errno);
	ret = result(ioctl(fd, UFFDIO_REGISTER, &reg));
	close(fd);
	return ret;
}

/* The child has no such memory. */
static void exit_for_fault(int sig)
{
	_exit(EFAULT);
}

long call_fork(const struct memory *m, long arg)
{
	u64 before = READ_ONCE(*scratch(m));
	pid_t child = fork();
	bool right;

	if (!child) {
		signal(SIGSEGV, exit_for_fault);
		right = memory_is_right(m) && READ_ONCE(*scratch(m)) == before;
		WRITE_ONCE(*scratch(m), before + 1);
		_exit(right && READ_ONCE(*scratch(m)) == before + 1 ? 0 : CHILD_WRONG);
	}
	return child_errno(child) ?: READ_ONCE(*scratch(m)) != before;
}

long call_mremap(const struct memory *m, long flags)
{
	struct memory moved = *m;

	if (!flags)
		return mremap(m->at, m->size, 2 * m->size, 0) == MAP_FAILED ? -errno : 0;
	moved.at = mremap(m->at, m->size, m->size, MREMAP_MAYMOVE | flags, NULL);
	if (moved.at == MAP_FAILED)
		return -errno;
	memory_move(&moved, m->at);
	return 0;
}
