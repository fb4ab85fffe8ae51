// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-hard: mmap() at an address where no PMD entry fits maps all of a file, and
 * fails for want of its last tables. Threads of that VMM write to what is mapped already, as
 * soon as they can; another process makes the file smaller as soon as that is allowed, and
 * makes the next file of what is free then. Nobody but that file's users may write to it.
 *
 * The first file's last units are in another place than those before, and mmap() fails in
 * these: remap_pfn_range() undoes what it has mapped of one place, and nothing else. A third
 * file has all other memory of the node, so that the next one gets what the first one had.
 * A thread that finds nothing mapped waits in the kernel until mmap() has ended. So there are
 * several, and each comes at another moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "fail_nth.h"
#include "guestram.h"
#include "ktap.h"
#include "pace.h"

#define FIRST		GUESTRAM_DIR "/first"
#define NEXT		GUESTRAM_DIR "/next"
#define KEEPER		GUESTRAM_DIR "/keeper"
#define BETWEEN		GUESTRAM_DIR "/between"
#define UNITS		256
/* So many are in another place. */
#define LAST		16
/* So many units of the first file become the next one's. */
#define TAIL		32
/* One of them, not in that place, that is mapped when the last tables are missing. */
#define AIM		(UNITS - TAIL + 2)
/* Two for a table: half of what LAST units need. How many are in caches varies. */
#define TOO_FEW		16
/*
 * The VMM's mmap() did not fail as it was told to: an allocation that fails may be tried
 * again, as that of a slab's pages is.
 */
#define NO_RACE		4
#define MANY		100000
#define ROUNDS		10
#define THREADS		12
#define GO_SECS		120
#define MARK		0xbadbadbadbadULL
/* No PMD entry fits there. */
#define ODD		((u8 *)0x10000000000 + sysconf(_SC_PAGESIZE))

/**
 * struct shared - what the VMM and its tests have in common
 * @counted: @allocations is known
 * @allocations: of an mmap() that succeeds
 * @secs: how long one takes that fails
 * @go: it begins now
 * @writers: how many threads could write, all in all
 */
static struct shared {
	bool counted;
	unsigned int allocations;
	double secs;
	bool go;
	unsigned int writers;
} *shared;

static __thread sigjmp_buf nothing_there;
static __thread bool wrote;

static void on_fault(int sig)
{
	siglongjmp(nothing_there, sig);
}

static void *write_on(void *number)
{
	u64 *aim = (u64 *)(ODD + AIM * GUESTRAM_UNIT);

	while (!__atomic_load_n(&shared->go, __ATOMIC_ACQUIRE))
		usleep(1000);
	usleep(shared->secs * 1e6 * (1 + (long)number) / (THREADS + 1));
	if (!sigsetjmp(nothing_there, 1)) {
		while (1) {
			__atomic_store_n(aim, MARK, __ATOMIC_RELAXED);
			__atomic_store_n(&wrote, true, __ATOMIC_RELAXED);
		}
	}
	if (wrote)
		__atomic_add_fetch(&shared->writers, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* Whether it failed as it was told to. */
static bool map_late(int fd, unsigned int nth)
{
	u8 *at;

	fail_nth_arm(nth);
	at = mmap(ODD, UNITS * GUESTRAM_UNIT, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (at == MAP_FAILED && errno == ENOMEM)
		return fail_nth_disarm();
	if (at != MAP_FAILED)
		munmap(at, UNITS * GUESTRAM_UNIT);
	return false;
}

static unsigned int count_allocations(int fd)
{
	u8 *at;

	fail_nth_arm(MANY);
	at = mmap(ODD, UNITS * GUESTRAM_UNIT, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (at == MAP_FAILED)
		_exit(2);
	munmap(at, UNITS * GUESTRAM_UNIT);
	return MANY - fail_nth_left();
}

/* What the VMM does, in a process of its own. */
static void run_vmm(void)
{
	struct sigaction act = { .sa_handler = on_fault };
	int fd = open(FIRST, O_RDWR | O_CLOEXEC);
	pthread_t threads[THREADS];
	double begin;
	bool ok;

	fail_nth_begin();
	/* The first mmap() also fills caches, which the second one finds full. */
	for (int i = 0; i < 2 && !shared->counted; i++)
		shared->allocations = count_allocations(fd);
	shared->counted = true;
	begin = pace_clock();
	map_late(fd, shared->allocations - TOO_FEW);
	shared->secs = pace_clock() - begin;
	sigaction(SIGSEGV, &act, NULL);
	for (long i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, write_on, (void *)i))
			_exit(3);
	}
	/* All of them wait for this. */
	usleep(100000);
	__atomic_store_n(&shared->go, true, __ATOMIC_RELEASE);
	ok = map_late(fd, shared->allocations - TOO_FEW);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(ok ? 0 : NO_RACE);
}

static bool is_marked(const struct guestram_file *file)
{
	size_t page = sysconf(_SC_PAGESIZE);

	for (size_t at = 0; at < file->size; at += page) {
		if (__atomic_load_n((u64 *)(file->at + at), __ATOMIC_RELAXED) == MARK)
			return true;
	}
	return false;
}

/* Return: whether the file was busy first, and could be made smaller then. */
static bool shrink_soon(int fd, pid_t vmm, int *status)
{
	bool busy = false;

	while (ftruncate(fd, (UNITS - TAIL) * GUESTRAM_UNIT)) {
		if (errno != EBUSY)
			give_up("cannot make " FIRST " smaller: %m");
		busy = true;
		if (waitpid(vmm, status, WNOHANG) == vmm)
			give_up("the VMM has ended, and " FIRST " is busy");
	}
	return busy;
}

/**
 * struct count - what came of the rounds
 * @rounds: in which the file became smaller while mmap(), which failed, kept it busy
 * @shared: in which the next file had what the first one's VMM wrote
 */
struct count {
	unsigned int rounds;
	unsigned int shared;
};

static void race(int fd, struct count *count)
{
	double deadline = pace_now() + GO_SECS;
	struct guestram_file next;
	bool marked = false;
	int status = 0;
	bool busy;
	pid_t vmm;

	shared->go = false;
	vmm = fork();
	if (!vmm)
		run_vmm();
	while (!__atomic_load_n(&shared->go, __ATOMIC_ACQUIRE)) {
		if (pace_now() > deadline || waitpid(vmm, &status, WNOHANG) == vmm)
			give_up("the VMM does not begin, status %#x", status);
		usleep(1000);
	}
	/* Now it is in mmap(). */
	usleep(shared->secs * 1e6 / 4);
	busy = shrink_soon(fd, vmm, &status);
	if (!guestram_make(&next, NEXT, TAIL * GUESTRAM_UNIT))
		give_up("cannot make " NEXT ": %m");
	while (!waitpid(vmm, &status, WNOHANG))
		marked = is_marked(&next) || marked;
	if (status && (!WIFEXITED(status) || WEXITSTATUS(status) != NO_RACE))
		give_up("the VMM ended with status %#x", status);
	count->rounds += busy && !status;
	count->shared += is_marked(&next) || marked;
	guestram_unmap(&next);
	unlink(NEXT);
	if (ftruncate(fd, UNITS * GUESTRAM_UNIT))
		give_up("cannot make " FIRST " larger again: %m");
}

static int make_file(const char *path, u64 size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, size))
		give_up("cannot make %s: %m", path);
	return fd;
}

void guestram_late(void)
{
	struct count count = { 0 };
	int first, between, keeper;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		give_up("no memory: %m");
	first = make_file(FIRST, (UNITS - LAST) * GUESTRAM_UNIT);
	between = make_file(BETWEEN, GUESTRAM_UNIT);
	if (ftruncate(first, UNITS * GUESTRAM_UNIT))
		give_up("cannot make " FIRST " larger: %m");
	keeper = make_file(KEEPER, guestram_sysfs("free"));
	for (int i = 0; i < ROUNDS; i++)
		race(first, &count);
	ktap_note("mmap() that fails takes %.3f s; %u allocations if it does not",
		  shared->secs, shared->allocations);
	ktap_result(count.rounds > ROUNDS / 2 && shared->writers && !count.shared,
		    "map_fails_late",
		    "%u races of %u, %u threads wrote, %u files have what another's VMM wrote",
		    count.rounds, ROUNDS, shared->writers, count.shared);
	munmap(shared, sizeof(*shared));
	close(first);
	close(between);
	close(keeper);
	unlink(FIRST);
	unlink(BETWEEN);
	unlink(KEEPER);
}
