// SPDX-License-Identifier: GPL-2.0-only
/* Disks, and a socket to the host: the host's kernel and QEMU use the guest's RAM. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vm_sockets.h>	/* after sys/socket.h */

#include "guest.h"

#define LEN (256 * 1024)
#define ALIGN 4096

static bool buffers(const char *name, size_t len, u8 **out, u8 **in)
{
	*out = aligned_alloc(ALIGN, len);
	*in = aligned_alloc(ALIGN, len);
	if (!*out || !*in) {
		report("%s FAIL no memory", name);
		return false;
	}
	for (size_t i = 0; i < len; i++)
		(*out)[i] = i * 167 + i / 251;
	memset(*in, 0, len);
	return true;
}

/*
 * O_DIRECT goes past the guest's own cache: the disk fills the buffer itself. What is larger
 * than a request becomes several, which are under way at one time.
 */
bool io_check_disk(const char *name, const char *disk, size_t mib)
{
	size_t len = mib ? mib << 20 : LEN;
	u8 *out, *in;
	char path[64];
	bool ok = false;
	int fd;

	if (!buffers(name, len, &out, &in))
		return false;
	snprintf(path, sizeof(path), "/dev/%s", disk);
	fd = open(path, O_RDWR | O_DIRECT);
	if (fd < 0)
		report("%s FAIL cannot open %s: %m", name, path);
	else if (pwrite(fd, out, len, 0) != (ssize_t)len)
		report("%s FAIL cannot write to %s: %m", name, path);
	else if (pread(fd, in, len, 0) != (ssize_t)len)
		report("%s FAIL cannot read from %s: %m", name, path);
	else if (memcmp(in, out, len))
		report("%s FAIL %s gives other bytes than were written", name, path);
	else
		ok = true;
	if (ok)
		report("%s ok %zu bytes written, read and verified", name, len);
	close(fd);
	free(out);
	free(in);
	return ok;
}

/* The host sends back each byte, inverted. */
static bool exchange(int fd, const u8 *out, u8 *in)
{
	enum { PIECE = 4096 };
	ssize_t n;

	for (size_t at = 0; at < LEN; at += PIECE) {
		if (write(fd, out + at, PIECE) != PIECE)
			return false;
		for (size_t got = 0; got < PIECE; got += n) {
			n = read(fd, in + at + got, PIECE - got);
			if (n <= 0)
				return false;
		}
	}
	return true;
}

bool io_check_vsock(const char *name, int port)
{
	struct sockaddr_vm addr = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_HOST,
		.svm_port = port,
	};
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
	u8 *out, *in;
	size_t i = 0;
	bool ok = false;

	if (!buffers(name, LEN, &out, &in))
		return false;
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		report("%s FAIL cannot connect to the host: %m", name);
	} else if (!exchange(fd, out, in)) {
		report("%s FAIL the connection broke: %m", name);
	} else {
		while (i < LEN && (in[i] ^ out[i]) == 0xff)
			i++;
		ok = i == LEN;
		if (ok)
			report("%s ok %d bytes each way, verified", name, LEN);
		else
			report("%s FAIL byte %zu is wrong", name, i);
	}
	close(fd);
	free(out);
	free(in);
	return ok;
}
