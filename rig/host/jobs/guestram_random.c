// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: no byte of one file is ever seen in another. At random, files of two mounts
 * are made, get larger and smaller, and are removed; a process that has one mapped is killed;
 * a mount goes with all that it has. Each file has its own word in each page, and what it
 * gets anew is empty.
 *
 * What is rare comes by turns, so that it comes in few steps, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
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
#define SIZES		7	/* files have up to 2, 4, ... units: most are small */
#define STEPS		600
#define DEBUG_STEPS	120
/* By turns: of the steps, of those with a file, and of the files that are made. */
#define REMOUNT_EACH	50
#define RESIZE_EACH	4
#define KILL_EACH	8
/* A process that makes a file has ended or not when it is killed. */
#define KILL_US		20000

static const char * const mounts[] = { GUESTRAM_DIR, "/guestram-second" };

/**
 * struct slot - a file, or room for one
 * @file: the file; its @at is NULL if there is none
 * @mount: which of mounts[] it is in
 * @path: its name there
 * @tag: the word that it has in each page
 */
static struct slot {
	struct guestram_file file;
	unsigned int mount;
	char path[40];
	u64 tag;
} slots[MOST_FILES];

/* What was done, for those who read the results. */
static struct {
	u64 made;
	u64 resized;
	u64 killed;
	u64 remounted;
} count;

static u64 rng;

static u64 below(u64 end)
{
	rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return (rng >> 33) % end;
}

static size_t some_size(void)
{
	return (1 + below(2ULL << below(SIZES))) * GUESTRAM_UNIT;
}

static bool has_own(const struct slot *slot)
{
	return guestram_has(&slot->file, slot->tag);
}

/* A new file is empty. */
static bool make(struct slot *slot, size_t size)
{
	struct guestram_file *file = &slot->file;

	if (!guestram_make(file, slot->path, size)) {
		bool full = errno == ENOSPC;

		guestram_unmap(file);
		unlink(slot->path);
		return full;
	}
	if (!guestram_has(file, 0))
		return false;
	guestram_fill(file, slot->tag);
	return true;
}

/* Half of the time the file goes while it is mapped. */
static bool drop(struct slot *slot)
{
	bool ok = has_own(slot);

	if (below(2)) {
		unlink(slot->path);
		ok &= has_own(slot);
		guestram_unmap(&slot->file);
	} else {
		guestram_unmap(&slot->file);
		unlink(slot->path);
	}
	return ok;
}

/* All of a file that has had @had bytes so far. */
static bool map_again(struct slot *slot, size_t had)
{
	struct guestram_file *file = &slot->file, more;
	size_t kept = had < file->size ? had : file->size;

	if (file->at)
		munmap(file->at, had);
	file->at = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	if (file->at == MAP_FAILED)
		give_up("cannot map %s again: %m", slot->path);
	more = (struct guestram_file) { .at = file->at + kept, .size = file->size - kept };
	if (!guestram_has(&more, 0))
		return false;
	guestram_fill(&more, slot->tag);
	return has_own(slot);
}

/* Half of the time the file is mapped, and does not get smaller then. */
static bool resize(struct slot *slot)
{
	struct guestram_file *file = &slot->file;
	size_t had = file->size, size = some_size();
	bool mapped = below(2), ok = has_own(slot);

	if (!mapped) {
		munmap(file->at, had);
		file->at = NULL;
	}
	if (!ftruncate(file->fd, size)) {
		ok = ok && (!mapped || size >= had);
		file->size = size;
	} else {
		ok = ok && (size > had ? errno == ENOSPC : mapped && errno == EBUSY);
	}
	count.resized++;
	return map_again(slot, had) && ok;
}

/* The process that makes the file. It ends by itself only if it cannot. */
static void make_and_wait(struct slot *slot, size_t size, int wrote)
{
	if (!guestram_make(&slot->file, slot->path, size))
		_exit(errno == ENOSPC ? 0 : 1);
	guestram_fill(&slot->file, slot->tag);
	if (write(wrote, "", 1) != 1)
		_exit(1);
	while (1)
		pause();
}

/*
 * What such a process has left: all of it if it @wrote that; else as much as it came to, and
 * nothing of anybody else's.
 */
static bool take_over(struct slot *slot, size_t size, bool wrote)
{
	struct stat st;
	bool ok;

	if (stat(slot->path, &st) || !st.st_size) {
		unlink(slot->path);
		return !wrote;
	}
	if (st.st_size != (off_t)size || !guestram_make(&slot->file, slot->path, size))
		return false;
	ok = wrote ? has_own(slot) : guestram_has_at_most(&slot->file, slot->tag);
	guestram_fill(&slot->file, slot->tag);
	return ok;
}

/*
 * A process makes a file, and is killed: when it has written to all of it, or at any moment.
 * Sometimes the file has lost its name before.
 */
static bool make_and_kill(struct slot *slot, size_t size)
{
	bool waits = ++count.killed % 2, wrote = false, ok;
	int status, fds[2];
	char byte;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		give_up("cannot make a pipe: %m");
	pid = fork();
	if (!pid) {
		close(fds[0]);
		make_and_wait(slot, size, fds[1]);
	}
	close(fds[1]);
	if (waits)
		wrote = read(fds[0], &byte, 1) == 1;
	else
		usleep(below(KILL_US));
	close(fds[0]);
	if (!below(3))
		wrote = unlink(slot->path) && wrote;
	kill(pid, SIGKILL);
	ok = waitpid(pid, &status, 0) == pid && (WIFSIGNALED(status) || !status);
	return take_over(slot, size, wrote) && ok;
}

/* A mount that is in use stays. Then its files go with it, although they have names. */
static bool remount(unsigned int which)
{
	u64 others = 0;
	bool ok = true;

	for (struct slot *slot = slots; slot < slots + MOST_FILES; slot++) {
		if (!slot->file.at)
			continue;
		if (slot->mount != which) {
			others += slot->file.size;
			continue;
		}
		ok = umount(mounts[which]) && errno == EBUSY && has_own(slot) && ok;
		guestram_unmap(&slot->file);
	}
	ok = !umount(mounts[which]) && ok &&
	     guestram_sysfs("free") == guestram_sysfs("size") - others;
	mount_guestram(mounts[which], GUESTRAM_NODE);
	count.remounted++;
	return ok;
}

static bool step_with(struct slot *slot, u64 step)
{
	static u64 used;

	if (slot->file.at)
		return ++used % RESIZE_EACH ? drop(slot) : resize(slot);
	slot->tag = step + 1;
	return ++count.made % KILL_EACH ? make(slot, some_size()) :
					  make_and_kill(slot, some_size());
}

static bool try_step(u64 step)
{
	if (step % REMOUNT_EACH == REMOUNT_EACH - 1)
		return remount(below(ARRAY_SIZE(mounts)));
	return step_with(&slots[below(MOST_FILES)], step);
}

static void begin(void)
{
	const char *seed = option("seed");

	rng = seed ? strtoull(seed, NULL, 0) : (u64)(pace_clock() * 1e6);
	ktap_note("cohmem.seed=%llu", rng);
	mount_guestram(mounts[1], GUESTRAM_NODE);
	for (unsigned int i = 0; i < MOST_FILES; i++) {
		slots[i].mount = i % ARRAY_SIZE(mounts);
		snprintf(slots[i].path, sizeof(slots[i].path), "%s/f%u", mounts[slots[i].mount],
			 i);
	}
}

void guestram_random(void)
{
	const char *many = option("steps");
	u64 steps = debug_kernel() ? DEBUG_STEPS : STEPS, step;
	bool ok = true, enough;

	if (many)
		steps = strtoull(many, NULL, 0);
	begin();
	for (step = 0; ok && step < steps; step++)
		ok = try_step(step);
	for (struct slot *slot = slots; slot < slots + MOST_FILES; slot++) {
		if (slot->file.at)
			ok = drop(slot) && ok;
	}
	ok = !umount(mounts[1]) && ok;
	enough = count.made > steps / 4 && count.resized >= steps / 20 &&
		 count.killed >= steps / 40 && count.remounted >= steps / REMOUNT_EACH;
	ktap_result(ok && enough && guestram_sysfs("free") == guestram_sysfs("size"),
		    "random_files",
		    "%llu steps, %llu files, %llu resized, %llu killed, %llu remounted, %llu bytes are free",
		    step, count.made, count.resized, count.killed, count.remounted,
		    guestram_sysfs("free"));
}
