// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-hard: what goes wrong only now and then. Files are made smaller, removed and
 * made anew while VMs of two VMMs run in them; and allocations fail. For the debug kernel,
 * which looks for what is wrong besides.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "fail_nth.h"
#include "guestram.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "rawvm.h"

#define PATH		GUESTRAM_DIR "/hard"
/* Where no PMD entry fits */
#define ODD		((u8 *)0x10000000000 + sysconf(_SC_PAGESIZE))

#define RACE_SIZE	(4 * GUESTRAM_UNIT)
#define RACE_IPA	0x40000000ULL
#define RACE_ROUNDS	60

/* A VMM that takes the file as it finds it. The second one has it at an odd address. */
static void run_vmm(u64 tag)
{
	struct guestram_file file = { .size = RACE_SIZE };
	unsigned int ran = 0;
	struct rawvm vm;

	for (unsigned int i = 0; i < RACE_ROUNDS; i++) {
		file.fd = open(PATH, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		file.at = mmap(tag ? ODD : NULL, RACE_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | (tag ? MAP_FIXED_NOREPLACE : 0), file.fd, 0);
		if (file.at == MAP_FAILED) {
			/* It is smaller just now. */
			file.at = NULL;
			if (errno != ENOMEM)
				_exit(2);
		} else {
			rawvm_open(&vm);
			rawvm_map(&vm, RACE_IPA, file.at, RACE_SIZE);
			rawvm_write(&vm, RACE_IPA, RACE_IPA + RACE_SIZE, 4096 << (tag & 1));
			rawvm_touch(&vm, RACE_IPA, RACE_IPA + RACE_SIZE, 4096, false);
			rawvm_close(&vm);
			ran++;
		}
		guestram_unmap(&file);
	}
	_exit(ran ? 0 : 3);
}

/* How often the file could be changed, how often somebody had it mapped, and other errors. */
struct answers {
	unsigned int changed;
	unsigned int busy;
	unsigned int wrong;
};

static void change(struct answers *answers, off_t size)
{
	int file = open(PATH, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (!ftruncate(file, size))
		answers->changed++;
	else if (errno == EBUSY)
		answers->busy++;
	else
		answers->wrong++;
	close(file);
}

static void try_race(void)
{
	struct answers answers = { 0 };
	int status, left = 2;
	bool ok = true;
	pid_t pids[2];

	for (int i = 0; i < left; i++) {
		pids[i] = fork();
		if (!pids[i])
			run_vmm(i);
		ok = ok && pids[i] > 0;
	}
	for (unsigned int round = 0; left; round++) {
		change(&answers, round % 3 ? RACE_SIZE : GUESTRAM_UNIT);
		if (round % 7 == 6)
			unlink(PATH);
		if (waitpid(-1, &status, WNOHANG) > 0) {
			ok = ok && !status;
			left--;
		}
	}
	unlink(PATH);
	ktap_result(ok && !answers.wrong && answers.busy && answers.changed, "race",
		    "%u times changed, %u times EBUSY", answers.changed, answers.busy);
	ktap_result(guestram_wait("free", guestram_sysfs("size")), "race_given_back", "");
}

static void guestram_hard_prepare(void)
{
	edu_vfio_prepare();
}

static void guestram_hard_run(void)
{
	bool can_fail = !access("/proc/self/fail-nth", F_OK);

	mount_guestram(GUESTRAM_DIR, GUESTRAM_NODE);
	ktap_plan(2 + (can_fail ? GUESTRAM_STARVED_RESULTS + GUESTRAM_LATE_RESULTS +
		       GUESTRAM_NO_MEMORY_RESULTS : 0));
	try_race();
	if (!can_fail)
		return;
	guestram_starved();
	fail_nth_begin();
	guestram_late();
	guestram_no_memory();
}

const struct job guestram_hard_job = {
	.run = guestram_hard_run,
	.prepare = guestram_hard_prepare,
};
