// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_ram.h"
#include "json.h"
#include "kernel.h"
#include "log.h"
#include "text.h"

/* Percent. A tick of the host between two readings of the counter is most of it. */
#define REPEATABLE	1.0
#define TITLE		48
#define VALUE		15

static const struct {
	const char *kind;
	const char *state;
	const char *title;
} rows[] = {
	{ "guestram", "clean", "guest RAM, clean" },
	{ "guestram", "zero", "guest RAM, to be zeroed" },
	{ "guestram", "mapped", "guest RAM, touched by the VMM" },
	{ "guestram_off", "clean", "guest RAM at an odd address, clean" },
	{ "guestram_off", "zero", "guest RAM at an odd address, to be zeroed" },
	{ "guestram_off", "mapped", "guest RAM at an odd address, touched by the VMM" },
	{ "huge_1g", "clean", "hugetlbfs, 1 GiB, populated" },
	{ "huge_1g", "zero", "hugetlbfs, 1 GiB, to be zeroed" },
	{ "huge_1g", "mapped", "hugetlbfs, 1 GiB, touched by the VMM" },
	{ "huge_2m", "clean", "hugetlbfs, 2 MiB, populated" },
	{ "huge_2m", "zero", "hugetlbfs, 2 MiB, to be zeroed" },
	{ "huge_2m", "mapped", "hugetlbfs, 2 MiB, touched by the VMM" },
	{ "thp", "zero", "transparent huge pages, to be zeroed" },
	{ "thp", "mapped", "transparent huge pages, touched by the VMM" },
};

static_assert(ARRAY_SIZE(rows) == RAM_ROWS, "RAM_ROWS");

/* Struct pages are counted once for each kind, in its last state. */
static const struct {
	const char *fact;
	const char *title;
} columns[RAM_COLUMNS] = {
	[RAM_START] = { "start", "first access" },
	[RAM_ALL] = { "all", "last page" },
	[RAM_HOST_TABLES] = { "host_tables", "host tables" },
	[RAM_FAULTS] = { "faults", "faults" },
	[RAM_STRUCT_PAGES] = { "struct_pages", "struct pages" },
};

static const struct {
	const char *kind;
	const char *title;
} zeroed[RAM_ZEROED] = {
	{ "guestram", "zeroing alone: guest RAM" },
	{ "huge_1g", "zeroing alone: hugetlbfs, 1 GiB" },
	{ "huge_2m", "zeroing alone: hugetlbfs, 2 MiB" },
};

static const unsigned int mib_of_size[RAM_SIZES] = { 256, 1024, 3072 };

/**
 * struct goal - a fact that is at most a number, or so many times another fact
 * @name: for people
 * @fact: what is asked
 * @limit: the number, or the factor
 * @of: the other fact, or NULL
 */
static const struct goal {
	const char *name;
	const char *fact;
	double limit;
	const char *of;
} goals[] = {
	{ "no struct pages", "ram_guestram_mapped_struct_pages", 0, NULL },
	{ "clean: at most 2 host tables", "ram_guestram_clean_host_tables", 2, NULL },
	{ "to be zeroed: at most 2 host tables", "ram_guestram_zero_host_tables", 2, NULL },
	{ "touched: at most 2 host tables", "ram_guestram_mapped_host_tables", 2, NULL },
	{ "clean: 1 fault", "ram_guestram_clean_faults", 1, NULL },
	{ "at an odd address, clean: 1 fault", "ram_guestram_off_clean_faults", 1, NULL },
	{
		"clean: at most 1.1 of populated hugetlbfs, 1 GiB", "ram_guestram_clean_all", 1.1,
		"ram_huge_1g_clean_all",
	}, {
		"to be zeroed: no more than hugetlbfs, 1 GiB", "ram_guestram_zero_all", 1,
		"ram_huge_1g_zero_all",
	}, {
		"to be zeroed: no more than hugetlbfs, 2 MiB", "ram_guestram_zero_all", 1,
		"ram_huge_2m_zero_all",
	}, {
		"first access, 3 GiB: at most 1.05 of 1 GiB", "ram_guestram_3072m_start", 1.05,
		"ram_guestram_1024m_start",
	}, {
		"first access, 3 GiB: at most 1.5 of 256 MiB", "ram_guestram_3072m_start", 1.5,
		"ram_guestram_256m_start",
	},
};

static_assert(ARRAY_SIZE(goals) == RAM_GOALS, "RAM_GOALS");

static void name_of(char *name, size_t size, size_t row, enum ram_column column)
{
	const char *state = column == RAM_STRUCT_PAGES ? "mapped" : rows[row].state;

	snprintf(name, size, "ram_%s_%s_%s", rows[row].kind, state, columns[column].fact);
}

static struct ram_value value(const struct text *results, const char *dir, const char *name)
{
	struct fact fact = log_fact(results, name);
	struct ram_value v = { 0 };
	char *end;

	v.value = strtod(fact.value, &end);
	v.known = *fact.value && !*end;
	snprintf(v.source, sizeof(v.source), "%.250s/%.250s", dir, fact.source);
	return v;
}

/* What a run that did not pass has found counts for nothing. */
static struct text results_of(const char *dir)
{
	struct text verdict = log_read(dir, "verdict");
	bool passed = !strcmp(log_value(&verdict, "outcome: "), "pass");

	text_free(&verdict);
	return log_read(dir, passed ? "results.log" : "none");
}

static bool is_met(const struct text *results, const struct goal *goal)
{
	struct ram_value found = value(results, "", goal->fact);
	struct ram_value of = { .known = true, .value = 1 };

	if (goal->of)
		of = value(results, "", goal->of);
	return found.known && of.known && found.value <= goal->limit * of.value;
}

static void compare(struct bench_ram *t, const char *name, const struct text *first,
		    const struct text *second, double *worst)
{
	struct ram_value a = value(first, "", name), b = value(second, "", name);
	double off = fabs(b.value - a.value) / fmax(a.value, 1) * 100;

	if (!a.known)
		snprintf(t->missing, sizeof(t->missing), "%.63s", name);
	if (!b.known || off > REPEATABLE) {
		snprintf(t->why, sizeof(t->why), "%s: %.0f, then %.0f", name, a.value, b.value);
		t->repeats = false;
	} else if (t->repeats && off > *worst) {
		snprintf(t->why, sizeof(t->why), "%.4f %%, %s", off, name);
		*worst = off;
	}
}

void bench_ram_read(struct bench_ram *t, const char *machine, const char *first,
		    const char *second)
{
	struct text one = results_of(first), two = results_of(second);
	double worst = -1;
	char name[64];

	memset(t, 0, sizeof(*t));
	t->machine = machine;
	t->repeats = true;
	snprintf(t->release, sizeof(t->release), "%.127s", log_fact(&one, "release").value);
	snprintf(t->line, sizeof(t->line), "%.15s", log_fact(&one, "line").value);
	for (size_t r = 0; r < RAM_ROWS; r++) {
		for (enum ram_column c = RAM_START; c < RAM_COLUMNS; c++) {
			name_of(name, sizeof(name), r, c);
			t->cells[r][c] = value(&one, first, name);
			if (!t->cells[r][c].known)
				snprintf(t->missing, sizeof(t->missing), "%s", name);
			if (c == RAM_START || c == RAM_ALL)
				compare(t, name, &one, &two, &worst);
		}
	}
	for (size_t i = 0; i < RAM_SIZES; i++) {
		snprintf(name, sizeof(name), "ram_guestram_%um_start", mib_of_size[i]);
		t->starts[i] = value(&one, first, name);
		compare(t, name, &one, &two, &worst);
	}
	for (size_t i = 0; i < RAM_ZEROED; i++) {
		snprintf(name, sizeof(name), "ram_%s_1024m_zeroing", zeroed[i].kind);
		t->zeroing[i] = value(&one, first, name);
		compare(t, name, &one, &two, &worst);
	}
	for (size_t g = 0; g < RAM_GOALS; g++)
		t->met[g] = is_met(&one, &goals[g]);
	text_free(&one);
	text_free(&two);
}

bool bench_ram_good(const struct bench_ram *t)
{
	for (size_t g = 0; g < RAM_GOALS; g++) {
		if (!t->met[g])
			return false;
	}
	return t->repeats && !*t->missing;
}

static void print_value(const struct ram_value *v)
{
	char text[64] = "unknown";

	if (v->known)
		text_group(text, sizeof(text), rint(v->value));
	printf(" %*s", VALUE, text);
}

void bench_ram_print_table(const struct bench_ram *t)
{
	printf("\n%-*s", TITLE, "1 GiB of RAM for a VM");
	for (enum ram_column c = RAM_START; c < RAM_COLUMNS; c++)
		printf(" %*s", VALUE, columns[c].title);
	printf("\n");
	for (size_t r = 0; r < RAM_ROWS; r++) {
		printf("%-*s", TITLE, rows[r].title);
		for (enum ram_column c = RAM_START; c < RAM_COLUMNS; c++)
			print_value(&t->cells[r][c]);
		printf("\n");
	}
	for (size_t i = 0; i < RAM_SIZES; i++) {
		printf("guest RAM, clean, a file of %4u MiB%*s", mib_of_size[i],
		       TITLE - 35, "");
		print_value(&t->starts[i]);
		printf("\n");
	}
	for (size_t i = 0; i < RAM_ZEROED; i++) {
		printf("%-*s", TITLE, zeroed[i].title);
		print_value(&t->zeroing[i]);
		printf("\n");
	}
	printf("\nInstructions until then; pages of the VMM's page tables; faults of stage 2; "
	       "bytes of struct pages.\n%s, line %s, machine %s\n\n", t->release,
	       *t->line ? t->line : "unknown", t->machine);
	for (size_t g = 0; g < RAM_GOALS; g++)
		printf("%-*s %s\n", TITLE, goals[g].name, t->met[g] ? "met" : "MISSED");
	if (*t->missing)
		printf("MISSING: %s\n", t->missing);
	printf("%s: %s%s\n", t->repeats ? "repeatable" : "NOT REPEATABLE",
	       t->repeats ? "a second run differs by at most " : "", t->why);
}

static struct json_object *record(const struct bench_ram *t, size_t r)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "kind", rows[r].kind);
	json_set_string(o, "state", rows[r].state);
	for (enum ram_column c = RAM_START; c < RAM_COLUMNS; c++) {
		const struct ram_value *v = &t->cells[r][c];

		if (v->known)
			json_set_double(o, columns[c].fact, v->value);
		else
			json_set_string(o, columns[c].fact, NULL);
	}
	json_set_string(o, "source", t->cells[r][RAM_ALL].source);
	return o;
}

static struct json_object *zeroing_record(const struct bench_ram *t, size_t i)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "kind", zeroed[i].kind);
	if (t->zeroing[i].known)
		json_set_double(o, "instructions", t->zeroing[i].value);
	else
		json_set_string(o, "instructions", NULL);
	json_set_string(o, "source", t->zeroing[i].source);
	return o;
}

bool bench_ram_write_json(const struct bench_ram *t, const char *path)
{
	struct json_object *all = json_object_new_object();
	struct json_object *list = json_object_new_array(), *met = json_object_new_object();
	struct json_object *zeroing = json_object_new_array();

	for (size_t r = 0; r < RAM_ROWS; r++)
		json_add(list, record(t, r));
	for (size_t i = 0; i < RAM_ZEROED; i++)
		json_add(zeroing, zeroing_record(t, i));
	for (size_t g = 0; g < RAM_GOALS; g++)
		json_set(met, goals[g].name, json_object_new_boolean(t->met[g]));
	json_set_string(all, "release", t->release);
	json_set_text(all, "line", t->line);
	json_set_string(all, "machine", t->machine);
	json_set(all, "rows", list);
	json_set(all, "zeroing", zeroing);
	json_set(all, "goals", met);
	return json_write(path, all);
}
