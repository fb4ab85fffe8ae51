// SPDX-License-Identifier: GPL-2.0-only
/* VMs in debugfs, and what the kernel says of each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "tap.h"
#include "tool_test.h"
#include "view.h"
#include "vmlist.h"

#define DIR	"/sys/kernel/debug/kvm/4207-12/"

static struct root root;

static void begin(void)
{
	if (!root_open(&root, fixture_begin("vms.root")))
		abort();
}

static void test_names(void)
{
	static const char * const bad[] = {
		"", "-", "1", "1-", "-1", "0-1", "1-2-3", "a-1", "1-a", " 1-2", "1--2",
		"99999999999-1", "2147483648-1", "1-2147483648",
	};
	struct vms_vm vm;
	size_t taken = 0;

	tap(vms_read_name("4207-0", &vm) && vm.pid == 4207 && !vm.fd,
	    "vms: a name is PID-FD");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		taken += vms_read_name(bad[i], &vm);
	tap(!taken, "vms: nothing else is");
}

static void test_list(void)
{
	struct vms vms;

	begin();
	tap(vms_list(&root, &vms) && vms.count == 3 && !strcmp(vms.vms[0].name, "4100-11") &&
	    !strcmp(vms.vms[2].name, "4207-15"),
	    "vms: the directories are VMs, and what else stands there is none");
	tap(vms.vms[1].process == 4200 && !strcmp(vms.vms[1].process_name, "cloud-hyperviso"),
	    "vms: a VM that a thread made is its process's");
	tap(vms_find(&vms, "4100") == &vms.vms[0] && vms_find(&vms, "4207-15") == &vms.vms[2],
	    "vms: a VM is named by PID, or by PID-FD");
	tap(!vms_find(&vms, "4200") && !vms_find(&vms, "4207") && !vms_find(&vms, "1") &&
	    !vms_find(&vms, "4100-1") && !vms_find(&vms, ""),
	    "vms: a name of no VM, or of two, finds none");
	vms_free(&vms);
	fixture_put("/proc/4100/fd/11", "-> anon_inode:kvm-vm");
	tap(vms_list(&root, &vms) && vms.vms[0].process == 4100,
	    "vms: a thread that has the VM's descriptor is believed");
	vms_free(&vms);
	fixture_put("/proc/4100/fd/11", "-> /dev/null");
	tap(vms_list(&root, &vms) && !vms.vms[0].process && !*vms.vms[0].process_name,
	    "vms: a thread whose number was given to another process is not its process's");
	vms_free(&vms);
	fixture_put("/proc/4100/fd/11", NULL);
	fixture_put("/proc/4100/fd/3", "-> anon_inode:kvm-vm");
	tap(vms_list(&root, &vms) && !vms.vms[0].process,
	    "vms: nor is one that has no such descriptor");
	vms_free(&vms);
	fixture_put("/proc/4100/fd", NULL);
	fixture_put("/proc/4100/comm", "a\033[31m\nb");
	tap(vms_list(&root, &vms) && !strcmp(vms.vms[0].process_name, "a?[31m"),
	    "vms: what a process calls itself does not control a terminal");
	vms_free(&vms);
	fixture_put("/proc/4100", NULL);
	tap(vms_list(&root, &vms) && !vms.vms[0].process && !*vms.vms[0].process_name,
	    "vms: a VM can outlive the thread that made it");
	vms_free(&vms);
	root_close(&root);
}

static bool is_why(int why, const char *what, const char *remedy)
{
	const char *said;

	return strstr(vms_why(&root, why, &said), what) && strstr(said, remedy);
}

static void test_no_vms(void)
{
	begin();
	tap(is_why(ENOENT, "no KVM", "line kvm"), "vms: it is said if KVM is not there");
	fixture_put("/proc/mounts", "sysfs /sys sysfs rw 0 0\n");
	tap(is_why(ENOENT, "debugfs is not mounted", "mount -t debugfs"),
	    "vms: it is said if debugfs is not mounted");
	tap(geteuid() || is_why(EPERM, "cannot be read", "line lockdown"),
	    "vms: root is told to look at lockdown");
	root_close(&root);
}

/* Somebody else than root. */
static void test_unprivileged(void)
{
	int status;
	pid_t pid;

	begin();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(!is_why(EACCES, "for root only", "as root"));
	}
	tap(pid > 0 && waitpid(pid, &status, 0) == pid && !status,
	    "vms: somebody else than root is told that root is needed");
	root_close(&root);
}

static bool lacks(const char *what, const char *remedy)
{
	struct vms_vm vm;
	struct view view;
	bool good;

	vms_read_name("4207-12", &vm);
	if (!view_read(&root, &vm, &view))
		return false;
	good = (strstr(view.statistics_lack.what, what) &&
		strstr(view.statistics_lack.remedy, remedy)) ||
	       (strstr(view.memslots_lack.what, what) &&
		strstr(view.memslots_lack.remedy, remedy));
	view_free(&view);
	return good;
}

static void test_view(void)
{
	struct vms_vm vm;
	struct view view;

	begin();
	vms_read_name("4207-12", &vm);
	tap(view_read(&root, &vm, &view) && !*view.statistics_lack.what &&
	    !*view.memslots_lack.what &&
	    view.statistics.bytes[S2_NORMAL_WB][3] == 0x201000 &&
	    statistics_mapped(&view.statistics) == 0x201000 && view.memslots.slot_count == 1,
	    "view: a VM has statistics and memslots");
	view_free(&view);
	tap(statistics_block(3, 4096) == 4096 && statistics_block(2, 4096) == 2 << 20 &&
	    statistics_block(1, 4096) == 1 << 30 && statistics_block(2, 65536) == 512 << 20 &&
	    statistics_block(2, 16384) == 32 << 20 && !statistics_block(2, 0),
	    "statistics: the level and the page size give the size of a block");
	fixture_put(DIR "refused_not_loggable", NULL);
	tap(view_read(&root, &vm, &view) && !*view.statistics_lack.what &&
	    view.statistics.is_counted[COHMEM_NO_FWB] &&
	    !view.statistics.is_counted[COHMEM_NOT_LOGGABLE],
	    "view: a kernel that lacks the latest reason has all other statistics");
	view_free(&view);
	fixture_put(DIR "refused_no_fwb", "-1\n");
	tap(lacks("refused_no_fwb cannot be read: Invalid", "came with the kernel"),
	    "view: a statistic that is no number is told");
	fixture_put(DIR "pfnmap_device_l2", NULL);
	tap(lacks("this kernel has no " DIR "pfnmap_device_l2", "boot a kernel"),
	    "view: a statistic that is not there is told");
	fixture_put(DIR "memslots", "slot as=0\n");
	tap(lacks("memslots, line 1: a slot without", "came with the kernel"),
	    "view: memslots that are wrong are told");
	fixture_put(DIR "memslots", FIXTURE_DENIED);
	tap(lacks("memslots", geteuid() ? "root" : "lockdown"),
	    "view: memslots that nobody may open are told");
	fixture_end();
	fixture_begin(NULL);
	tap(!view_read(&root, &vm, &view), "view: a VM that has ended is no VM");
	root_close(&root);
}

static void test_no_walk(void)
{
	struct view_lack lack;
	struct vmlist list = { 0 };
	struct dump dump;
	struct vms vms;
	bool walked;

	begin();
	if (!vms_list(&root, &vms))
		abort();
	fixture_walks();
	vmlist_gather(&list, &root, &vms);
	walked = fixture_walks();
	tap(list.count == 3 && !vmlist_lack(&list) && !walked &&
	    view_walk(&root, &vms.vms[0], &dump, &lack) && fixture_walks(),
	    "vmlist: a list of VMs walks no stage 2");
	dump_free(&dump);
	vmlist_free(&list);
	vms_free(&vms);
	root_close(&root);
}

void test_vms(void)
{
	test_names();
	test_list();
	test_no_vms();
	test_unprivileged();
	test_view();
	test_no_walk();
}
