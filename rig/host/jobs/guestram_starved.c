// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-hard: the kernel has no memory to map what it has to zero. It tries again and
 * again, by smaller parts; nothing counts as clean meanwhile, and who wants the memory waits.
 * A file has all other memory of the node, so that the next one gets what was given back.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "fail_worker.h"
#include "guestram.h"
#include "ktap.h"
#include "pace.h"

#define KEEPER		GUESTRAM_DIR "/keeper"
#define FIRST		GUESTRAM_DIR "/first"
#define NEXT		GUESTRAM_DIR "/next"
/* Some windows, and a part of one. */
#define UNITS		40
#define SIZE		(UNITS * GUESTRAM_UNIT)
#define TAG		0x57a
/* What a mapping of the kernel's has one of. */
#define CACHE		"vmap_area"
/* The workers have made more than one attempt each. */
#define ATTEMPTS	12
#define WAIT_SECS	60

/* Until so many more attempts have failed, or something counts as clean. */
static bool fails_on(unsigned int more)
{
	double deadline = pace_now() + debug_secs(WAIT_SECS);
	unsigned int until = fail_worker_count() + more;

	while (fail_worker_count() < until && guestram_sysfs("dirty") == SIZE &&
	       pace_now() < deadline)
		usleep(10000);
	return fail_worker_count() >= until && guestram_sysfs("dirty") == SIZE;
}

/* In a process of its own, since it waits. Status 0: all is zero; 1: not; 2: no file. */
static pid_t make_next(void)
{
	struct guestram_file next;
	pid_t pid = fork();

	if (!pid) {
		if (!guestram_make(&next, NEXT, SIZE))
			_exit(2);
		_exit(guestram_has(&next, 0) ? 0 : 1);
	}
	return pid;
}

void guestram_starved(void)
{
	struct guestram_file keeper, first;
	int status = -1;
	bool ok, waits;
	pid_t pid;

	if (!guestram_make(&keeper, KEEPER, guestram_sysfs("size") - SIZE) ||
	    !guestram_make(&first, FIRST, SIZE))
		give_up("cannot make files of all memory: %m");
	guestram_fill(&first, TAG);
	fail_worker_begin(CACHE);
	guestram_unmap(&first);
	unlink(FIRST);
	ok = fails_on(ATTEMPTS);
	ktap_result(ok, "starved_not_clean", "%u attempts, %llu bytes of %llu are to be zeroed",
		    fail_worker_count(), guestram_sysfs("dirty"), SIZE);
	pid = make_next();
	ok = fails_on(ATTEMPTS);
	waits = !waitpid(pid, &status, WNOHANG);
	ktap_result(pid > 0 && ok && waits, "starved_waits", "");
	fail_worker_end();
	if (waits)
		waitpid(pid, &status, 0);
	ktap_result(!status, "starved_then_clean", "status %#x", status);
	unlink(NEXT);
	guestram_unmap(&keeper);
	unlink(KEEPER);
	if (!guestram_wait("free", guestram_sysfs("size")) || !guestram_wait("dirty", 0))
		give_up("guest RAM is not free and clean again");
}
