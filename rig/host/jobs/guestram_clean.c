// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: nobody sees what others have left, and whole blocks are left. Who waits for
 * memory to be zeroed can be interrupted, and others run meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "mount.h"

#define CPUS 2
/* A busy PC may keep a CPU from running for long, but hardly each time. */
#define TRIES 3

/* Of one unit, while a block is looked for. */
#define SMALL_FILES	24
#define SIGNAL_US	20000

/* @arg: where the first unit is; the others follow it. */
static bool follows(u64 at, u64 address, void *arg)
{
	u64 *first = arg;

	if (!at)
		*first = address;
	return !(*first % guestram_block()) && address == *first + at;
}

/* Small files break no more whole blocks than they need: a large file gets one. */
static void try_block(void)
{
	struct guestram_file small[SMALL_FILES], file;
	char path[32];
	u64 first = 0;
	bool ok = true;

	for (unsigned int i = 0; i < SMALL_FILES; i++) {
		snprintf(path, sizeof(path), GUESTRAM_DIR "/small%u", i);
		ok = guestram_make(&small[i], path, GUESTRAM_UNIT) && ok;
		unlink(path);
	}
	ok = guestram_make(&file, GUESTRAM_DIR "/block", guestram_block()) &&
	     guestram_each_unit(&file, follows, &first) && ok;
	ktap_result(ok, "block_is_left", "%llu MiB at %#llx", guestram_block() >> 20, first);
	guestram_unmap(&file);
	unlink(GUESTRAM_DIR "/block");
	for (unsigned int i = 0; i < SMALL_FILES; i++)
		guestram_unmap(&small[i]);
	if (!guestram_wait("free", guestram_sysfs("size")))
		give_up("not all of the memory came back");
}

static void interrupt(int sig __attribute((unused)))
{
}

/*
 * What somebody else had has to be zeroed before it is given on. Who waits for that can be
 * interrupted, and has nothing then.
 */
static void try_interrupted(void)
{
	/* Again and again: the first may come before the call waits. */
	const struct itimerval soon = {
		.it_value.tv_usec = SIGNAL_US, .it_interval.tv_usec = SIGNAL_US,
	}, never = { };
	const struct sigaction action = { .sa_handler = interrupt };
	u64 size = guestram_sysfs("size");
	struct guestram_file file;
	int fd, ret, err;
	struct stat st;
	bool ok;

	if (!guestram_make(&file, GUESTRAM_DIR "/first", size))
		give_up("cannot make a file of all memory: %m");
	sigaction(SIGALRM, &action, NULL);
	fd = open(GUESTRAM_DIR "/second", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	guestram_unmap(&file);
	unlink(GUESTRAM_DIR "/first");
	setitimer(ITIMER_REAL, &soon, NULL);
	ret = ftruncate(fd, size);
	err = errno;
	setitimer(ITIMER_REAL, &never, NULL);
	ok = ret && err == EINTR && !fstat(fd, &st) && !st.st_size &&
	     guestram_sysfs("free") == size;
	ktap_result(ok, "wait_interrupted", "%s", ret ? strerrorname_np(err) : "it did not wait");
	ktap_result(!ftruncate(fd, size) && !fstat(fd, &st) && st.st_size == (off_t)size,
		    "wait_again", "");
	close(fd);
	unlink(GUESTRAM_DIR "/second");
}

/**
 * struct pause - how long a CPU has run nobody else
 * @cpu: the CPU
 * @stop: it has been enough
 * @longest: the longest time, in seconds
 */
struct pause {
	int cpu;
	bool stop;
	double longest;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void *find_longest(void *arg)
{
	struct pause *pause = arg;
	double last, now;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(pause->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		give_up("cannot run on CPU %d: %m", pause->cpu);
	for (last = seconds(); !__atomic_load_n(&pause->stop, __ATOMIC_RELAXED); last = now) {
		sched_yield();
		now = seconds();
		if (now - last > pause->longest)
			pause->longest = now - last;
	}
	return NULL;
}

/* How much of the time in which all memory is zeroed does a CPU run nobody else? */
static double largest_share(void)
{
	struct pause pauses[CPUS] = { };
	struct guestram_file file;
	pthread_t threads[CPUS];
	double begin, secs, longest = 0;

	if (!guestram_make(&file, GUESTRAM_DIR "/used", guestram_sysfs("size")))
		give_up("cannot make a file of all memory: %m");
	guestram_unmap(&file);
	for (int i = 0; i < CPUS; i++) {
		pauses[i].cpu = i;
		pthread_create(&threads[i], NULL, find_longest, &pauses[i]);
	}
	begin = seconds();
	unlink(GUESTRAM_DIR "/used");
	if (!guestram_make(&file, GUESTRAM_DIR "/next", guestram_sysfs("size")))
		give_up("cannot make a file of all memory: %m");
	secs = seconds() - begin;
	for (int i = 0; i < CPUS; i++) {
		__atomic_store_n(&pauses[i].stop, true, __ATOMIC_RELAXED);
		pthread_join(threads[i], NULL);
		if (pauses[i].longest > longest)
			longest = pauses[i].longest;
	}
	guestram_unmap(&file);
	unlink(GUESTRAM_DIR "/next");
	ktap_note("zeroing: %.3f s, in which a CPU ran nobody else for %.3f s", secs, longest);
	return longest / secs;
}

/* As many workers zero as there are CPUs. */
static void try_others(void)
{
	double share = 1;

	for (unsigned int i = 0; i < TRIES && share > 0.25; i++)
		share = largest_share();
	ktap_result(share <= 0.25, "others_run", "");
}

/* All of the memory, by who is killed. Then by a new mount. */
static void try_all(void)
{
	struct guestram_file file;
	u64 size = guestram_sysfs("size");
	bool ok;
	pid_t pid = fork();

	if (!pid) {
		if (!guestram_make(&file, GUESTRAM_DIR "/all", size))
			_exit(1);
		guestram_fill(&file, 0x5ec3e7);
		kill(getpid(), SIGKILL);
	}
	ok = waitpid(pid, NULL, 0) == pid && guestram_make(&file, GUESTRAM_DIR "/all", size) &&
	     guestram_has(&file, 0x5ec3e7);
	ktap_result(ok, "outlives_its_user", "");
	guestram_unmap(&file);

	unlink(GUESTRAM_DIR "/all");
	ok = guestram_make(&file, GUESTRAM_DIR "/next", size) && guestram_has(&file, 0);
	ktap_result(ok, "next_sees_nothing", "%llu MiB", size >> 20);
	guestram_fill(&file, 0x5ec3e8);
	guestram_unmap(&file);

	ok = !umount(GUESTRAM_DIR);
	if (ok)
		mount_guestram(GUESTRAM_DIR, GUESTRAM_NODE);
	ok = ok && guestram_make(&file, GUESTRAM_DIR "/mounted", size) &&
	     guestram_has(&file, 0);
	ktap_result(ok, "next_mount_sees_nothing", "");
	guestram_unmap(&file);
	unlink(GUESTRAM_DIR "/mounted");
}

void guestram_clean(void)
{
	try_block();
	try_interrupted();
	try_others();
	try_all();
}
