// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Device memory forbids, by the architecture or in practice: unaligned
 * access (Arm ARM DDI 0487, B2.7.2), exclusives and atomics, and execution.
 * A fault ends the guest's check, not the guest.
 */
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

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
		report("%s FAIL no memory", name);
		return false;
	}
	mem[0] = 0;
	mem[page] = 0;
	if (!gpu_holds(name, mem) || !gpu_holds(name, mem + page))
		return false;
	for (u8 *at = mem + page - 64; at <= mem + page; at++, count++) {
		want = 0x0123456789abcdefULL + (uintptr_t)at;
		/* In assembly, so that the compiler cannot split the access. */
		asm volatile("str %0, [%1]" :: "r"(want), "r"(at) : "memory");
		asm volatile("ldr %0, [%1]" : "=r"(got) : "r"(at) : "memory");
		if (got != want || memcmp(at, &want, sizeof(want))) {
			report("%s FAIL wrote %#llx, read %#llx at offset %ld", name,
			       want, got, (long)(at - mem));
			return false;
		}
	}
	report("%s ok %u addresses", name, count);
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
		report("%s FAIL no memory", name);
		return false;
	}
	*word = 0;
	if (!gpu_holds(name, word))
		return false;
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
			report("%s FAIL LDADDAL returned %llu", name, old);
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
		report("%s FAIL result is %llu, not %llu", name, *word, want);
		return false;
	}
	report("%s ok exclusives%s", name, lse ? " and LSE" : ", no LSE here");
	return true;
}

/* The same words are written again and again: stale instructions would be seen. */
static bool exec_written_code(const char *name)
{
	enum { ROUNDS = 64 };
	u32 *code = new_pages(2 * sizeof(*code),
				   PROT_READ | PROT_WRITE | PROT_EXEC);
	int got;

	if (!code) {
		report("%s FAIL no memory", name);
		return false;
	}
	code[0] = 0;
	if (!gpu_holds(name, code))
		return false;
	for (int i = 0; i < ROUNDS; i++) {
		code[0] = 0x52800000 | i << 5;	/* mov w0, #i */
		code[1] = 0xd65f03c0;		/* ret */
		__builtin___clear_cache((char *)code, (char *)(code + 2));
		got = ((int (*)(void))code)();
		if (got != i) {
			report("%s FAIL returned %d, not %d", name, got, i);
			return false;
		}
	}
	report("%s ok %d times", name, ROUNDS);
	return true;
}

/* DC ZVA zeroes one block, of the size that DCZID_EL0 says, and nothing beside it. */
static bool dc_zva(const char *name)
{
	enum { PROHIBITED = 1 << 4, BLOCKS = 3 };
	const u64 pattern = 0xa5a5a5a5a5a5a5a5ULL;
	size_t words;
	u64 *mem, dczid;

	asm volatile("mrs %0, dczid_el0" : "=r"(dczid));
	if (dczid & PROHIBITED) {
		report("%s FAIL DC ZVA is prohibited, DCZID_EL0 %#llx", name, dczid);
		return false;
	}
	words = (4UL << (dczid & 0xf)) / sizeof(*mem);
	mem = new_pages(BLOCKS * words * sizeof(*mem), PROT_READ | PROT_WRITE);
	if (!mem) {
		report("%s FAIL no memory", name);
		return false;
	}
	for (size_t i = 0; i < BLOCKS * words; i++)
		mem[i] = pattern;
	if (!gpu_holds(name, mem))
		return false;
	asm volatile("dc zva, %0" :: "r"(mem + words) : "memory");
	for (size_t i = 0; i < BLOCKS * words; i++) {
		u64 want = i / words == 1 ? 0 : pattern;

		if (mem[i] != want) {
			report("%s FAIL word %zu is %#llx, not %#llx", name, i,
			       mem[i], want);
			return false;
		}
	}
	report("%s ok %zu bytes", name, words * sizeof(*mem));
	return true;
}

/* "unaligned" is last: KVM has no answer to its fault, so it can end the VM. */
void checks_run(void)
{
	static const struct {
		const char *name;
		bool (*run)(const char *name);
	} checks[] = {
		{ "exec_written_code", exec_written_code },
		{ "atomics", atomics },
		{ "zva", dc_zva },
		{ "unaligned", unaligned },
	};
	int sig;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		guarded(checks[i].run, checks[i].name, &sig);
		if (sig)
			report("%s FAIL signal %d (%s)", checks[i].name, sig,
			       strsignal(sig));
	}
}
