// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: nobody sees what others have left. Files come and go; each has its own word
 * in each page, and nothing when it is new.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "guestram.h"
#include "ktap.h"
#include "option.h"
#include "pace.h"

#define MOST_FILES	12
#define MOST_UNITS	64
#define STEPS		300
#define DEBUG_STEPS	60

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

	snprintf(files[i].path, sizeof(files[i].path), GUESTRAM_DIR "/f%u", i);
	if (!guestram_make(file, files[i].path, (1 + below(MOST_UNITS)) * GUESTRAM_UNIT)) {
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

static void try_steps(void)
{
	const char *seed = option("seed");
	u64 steps = debug_kernel() ? DEBUG_STEPS : STEPS, step;
	bool ok = true;

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

/* All of the memory, by who is killed. Then by a new mount. */
static void try_all(void)
{
	struct guestram_file file;
	u64 size = guestram_sysfs("size");
	char options[32];
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

	snprintf(options, sizeof(options), "node=%d", GUESTRAM_NODE);
	ok = !umount(GUESTRAM_DIR) && !mount("none", GUESTRAM_DIR, "guestramfs", 0, options) &&
	     guestram_make(&file, GUESTRAM_DIR "/mounted", size) && guestram_has(&file, 0);
	ktap_result(ok, "next_mount_sees_nothing", "");
	guestram_unmap(&file);
	unlink(GUESTRAM_DIR "/mounted");
}

void guestram_clean(void)
{
	try_steps();
	try_all();
}
