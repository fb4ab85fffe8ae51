// SPDX-License-Identifier: GPL-2.0-only
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "cohmem_kmsg.h"

static int kmsg;
/* When the last lines came, the oldest at nr_lines % KMSG_BURST. */
static time_t line_times[KMSG_BURST];
static unsigned int nr_lines;
/* The last line that was found where it should not be. */
static char surprise[512];

static void count_line(void)
{
	line_times[nr_lines++ % KMSG_BURST] = time(NULL);
}

void kmsg_open(void)
{
	unsigned int i;

	kmsg = open_path_or_exit("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	/* Of tests before this one. */
	for (i = 0; i < KMSG_BURST; i++)
		count_line();
}

/* Records are "PRIO,...;TEXT\n". */
bool kmsg_next(char *line, size_t size)
{
	ssize_t len;

	for (;;) {
		len = read(kmsg, line, size - 1);
		/* Some are lost if many come; one may be longer than all of ours. */
		if (len < 0 && (errno == EPIPE || errno == EINVAL))
			continue;
		if (len < 0)
			return false;
		line[len] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (strstr(line, " refused: ") ||
		    strstr(line, " is not cacheable for the guest: ")) {
			count_line();
			return true;
		}
	}
}

/* Those that others had, but they count. */
static void pass_over(void)
{
	char line[512];

	while (kmsg_next(line, sizeof(line)))
		;
}

void kmsg_allow(unsigned int lines)
{
	time_t now, then;

	pass_over();
	if (!lines)
		return;
	now = time(NULL);
	then = line_times[(nr_lines + lines - 1) % KMSG_BURST] + KMSG_INTERVAL_S + 1;
	if (then > now)
		sleep(then - now);
}

bool kmsg_says(const char *wanted)
{
	unsigned int right = 0, wrong = 0;
	char line[512], *text;

	while (kmsg_next(line, sizeof(line))) {
		text = strchr(line, ';') + 1;
		if (wanted && line[0] == '6' && line[1] == ',' &&
		    !strcmp(text, wanted)) {
			right++;
			continue;
		}
		wrong++;
		snprintf(surprise, sizeof(surprise), "%s", line);
	}
	if (right == !!wanted && !wrong)
		return true;
	ksft_print_msg("the kernel says it %u times, and %u other lines: %s\n",
		       right, wrong, surprise);
	ksft_print_msg("wanted: %s\n", wanted ?: "nothing");
	return false;
}

static void who_am_i(char *buf, size_t size)
{
	char comm[16];

	prctl(PR_GET_NAME, comm);
	snprintf(buf, size, "kvm [%d]: %s", getpid(), comm);
}

const char *kmsg_line(u64 gpa, void *mem, size_t len, bool refused,
		      enum cohmem_reason reason)
{
	static char line[512];
	char who[64];

	who_am_i(who, sizeof(who));
	snprintf(line, sizeof(line),
		 "%s: memory at IPA 0x%lx, host 0x%lx-0x%lx %s: %s: %s",
		 who, gpa, (u64)mem, (u64)mem + len - 1,
		 refused ? "refused" : "is not cacheable for the guest",
		 cohmem_reason_name(reason), cohmem_reason_remedy(reason));
	return line;
}
