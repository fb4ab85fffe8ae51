/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of cohmem check. Each function adds one line or more to the report. */
#ifndef TOOL_CHECK_LINES_H
#define TOOL_CHECK_LINES_H

#include "host.h"
#include "report.h"

void check_kernel(const struct host *host, struct report *report);
void check_kernel_policy(const struct host *host, struct report *report);
void check_updates(const struct host *host, struct report *report);

void check_kvm(const struct host *host, struct report *report);
void check_kvm_capability(const struct host *host, struct report *report);
void check_kvm_fwb(const struct host *host, struct report *report);
void check_kvm_dic(const struct host *host, struct report *report);
void check_kvm_mte(const struct host *host, struct report *report);

void check_erratum(const struct host *host, struct report *report);
void check_lockdown(const struct host *host, struct report *report);
void check_devices_iommu(const struct host *host, struct report *report);
void check_devices(const struct host *host, struct report *report);
void check_qemu(const struct host *host, struct report *report);

void check_guestram_pages(const struct host *host, struct report *report);
void check_guestram_known(const struct host *host, struct report *report);
void check_guestram(const struct host *host, struct report *report);
void check_mounts(const struct host *host, struct report *report);

#endif /* TOOL_CHECK_LINES_H */
