// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: a device has a file's memory mapped for DMA, and its user takes the file
 * away. The device must not reach what somebody else gets then.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "guestram.h"
#include "ktap.h"

#define IOVA		0x200000	/* edu has 28 address bits */
#define LEN		GUESTRAM_UNIT
#define HALF		(LEN / 2)
#define PATH		GUESTRAM_DIR "/dma"
#define NEXT		GUESTRAM_DIR "/next"
#define TAG		0xd3a
#define NEXT_TAG	0x0e7

/* The device copies from the first half to the second one. */
static bool device_works(const struct vfio *vfio, const struct guestram_file *file)
{
	memset(file->at, 0xda, EDU_BUFFER_BYTES);
	return edu_vfio_copy(vfio, IOVA, IOVA + HALF, EDU_BUFFER_BYTES) &&
	       !memcmp(file->at, file->at + HALF, EDU_BUFFER_BYTES);
}

/* Gives all that is left to somebody else, and lets the device write to what it has. */
static bool next_is_safe(const struct vfio *vfio)
{
	struct guestram_file next;
	bool ok = guestram_make(&next, NEXT, guestram_sysfs("free"));

	if (ok) {
		guestram_fill(&next, NEXT_TAG);
		ok = edu_vfio_copy(vfio, IOVA, IOVA + HALF, EDU_BUFFER_BYTES) &&
		     guestram_has(&next, NEXT_TAG);
	}
	guestram_unmap(&next);
	unlink(NEXT);
	return ok;
}

static bool make_for_dma(const struct vfio *vfio, struct guestram_file *file)
{
	if (!guestram_make(file, PATH, LEN))
		return false;
	guestram_fill(file, TAG);
	return vfio_map(vfio, IOVA, file->at, LEN) && device_works(vfio, file);
}

/* The file cannot be made smaller until the device is gone. */
static void try_truncate(void)
{
	struct vfio vfio = edu_vfio_open_type1();
	struct guestram_file file;
	bool ok = make_for_dma(&vfio, &file), refused;

	if (file.at)
		munmap(file.at, LEN);
	file.at = NULL;
	refused = ftruncate(file.fd, 0) && errno == EBUSY;
	ok = ok && next_is_safe(&vfio);
	vfio_close(&vfio);
	ok = ok && !ftruncate(file.fd, 0);
	ktap_result(ok && refused, "dma_truncate", "%s", refused ? "EBUSY" : "not refused");
	guestram_unmap(&file);
	unlink(PATH);
}

static void try_unlink(void)
{
	struct vfio vfio = edu_vfio_open_type1();
	struct guestram_file file;
	bool ok = make_for_dma(&vfio, &file);

	guestram_unmap(&file);
	unlink(PATH);
	ok = ok && guestram_sysfs("free") == guestram_sysfs("size") - LEN && next_is_safe(&vfio);
	vfio_close(&vfio);
	ktap_result(ok, "dma_unlink", "");
	ktap_result(guestram_wait("free", guestram_sysfs("size")), "dma_given_back", "");
}

/* The process that mapped the memory is gone, and another has its container. */
static void try_passed_on(void)
{
	struct vfio vfio = edu_vfio_open_type1();
	struct guestram_file file;
	int status = 1;
	bool ok;
	pid_t pid = fork();

	if (!pid)
		_exit(make_for_dma(&vfio, &file) ? 0 : 1);
	ok = waitpid(pid, &status, 0) == pid && !status;
	unlink(PATH);
	ok = ok && guestram_sysfs("free") == guestram_sysfs("size") - LEN && next_is_safe(&vfio);
	vfio_close(&vfio);
	ktap_result(ok && guestram_wait("free", guestram_sysfs("size")), "dma_passed_on", "");
}

void guestram_dma(void)
{
	try_truncate();
	try_unlink();
	try_passed_on();
}
