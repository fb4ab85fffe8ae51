// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-reset: the emulated host is reset, and keeps the contents of its RAM. Files
 * of the next boot are empty all the same. What is kept from the kernel by mem= tells the
 * first boot from the second one, and shows that RAM is kept.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "iomem.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"

#define KEPT		"/dev/cohmem-test/declared"
#define KEPT_BYTES	(2UL << 20)
#define TAG		0x5ec3e9
/* In each word of what is kept. */
#define MARK		0x636f686d656d2121ULL
#define ALL		GUESTRAM_DIR "/all"

/* struct kept - the first words of what is kept: where guest RAM was */
struct kept {
	u64 start;
	u64 bytes;
};

static u64 *map_kept(void)
{
	int fd = open(KEPT, O_RDWR | O_CLOEXEC);
	u64 *kept = mmap(NULL, KEPT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (kept == MAP_FAILED)
		give_up("cannot map " KEPT ": %m");
	close(fd);
	return kept;
}

static bool is_kept(const u64 *kept)
{
	for (size_t i = sizeof(struct kept) / sizeof(u64); i < KEPT_BYTES / sizeof(u64); i++) {
		if (kept[i] != MARK)
			return false;
	}
	return true;
}

static void first_boot(u64 *kept, const struct kept *now)
{
	struct guestram_file file;

	if (!guestram_make(&file, ALL, guestram_sysfs("size")))
		give_up("cannot make a file of all memory: %m");
	guestram_fill(&file, TAG);
	if (!guestram_has(&file, TAG))
		give_up("guest RAM does not have what was written to it");
	for (size_t i = 0; i < KEPT_BYTES / sizeof(u64); i++)
		kept[i] = MARK;
	*(struct kept *)kept = *now;
	ktap_note("guest RAM at %#llx is full; the host is reset", now->start);
	reboot(RB_AUTOBOOT);
	give_up("the host cannot be reset: %m");
}

static void guestram_reset_run(void)
{
	struct guestram_file file;
	u64 *kept = map_kept();
	struct iomem guest;
	struct kept now;
	bool same, empty;

	mount_guestram(GUESTRAM_DIR, GUESTRAM_NODE);
	iomem_read(&guest, "Guest RAM");
	now = (struct kept) { guest.all[0].start, guest.bytes };
	if (!is_kept(kept))
		first_boot(kept, &now);
	ktap_plan(2);
	same = !memcmp(kept, &now, sizeof(now));
	ktap_result(same, "reset_keeps_ram", "%zu bytes; guest RAM at %#llx", KEPT_BYTES,
		    now.start);
	empty = guestram_make(&file, ALL, guestram_sysfs("size")) && guestram_has(&file, 0);
	ktap_result(empty, "reset_shows_nothing", "%llu MiB", guestram_sysfs("size") >> 20);
}

const struct job guestram_reset_job = {
	.run = guestram_reset_run,
};
