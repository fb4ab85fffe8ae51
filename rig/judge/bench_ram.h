/* SPDX-License-Identifier: GPL-2.0-only */
/* The second table of make bench: what it costs to give a VM its RAM. */
#ifndef RIG_BENCH_RAM_H
#define RIG_BENCH_RAM_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct ram_value - one number of the logs
 * @known: there is one
 * @value: it
 * @source: FILE:LINE
 */
struct ram_value {
	bool known;
	double value;
	char source[512];
};

/* What is known of a row. RAM_START and RAM_ALL are instructions. */
enum ram_column { RAM_START, RAM_ALL, RAM_HOST_TABLES, RAM_FAULTS, RAM_STRUCT_PAGES, RAM_COLUMNS };

#define RAM_ROWS	14
#define RAM_SIZES	3
#define RAM_ZEROED	3
#define RAM_GOALS	11

/**
 * struct bench_ram - all of it
 * @release: the kernel
 * @line: the kernel line that it is of, or ""
 * @machine: the emulated machine
 * @cells: by row and column
 * @starts: until the first access, by size
 * @zeroing: until a file has all of its memory, which is zeroed first, by kind
 * @met: by goal
 * @missing: the name of a fact that is missing, or ""
 * @repeats: whether a second run has given the same
 * @why: how much it differed, and where
 */
struct bench_ram {
	char release[128];
	char line[16];
	const char *machine;
	struct ram_value cells[RAM_ROWS][RAM_COLUMNS];
	struct ram_value starts[RAM_SIZES];
	struct ram_value zeroing[RAM_ZEROED];
	bool met[RAM_GOALS];
	char missing[64];
	bool repeats;
	char why[160];
};

/**
 * bench_ram_read() - read and judge both runs
 * @t: is filled
 * @machine: the emulated machine
 * @first: the directory with the logs of the first run
 * @second: of the second one, which has counted nothing
 */
void bench_ram_read(struct bench_ram *t, const char *machine, const char *first,
		    const char *second);

/** bench_ram_good() - all goals met, all values there, and repeatable */
bool bench_ram_good(const struct bench_ram *t);

/** bench_ram_print_table() - for people */
void bench_ram_print_table(const struct bench_ram *t);

/** bench_ram_write_json() - for programs; false with errno */
bool bench_ram_write_json(const struct bench_ram *t, const char *path);

#endif /* RIG_BENCH_RAM_H */
