// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo's picture: the guest's physical address space on the stock kernel
 * and on cohmem's, coloured by stage-2 memory type, from the logs of the runs.
 *
 *   picture MACHINE DIR SVG-FILE
 *
 * The logs are in DIR/SCENE-KERNEL. Exit status 0: it is drawn; 2: it is not,
 * because a log is missing or contradicts itself. Nothing is made up then.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "demo_runs.h"
#include "picture_strip.h"
#include "svg.h"
#include "atomic_file.h"
#include "xml.h"

#define WIDTH 1200
#define MARGIN 24
#define STRIP_X 168
#define STRIP_WIDTH 768		/* a power of two of columns of 3 pixels */
#define NUMBER_X 966
#define PANEL_Y 150
#define PANEL_HEIGHT 344
#define ROW_Y 88
#define ROW_HEIGHT 132
#define FOOT_Y (PANEL_Y + SCENES * (PANEL_HEIGHT + 14) + 12)
#define LINE_HEIGHT 18
#define MAX_AREAS 2

/* What is drawn of a scene, side by side. */
static const struct layout {
	const char *title;
	const char *what;
	struct {
		const char *name;	/* in the log */
		const char *label;
		const char *title;
		int x, width;
		unsigned int columns;
	} areas[MAX_AREAS];
} layouts[SCENES] = {
	[RAM] = {
		"Scene ram",
		"the whole RAM of the VM is memory without struct pages", {
			{ "ram", "guest RAM", "RAM of the guest", 0, STRIP_WIDTH, 256 },
		},
	},
	[GPU] = {
		"Scene gpu",
		"a GPU's memory, through nvgrace-gpu-vfio-pci, hot-added by the guest", {
			{
				"region4", "region 4",
				"region 4: the GPU's coherent memory", 0, 512, 128,
			},
			{ "region2", "region 2", "region 2: Normal-NC", 576, 192, 64 },
		},
	},
};

/* A run, and the areas that its scene has. */
struct view {
	struct demo_run run;
	struct stage2_area areas[MAX_AREAS];
	unsigned int count;
	char release[256];
	u64 page_size;
};

static int refuse(const char *fmt, ...)
{
	va_list ap;

	fputs("picture: error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n    'make demo' makes all logs anew\n", stderr);
	return 2;
}

static bool never_ran(const struct view *view)
{
	return !strcmp(demo_run_fact(&view->run, "executes").value, FACT_NEVER_RAN);
}

/* Tables of a VM that has ended are somebody else's memory. */
static bool came_too_late(const struct view *view)
{
	struct fact faults = demo_run_fact(&view->run, "stage2_faults");

	return strtoull(faults.value, NULL, 10) && !view->areas[0].count &&
	       !never_ran(view);
}

static int read_view(struct view *view, const char *dir, int scene, int kernel)
{
	char why[256];

	view->run = demo_run_read(dir, scene, kernel);
	if (!view->run.results.count)
		return refuse("%s/results.log is missing or empty", view->run.dir);
	snprintf(view->release, sizeof(view->release), "%s",
		 demo_run_fact(&view->run, "release").value);
	view->page_size = strtoull(demo_run_fact(&view->run, "page_size").value, NULL, 10);
	if (!*view->release || !view->page_size)
		return refuse("%s/results.log does not say which kernel ran, and with which pages",
			      view->run.dir);
	while (view->count < MAX_AREAS && layouts[scene].areas[view->count].name) {
		if (!stage2_log_read(&view->areas[view->count], &view->run.results,
				     layouts[scene].areas[view->count].name, why,
				sizeof(why)))
			return refuse("%s/results.log: %s", view->run.dir, why);
		view->count++;
	}
	if (came_too_late(view))
		return refuse("%s/results.log: faults, but nothing mapped: its VM was gone by then",
			      view->run.dir);
	return 0;
}

static const char *outcome(const struct view *view)
{
	if (demo_run_passed(&view->run))
		return "passes";
	return strcmp(view->run.verdict, "fail") ? view->run.verdict : "fails";
}

static const char *faults(const struct view *view)
{
	struct fact fact = demo_run_fact(&view->run, "stage2_faults");

	return *fact.value ? svg_count(strtoull(fact.value, NULL, 10)) : "?";
}

static void describe(FILE *f, struct view views[SCENES][KERNELS])
{
	for (int i = 0; i < SCENES * KERNELS; i++) {
		const struct view *view = &views[i / KERNELS][i % KERNELS];

		fprintf(f, "Scene %s on %s (Linux ", demo_scenes[i / KERNELS].name,
			view->run.kernel);
		xml_escape(f, view->release);
		fprintf(f, ") %s: ", outcome(view));
		xml_escape(f, view->run.reason);
		fprintf(f, "; stage-2 faults: %s.", faults(view));
		for (unsigned int a = 0; a < view->count; a++)
			picture_strip_describe(f, layouts[i / KERNELS].areas[a].label,
					       &view->areas[a], view->page_size);
		fputs("\n", f);
	}
}

static void draw_head(FILE *f, const char *machine, int height,
		      struct view views[SCENES][KERNELS])
{
	svg_begin(f, WIDTH, height);
	fputs("<desc id=\"desc\">", f);
	describe(f, views);
	fputs("</desc>\n", f);
	svg_text(f, "h1", MARGIN + 16, 50, WIDTH - 80,
		 "Memory without struct pages, as stage 2 gives it to a guest");
	svg_text(f, "s mute", MARGIN + 16, 77, WIDTH - 80,
		 "Guest physical address space, by stage-2 memory type, from the page tables of VMs on the emulated machine %s",
		 machine);
}

static int legend_entry(FILE *f, int x, const char *class, const char *over,
			const char *text)
{
	int width = 30;

	svg_rect(f, class, x, 101, width, 20);
	if (!strcmp(over, "cut"))
		fprintf(f, "<path class=\"cut\" d=\"M%d 101v20M%d 101v20\"/>\n",
			x + 10, x + 20);
	else if (*over)
		svg_rect(f, over, x, 101, width, 20);
	fprintf(f, "<rect class=\"edge\" x=\"%d.5\" y=\"101.5\" width=\"%d\" height=\"19\"/>\n",
		x, width - 1);
	svg_text(f, "s", x + width + 8, 116, 200, "%s", text);
	return x + width + 8 + svg_width("s", text) + 16;
}

static void draw_legend(FILE *f, bool other)
{
	static const enum s2_type order[] = { S2_NORMAL_WB, S2_NORMAL_NC, S2_DEVICE, S2_OTHER };
	int x = MARGIN + 16;

	for (size_t i = 0; i < ARRAY_SIZE(order) - !other; i++)
		x = legend_entry(f, x, picture_strip_class(order[i]), "",
				 s2_type_name(order[i]));
	x = legend_entry(f, x, "none", "", "not mapped");
	x = legend_entry(f, x, "never", "", "guest never ran");
	x = legend_entry(f, x, "wb", "cut", "blocks");
	legend_entry(f, x, "wb", "fine", "pages too small to draw");
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

static void draw_row(FILE *f, const struct view *view, int scene, int y)
{
	bool good = demo_run_passed(&view->run);

	fprintf(f, "<g id=\"%s-%s\">\n", demo_scenes[scene].name, view->run.kernel);
	svg_text(f, "h3", MARGIN + 16, y + 21, 120, "%s", view->run.kernel);
	draw_mark(f, MARGIN + 17, y + 43, good);
	svg_text(f, good ? "s b good" : "s b bad", MARGIN + 38, y + 43, 100,
		 "%s", outcome(view));
	for (unsigned int a = 0; a < view->count; a++) {
		struct picture_strip strip = {
			.area = &view->areas[a],
			.page_size = view->page_size,
			.never_ran = never_ran(view),
			.x = STRIP_X + layouts[scene].areas[a].x,
			.y = y,
			.width = layouts[scene].areas[a].width,
			.columns = layouts[scene].areas[a].columns,
			.room = a + 1 < view->count ?
				layouts[scene].areas[a + 1].x - layouts[scene].areas[a].x - 8 :
				WIDTH - MARGIN - 16 - STRIP_X - layouts[scene].areas[a].x,
		};

		picture_strip_draw(f, &strip);
	}
	svg_text(f, good ? "s good" : "s bad", STRIP_X, y + 110, WIDTH - MARGIN - 16 - STRIP_X,
		 "%s", view->run.reason);
	svg_text(f, "big", NUMBER_X, y + 26, 190, "%s", faults(view));
	svg_text(f, "s mute", NUMBER_X, y + 47, 190, "stage-2 faults");
	svg_text(f, "s mute", NUMBER_X, y + 66, 190, "%s",
		 scene == RAM ? "on RAM" : "on region 4");
	fputs("</g>\n", f);
}

static void draw_panel(FILE *f, struct view *views, int scene, int y)
{
	const struct layout *layout = &layouts[scene];
	char len[32];

	svg_rect(f, "panel", MARGIN, y, WIDTH - 2 * MARGIN, PANEL_HEIGHT);
	svg_text(f, "h2", MARGIN + 16, y + 36, 120, "%s", layout->title);
	svg_text(f, "s", STRIP_X, y + 36, 900, "%s", layout->what);
	for (unsigned int a = 0; a < views[COHMEM].count; a++) {
		text_bytes(len, sizeof(len), views[COHMEM].areas[a].len);
		svg_text(f, "s b", STRIP_X + layout->areas[a].x, y + ROW_Y - 12,
			 layout->areas[a].width + 40, "%s, %s",
			 layout->areas[a].title, len);
	}
	for (int i = 0; i < KERNELS; i++)
		draw_row(f, &views[i], scene, y + ROW_Y + i * ROW_HEIGHT);
}

/* A picture that looks whole must be whole. Return: the next line's y. */
static int draw_left_out(FILE *f, const struct view *view, int scene, int y)
{
	for (unsigned int a = 0; a < view->count; a++) {
		const struct stage2_area *area = &view->areas[a];

		if (!area->left_out)
			continue;
		svg_text(f, "s warn", MARGIN + 16, y, WIDTH - 80,
			 "Incomplete: scene %s, %s, %s: %s ranges were too many for the log and are not drawn.",
			 demo_scenes[scene].name, view->run.kernel,
			 layouts[scene].areas[a].label,
			 svg_count(area->left_out));
		y += LINE_HEIGHT;
	}
	return y;
}

static void draw(FILE *f, const char *machine, struct view views[SCENES][KERNELS])
{
	int y = FOOT_Y, lines = KERNELS;
	bool other = false;

	for (int i = 0; i < SCENES * KERNELS; i++) {
		const struct view *view = &views[i / KERNELS][i % KERNELS];

		for (unsigned int a = 0; a < view->count; a++) {
			other |= view->areas[a].bytes[S2_OTHER];
			lines += !!view->areas[a].left_out;
		}
	}
	draw_head(f, machine, y + lines * LINE_HEIGHT + 4, views);
	draw_legend(f, other);
	for (int scene = 0; scene < SCENES; scene++)
		draw_panel(f, views[scene], scene,
			   PANEL_Y + scene * (PANEL_HEIGHT + 14));
	svg_text(f, "ax end", WIDTH - MARGIN - 16, y, 560,
		 "A column is coloured if as little as one page in it is mapped.");
	for (int i = 0; i < KERNELS; i++) {
		svg_text(f, "ax", MARGIN + 16, y, WIDTH - 80, "%s: Linux %s",
			 views[RAM][i].run.kernel, views[RAM][i].release);
		y += LINE_HEIGHT;
	}
	for (int i = 0; i < SCENES * KERNELS; i++)
		y = draw_left_out(f, &views[i / KERNELS][i % KERNELS],
				  i / KERNELS, y);
	fputs("</svg>\n", f);
}

static int write_picture(const char *path, const char *machine,
			 struct view views[SCENES][KERNELS])
{
	FILE *f = atomic_file_open(path);

	if (f) {
		draw(f, machine, views);
		if (atomic_file_close(f, path))
			return 0;
	}
	fprintf(stderr, "picture: error: cannot write %s: %m\n", path);
	return 2;
}

int main(int argc, char **argv)
{
	struct view views[SCENES][KERNELS] = { 0 };
	int status = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: picture MACHINE DIR SVG-FILE\n");
		return 2;
	}
	/* One of an earlier run would be taken for this one's. */
	unlink(argv[3]);
	for (int i = 0; i < SCENES * KERNELS && !status; i++)
		status = read_view(&views[i / KERNELS][i % KERNELS], argv[2],
				   i / KERNELS, i % KERNELS);
	for (int i = 0; i < KERNELS && !status; i++) {
		const struct view *ram = &views[RAM][i], *gpu = &views[GPU][i];

		if (strcmp(ram->release, gpu->release))
			status = refuse("%s and %s are of different kernels",
					ram->run.dir, gpu->run.dir);
	}
	if (!status)
		status = write_picture(argv[3], argv[1], views);
	for (int i = 0; i < SCENES * KERNELS; i++) {
		struct view *view = &views[i / KERNELS][i % KERNELS];

		for (unsigned int a = 0; a < MAX_AREAS; a++)
			stage2_log_free(&view->areas[a]);
		text_free(&view->run.results);
	}
	return status;
}
