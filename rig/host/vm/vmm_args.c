// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "end.h"
#include "vmm_args.h"

static void add(struct vmm_args *args, const char *arg)
{
	/* The last place is the NULL's. */
	if (args->count == VMM_ARGS_MAX - 1)
		give_up("the VMM has more than %d arguments: raise VMM_ARGS_MAX",
			VMM_ARGS_MAX - 1);
	args->argv[args->count++] = arg;
}

void vmm_args_add(struct vmm_args *args, const char * const *more)
{
	for (; more && *more; more++) {
		if (!strcmp(*more, "-accel") && args->accel) {
			args->argv[args->accel] = *++more;
			continue;
		}
		add(args, *more);
		/* Its options come next. */
		if (!strcmp(*more, "-accel"))
			args->accel = args->count;
	}
}

void vmm_args_begin(struct vmm_args *args, const char *size, const char *memory)
{
	const char * const machine[] = {
		"/usr/bin/qemu-system-aarch64",
		"-M", memory ? "virt,gic-version=host,memory-backend=m0" :
			       "virt,gic-version=host",
		"-accel", "kvm", "-cpu", "host", "-smp", "1", "-m", size, NULL
	};
	const char * const object[] = { "-object", args->memory, NULL };

	memset(args, 0, sizeof(*args));
	vmm_args_add(args, machine);
	if (!memory)
		return;
	if (!strcmp(memory, "anon"))
		snprintf(args->memory, sizeof(args->memory),
			 "memory-backend-ram,id=m0,size=%s", size);
	else
		snprintf(args->memory, sizeof(args->memory),
			 "memory-backend-file,id=m0,size=%s,share=on,mem-path=%s",
			 size, memory);
	vmm_args_add(args, object);
}

void vmm_args_kernel(struct vmm_args *args, const char * const *initrd,
		     const char *fmt, ...)
{
	static const char * const kernel[] = { "-kernel", "/guest/Image", NULL };
	static const char * const anywhere[] = { "-initrd", VMM_INITRD, NULL };
	const char * const append[] = { "-append", args->cmdline, NULL };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(args->cmdline, sizeof(args->cmdline), fmt, ap);
	va_end(ap);
	vmm_args_add(args, kernel);
	vmm_args_add(args, initrd ? initrd : anywhere);
	vmm_args_add(args, append);
}

void vmm_args_console(struct vmm_args *args)
{
	static const char * const console[] = {
		"-nodefaults", "-display", "none", "-serial", "stdio", NULL
	};

	vmm_args_add(args, console);
}
