/* SPDX-License-Identifier: GPL-2.0-only */
/* cohmem check: is this host ready to give VMs coherent memory without struct pages? */
#ifndef TOOL_CHECK_H
#define TOOL_CHECK_H

#include "host.h"
#include "report.h"

/**
 * check_run() - look at everything
 * @host: the host
 * @report: gets the lines
 */
void check_run(const struct host *host, struct report *report);

/** check_status() - the exit status for what was found */
int check_status(const struct report *report);

#endif /* TOOL_CHECK_H */
