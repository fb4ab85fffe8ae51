// SPDX-License-Identifier: GPL-2.0-only
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logs.h"

static char dir[64];

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "the test itself has failed: %s\n", what);
	abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	need(!nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), path);
}

const char *logs_begin(void)
{
	logs_end();
	snprintf(dir, sizeof(dir), "/tmp/cohmem-judge-XXXXXX");
	need(mkdtemp(dir), dir);
	return dir;
}

void logs_end(void)
{
	if (*dir)
		remove_all(dir);
	*dir = '\0';
}

const char *logs_path(const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return path;
}

void logs_add(const char *file, const char *fmt, ...)
{
	char parent[256], *slash;
	va_list ap;
	FILE *f;

	snprintf(parent, sizeof(parent), "%s", logs_path(file));
	slash = strrchr(parent, '/');
	*slash = '\0';
	mkdir(parent, 0700);
	f = fopen(logs_path(file), "a");
	need(f, file);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	need(!fclose(f), file);
}

static struct text read_file(const char *file)
{
	struct text text;

	need(text_read(&text, logs_path(file)), file);
	return text;
}

static void put(const char *file, struct text *text, size_t count)
{
	FILE *f = fopen(logs_path(file), "w");

	need(f, file);
	for (size_t i = 0; i < count; i++) {
		if (text->lines[i])
			fprintf(f, "%s\n", text->lines[i]);
	}
	need(!fclose(f), file);
	text_free(text);
}

void logs_change(const char *file, const char *old, const char *new)
{
	struct text text = read_file(file);
	bool found = false;

	for (size_t i = 0; i < text.count; i++) {
		char *line = text.lines[i];

		if (!strstr(line, old))
			continue;
		text.lines[i] = logs_replace(line, old, new);
		free(line);
		found = true;
	}
	need(found, old);
	put(file, &text, text.count);
}

void logs_cut(const char *file, const char *cut)
{
	struct text text = read_file(file);
	bool found = false;

	for (size_t i = 0; i < text.count; i++) {
		if (!strstr(text.lines[i], cut))
			continue;
		free(text.lines[i]);
		text.lines[i] = NULL;
		found = true;
	}
	need(found, cut);
	put(file, &text, text.count);
}

void logs_cut_from(const char *file, const char *cut)
{
	struct text text = read_file(file);
	size_t count = 0;

	while (count < text.count && !strstr(text.lines[count], cut))
		count++;
	need(count < text.count, cut);
	put(file, &text, count);
}

void logs_remove(const char *file)
{
	remove_all(logs_path(file));
}

char *logs_replace(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	char *copy;

	need(at, old);
	need(asprintf(&copy, "%.*s%s%s", (int)(at - text), text, new,
		      at + strlen(old)) >= 0, old);
	return copy;
}

struct text logs_lines(const char *text)
{
	char path[] = "/tmp/cohmem-judge-XXXXXX";
	int fd = mkstemp(path);
	struct text lines;
	FILE *f;

	need(fd >= 0, path);
	f = fdopen(fd, "w");
	need(f && fputs(text, f) >= 0 && !fclose(f), path);
	need(text_read(&lines, path), path);
	unlink(path);
	return lines;
}

char *logs_content(const char *path)
{
	FILE *f = fopen(path, "r"), *to;
	char *content = NULL;
	size_t size;
	int c;

	to = open_memstream(&content, &size);
	need(to, path);
	while (f && (c = fgetc(f)) != EOF)
		fputc(c, to);
	fclose(to);
	if (f)
		fclose(f);
	return content;
}

int logs_run(const char *command, char **output)
{
	char both[1024];
	size_t size;
	FILE *from, *to = open_memstream(output, &size);
	int status, c;

	snprintf(both, sizeof(both), "%s 2>&1", command);
	from = popen(both, "r");
	need(from && to, command);
	while ((c = fgetc(from)) != EOF)
		fputc(c, to);
	fclose(to);
	status = pclose(from);
	need(WIFEXITED(status), command);
	return WEXITSTATUS(status);
}
