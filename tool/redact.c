// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "facts.h"
#include "host.h"
#include "keyval.h"
#include "redact.h"
#include "text.h"

#define DIGITS		"0123456789"
#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-_"
#define LONGEST_LINE	KEYVAL_BYTES
#define LARGEST_BLOCK	BIT_ULL(30)

/* As the kernel has them: 15 bytes. */
static const char * const vmms[] = {
	"", "qemu-system-aar", "qemu-kvm", "cloud-hyperviso", "crosvm", "firecracker", "lkvm",
};

static const char * const memslots_words[] = { "slot", "vma", "gap", "refused" };

static const char * const memslots_keys[] = {
	"as", "id", "ipa", "size", "flags", "pfn_mapped", "leaf_size", "policy", "leaf", "row",
	"verdict", "reason", "executable", "count",
};

static const char * const parameters[] = {
	HOST_POLICY, "kvm-arm.mode", "guestram", "lockdown", "mem", "iomem", "hugepages",
	"hugepagesz", "default_hugepagesz", "crashkernel", "iommu.passthrough", "iommu.strict",
	"arm-smmu-v3.disable_bypass", "vfio_iommu_type1.allow_unsafe_interrupts",
};

static const char * const log_beginnings[] = {
	"guestram: ", HOST_POLICY "=", "nvgrace-gpu-vfio-pci ",
};

/* One of the words, and nothing but that. */
static bool is_one_of(const char *word, const char * const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(word, words[i]))
			return true;
	}
	return false;
}

/* The next line, without its end; a longer one than has room is cut off. */
static bool next_line(const char **at, char line[LONGEST_LINE])
{
	size_t len = strcspn(*at, "\n"), room = LONGEST_LINE - 1;

	if (!**at)
		return false;
	memcpy(line, *at, len < room ? len : room);
	line[len < room ? len : room] = '\0';
	*at += len + ((*at)[len] == '\n');
	return true;
}

void redact_process(char name[VMS_PROCESS])
{
	if (!is_one_of(name, vmms, ARRAY_SIZE(vmms)))
		snprintf(name, VMS_PROCESS, "other");
}

static u64 congruence(u64 ipa, u64 hva)
{
	u64 both = (hva - ipa) | LARGEST_BLOCK;

	return both & -both;
}

static void print_memslots_line(const struct keyval *kv, FILE *out)
{
	u64 ipa, hva;

	fputs(kv->kind, out);
	for (size_t i = 0; i < kv->count; i++) {
		if ((is_one_of(kv->keys[i], memslots_keys, ARRAY_SIZE(memslots_keys)) ||
		     facts_is_name(kv->keys[i])) &&
		    !kv->values[i][strspn(kv->values[i], NAME_CHARS ",")])
			fprintf(out, " %s=%s", kv->keys[i], kv->values[i]);
	}
	if (!strcmp(kv->kind, "slot") && keyval_number(kv, "ipa", &ipa) &&
	    keyval_number(kv, "hva", &hva))
		fprintf(out, " congruent=0x%llx", congruence(ipa, hva));
	fputc('\n', out);
}

void redact_memslots(const char *text, FILE *out)
{
	char line[LONGEST_LINE];
	struct keyval kv;

	while (next_line(&text, line)) {
		if (keyval_read_bare(&kv, line) &&
		    is_one_of(kv.kind, memslots_words, ARRAY_SIZE(memslots_words)))
			print_memslots_line(&kv, out);
	}
}

/* "0x" and digits. Return: what is behind, or NULL. */
static const char *read_hex(const char *at, u64 *number)
{
	char *end;

	if (!text_starts(at, "0x") || !isxdigit((unsigned char)at[2]))
		return NULL;
	*number = strtoull(at + 2, &end, 16);
	return end;
}

/*
 * "kvm [PID]: NAME: memory at IPA 0x..., host 0x...-0x... refused: REASON: REMEDY". A name has
 * 15 bytes at most, so what is looked for behind it is longer.
 */
static void print_refusal(const char *line, FILE *out)
{
	static const char what[] = ": memory at IPA ", where[] = ", host ";
	const char *at = strstr(line, what), *pid = line + strlen("kvm [");
	size_t len = strspn(pid, DIGITS), name;
	u64 ipa, first, last;

	at = at ? read_hex(at + strlen(what), &ipa) : NULL;
	if (!at || !text_starts(pid + len, "]: ") || !text_starts(at, where))
		return;
	at = read_hex(at + strlen(where), &first);
	at = at && *at == '-' ? read_hex(at + 1, &last) : NULL;
	if (!at || last < first)
		return;
	name = strcspn(at, ":");
	if (!text_starts(at, " refused: ") && !text_starts(at, " is not cacheable for the guest: "))
		return;
	fprintf(out, "kvm [%.*s]: memory at IPA 0x%llx, %llu bytes%.*s: ", (int)len, pid, ipa,
		last - first + 1, (int)name, at);
	at += name + strlen(": ");
	fprintf(out, "%.*s\n", (int)strspn(at, NAME_CHARS), at);
}

/* "<6>[    1.234567] [  T12] ": also without one of these. */
static const char *skip_head(const char *line, bool *is_kernels)
{
	size_t len = strspn(line + (*line == '<'), DIGITS);

	/* From 8 on it is somebody else's, who has written to /dev/kmsg. */
	*is_kernels = *line != '<' || len == 1;
	if (*line == '<' && line[1 + len] == '>')
		line += len + 2;
	while (*line == '[' && strchr(line, ']')) {
		line = strchr(line, ']') + 1;
		line += *line == ' ';
	}
	return line;
}

void redact_log(const char *text, FILE *out)
{
	char line[LONGEST_LINE];
	const char *at;
	bool is_kernels;

	while (next_line(&text, line)) {
		text_printable(line);
		at = skip_head(line, &is_kernels);
		if (!is_kernels)
			continue;
		if (text_starts(at, "kvm ["))
			print_refusal(at, out);
		for (size_t i = 0; i < ARRAY_SIZE(log_beginnings); i++) {
			if (text_starts(at, log_beginnings[i]))
				fprintf(out, "%s\n", at);
		}
	}
}

void redact_iomem(const char *text, FILE *out)
{
	static const char mark[] = " : Guest RAM";
	char line[LONGEST_LINE];
	size_t len, range;

	while (next_line(&text, line)) {
		len = strlen(line);
		range = strspn(line, DIGITS "abcdef- ");
		if (len > strlen(mark) && !strcmp(line + len - strlen(mark), mark) &&
		    range == len - strlen(mark) + 1)
			fprintf(out, "%s\n", line);
	}
}

void redact_cmdline(const char *text, FILE *out)
{
	char value[CMDLINE_WORD];
	const char *at;

	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		at = text;
		while (cmdline_next(&at, parameters[i], value, sizeof(value))) {
			text_printable(value);
			fprintf(out, "%s=%s\n", parameters[i], value);
		}
	}
}
