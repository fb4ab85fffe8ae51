/* SPDX-License-Identifier: GPL-2.0-only */
/* What the inner guest has said, as results. */
#ifndef RIG_HOST_VM_GUEST_REPORT_H
#define RIG_HOST_VM_GUEST_REPORT_H

#include "guest.h"

/** guest_report_checks() - write a result and a fact for each check */
void guest_report_checks(const struct guest *guest);

#endif /* RIG_HOST_VM_GUEST_REPORT_H */
