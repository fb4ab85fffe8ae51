// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job shell, for people: a shell on the serial console, until it ends or somebody says
 * "poweroff". It has all that the other jobs have: the test device, the GPU, the
 * selftests, the VMM and a guest for it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "option.h"
#include "util.h"
#include "vmm_args.h"

#define BUSYBOX "/shell/bin/busybox"
#define CONSOLE "/dev/ttyAMA0"
#define APPLETS "/applets"
#define HELP "/help"
#define VM APPLETS "/vm"
#define PROFILE "/profile"

static const char help[] =
	"The emulated host, a shell on its serial console.\n"
	"  /dev/cohmem-test/*          the test device: a node for each kind of mapping\n"
	"  /selftests/*           KVM selftests\n"
	"  vm [KIND]              a VM whose RAM is /dev/cohmem-test/KIND (declared); also\n"
	"                         qemu-system-aarch64, /guest/Image, /guest.cpio.gz.\n"
	"                         When it is done, Enter powers it off\n"
	"  /sys/kernel/tracing    tracepoints; /sys/kernel/debug; dmesg\n"
	"  help                   this text\n"
	"  poweroff, Ctrl-A x     ends the emulated host (in a VM: Ctrl-A Ctrl-A x\n"
	"                         ends the VM)\n";

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) == EOF || fclose(f))
		give_up("cannot write %s: %m", path);
}

/* A VM whose RAM has no struct pages. The console of its kernel is this terminal. */
static void put_vm_script(void)
{
	static const char * const terminal[] = {
		"-nographic", "-nic", "none", "-no-reboot", NULL
	};
	struct vmm_args args;
	FILE *f = fopen(VM, "w");

	vmm_args_begin(&args, "512M", "/dev/cohmem-test/${1:-declared}");
	vmm_args_kernel(&args, NULL, "%s",
			"console=ttyAMA0 panic=-1 rdinit=/init cohmem.workload=64");
	vmm_args_add(&args, terminal);
	if (!f)
		give_up("cannot write " VM ": %m");
	fputs("#!" APPLETS "/sh\n# vm [KIND]: a VM whose RAM is /dev/cohmem-test/KIND\nexec", f);
	for (size_t i = 0; i < args.count; i++)
		fprintf(f, "%s\"%s\"", *args.argv[i] == '-' ? " \\\n\t" : " ",
			args.argv[i]);
	fputs("\n", f);
	if (fclose(f) || chmod(VM, 0755))
		give_up("cannot write " VM ": %m");
}

static void install_applets(void)
{
	int status = -1;
	pid_t pid;

	mkdir(APPLETS, 0755);
	pid = fork();
	if (!pid) {
		execl(BUSYBOX, BUSYBOX, "--install", "-s", APPLETS, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		give_up("cannot install the commands of %s: status %d", BUSYBOX,
			status);
	put_file(HELP, help);
	put_file(PROFILE, "alias help='cat " HELP "'\n");
	put_vm_script();
}

/* The console is the controlling terminal of the shell, for Ctrl-C and job control. */
static void run_child(const sigset_t *set)
{
	static char * const argv[] = { "sh", NULL };
	static char * const envp[] = {
		"PATH=" APPLETS ":/usr/sbin:/usr/bin:/selftests", "HOME=/tmp",
		"ENV=" PROFILE, "TERM=vt220", "PS1=host:\\w# ", NULL
	};
	int fd;

	sigprocmask(SIG_UNBLOCK, set, NULL);
	setsid();
	fd = open(CONSOLE, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0)) {
		say("cannot have %s as a terminal: %m", CONSOLE);
		_exit(126);
	}
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (chdir("/tmp"))
		perror("/tmp");
	execve(BUSYBOX, argv, envp);
	perror(BUSYBOX);
	_exit(127);
}

/* The poweroff, halt and reboot of busybox send signals to PID 1. */
static void wait_for_end(pid_t shell, const sigset_t *set)
{
	pid_t pid;

	while (sigwaitinfo(set, NULL) == SIGCHLD) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
			if (pid == shell)
				return;
		}
	}
}

static void shell_prepare(void)
{
	if (option("gpu"))
		gpu_prepare();
	else
		say("there is no GPU: this machine has too few address bits for one");
}

static void shell_run(void)
{
	sigset_t set;
	pid_t pid;

	mount_share("selftests", "/selftests");
	mount_share("shell", "/shell");
	install_applets();
	ktap_plan(1);

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("\n%s", help);
	say("the shell is ready");
	pid = fork();
	if (pid < 0)
		give_up("cannot start a shell: %m");
	if (!pid)
		run_child(&set);
	wait_for_end(pid, &set);
	ktap_result(true, "shell", "it came to its end");
}

const struct job shell_job = {
	.prepare = shell_prepare,
	.run = shell_run,
};
