// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "guest_report.h"
#include "ktap.h"

/* The guest ended before it reported this check. */
static void report_missing(const struct guest *guest, const struct guest_check *check)
{
	const char *missing = guest->ended == GUEST_NEVER_RAN ? FACT_NEVER_RAN :
			      "not reached";

	if (check->begun && guest->stopped) {
		ktap_fact(GUEST_LOG, guest->stopped, check->name,
			  "no, the %s",
			  guest->ended == GUEST_STOPPED ? "VM stopped" :
							  "guest panicked");
		ktap_result(false, check->name, "%s", guest->last);
		return;
	}
	ktap_fact(RESULTS_LOG, ktap_note("no line from the guest"),
		  check->name, "%s", missing);
	ktap_result(false, check->name, "%s", missing);
}

void guest_report_checks(const struct guest *guest)
{
	long long bytes;

	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_check *check = &guest->checks[i];

		if (!check->line) {
			report_missing(guest, check);
			continue;
		}
		ktap_fact(GUEST_LOG, check->line, check->name, "%s",
			  check->ok ? "yes" : "no");
		if (!strcmp(check->name, "workload") && check->ok &&
		    sscanf(check->text, "%lld bytes verified", &bytes) == 1)
			ktap_fact(GUEST_LOG, check->line, "bytes_verified",
				  "%lld", bytes);
		ktap_result(check->ok, check->name, "%s", check->text);
	}
}
