/* SPDX-License-Identifier: GPL-2.0-only */
/* /sys/kernel/security/lockdown: "none [integrity] confidentiality". */
#ifndef TOOL_LOCKDOWN_H
#define TOOL_LOCKDOWN_H

#define LOCKDOWN_FILE	"/sys/kernel/security/lockdown"

/**
 * enum lockdown - what root may not do
 * @LOCKDOWN_UNKNOWN: the text says none of these
 * @LOCKDOWN_NONE: anything goes
 * @LOCKDOWN_INTEGRITY: no change of the kernel
 * @LOCKDOWN_CONFIDENTIALITY: nor a look at its secrets
 */
enum lockdown {
	LOCKDOWN_UNKNOWN,
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

/** lockdown_read() - which of the words is in brackets */
enum lockdown lockdown_read(const char *text);

#endif /* TOOL_LOCKDOWN_H */
