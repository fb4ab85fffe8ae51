/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's monitor, as far as the rig needs it. */
#ifndef RIG_HOST_VM_QMP_H
#define RIG_HOST_VM_QMP_H

#include <stdbool.h>
#include <stdio.h>

/** struct qmp - an open monitor, and what it answered last */
struct qmp {
	FILE *in;
	int fd;
	char answer[512];
};

/**
 * qmp_open() - connect to the monitor at that socket, once QEMU has made it
 *
 * Return: false if QEMU does not answer, perhaps because it has ended.
 */
bool qmp_open(struct qmp *qmp, const char *path);

/**
 * qmp_command() - give an order
 * @qmp: the monitor
 * @json: the whole command
 *
 * Return: whether it was carried out; the answer is left in @qmp.
 */
bool qmp_command(struct qmp *qmp, const char *json);

/** qmp_close() - be rid of it */
void qmp_close(struct qmp *qmp);

#endif /* RIG_HOST_VM_QMP_H */
