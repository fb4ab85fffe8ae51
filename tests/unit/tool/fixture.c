// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"
#include "root.h"
#include "text.h"

#define FILE_MARK "=== "
#define LINK_MARK "-> "

static char dir[32];
static int has_dir, limited;
static char denied[128], vanishing[128];
static unsigned int disturbed, opens, walks, opens_left;

long __wrap_syscall(long number, ...)
{
	long a, b, c, d;
	va_list ap;

	va_start(ap, number);
	a = va_arg(ap, long);
	b = va_arg(ap, long);
	c = va_arg(ap, long);
	d = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_openat2) {
		opens++;
		walks += !!strstr((const char *)b, "stage2_page_tables");
		if (disturbed) {
			disturbed--;
			errno = EAGAIN;
			return -1;
		}
		if (!strcmp((const char *)b, denied)) {
			errno = EACCES;
			return -1;
		}
		if (*vanishing && text_starts((const char *)b, vanishing) && !opens_left--) {
			opens_left = 0;
			errno = ENOENT;
			return -1;
		}
	}
	return __real_syscall(number, a, b, c, d);
}

int __wrap_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old)
{
	limited |= resource == RLIMIT_CPU && pid > 0 && limit->rlim_max < 60;
	return __real_prlimit(pid, resource, limit, old);
}

int fixture_limited(void)
{
	int was = limited;

	limited = 0;
	return was;
}

void fixture_vanish(const char *prefix, unsigned int calls)
{
	snprintf(vanishing, sizeof(vanishing), "%s", prefix);
	opens_left = calls;
}

const char *fixture_dir(void)
{
	return dir;
}

void fixture_disturb(unsigned int calls)
{
	disturbed = calls;
}

unsigned int fixture_opens(void)
{
	unsigned int count = opens;

	opens = 0;
	return count;
}

unsigned int fixture_walks(void)
{
	unsigned int count = walks;

	walks = 0;
	return count;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void fixture_end(void)
{
	if (has_dir)
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	has_dir = 0;
	*denied = '\0';
	*vanishing = '\0';
}

static void must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

static void make_parents(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
}

void fixture_put(const char *path, const char *text)
{
	char full[PATH_MAX];
	FILE *f;

	if (text && !strcmp(text, FIXTURE_DENIED)) {
		snprintf(denied, sizeof(denied), "%s", path);
		return;
	}
	snprintf(full, sizeof(full), "%s%s", dir, path);
	nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (!text)
		return;
	make_parents(full);
	if (text_starts(text, LINK_MARK)) {
		must(!symlink(text + strlen(LINK_MARK), full), full);
		return;
	}
	f = fopen(full, "w");
	must(f && fputs(text, f) >= 0 && !fclose(f), full);
}

char *fixture_content(const char *path)
{
	struct root here;
	char *text;

	must(root_open(&here, "."), ".");
	text = root_read(&here, path, 1 << 20);
	must(!!text, path);
	root_close(&here);
	return text;
}

/* One part: a line "PATH" or "PATH -> TARGET", and the text of the file. */
static void put_part(char *part)
{
	char *text = part, *link;

	strsep(&text, "\n");
	link = strstr(part, " " LINK_MARK);
	if (link)
		*link = '\0';
	fixture_put(part, link ? link + 1 : text ?: "");
}

const char *fixture_begin(const char *file)
{
	char path[PATH_MAX], *text, *part, *next;

	fixture_end();
	snprintf(dir, sizeof(dir), "/tmp/cohmem-tool-XXXXXX");
	must(!!mkdtemp(dir), dir);
	/* Others than root look at it, too. */
	chmod(dir, 0755);
	has_dir = 1;
	if (!file)
		return dir;
	snprintf(path, sizeof(path), "roots/%s", file);
	text = fixture_content(path);
	/* In front of the first part is what the file is about. */
	for (part = strstr(text, "\n" FILE_MARK); part; part = next) {
		part += strlen("\n" FILE_MARK);
		next = strstr(part, "\n" FILE_MARK);
		if (next)
			*next = '\0';
		put_part(part);
	}
	free(text);
	return dir;
}

/* By the CPU's time: a PC that has other things to do is no reason. */
void fixture_end_after(unsigned int seconds)
{
	const struct itimerval limit = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &limit, NULL);
}
