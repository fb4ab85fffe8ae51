// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: nobody sees what others have left. Files come and go; each has its own word
 * in each page, and nothing when it is new.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "mount.h"
#include "option.h"
#include "pace.h"

#define MOST_FILES	12
/* Of one unit, while a block is looked for. */
#define SMALL_FILES	24
#define SIGNAL_US	20000
#define SIZES		7	/* files have up to 2, 4, ... units: most are small */
#define STEPS		600
#define DEBUG_STEPS	120

static u64 rng, made;

static u64 below(u64 end)
{
	rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return (rng >> 33) % end;
}

static struct {
	struct guestram_file file;
	char path[32];
	u64 tag;
} files[MOST_FILES];

/* A new file is empty. */
static bool make(unsigned int i, u64 tag)
{
	struct guestram_file *file = &files[i].file;
	u64 units = 1 + below(2ULL << below(SIZES));

	snprintf(files[i].path, sizeof(files[i].path), GUESTRAM_DIR "/f%u", i);
	if (!guestram_make(file, files[i].path, units * GUESTRAM_UNIT)) {
		bool full = errno == ENOSPC;

		guestram_unmap(file);
		unlink(files[i].path);
		return full;
	}
	if (!guestram_has(file, 0))
		return false;
	files[i].tag = tag;
	guestram_fill(file, tag);
	made++;
	return true;
}

/* Half of the time the file goes while it is mapped. */
static bool drop(unsigned int i)
{
	bool ok = guestram_has(&files[i].file, files[i].tag);

	if (below(2)) {
		unlink(files[i].path);
		ok &= guestram_has(&files[i].file, files[i].tag);
		guestram_unmap(&files[i].file);
	} else {
		guestram_unmap(&files[i].file);
		unlink(files[i].path);
	}
	return ok;
}

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

static void try_steps(void)
{
	const char *seed = option("seed"), *many = option("steps");
	u64 steps = debug_kernel() ? DEBUG_STEPS : STEPS, step;
	bool ok = true;

	if (many)
		steps = strtoull(many, NULL, 0);
	rng = seed ? strtoull(seed, NULL, 0) : (u64)(pace_clock() * 1e6);
	ktap_note("cohmem.seed=%llu", rng);
	for (step = 0; ok && step < steps; step++) {
		unsigned int i = below(MOST_FILES);

		ok = files[i].file.at ? drop(i) : make(i, step + 1);
	}
	for (unsigned int i = 0; i < MOST_FILES; i++) {
		if (files[i].file.at)
			ok = drop(i) && ok;
	}
	ktap_result(ok && made > steps / 4 && guestram_sysfs("free") == guestram_sysfs("size"),
		    "random_files", "%llu steps, %llu files, %llu bytes are free", step, made,
		    guestram_sysfs("free"));
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
	try_steps();
	try_block();
	try_interrupted();
	try_all();
}
