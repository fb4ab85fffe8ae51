// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"
#include "lib_test.h"
#include "tap.h"

/* Return: how many files the directory that this process works in has, or that are hidden. */
static int files(bool hidden)
{
	DIR *dir = opendir(".");
	struct dirent *entry;
	int count = 0;

	if (!dir)
		abort();
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
			 (!hidden || *entry->d_name == '.');
	closedir(dir);
	return count;
}

static bool has(const char *path, const char *wanted)
{
	char text[64] = "";
	FILE *f = fopen(path, "r");

	if (f) {
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
	}
	return f && !strcmp(text, wanted);
}

static mode_t mode_of(const char *path)
{
	struct stat is = { 0 };

	lstat(path, &is);
	return is.st_mode;
}

static void begin(struct atomic_file *file, const char *path, const char *text)
{
	if (!atomic_file_open(file, path))
		abort();
	fputs(text, file->stream);
}

static bool write_file(const char *path, const char *text)
{
	struct atomic_file file;

	begin(&file, path, text);
	return atomic_file_close(&file);
}

static void test_names(void)
{
	mode_t mask = umask(027);
	struct atomic_file first, second;
	bool before, hidden, after;

	begin(&first, "file", "first");
	before = access("file", F_OK);
	hidden = files(true) == 1 && files(false) == 1;
	after = atomic_file_close(&first);
	tap(before && after && has("file", "first"),
	    "atomic_file: a file has its name when it is complete, and not before");
	tap(hidden && files(false) == 1,
	    "atomic_file: until then it is hidden from what reads all files of a directory");
	tap(mode_of("file") == (S_IFREG | 0640), "atomic_file: umask says who may read a file");
	umask(mask);
	begin(&first, "file", "a longer text");
	begin(&second, "file", "second");
	after = atomic_file_close(&first) && has("file", "a longer text");
	tap(after && atomic_file_close(&second) && has("file", "second") && files(false) == 1,
	    "atomic_file: of two that write the same file each writes the whole of it");
	unlink("file");
}

static void test_links(void)
{
	struct atomic_file file;

	if (mkdir("dir", 0700) || symlink("dir/second", "first") ||
	    symlink("file", "dir/second") || symlink("loop", "loop"))
		abort();
	tap(write_file("first", "new") && has("dir/file", "new"),
	    "atomic_file: a link may lead to a file that is not there yet");
	tap(write_file("first", "newer") && has("dir/file", "newer") &&
	    S_ISLNK(mode_of("first")) && S_ISLNK(mode_of("dir/second")),
	    "atomic_file: the file is written to which links lead, and they stay");
	errno = 0;
	tap(!atomic_file_open(&file, "loop") && errno == ELOOP,
	    "atomic_file: links in a circle lead to no file");
	unlink("first");
	unlink("dir/second");
	unlink("dir/file");
	unlink("loop");
	rmdir("dir");
}

static void test_others(void)
{
	struct atomic_file file;
	char text[16] = "", path[64];
	int fd;

	if (mkfifo("pipe", 0600) || symlink("pipe", "link") || mkdir("dir", 0700))
		abort();
	fd = open("pipe", O_RDWR | O_NONBLOCK);
	tap(write_file("link", "sent") && read(fd, text, sizeof(text)) == 4 &&
	    !strcmp(text, "sent") && S_ISFIFO(mode_of("pipe")) && S_ISLNK(mode_of("link")),
	    "atomic_file: a pipe is written to, and not replaced");
	close(fd);
	begin(&file, "/dev/full", "text");
	errno = 0;
	tap(!atomic_file_close(&file) && errno == ENOSPC && S_ISCHR(mode_of("/dev/full")),
	    "atomic_file: a device is written to, and says what is wrong");
	errno = 0;
	tap(!atomic_file_open(&file, "dir") && errno == EISDIR,
	    "atomic_file: a directory is not written to");
	unlink("pipe");
	unlink("link");
	rmdir("dir");
	fd = open("file", O_RDWR | O_CREAT, 0600);
	unlink("file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	tap(write_file(path, "text") && pread(fd, text, sizeof(text), 0) == 4 &&
	    !strcmp(text, "text") && !files(false),
	    "atomic_file: a file that only a descriptor has is written to");
	close(fd);
}

void test_atomic_file(void)
{
	char dir[] = "/tmp/cohmem-file-XXXXXX";
	int here = open(".", O_RDONLY | O_DIRECTORY);

	if (here < 0 || !mkdtemp(dir) || chdir(dir))
		abort();
	test_names();
	test_links();
	test_others();
	if (fchdir(here) || rmdir(dir))
		abort();
	close(here);
}
