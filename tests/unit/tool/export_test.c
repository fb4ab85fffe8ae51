// SPDX-License-Identifier: GPL-2.0-only
/* Labels and metrics: what others than us have named, and what cannot be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "labels.h"
#include "metrics.h"
#include "tap.h"
#include "tool_test.h"

static bool is_name(const char *text, size_t size, const char *want)
{
	char name[LABELS_LONGEST + 1];

	labels_name(text, name, size);
	return !strcmp(name, want);
}

static void test_name(void)
{
	tap(is_name("NVIDIA GH200 120GB", 64, "NVIDIA-GH200-120GB") &&
	    is_name("--a_ b.\033[c--", 64, "a-b-c") && is_name("\xc3\xa9?", 64, ""),
	    "labels: a name is of letters and digits, with single dashes between them");
	tap(is_name("abcd", 4, "abc") && is_name("ab cd", 4, "ab") && is_name("ab cd", 5, "ab-c"),
	    "labels: a name that is too long is cut off, and does not end with a dash");
}

/* What is printed of the files. */
static char *print(bool *is_whole)
{
	struct metrics metrics;
	struct root root;
	struct vms vms;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f || !root_open(&root, fixture_begin("vms.root")))
		abort();
	fixture_put("/proc/4100/comm", "a\"b\\\033c\n");
	fixture_put("/sys/kernel/debug/kvm/4207-12/refused_no_fwb", "many\n");
	fixture_put("/sys/fs/guestramfs/node3/size", "-1\n");
	if (!vms_list(&root, &vms))
		abort();
	fixture_walks();
	metrics_gather(&metrics, &root, &vms);
	metrics_print(&metrics, f);
	*is_whole = metrics.is_whole;
	metrics_free(&metrics);
	vms_free(&vms);
	root_close(&root);
	fclose(f);
	return text;
}

static void test_metrics(void)
{
	bool is_whole;
	char *text = print(&is_whole);

	tap(strstr(text,
		   "{vm=\"4100-11\",process=\"a\\\"b\\\\?c\",type=\"Device\",level=\"3\"} 32768\n"),
	    "metrics: what a process calls itself stays inside of its label");
	tap(!strstr(text, "4207-12") && strstr(text, "{vm=\"4207-15\"") && !is_whole &&
	    strstr(text, "\ncohmem_whole 0\n") && !strstr(text, "guestram"),
	    "metrics: what cannot be read is left out, and told");
	tap(!fixture_walks(), "metrics: no stage 2 is walked");
	free(text);
}

static void test_ended(void)
{
	struct metrics metrics;
	struct root root;
	struct vms vms;

	if (!root_open(&root, fixture_begin("vms.root")) || !vms_list(&root, &vms))
		abort();
	fixture_put("/sys/kernel/debug/kvm/4207-12", NULL);
	metrics_gather(&metrics, &root, &vms);
	tap(metrics.is_whole && metrics.vm_count == 2,
	    "metrics: a VM that ends meanwhile lacks nothing");
	metrics_free(&metrics);
	vms_free(&vms);
	root_close(&root);
}

void test_export(void)
{
	test_name();
	test_metrics();
	test_ended();
}
