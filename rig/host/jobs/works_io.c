// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of a VM that read and write its RAM: disks with and without the host's page
 * cache, vhost, the balloon.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>	/* after sys/socket.h */

#include "end.h"
#include "ktap.h"
#include "pace.h"
#include "util.h"
#include "vm.h"
#include "works.h"

#define VSOCK_PORT 5000
#define BALLOON_MIB 126		/* 2 MiB less: QEMU has a line for each page */
#define FULL_MIB 128
#define BALLOON_SECS 20

const char * const works_io_devices[] = {
	"-drive", "if=none,id=direct,format=raw,cache=none,file=/dev/ram0",
	"-device", "virtio-blk-pci,drive=direct",
	"-drive", "if=none,id=cached,format=raw,cache=writeback,file=/dev/ram1",
	"-device", "virtio-blk-pci,drive=cached",
	"-device", "vhost-vsock-pci,guest-cid=3",
	"-device", "virtio-balloon-pci",
	NULL
};

/* A server for io_check_vsock() of the guest, in a process of its own. */
static pid_t start_echo(void)
{
	struct sockaddr_vm addr = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_ANY,
		.svm_port = VSOCK_PORT,
	};
	int server = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
	u8 buf[4096];
	ssize_t n;
	pid_t pid;

	if (server < 0 || bind(server, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(server, 1))
		give_up("no vsock on the host: %m");
	pid = fork();
	if (pid) {
		close(server);
		return pid;
	}
	fd = accept(server, NULL, NULL);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buf[i] ^= 0xff;
		if (write(fd, buf, n) != n)
			break;
	}
	_exit(0);
}

static void try_vsock(struct vm *vm, const char *name)
{
	char order[32];
	pid_t pid = start_echo();
	bool ok;

	snprintf(order, sizeof(order), "vsock %d", VSOCK_PORT);
	ok = vm_ask(vm, order);
	ktap_result(ok, name, "%s", vm_said(vm, "vsock"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool balloon_to(struct vm *vm, unsigned int mib)
{
	double deadline = pace_now() + BALLOON_SECS;
	char order[96], want[48];

	snprintf(want, sizeof(want), "\"actual\": %llu}",
		 (unsigned long long)mib << 20);
	snprintf(order, sizeof(order),
		 "{\"execute\":\"balloon\",\"arguments\":{\"value\":%llu}}",
		 (unsigned long long)mib << 20);
	if (!qmp_command(&vm->qmp, order))
		return false;
	while (pace_now() < deadline) {
		if (!qmp_command(&vm->qmp, "{\"execute\":\"query-balloon\"}"))
			return false;
		if (strstr(vm->qmp.answer, want))
			return true;
		/* Waits, and reads what QEMU prints meanwhile. */
		guest_expect(&vm->guest, "round", 5);
	}
	return false;
}

/* This tests the guest's side. Whether the host gets memory back is not tested. */
static void try_balloon(struct vm *vm, const char *name)
{
	bool ok = vm_verify(vm, VM_VERIFY_MIB) && balloon_to(vm, BALLOON_MIB) &&
		  vm_goes_on(vm) && balloon_to(vm, FULL_MIB) && vm_goes_on(vm);
	bool right = vm_verified(vm);

	ktap_result(ok && right, name, "%s", ok ? vm_said(vm, "verify") :
		    vm->qmp.answer);
}

void works_io(struct vm *vm)
{
	bool ok = vm_ask(vm, "disk vda");

	ktap_result(!ok && strstr(vm_said(vm, "disk"), "Input/output error"),
		    "disk_cache_none_refused", "%s", vm_said(vm, "disk"));
	ok = vm_ask(vm, "disk vdb");
	ktap_result(ok, "disk_cache_writeback", "%s", vm_said(vm, "disk"));
	try_vsock(vm, "vhost_vsock");
	try_balloon(vm, "balloon");
}

void works_io_control(void)
{
	struct vm vm;
	bool ok = vm_start(&vm, "anon", NULL, works_io_devices);

	ktap_result(ok, "anon_boot", "workload: %s", vm_said(&vm, "workload"));
	ok = vm_ask(&vm, "disk vda");
	ktap_result(ok, "anon_disk_cache_none", "%s", vm_said(&vm, "disk"));
	try_vsock(&vm, "anon_vhost_vsock");
	try_balloon(&vm, "anon_balloon");
	vm_end(&vm);
}
