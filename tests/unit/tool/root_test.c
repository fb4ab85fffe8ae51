// SPDX-License-Identifier: GPL-2.0-only
/* Files below a directory, of which somebody may have made traps; and compressed ones. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "kernel.h"
#include "root.h"
#include "tap.h"
#include "tool_test.h"
#include "unpack.h"

static bool reads(const struct root *root, const char *path, const char *want)
{
	char *text = root_read(root, path, 4096);
	bool same = text && !strcmp(text, want);

	free(text);
	return same;
}

static bool fails(const struct root *root, const char *path, size_t max, int why)
{
	char *text = root_read(root, path, max);
	int real = errno;

	free(text);
	return !text && real == why;
}

static void test_paths(const struct root *root, const char *dir)
{
	char path[256];

	fixture_put("/a/file", "text\nmore\n");
	fixture_put("/a/absolute", "-> /a/file");
	fixture_put("/a/out", "-> ../../../../../../etc/passwd");
	fixture_put("/a/passwd", "-> /etc/passwd");
	fixture_put("/a/loop", "-> loop");
	snprintf(path, sizeof(path), "%s/a/pipe", dir);
	if (mkfifo(path, 0600))
		abort();
	tap(reads(root, "/a/file", "text\nmore\n") && reads(root, "/a/absolute", "text\nmore\n"),
	    "root: an absolute link is from the root");
	tap(fails(root, "/a/out", 4096, ENOENT) && fails(root, "/a/passwd", 4096, ENOENT) &&
	    fails(root, "/../../../../../../../../etc/passwd", 4096, ENOENT),
	    "root: no link and no path leads out of the root");
	tap(fails(root, "/a/loop", 4096, ELOOP), "root: a link to itself is refused");
	tap(fails(root, "/a/pipe", 4096, EINVAL) && fails(root, "/a", 4096, EINVAL),
	    "root: a pipe and a directory are not read");
	tap(fails(root, "/a/file", 9, EFBIG) && reads(root, "/a/file", "text\nmore\n"),
	    "root: a file that is too large is refused");
}

static void test_moves(const struct root *root)
{
	fixture_put("/a/up", "-> ../a/file");
	fixture_disturb(3);
	tap(reads(root, "/a/up", "text\nmore\n"),
	    "root: a link with .. is read, though something was renamed meanwhile");
	fixture_disturb(-1U);
	tap(fails(root, "/a/up", 4096, EAGAIN), "root: an endless disturbance is given up");
	fixture_disturb(0);
	fixture_opens();
	tap(reads(root, "/a/up", "text\nmore\n") && fixture_opens() == 1,
	    "root: what was seen to be a file is what is read");
}

static void test_contents(const struct root *root, const char *dir)
{
	char path[256], name[8], *line;
	FILE *f;

	snprintf(path, sizeof(path), "%s/a/zero", dir);
	f = fopen(path, "w");
	if (!f || fwrite("a\0b", 1, 3, f) != 3 || fclose(f))
		abort();
	tap(reads(root, "/a/zero", "a?b"), "root: a byte of 0 does not end a text");
	line = root_line(root, "/a/file");
	tap(line && !strcmp(line, "text"), "root: a line has no end");
	free(line);
	fixture_put("/a/link", "-> ../bus/drivers/vfio-pci-and-more");
	tap(root_link(root, "/a/link", name, sizeof(name)) && !strcmp(name, "vfio-pc") &&
	    !root_link(root, "/a/file", name, sizeof(name)) &&
	    !root_link(root, "/a/none", name, sizeof(name)),
	    "root: a link has a last name, which need not exist");
}

static void test_names(const struct root *root)
{
	struct root_names names;
	bool good;

	fixture_put("/dir/b", "");
	fixture_put("/dir/a", "");
	fixture_put("/dir/.hidden", "");
	good = root_list(root, "/dir", &names);
	tap(good && names.count == 2 && !strcmp(names.names[0], "a") &&
	    !strcmp(names.names[1], "b"), "root: the names of a directory are sorted");
	root_free_names(&names);
	tap(!root_list(root, "/a/file", &names) && errno == ENOTDIR &&
	    !root_list(root, "/none", &names) && errno == ENOENT,
	    "root: what is no directory is not listed");
}

/* One file for each way in which apt's lists are compressed. */
static const struct {
	const char *program;
	const char *file;
} packed[] = {
	{ "gzip", "/list_Packages.gz" },
	{ "lz4 -q", "/list_Packages.lz4" },
	{ "xz", "/list_Packages.xz" },
	{ "zstd -q", "/list_Packages.zst" },
};

static void pack(const char *dir, const char *program, const char *file)
{
	char command[512];

	snprintf(command, sizeof(command), "printf 'Package: a' | %s -c >%s%s", program, dir,
		 file);
	if (system(command))
		abort();
}

static void test_unpack_all(const struct root *root, const char *dir)
{
	char *text;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		pack(dir, packed[i].program, packed[i].file);
		fd = root_file(root, packed[i].file);
		/* As somebody would do who wants another file to be read. */
		fixture_put(packed[i].file, "-> /etc/passwd");
		fixture_limited();
		text = unpack(fd, packed[i].file, 4096);
		tap(text && !strcmp(text, "Package: a"),
		    "unpack: %s unpacks the file that was opened, whatever has its name now",
		    packed[i].program);
		tap(fixture_limited(), "unpack: %s has a limit of time", packed[i].program);
		free(text);
	}
}

static void test_unpack(const struct root *root, const char *dir)
{
	static const char file[] = "/list_Packages.gz";
	char *text;

	fixture_put(file, NULL);
	pack(dir, "gzip", file);
	text = unpack(root_file(root, file), file, 9);
	tap(!text && errno == EFBIG, "unpack: what is too large is refused");
	free(text);
	text = unpack(root_file(root, "/a/file"), file, 4096);
	tap(!text && errno == EIO, "unpack: what is not packed is refused");
	free(text);
	text = unpack(root_file(root, file), "/list_Packages.rar", 4096);
	tap(!text && errno == ENOTSUP && !unpack_program("/a.d/list_Packages"),
	    "unpack: a name that no program is for is refused");
	free(text);
	text = unpack(root_file(root, "/none"), file, 4096);
	tap(!text && errno == ENOENT, "unpack: a file that is not there says so");
	free(text);
}

void test_root(void)
{
	const char *dir = fixture_begin(NULL);
	struct root root;

	if (!root_open(&root, dir))
		abort();
	test_paths(&root, dir);
	test_moves(&root);
	test_contents(&root, dir);
	test_names(&root);
	test_unpack_all(&root, dir);
	test_unpack(&root, dir);
	root_close(&root);
	tap(!root_open(&root, "/none") && errno == ENOENT,
	    "root: a directory that is not there says so");
}
