// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: root retires memory that is bad. A file that has it keeps it, and no file
 * gets it again. This is the last part: the memory stays retired.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guestram.h"
#include "ktap.h"

#define FILE_PATH	GUESTRAM_DIR "/bad"
#define ALL		GUESTRAM_DIR "/all"
#define TAG		0xbad
#define SIZE		(4 * GUESTRAM_UNIT)

static int ask_for(const char *text)
{
	char path[64];
	int fd, ret, err;

	snprintf(path, sizeof(path), "/sys/fs/guestramfs/node%d/retire", GUESTRAM_NODE);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ret = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static int retire_address(u64 address)
{
	char text[32];

	snprintf(text, sizeof(text), "%#llx\n", address);
	return ask_for(text);
}

/* Some byte of the file's first unit. */
static bool retire_one(const struct guestram_file *file, u64 *bad)
{
	u64 size = guestram_sysfs("size");

	*bad = guestram_physical(file) + 0x12345;
	guestram_fill(file, TAG);
	return !retire_address(*bad) && guestram_sysfs("retired") == GUESTRAM_UNIT &&
	       guestram_sysfs("size") == size - GUESTRAM_UNIT && guestram_has(file, TAG);
}

static bool is_another(u64 at __attribute((unused)), u64 address, void *arg)
{
	/* Where nothing is mapped it is 0. */
	return address && address / GUESTRAM_UNIT != *(u64 *)arg / GUESTRAM_UNIT;
}

/* A file of all that there is has other units. */
static bool is_never_given(u64 bad)
{
	struct guestram_file all;
	bool ok = guestram_make(&all, ALL, guestram_sysfs("size")) &&
		  guestram_each_unit(&all, is_another, &bad);

	guestram_unmap(&all);
	unlink(ALL);
	return ok;
}

/* One that no file has just now. */
static bool retire_free(u64 *bad)
{
	struct guestram_file file;
	bool ok = guestram_make(&file, FILE_PATH, GUESTRAM_UNIT);
	u64 size;

	*bad = ok ? guestram_physical(&file) : 0;
	guestram_unmap(&file);
	unlink(FILE_PATH);
	size = guestram_sysfs("size");
	return ok && guestram_wait("free", size) && !retire_address(*bad) &&
	       guestram_sysfs("retired") == 2 * GUESTRAM_UNIT &&
	       guestram_sysfs("free") == size - GUESTRAM_UNIT && is_never_given(*bad);
}

void guestram_retire(void)
{
	struct guestram_file file;
	u64 bad = 0, other = 0;
	bool ok;

	ok = guestram_make(&file, FILE_PATH, SIZE);
	ktap_result(ok && retire_one(&file, &bad), "retired", "%#llx", bad);
	guestram_unmap(&file);
	unlink(FILE_PATH);
	ktap_result(guestram_wait("free", guestram_sysfs("size")) && is_never_given(bad),
		    "retired_for_good", "");
	ktap_result(retire_free(&other), "retired_while_free", "%#llx", other);
	ok = retire_address(bad) && errno == ENXIO && retire_address(0) && errno == ENXIO &&
	     ask_for("there") && errno == EINVAL;
	ktap_result(ok, "retire_refused", "%s", ok ? "ENXIO, EINVAL" : strerrorname_np(errno));
}
