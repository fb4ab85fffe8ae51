// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives files to a target of fuzzing, which is linked with this.
 *
 *   replay PATH...	each file, and each file of a folder; says of each which it is
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "fuzz.h"

#define MOST_SECONDS	60	/* of a CPU, for all inputs */
#define LARGEST_INPUT	(1024 * 1024)

static void fail(const char *path)
{
	perror(path);
	exit(1);
}

static int is_input(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static void give_file(const char *path)
{
	u8 *data = malloc(LARGEST_INPUT), *input;
	FILE *f = fopen(path, "r");
	size_t size;

	if (!data || !f)
		fail(path);
	puts(path);
	fflush(stdout);
	size = fread(data, 1, LARGEST_INPUT, f);
	if (ferror(f) || !feof(f))
		fail(path);
	fclose(f);
	/* In memory of its own length, so that one byte behind it is noticed. */
	input = malloc(size);
	if (!input)
		fail(path);
	memcpy(input, data, size);
	free(data);
	LLVMFuzzerTestOneInput(input, size);
	free(input);
}

static size_t give(const char *path)
{
	struct dirent **names;
	char input[PATH_MAX];
	struct stat st;
	int count;

	if (stat(path, &st))
		fail(path);
	if (!S_ISDIR(st.st_mode)) {
		give_file(path);
		return 1;
	}
	count = scandir(path, &names, is_input, alphasort);
	if (count < 0)
		fail(path);
	for (int i = 0; i < count; i++) {
		snprintf(input, sizeof(input), "%s/%s", path, names[i]->d_name);
		give_file(input);
		free(names[i]);
	}
	free(names);
	return count;
}

int main(int argc, char **argv)
{
	const struct rlimit limit = { MOST_SECONDS, MOST_SECONDS };
	size_t count = 0;

	/* A reader that does not come to an end ends the program. */
	setrlimit(RLIMIT_CPU, &limit);
	for (int i = 1; i < argc; i++)
		count += give(argv[i]);
	printf("%zu inputs\n", count);
	return !count;
}
