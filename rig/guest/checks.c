// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Device memory forbids, by the architecture or in practice: unaligned
 * access (Arm ARM DDI 0487, B2.7.2), exclusives and atomics, and execution.
 * A fault ends the guest's check, not the guest.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

static sigjmp_buf on_fault;

static void fault(int sig)
{
	siglongjmp(on_fault, sig);
}

static bool guarded(const char *name, bool (*check)(const char *name))
{
	static const int signals[] = { SIGBUS, SIGSEGV, SIGILL };
	struct sigaction act = { .sa_handler = fault };
	int sig;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, NULL);
	sig = sigsetjmp(on_fault, 1);
	if (sig) {
		say("%s FAIL signal %d (%s)", name, sig, strsignal(sig));
		return false;
	}
	return check(name);
}

static void *new_pages(size_t len, int prot)
{
	void *mem = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mem == MAP_FAILED ? NULL : mem;
}

/* Every offset in a cache line, and across the boundary of two pages. */
static bool unaligned(const char *name)
{
	size_t page = sysconf(_SC_PAGESIZE);
	u8 *mem = new_pages(2 * page, PROT_READ | PROT_WRITE);
	u64 want, got;
	unsigned int count = 0;

	if (!mem) {
		say("%s FAIL no memory", name);
		return false;
	}
	for (u8 *at = mem + page - 64; at <= mem + page; at++, count++) {
		want = 0x0123456789abcdefULL + (uintptr_t)at;
		/* In assembly, so that the compiler cannot split the access. */
		asm volatile("str %0, [%1]" :: "r"(want), "r"(at) : "memory");
		asm volatile("ldr %0, [%1]" : "=r"(got) : "r"(at) : "memory");
		if (got != want || memcmp(at, &want, sizeof(want))) {
			say("%s FAIL wrote %#llx, read %#llx at offset %ld", name,
			    want, got, (long)(at - mem));
			return false;
		}
	}
	say("%s ok %u addresses", name, count);
	return true;
}

static bool atomics(const char *name)
{
	enum { ROUNDS = 1000 };
	bool lse = getauxval(AT_HWCAP) & HWCAP_ATOMICS;
	u64 *word = new_pages(sizeof(*word), PROT_READ | PROT_WRITE);
	u64 want = ROUNDS, old;
	u32 failed;

	if (!word) {
		say("%s FAIL no memory", name);
		return false;
	}
	for (int i = 0; i < ROUNDS; i++) {
		do {
			asm volatile("ldaxr %0, [%2]\n"
				     "add %0, %0, #1\n"
				     "stlxr %w1, %0, [%2]"
				     : "=&r"(old), "=&r"(failed)
				     : "r"(word) : "memory");
		} while (failed);
	}
	for (int i = 0; lse && i < ROUNDS; i++) {
		asm volatile(".arch_extension lse\n"
			     "ldaddal %1, %0, [%2]"
			     : "=&r"(old) : "r"(1UL), "r"(word) : "memory");
		if (old != ROUNDS + (u64)i) {
			say("%s FAIL LDADDAL returned %llu", name, old);
			return false;
		}
	}
	if (lse) {
		want = 7;
		old = 2 * ROUNDS;
		asm volatile(".arch_extension lse\n"
			     "casal %0, %1, [%2]"
			     : "+&r"(old) : "r"(want), "r"(word) : "memory");
	}
	if (*word != want) {
		say("%s FAIL result is %llu, not %llu", name, *word, want);
		return false;
	}
	say("%s ok exclusives%s", name, lse ? " and LSE" : ", no LSE here");
	return true;
}

/* The same words again and again, so that stale instructions would show. */
static bool exec_written_code(const char *name)
{
	enum { ROUNDS = 64 };
	u32 *code = new_pages(2 * sizeof(*code),
				   PROT_READ | PROT_WRITE | PROT_EXEC);
	int got;

	if (!code) {
		say("%s FAIL no memory", name);
		return false;
	}
	for (int i = 0; i < ROUNDS; i++) {
		code[0] = 0x52800000 | i << 5;	/* mov w0, #i */
		code[1] = 0xd65f03c0;		/* ret */
		__builtin___clear_cache((char *)code, (char *)(code + 2));
		got = ((int (*)(void))code)();
		if (got != i) {
			say("%s FAIL returned %d, not %d", name, got, i);
			return false;
		}
	}
	say("%s ok %d times", name, ROUNDS);
	return true;
}

bool check_unaligned(void)
{
	return guarded("unaligned", unaligned);
}

bool check_atomics(void)
{
	return guarded("atomics", atomics);
}

bool check_exec(void)
{
	return guarded("exec_written_code", exec_written_code);
}
