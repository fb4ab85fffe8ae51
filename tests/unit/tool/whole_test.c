// SPDX-License-Identifier: GPL-2.0-only
/* Whole runs: the text and the JSON for the hosts of roots/ are those of golden/. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"
#include "lines.h"
#include "tap.h"
#include "tool_test.h"

static bool is_golden(const char *file, char *text)
{
	char *want = fixture_content(file);
	bool same = !strcmp(text, want);

	/* To be copied, if it is right. */
	if (!same)
		fprintf(stderr, "%s is not:\n%s", file, text);
	free(want);
	free(text);
	return same;
}

static char *as_text(const struct report *report)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	report_print(report, f, false);
	fclose(f);
	return text;
}

static char *as_json(const struct report *report)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	json_print(f, report_json(report));
	fclose(f);
	return text;
}

static void test_host(const char *name, const struct kvm_facts *kvm)
{
	struct report report = { 0 };
	char file[64];

	snprintf(file, sizeof(file), "%s.root", name);
	lines_run(fixture_begin(file), kvm, false, &report);
	snprintf(file, sizeof(file), "golden/%s.txt", name);
	tap(is_golden(file, as_text(&report)), "the text for host %s is %s", name, file);
	snprintf(file, sizeof(file), "golden/%s.json", name);
	tap(is_golden(file, as_json(&report)), "the JSON for host %s is %s", name, file);
	report_free(&report);
}

/* Somebody else than root: what is root's is not read, and the line says so. */
static void test_unprivileged(void)
{
	const char *dir = fixture_begin("grace.root");
	char path[128];
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/boot/config-6.12.117-cohmem-arm64", dir);
	if (chmod(path, 0000))
		abort();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct report report = { 0 };
		bool found = false;

		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(2);
		lines_run(dir, &lines_kvm, false, &report);
		for (size_t i = 0; i < report.count; i++)
			found |= !strcmp(report.lines[i].name, "erratum") &&
				 report.lines[i].state == REPORT_UNKNOWN &&
				 report.lines[i].remedy &&
				 strstr(report.lines[i].remedy, "cohmem check as root");
		_exit(!found);
	}
	tap(pid > 0 && waitpid(pid, &status, 0) == pid && !status,
	    "without root, a line that cannot be told says that root is needed");
}

/* A kernel that has its configuration in itself, and none in /boot. */
static void test_packed_config(void)
{
	const char *dir = fixture_begin("grace.root");
	struct report report = { 0 };
	char command[256];
	bool found = false;

	fixture_put("/boot", NULL);
	snprintf(command, sizeof(command),
		 "echo CONFIG_ARM64_64K_PAGES=y | gzip >%s/proc/config.gz", dir);
	if (system(command))
		abort();
	lines_run(dir, &lines_kvm, false, &report);
	for (size_t i = 0; i < report.count; i++)
		found |= !strcmp(report.lines[i].name, "pages") &&
			 strstr(report.lines[i].value, "64 KiB") &&
			 !strcmp(report.lines[i].source, "/proc/config.gz");
	tap(found, "the configuration is read from /proc/config.gz, if it is there");
	report_free(&report);
}

void test_whole(void)
{
	static const struct kvm_facts silent = { .answer = KVM_NOT_ASKED };

	test_host("grace", &lines_kvm);
	test_host("stock", &silent);
	test_packed_config();
	test_unprivileged();
}
