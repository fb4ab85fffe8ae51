// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"
#include "demo_runs.h"
#include "kernel.h"
#include "picture.h"
#include "picture_legend.h"
#include "picture_strip.h"
#include "stage2_log.h"
#include "svg.h"
#include "xml.h"

#define WIDTH 1200
#define MARGIN 24
#define STRIP_X 168
#define NUMBER_X 966
#define PANEL_Y 150
#define PANEL_HEIGHT 344
#define PANEL_GAP 14
#define ROW_Y 88
#define ROW_HEIGHT 132
#define LINE_HEIGHT 18

/* A run, and the areas that its scene has. */
struct view {
	struct demo_run run;
	struct stage2_area areas[DEMO_MAX_AREAS];
	unsigned int count;
	char release[256];
	u64 page_size;
};

/**
 * struct picture - all that is drawn
 * @machine: the emulated machine
 * @count: how many scenes have something to draw
 * @views: two of each, of the stock kernel and of cohmem's
 * @why: what is wrong with the logs
 * @size: size of @why
 */
struct picture {
	const char *machine;
	size_t count;
	struct view (*views)[KERNELS];
	char *why;
	size_t size;
};

static bool __printf(2, 3) refuse(struct picture *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, p->size, fmt, ap);
	va_end(ap);
	return false;
}

/* Tables of a VM that has ended are somebody else's memory. */
static bool came_too_late(const struct view *view)
{
	struct fact faults = demo_run_fact(&view->run, "stage2_faults");

	return strtoull(faults.value, NULL, 10) && !view->areas[0].count &&
	       !demo_run_never_ran(&view->run);
}

static bool read_view(struct picture *p, struct view *view, const char *dir,
		      const struct demo_scene *scene, int kernel)
{
	const struct demo_area *area;
	char why[256];

	view->run = demo_run_read(dir, scene, kernel);
	if (!view->run.results.count)
		return refuse(p, "%s/results.log is missing or empty", view->run.dir);
	snprintf(view->release, sizeof(view->release), "%s",
		 demo_run_fact(&view->run, "release").value);
	view->page_size = strtoull(demo_run_fact(&view->run, "page_size").value,
				   NULL, 10);
	if (!*view->release || !view->page_size)
		return refuse(p, "%s/results.log does not say which kernel ran, and its page size",
			      view->run.dir);
	for (area = scene->areas; area->name; area++) {
		if (!stage2_log_read(&view->areas[view->count++], &view->run.results,
				     area->name, why, sizeof(why)))
			return refuse(p, "%s/results.log: %s", view->run.dir, why);
	}
	if (came_too_late(view))
		return refuse(p,
			      "%s/results.log: faults, but nothing mapped: its VM was gone by then",
			      view->run.dir);
	return true;
}

static const char *outcome(const struct view *view)
{
	if (demo_run_passed(&view->run))
		return "passes";
	return strcmp(view->run.outcome, "fail") ? view->run.outcome : "fails";
}

static const char *faults(const struct view *view)
{
	struct fact fact = demo_run_fact(&view->run, "stage2_faults");

	return *fact.value ? svg_count(strtoull(fact.value, NULL, 10)) : "?";
}

static void describe(FILE *f, const struct picture *p)
{
	for (size_t i = 0; i < p->count * KERNELS; i++) {
		const struct view *view = &p->views[i / KERNELS][i % KERNELS];

		fprintf(f, "Scene %s on %s (Linux ", view->run.scene->name,
			view->run.kernel);
		xml_escape(f, view->release);
		fprintf(f, ") %s: ", outcome(view));
		xml_escape(f, view->run.reason);
		fprintf(f, "; stage-2 faults: %s.", faults(view));
		for (unsigned int a = 0; a < view->count; a++)
			picture_strip_describe(f, view->run.scene->areas[a].label,
					       &view->areas[a], view->page_size);
		fputs("\n", f);
	}
}

static void draw_head(FILE *f, const struct picture *p, int height)
{
	svg_begin(f, "Stage 2 on the stock kernel and on cohmem", WIDTH, height);
	fputs("<desc id=\"desc\">", f);
	describe(f, p);
	fputs("</desc>\n", f);
	svg_text(f, "h1", MARGIN + 16, 50, WIDTH - 80,
		 "Memory without struct pages, as stage 2 gives it to a guest");
	svg_text(f, "s mute", MARGIN + 16, 77, WIDTH - 80,
		 "Guest physical address space, by stage-2 memory type, from the page tables of VMs on the emulated machine %s",
		 p->machine);
}

static void draw_mark(FILE *f, int x, int y, bool good)
{
	if (good)
		fprintf(f, "<path class=\"mark\" stroke=\"#0b6b50\" d=\"M%d %dl5 5l9-11\"/>\n",
			x, y - 5);
	else
		fprintf(f,
			"<path class=\"mark\" stroke=\"#a8321a\" d=\"M%d %dl11 11m0-11l-11 11\"/>\n",
			x, y - 11);
}

static void draw_row(FILE *f, const struct view *view, int y)
{
	const struct demo_scene *scene = view->run.scene;
	bool good = demo_run_passed(&view->run);
	int right = WIDTH - MARGIN - 16 - STRIP_X;

	fprintf(f, "<g id=\"%s-%s\">\n", scene->name, view->run.kernel);
	svg_text(f, "h3", MARGIN + 16, y + 21, 120, "%s", view->run.kernel);
	draw_mark(f, MARGIN + 17, y + 43, good);
	svg_text(f, good ? "s b good" : "s b bad", MARGIN + 38, y + 43, 100,
		 "%s", outcome(view));
	for (unsigned int a = 0; a < view->count; a++) {
		const struct demo_area *area = &scene->areas[a];
		struct picture_strip strip = {
			.area = &view->areas[a],
			.page_size = view->page_size,
			.never_ran = demo_run_never_ran(&view->run),
			.x = STRIP_X + area->x,
			.y = y,
			.width = area->width,
			.columns = area->columns,
			.room = (area[1].name ? area[1].x - 8 : right) - area->x,
		};

		picture_strip_draw(f, &strip);
	}
	svg_text(f, good ? "s good" : "s bad", STRIP_X, y + 110, right,
		 "%s", view->run.reason);
	svg_text(f, "big", NUMBER_X, y + 26, 190, "%s", faults(view));
	svg_text(f, "s mute", NUMBER_X, y + 47, 190, "stage-2 faults");
	svg_text(f, "s mute", NUMBER_X, y + 66, 190, "%s", scene->faults_on);
	fputs("</g>\n", f);
}

/* Return: where the next panel begins. */
static int draw_panel(FILE *f, const struct view *views, int y)
{
	const struct demo_scene *scene = views[COHMEM].run.scene;
	char len[32];

	svg_rect(f, "panel", MARGIN, y, WIDTH - 2 * MARGIN, PANEL_HEIGHT);
	svg_text(f, "h2", MARGIN + 16, y + 36, 120, "Scene %s", scene->name);
	svg_text(f, "s", STRIP_X, y + 36, 900, "%s", scene->what);
	for (unsigned int a = 0; a < views[COHMEM].count; a++) {
		const struct demo_area *area = &scene->areas[a];

		text_bytes(len, sizeof(len), views[COHMEM].areas[a].len);
		svg_text(f, "s b", STRIP_X + area->x, y + ROW_Y - 12,
			 area->width + 40, "%s, %s", area->title, len);
	}
	for (int k = 0; k < KERNELS; k++)
		draw_row(f, &views[k], y + ROW_Y + k * ROW_HEIGHT);
	return y + PANEL_HEIGHT + PANEL_GAP;
}

/* A picture that looks whole must be whole. Return: the next line's y. */
static int draw_left_out(FILE *f, const struct view *view, int y)
{
	for (unsigned int a = 0; a < view->count; a++) {
		const struct stage2_area *area = &view->areas[a];

		if (!area->left_out)
			continue;
		svg_text(f, "s warn", MARGIN + 16, y, WIDTH - 80,
			 "Incomplete: scene %s, %s, %s: %s ranges were too many for the log and are not drawn.",
			 view->run.scene->name, view->run.kernel,
			 view->run.scene->areas[a].label, svg_count(area->left_out));
		y += LINE_HEIGHT;
	}
	return y;
}

static void draw(FILE *f, const struct picture *p)
{
	int height = PANEL_Y + p->count * (PANEL_HEIGHT + PANEL_GAP) + 12;
	int y = PANEL_Y, lines = KERNELS;
	unsigned int options = PICTURE_LEGEND_NEVER_RAN;

	for (size_t i = 0; i < p->count * KERNELS; i++) {
		const struct view *view = &p->views[i / KERNELS][i % KERNELS];

		for (unsigned int a = 0; a < view->count; a++) {
			options |= view->areas[a].bytes[S2_OTHER] ? PICTURE_LEGEND_OTHER : 0;
			lines += !!view->areas[a].left_out;
		}
	}
	draw_head(f, p, height + lines * LINE_HEIGHT + 4);
	picture_legend_draw(f, MARGIN + 16, options);
	for (size_t s = 0; s < p->count; s++)
		y = draw_panel(f, p->views[s], y);
	y += 12;
	svg_text(f, "ax end", WIDTH - MARGIN - 16, y, 560,
		 "A column is coloured if as little as one page in it is mapped.");
	for (int k = 0; k < KERNELS; k++) {
		svg_text(f, "ax", MARGIN + 16, y, WIDTH - 80, "%s: Linux %s",
			 p->views[0][k].run.kernel, p->views[0][k].release);
		y += LINE_HEIGHT;
	}
	for (size_t i = 0; i < p->count * KERNELS; i++)
		y = draw_left_out(f, &p->views[i / KERNELS][i % KERNELS], y);
	fputs("</svg>\n", f);
}

static bool read_views(struct picture *p, const char *dir)
{
	for (size_t s = 0; demo_scenes[s]; s++) {
		if (!demo_scenes[s]->areas)
			continue;
		for (int k = 0; k < KERNELS; k++) {
			if (!read_view(p, &p->views[p->count][k], dir, demo_scenes[s], k))
				return false;
		}
		p->count++;
	}
	for (size_t s = 1; s < p->count; s++) {
		for (int k = 0; k < KERNELS; k++) {
			const struct view *first = &p->views[0][k];
			const struct view *view = &p->views[s][k];

			if (strcmp(first->release, view->release))
				return refuse(p, "%s and %s are of different kernels",
					      first->run.dir, view->run.dir);
		}
	}
	return true;
}

static bool write_picture(struct picture *p, const char *path)
{
	struct atomic_file file;

	if (atomic_file_open(&file, path)) {
		draw(file.stream, p);
		if (atomic_file_close(&file))
			return true;
	}
	return refuse(p, "cannot write %s: %m", path);
}

bool picture_make(const char *path, const char *machine, const char *dir,
		  char *why, size_t size)
{
	struct picture p = {
		.machine = machine,
		.why = why,
		.size = size,
	};
	bool good;

	p.views = calloc(demo_scenes_count(), sizeof(*p.views));
	if (!p.views)
		abort();
	/* One of an earlier run would be taken for this one's. */
	unlink(path);
	good = read_views(&p, dir) && write_picture(&p, path);
	/* One that could not be read is not counted, and may have been begun. */
	for (size_t i = 0; i < demo_scenes_count() * KERNELS; i++) {
		struct view *view = &p.views[i / KERNELS][i % KERNELS];

		for (unsigned int a = 0; a < view->count; a++)
			stage2_log_free(&view->areas[a]);
		demo_run_free(&view->run);
	}
	free(p.views);
	return good;
}
