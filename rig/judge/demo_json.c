// SPDX-License-Identifier: GPL-2.0-only
/* The demo's results for programs; docs/formats.md describes the keys. */
#include "demo.h"
#include "json.h"

static void set_fact(struct json_object *o, const struct demo_run *run, const char *name)
{
	json_set_text(o, name, demo_run_fact(run, name).value);
}

static void set_number(struct json_object *o, const struct demo_run *run, const char *name)
{
	json_set_number(o, name, demo_run_fact(run, name).value);
}

/* A number that was not found is null. */
static struct fact value_of(const struct demo_run *run, const struct demo_row *row)
{
	return row->number ? demo_run_fact(run, row->fact) : demo_run_row(run, row->fact);
}

static struct json_object *sources(const struct demo_run *run)
{
	struct json_object *o = json_object_new_object();
	char where[400];

	snprintf(where, sizeof(where), "%s/verdict:1", run->dir);
	json_set_string(o, "outcome", where);
	for (const struct demo_row *row = run->scene->rows; row->fact; row++) {
		struct fact fact = value_of(run, row);

		snprintf(where, sizeof(where), "%s/%s", run->dir, fact.source);
		if (*fact.source)
			json_set_string(o, row->fact, where);
	}
	return o;
}

static struct json_object *record(const char *machine, const struct demo_run *run)
{
	struct json_object *o = json_object_new_object();
	char log[300];

	json_set_string(o, "scene", run->scene->name);
	json_set_string(o, "kernel", run->kernel);
	json_set_string(o, "release", demo_run_fact(run, "release").value);
	set_fact(o, run, "line");
	json_set_string(o, "machine", machine);
	set_number(o, run, "page_size");
	json_set_string(o, "outcome", run->outcome);
	json_set_string(o, "reason", run->reason);
	for (const struct demo_row *row = run->scene->rows; row->fact; row++) {
		struct fact fact = value_of(run, row);

		if (row->number)
			json_set_number(o, row->fact, fact.value);
		else
			json_set_string(o, row->fact,
					*fact.value ? fact.value : "unknown");
	}
	set_number(o, run, "bytes_verified");
	snprintf(log, sizeof(log), "%s/results.log", run->dir);
	json_set_string(o, "log", log);
	json_set(o, "sources", sources(run));
	return o;
}

bool demo_json_write(const char *path, const struct demo *demo)
{
	struct json_object *all = json_object_new_object();
	struct json_object *scenes = json_object_new_array();

	for (size_t i = 0; i < demo->count * KERNELS; i++)
		json_add(scenes, record(demo->machine,
					&demo->runs[i / KERNELS][i % KERNELS]));
	json_set(all, "scenes", scenes);
	return json_write(path, all);
}
