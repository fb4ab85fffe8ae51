/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's monitor: commands, and their answers. */
#ifndef RIG_HOST_VM_QMP_H
#define RIG_HOST_VM_QMP_H

#include <stdbool.h>
#include <stdio.h>

/** struct qmp - an open monitor, and what it answered last */
struct qmp {
	FILE *in;
	int fd;
	char answer[4096];
};

/**
 * qmp_open() - connect to the monitor, as soon as QEMU has made its socket
 * @qmp: the monitor
 * @path: of the socket
 *
 * Return: false if QEMU does not answer, perhaps because it has ended.
 */
bool qmp_open(struct qmp *qmp, const char *path);

/**
 * qmp_command() - send a command, and wait for its answer
 * @qmp: the monitor
 * @json: the whole command
 *
 * Return: whether QEMU carried it out. The answer is in @qmp.
 */
bool qmp_command(struct qmp *qmp, const char *json);

/** qmp_number() - the number of that name in the last answer, or 0 */
unsigned long long qmp_number(const struct qmp *qmp, const char *name);

/** qmp_text() - the text of that name in the last answer, or "" */
void qmp_text(const struct qmp *qmp, const char *name, char *text, size_t size);

/** qmp_close() - close the connection */
void qmp_close(struct qmp *qmp);

#endif /* RIG_HOST_VM_QMP_H */
