// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-reset: the GPU is ready late, never, or is off the bus. Its registers are RAM
 * of an emulated device, and say what the test has written there: that shows what the
 * driver does with them, and nothing of how long a GPU takes, or of an access that ends in
 * an error of the hardware.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "ktap.h"
#include "pace.h"
#include "util.h"
#include "works_reset.h"

#define LATE_SECS	2	/* the GPU is ready so much later */
#define GIVE_UP_SECS	30	/* the driver's limit */

/**
 * struct waiter - a thread that touches the memory
 * @gpu: the memory
 * @by_read: it calls read() instead
 * @thread: the thread
 * @right: it has read what is there
 * @done: it has ended
 */
struct waiter {
	const struct reset_gpu *gpu;
	bool by_read;
	pthread_t thread;
	bool right;
	atomic_bool done;
};

static void *wait_for_memory(void *arg)
{
	struct waiter *waiter = arg;
	const struct reset_gpu *gpu = waiter->gpu;

	waiter->right = waiter->by_read ? reset_reads(gpu) : reset_is_right(gpu);
	atomic_store(&waiter->done, true);
	return NULL;
}

/* The GPU is in a reset that it does not come out of before reset_status(). */
static void start_not_ready(struct waiter *waiter, const char *status)
{
	reset_status(status);
	if (!reset_by_vfio(waiter->gpu))
		give_up("VFIO_DEVICE_RESET: %m");
	atomic_init(&waiter->done, false);
	if (pthread_create(&waiter->thread, NULL, wait_for_memory, waiter))
		give_up("cannot make a thread");
}

static bool done_within(struct waiter *waiter, double secs)
{
	double deadline = pace_now() + secs;

	while (!atomic_load(&waiter->done) && pace_now() < deadline)
		usleep(20000);
	return atomic_load(&waiter->done);
}

/* A VMM that maps and unmaps memory, as it does when a guest programs BARs. */
static bool vmm_goes_on(const struct reset_gpu *gpu)
{
	double begin = pace_now();
	void *mem = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool ok = mem != MAP_FAILED && !munmap(mem, 4096) && reset_by_vfio(gpu);

	return ok && pace_now() - begin < RESET_SOON_SECS;
}

static void late(const char *name, const struct reset_gpu *gpu, bool by_read)
{
	struct waiter waiter = { .gpu = gpu, .by_read = by_read };
	bool waited, goes_on, done;

	start_not_ready(&waiter, RESET_TRAINING);
	waited = !done_within(&waiter, LATE_SECS);
	goes_on = vmm_goes_on(gpu);
	reset_status(RESET_READY);
	done = done_within(&waiter, RESET_SOON_SECS);
	pthread_join(waiter.thread, NULL);
	ktap_result(waited && goes_on && done && waiter.right, name, "%s%s%s%s",
		    waited ? "waited" : "did not wait",
		    goes_on ? "" : ", the VMM could not go on",
		    done ? "" : ", did not end in time",
		    waiter.right ? "" : ", got no right value");
}

/* A vCPU waits in KVM_RUN when its VMM is killed. */
static void killed(const struct reset_gpu *gpu)
{
	double begin;
	bool waited, gone = false;
	struct rawvm vm;
	pid_t pid;

	reset_status(RESET_OFF_BUS);
	if (!reset_by_vfio(gpu))
		give_up("VFIO_DEVICE_RESET: %m");
	pid = fork();
	if (!pid) {
		reset_vm_open(&vm, gpu);
		reset_vm_touch(&vm);
		_exit(0);
	}
	sleep(LATE_SECS);
	waited = waitpid(pid, NULL, WNOHANG) == 0;
	kill(pid, SIGKILL);
	for (begin = pace_now(); waited && !gone && pace_now() - begin < RESET_SOON_SECS;
	     usleep(20000))
		gone = waitpid(pid, NULL, WNOHANG) == pid;
	reset_status(RESET_READY);
	if (waited && !gone)
		waitpid(pid, NULL, 0);
	ktap_result(waited && gone, "killed_while_waiting", "%s, %s",
		    waited ? "waited" : "did not wait",
		    gone ? "gone" : "not gone in time");
}

static void never(const struct reset_gpu *gpu)
{
	struct waiter waiter = { .gpu = gpu };
	/* The driver's limit is by the clock. */
	double begin = pace_clock(), first, second;

	start_not_ready(&waiter, RESET_TRAINING);
	pthread_join(waiter.thread, NULL);
	first = pace_clock() - begin;
	ktap_result(!waiter.right && first >= GIVE_UP_SECS, "never_ready",
		    "%s after %.1f s", waiter.right ? "mapped" : "SIGBUS", first);

	begin = pace_now();
	waiter.right = reset_is_right(gpu);
	second = pace_now() - begin;
	ktap_result(!waiter.right && second < RESET_SOON_SECS, "never_ready_again",
		    "%s after %.1f s", waiter.right ? "mapped" : "SIGBUS", second);

	reset_status(RESET_READY);
	ktap_result(reset_is_right(gpu), "ready_after_all", "");
}

void works_reset_wait(const struct reset_gpu *gpu)
{
	late("ready_late", gpu, false);
	late("ready_late_read", gpu, true);
	killed(gpu);
	never(gpu);
}
