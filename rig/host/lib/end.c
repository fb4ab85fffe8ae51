// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "end.h"
#include "ktap.h"
#include "util.h"

void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	/* Only without CAP_SYS_BOOT; PID 1 returning is a kernel panic. */
	_exit(1);
}

void give_up(const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	say("%s", why);
	ktap_bail_out(why);
	power_off();
}
