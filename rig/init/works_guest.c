// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-vm: VMs whose whole RAM is memory without struct pages, and what
 * is done to a VM in its life. The guest does the checks of scene ram at each
 * of its starts, and verifies its memory all the while.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>	/* after sys/socket.h */

#include "ktap.h"
#include "rig.h"
#include "works.h"
#include "works_vm.h"

#define DECLARED "/dev/cohmem/declared,offset=512M"
#define SECOND "/dev/cohmem/declared,offset=1G,prealloc=on"

#define VSOCK_PORT 5000
#define VERIFY_MIB "16"
#define BALLOON_MIB 126		/* 2 MiB less: QEMU has a line for each page */
#define FULL_MIB 128
#define BALLOON_SECS 20

static const char * const devices[] = {
	"-drive", "if=none,id=direct,format=raw,cache=none,file=/dev/ram0",
	"-device", "virtio-blk-pci,drive=direct",
	"-drive", "if=none,id=cached,format=raw,cache=writeback,file=/dev/ram1",
	"-device", "virtio-blk-pci,drive=cached",
	"-device", "vhost-vsock-pci,guest-cid=3",
	"-device", "virtio-balloon-pci",
	NULL
};

static void result(const char *who, const char *name, bool ok, const char *why)
{
	char full[64];

	snprintf(full, sizeof(full), "%s%s", who, name);
	ktap_result(ok, full, "%s", why);
}

/* A server for check_vsock() of the guest, in a process of its own. */
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

static void try_vsock(struct vm *vm, const char *who)
{
	char order[32];
	pid_t pid = start_echo();
	bool ok;

	snprintf(order, sizeof(order), "vsock %d", VSOCK_PORT);
	ok = vm_ask(vm, order);
	result(who, "vhost_vsock", ok, vm_said(vm, "vsock"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool balloon_to(struct vm *vm, unsigned int mib)
{
	double deadline = now() + BALLOON_SECS;
	char order[96], want[48];

	snprintf(want, sizeof(want), "\"actual\": %llu}",
		 (unsigned long long)mib << 20);
	snprintf(order, sizeof(order),
		 "{\"execute\":\"balloon\",\"arguments\":{\"value\":%llu}}",
		 (unsigned long long)mib << 20);
	if (!qmp_command(&vm->qmp, order))
		return false;
	while (now() < deadline) {
		if (!qmp_command(&vm->qmp, "{\"execute\":\"query-balloon\"}"))
			return false;
		if (strstr(vm->qmp.answer, want))
			return true;
		/* Takes what QEMU says meanwhile, too. */
		guest_expect(&vm->guest, "round", 5);
	}
	return false;
}

/* The guest's side works with any memory; what the host gets is another thing. */
static void try_balloon(struct vm *vm, const char *who)
{
	bool ok = vm_verify(vm, VERIFY_MIB) && balloon_to(vm, BALLOON_MIB) &&
		  vm_goes_on(vm) && balloon_to(vm, FULL_MIB) && vm_goes_on(vm);
	bool right = vm_verified(vm);

	result(who, "balloon", ok && right, ok ? vm_said(vm, "verify") :
	       vm->qmp.answer);
}

/* Silent for longer than several rounds take is stopped; and then goes on. */
static void try_stop_cont(struct vm *vm)
{
	bool ran = vm_verify(vm, VERIFY_MIB), stopped, goes_on;
	double start = now(), silence;

	ran = ran && vm_goes_on(vm);
	silence = 2 * (now() - start) + 1;
	ran = ran && qmp_command(&vm->qmp, "{\"execute\":\"stop\"}");
	/* Perhaps one round was over before that. */
	guest_expect(&vm->guest, "round", 1);
	stopped = !guest_expect(&vm->guest, "round", silence);
	goes_on = qmp_command(&vm->qmp, "{\"execute\":\"cont\"}") && vm_goes_on(vm);
	ktap_result(vm_verified(vm) && ran && stopped && goes_on, "vm_stop_cont",
		    "%ssilent for %.1f s; %s", stopped ? "" : "not ", silence,
		    vm_said(vm, "verify"));
}

static void try_reboot(struct vm *vm)
{
	bool ok = dprintf(vm->guest.vmm.in, "reboot\n") > 0 && vm_booted(vm);

	ktap_result(ok, "guest_reboot", "workload: %s", vm_said(vm, "workload"));
}

static void try_reset(struct vm *vm)
{
	bool ok = vm_verify(vm, VERIFY_MIB) &&
		  qmp_command(&vm->qmp, "{\"execute\":\"system_reset\"}") &&
		  vm_booted(vm);

	ktap_result(ok, "vm_reset", "workload: %s", vm_said(vm, "workload"));
}

/* Each mapping holds the module: it cannot go while a VM has its memory. */
static void try_removal(void)
{
	works_refused("driver_removal_refused",
		      syscall(SYS_delete_module, "cohmem_test", O_NONBLOCK),
		      EAGAIN);
}

static void control(void)
{
	struct vm vm;
	bool ok = vm_start(&vm, "anon", NULL, devices);

	result("anon_", "boot", ok, vm_said(&vm, "workload"));
	ok = vm_ask(&vm, "disk vda");
	result("anon_", "disk_cache_none", ok, vm_said(&vm, "disk"));
	try_vsock(&vm, "anon_");
	try_balloon(&vm, "anon_");
	vm_end(&vm);
}

static void life(void)
{
	struct vm vm;
	bool ok = vm_start(&vm, DECLARED, NULL, devices);

	result("", "boot", ok, vm_said(&vm, "workload"));
	ok = vm_ask(&vm, "disk vda");
	result("", "disk_cache_none_refused",
	       !ok && strstr(vm_said(&vm, "disk"), "Input/output error"),
	       vm_said(&vm, "disk"));
	ok = vm_ask(&vm, "disk vdb");
	result("", "disk_cache_writeback", ok, vm_said(&vm, "disk"));
	try_vsock(&vm, "");
	try_balloon(&vm, "");
	try_stop_cont(&vm);
	try_removal();
	try_reboot(&vm);
	try_reset(&vm);
	vm_end(&vm);
}

static void two(void)
{
	static const char * const lock[] = { "-overcommit", "mem-lock=on", NULL };
	struct vm one, other;
	bool ok = vm_start(&one, DECLARED, NULL, NULL);
	bool locked = vm_start(&other, SECOND, NULL, lock);

	ktap_result(locked, "vm_prealloc_mem_lock", "workload: %s",
		    vm_said(&other, "workload"));
	ok = ok && locked;

	ok = ok && vm_verify(&one, VERIFY_MIB) && vm_verify(&other, VERIFY_MIB) &&
	     vm_goes_on(&one) && vm_goes_on(&other);
	ok = vm_verified(&one) && ok;
	ok = vm_verified(&other) && ok;
	ktap_result(ok, "two_vms_one_device", "%s; %s", vm_said(&one, "verify"),
		    vm_said(&other, "verify"));
	vm_end(&one);
	vm_end(&other);
}

void works_vm(void)
{
	ktap_plan(15 + WORKS_ZAP_RESULTS);
	control();
	life();
	two();
	works_zap();
}
