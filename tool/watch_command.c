// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "complain.h"
#include "text.h"
#include "trace.h"
#include "watch.h"

enum { OPTION_JSON = 0x100, OPTION_COUNT, OPTION_ROOT };

/* All other commands take --root. */
static const struct argp_option known[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON, an object a line", 0 },
	{ "count", OPTION_COUNT, "N", 0, "End after N decisions", 0 },
	{ "root", OPTION_ROOT, "DIR", OPTION_HIDDEN, NULL, 0 },
	{ 0 }
};

/**
 * struct options - what is asked for
 * @json: print JSON
 * @count: of decisions, or 0
 * @vm: PID or PID-FD, or NULL for all VMs
 */
struct options {
	bool json;
	u64 count;
	const char *vm;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_COUNT:
		if (!text_number(argument, &options->count) || !options->count)
			argp_error(state, "'%s' is no number of decisions", argument);
		return 0;
	case OPTION_ROOT:
		argp_error(state, "nothing happens in a copy of files: watch takes no --root");
		return 0;
	case ARGP_KEY_ARG:
		if (options->vm)
			argp_error(state, "one VM can be named, or none for all");
		options->vm = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.args_doc = "[VM]",
	.doc = "Print KVM's decisions on VMs' memory as they happen, by the tracepoint\n"
	       "kvm:kvm_cohmem_fault.\n"
	       "\vVM is PID-FD or PID, as cohmem list prints it. The kernel does not say which\n"
	       "of several VMs of one process it decided for. Watching ends with that VM, or\n"
	       "with a signal, such as Ctrl-C. Tracing by others is not disturbed, and no page\n"
	       "table is walked.\n\n"
	       "Exit status: 0 watched, 2 wrong usage, 3 cannot watch, or not all was seen.",
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool has_ended(const struct root *root, const struct vms_vm *vm)
{
	char path[128];

	vms_path(vm, "", path, sizeof(path));
	return !root_exists(root, path) && errno == ENOENT;
}

/*
 * A signal is read like a file: with a signal handler, ppoll() would not let one in while there
 * is always something to read.
 */
static bool follow(struct watch *watch, int trace, int signals, const struct vms_vm *vm)
{
	struct pollfd files[] = {
		{ .fd = trace, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	time_t looked = seconds();
	char text[1 << 16];
	ssize_t got;

	for (;;) {
		if (poll(files, ARRAY_SIZE(files), 1000) < 0 && errno != EINTR)
			break;
		got = read(trace, text, sizeof(text));
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (got > 0 && !watch_feed(watch, text, got))
			return true;
		/* Whoever reads the output wants it now; a pipe may have ended. */
		if (fflush(watch->out)) {
			watch->out_why = errno;
			return true;
		}
		if (files[1].revents || (got <= 0 && vm && has_ended(watch->root, vm)))
			return true;
		if (seconds() != looked) {
			looked = seconds();
			watch_forget(watch);
		}
	}
	complain("run it again", "the trace cannot be read: %s", strerror(errno));
	return false;
}

/* Return: a descriptor on which the signals that end this process are read. */
static int block_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* Without a reader of the output, write() says so. */
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		complain("run it again when the host has memory",
			 "signals cannot be read: %s", strerror(errno));
	return fd;
}

static int watch_vm(struct watch *watch, const struct vms_vm *vm)
{
	int signals = block_signals();
	struct trace trace;
	bool good;

	if (signals < 0 || !trace_open(&trace, watch->root, vm ? vm->process : 0))
		return COMMANDS_UNKNOWN;
	watch_begin(watch);
	good = follow(watch, trace.fd, signals, vm);
	good &= trace_close(&trace);
	close(signals);
	if (watch->lost || watch->lost_more)
		complain("watch one VM, or print to a faster place",
			 "%s%llu decisions were lost: they came faster than they were printed",
			 watch->lost_more ? "more than " : "", watch->lost);
	if (watch->damaged)
		complain("use the cohmem that came with the kernel",
			 "%llu decisions cannot be read", watch->damaged);
	return good && !watch->lost && !watch->lost_more && !watch->damaged ? 0 : COMMANDS_UNKNOWN;
}

/* Return: the VM that is asked for, or NULL after a complaint. */
static const struct vms_vm *find_vm(const struct root *root, const char *name, struct vms *vms)
{
	const struct vms_vm *vm;

	if (!vms_open(root, vms))
		return NULL;
	vm = vms_find(vms, name);
	if (!vm || vm->process)
		return vm;
	complain("watch all VMs: name none",
		 "the thread that made VM %s does not have it any more, so nobody knows its process",
		 vm->name);
	return NULL;
}

int watch_command(int argc, char **argv)
{
	struct watch watch = { .out = stdout };
	const struct vms_vm *vm = NULL;
	struct options options = { 0 };
	int status = COMMANDS_UNKNOWN;
	struct vms vms = { 0 };
	struct root root;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options) || !root_open(&root, "/"))
		return COMMANDS_USAGE;
	watch.root = &root;
	watch.json = options.json;
	watch.most = options.count;
	if (options.vm)
		vm = find_vm(&root, options.vm, &vms);
	if (vm || !options.vm)
		status = watch_vm(&watch, vm);
	watch_forget(&watch);
	vms_free(&vms);
	root_close(&root);
	/* As a process that does not have to clean up would end. */
	if (watch.out_why == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	/* main() tells of all else that keeps the output from being written. */
	errno = watch.out_why;
	return status;
}
