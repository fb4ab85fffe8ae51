// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's orders to the guest, a line each on its console:
 *
 *   verify MIB    write and verify memory, round after round, until the next line, and
 *                 then what was written before the first round
 *   disk NAME [MIB]   write to a disk, and read it back
 *   vsock PORT    exchange bytes with the host
 *   dma           let the assigned edu device read and write memory
 *   hold START BYTES MIB   have memory that was added there, with a pattern in it
 *   release       have it no longer
 *   pmem WHAT     "write" a pattern to persistent memory, and read it; or only "read" it
 *   unplug        take the GPU's memory from the kernel again
 *   reboot
 *
 * An empty line ends it, and so does silence for a minute, or cohmem.patience= seconds.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"
#include "option.h"

#define PATIENCE_SECS 60

static char order[64];
static char *argument;

static bool line_waits(int ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, ms) > 0;
}

static int patience_secs(void)
{
	const char *secs = option("patience");

	return secs ? atoi(secs) : PATIENCE_SECS;
}

static bool next_line(void)
{
	if (!line_waits(patience_secs() * 1000) || !fgets(order, sizeof(order), stdin))
		return false;
	order[strcspn(order, "\r\n")] = '\0';
	argument = order + strcspn(order, " ");
	if (*argument)
		*argument++ = '\0';
	return *order;
}

/* The value of a word in a round. It differs from its neighbours, and in each round. */
static u64 expected(u64 word, u64 round)
{
	return (word + 1) * 0x9e3779b97f4a7c15ULL ^ round * 0xc2b2ae3d27d4eb4fULL;
}

static void write_words(u64 *mem, size_t first, size_t end, u64 round)
{
	for (size_t i = first; i < end; i++)
		mem[i] = expected(i, round);
}

static bool words_are_right(const char *name, const u64 *mem, size_t first, size_t end,
			    u64 round)
{
	for (size_t i = first; i < end; i++) {
		u64 got = *(const volatile u64 *)&mem[i];

		if (got == expected(i, round))
			continue;
		report("%s FAIL round %llu: word %zu is %#llx, not %#llx", name, round, i, got,
		       expected(i, round));
		return false;
	}
	return true;
}

/*
 * The first quarter is written once, as round 0, and not looked at until the order ends:
 * the host may have done something to the memory meanwhile.
 */
static bool verify(const char *name)
{
	size_t len = atol(argument) * 1024 * 1024, words = len / sizeof(u64), kept = words / 4;
	u64 *mem = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	u64 round = 0;

	if (mem == MAP_FAILED) {
		report("%s FAIL no memory: %m", name);
		return false;
	}
	write_words(mem, 0, kept, 0);
	do {
		round++;
		write_words(mem, kept, words, round);
		if (!words_are_right(name, mem, kept, words, round))
			return false;
		report("round ok %llu", round);
	} while (!line_waits(0));
	fgets(order, sizeof(order), stdin);
	if (!words_are_right(name, mem, 0, kept, 0))
		return false;
	munmap(mem, len);
	report("%s ok %llu rounds of %zu MiB, and %zu MiB from before", name, round,
	       (len - kept * sizeof(u64)) >> 20, kept * sizeof(u64) >> 20);
	return true;
}

static bool reboot_guest(const char *name)
{
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	report("%s FAIL %m", name);
	return false;
}

static bool disk(const char *name)
{
	char *blank = strchr(argument, ' ');

	if (blank)
		*blank++ = '\0';
	return io_check_disk(name, argument, blank ? atol(blank) : 0);
}

static bool vsock(const char *name)
{
	return io_check_vsock(name, atoi(argument));
}

static bool hold(const char *name)
{
	return hotplug_hold(name, argument);
}

static bool pmem(const char *name)
{
	return hotplug_pmem(name, argument);
}

static void carry_out(void)
{
	static const struct {
		const char *name;
		bool (*run)(const char *name);
	} orders[] = {
		{ "verify", verify },
		{ "disk", disk },
		{ "vsock", vsock },
		{ "dma", dma_check },
		{ "unplug", gpu_unplug },
		{ "hold", hold },
		{ "release", hotplug_release },
		{ "pmem", pmem },
		{ "reboot", reboot_guest },
	};
	int sig;

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		if (strcmp(orders[i].name, order))
			continue;
		guarded(orders[i].run, orders[i].name, &sig);
		if (sig)
			report("%s FAIL signal %d (%s)", orders[i].name, sig,
			       strsignal(sig));
		return;
	}
	report("%s FAIL there is no such order", order);
}

void serve(void)
{
	struct termios tty;

	/* The echo of an order could be in the middle of a line for the host. */
	if (!tcgetattr(STDIN_FILENO, &tty)) {
		tty.c_lflag &= ~ECHO;
		tcsetattr(STDIN_FILENO, TCSANOW, &tty);
	}
	/* poll() does not see a line that is in a buffer already. */
	setvbuf(stdin, NULL, _IONBF, 0);
	while (next_line())
		carry_out();
}
