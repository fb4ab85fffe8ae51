// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pace.h"
#include "util.h"

/* A slow kernel on a busy PC needs long to probe the device. */
#define PORT_SECS 60

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("rig: ");
	vprintf(fmt, ap);
	printf("\n");
	fflush(stdout);
	va_end(ap);
}

bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	ssize_t n;
	int err;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	err = n < 0 ? errno : EIO;
	close(fd);
	errno = err;
	return n == (ssize_t)strlen(text);
}

bool read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t len = 0;
	ssize_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return false;
	while (len + 1 < size && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	buf[len] = '\0';
	close(fd);
	return n >= 0;
}

bool read_number(const char *path, u64 *value)
{
	char text[32], *end;

	if (!read_file(path, text, sizeof(text)))
		return false;
	*value = strtoull(text, &end, 0);
	errno = EINVAL;
	return end != text;
}

static int find_port(const char *name)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	char path[300], text[64];
	struct dirent *de;
	int fd = -1;

	while (dir && fd < 0 && (de = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name",
			 de->d_name);
		if (!read_file(path, text, sizeof(text)))
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (strcmp(text, name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", de->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

/* The kernel learns of the ports by messages, which may come after PID 1 has started. */
int open_port(const char *name)
{
	double deadline = pace_now() + PORT_SECS;
	int fd = find_port(name);

	while (fd < 0 && pace_now() < deadline) {
		usleep(10000);
		fd = find_port(name);
	}
	return fd;
}
