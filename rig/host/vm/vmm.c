// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "pace.h"
#include "util.h"
#include "vmm.h"

#define POWER_OFF_SECS 10

/* Several VMMs share the port, which can be open only once. */
static int log_port = -1;
static unsigned int log_lines;

/*
 * All of QEMU runs on one CPU. The stage-2 registers of that CPU are then those of its VM,
 * and not those of the VM with which QEMU probes the host.
 */
static void run_child(const char * const *argv, unsigned int cpu, int in,
		      int out)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		fprintf(stderr, "rig: cannot run on CPU %u only: %m\n", cpu);
		_exit(126);
	}
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	/* The guest's log then also says why QEMU stopped the guest. */
	dup2(out, STDERR_FILENO);
	execv(argv[0], (char **)argv);
	fprintf(stderr, "rig: cannot run %s: %m\n", argv[0]);
	_exit(127);
}

void vmm_start(struct vmm *vmm, const char * const *argv)
{
	int in[2], out[2];

	memset(vmm, 0, sizeof(*vmm));
	vmm->cpu = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	if (log_port < 0)
		log_port = open_port("cohmem.guest");
	if (log_port < 0)
		give_up("there is no virtio-serial port cohmem.guest");
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		give_up("cannot make the guest's console: %m");
	fflush(NULL);
	vmm->pid = fork();
	if (vmm->pid < 0)
		give_up("cannot start the VMM: %m");
	if (!vmm->pid)
		run_child(argv, vmm->cpu, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	vmm->in = in[1];
	vmm->out = out[0];
	fcntl(vmm->out, F_SETFL, O_NONBLOCK);
}

/* The serial line ends its lines with carriage returns; the log does not. */
static bool take_char(struct vmm *vmm, char c)
{
	if (c == '\r')
		return false;
	if (c != '\n') {
		if (vmm->len + 1 < sizeof(vmm->buf))
			vmm->buf[vmm->len++] = c;
		return false;
	}
	vmm->buf[vmm->len] = '\0';
	vmm->len = 0;
	vmm->line = ++log_lines;
	dprintf(log_port, "%s\n", vmm->buf);
	return true;
}

bool vmm_read_line(struct vmm *vmm, char *line, size_t size)
{
	char c;

	while (read(vmm->out, &c, 1) == 1) {
		if (take_char(vmm, c)) {
			snprintf(line, size, "%s", vmm->buf);
			return true;
		}
	}
	return false;
}

bool vmm_ended(struct vmm *vmm, int *status)
{
	if (vmm->pid && waitpid(vmm->pid, status, WNOHANG) == vmm->pid)
		vmm->pid = 0;
	return !vmm->pid;
}

void vmm_stop(struct vmm *vmm, bool gently)
{
	double deadline = pace_now() + debug_secs(POWER_OFF_SECS);
	char line[512];
	int status;

	if (gently && write(vmm->in, "\n", 1) != 1)
		say("the VMM does not read its console: %m");
	while (gently && pace_now() < deadline && !vmm_ended(vmm, &status)) {
		while (vmm_read_line(vmm, line, sizeof(line)))
			;
		usleep(20000);
	}
	if (!vmm_ended(vmm, &status)) {
		if (gently)
			say("the guest did not power off, ending the VMM");
		kill(vmm->pid, SIGKILL);
		waitpid(vmm->pid, &status, 0);
		vmm->pid = 0;
	}
	close(vmm->in);
	close(vmm->out);
}
