// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "debug.h"
#include "pace.h"
#include "qmp.h"
#include "util.h"

#define START_SECS 20
#define ANSWER_SECS 20

bool qmp_open(struct qmp *qmp, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = debug_secs(ANSWER_SECS) * pace_slowness() };
	double deadline = pace_now() + debug_secs(START_SECS);

	memset(qmp, 0, sizeof(*qmp));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	qmp->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	while (connect(qmp->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		if (pace_now() > deadline)
			return false;
		usleep(50000);
	}
	setsockopt(qmp->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	qmp->in = fdopen(dup(qmp->fd), "r");
	return qmp->in &&
	       qmp_command(qmp, "{\"execute\":\"qmp_capabilities\"}");
}

/* An answer is one line; the greeting and events are others. */
bool qmp_command(struct qmp *qmp, const char *json)
{
	if (dprintf(qmp->fd, "%s\n", json) < 0)
		return false;
	while (fgets(qmp->answer, sizeof(qmp->answer), qmp->in)) {
		qmp->answer[strcspn(qmp->answer, "\r\n")] = '\0';
		if (!strncmp(qmp->answer, "{\"return\"", 9))
			return true;
		if (!strncmp(qmp->answer, "{\"error\"", 8))
			return false;
	}
	snprintf(qmp->answer, sizeof(qmp->answer), "no answer to %s", json);
	return false;
}

/* QEMU writes a blank behind each colon. Return: what follows, or "". */
static const char *value_of(const struct qmp *qmp, const char *name)
{
	char key[48];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\": ", name);
	at = strstr(qmp->answer, key);
	return at ? at + strlen(key) : "";
}

unsigned long long qmp_number(const struct qmp *qmp, const char *name)
{
	return strtoull(value_of(qmp, name), NULL, 10);
}

void qmp_text(const struct qmp *qmp, const char *name, char *text, size_t size)
{
	const char *value = value_of(qmp, name);

	if (*value == '"')
		value++;
	snprintf(text, size, "%.*s", (int)strcspn(value, "\""), value);
}

void qmp_close(struct qmp *qmp)
{
	fclose(qmp->in);
	close(qmp->fd);
}
