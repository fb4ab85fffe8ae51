// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: nobody sees what others have left, and whole blocks are left. Who waits for
 * memory to be zeroed can be interrupted.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "mount.h"

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
	try_all();
}
