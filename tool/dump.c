// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "text.h"

#define LONGEST_LINE 256

/* The next word of a line; its blanks become ends. */
static const char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t");

	*at = word + strcspn(word, " \t");
	if (**at)
		*(*at)++ = '\0';
	return *word ? word : NULL;
}

/* "0xIPA-0xEND" */
static bool read_addresses(const char *word, struct dump_range *range)
{
	const char *dash = word ? strchr(word, '-') : NULL;
	char start[24];
	u64 end;

	if (!dash || dash - word >= (long)sizeof(start))
		return false;
	memcpy(start, word, dash - word);
	start[dash - word] = '\0';
	if (!text_starts(start, "0x") || !text_starts(dash + 1, "0x") ||
	    !text_number(start, &range->ipa) || !text_number(dash + 1, &end) ||
	    end <= range->ipa)
		return false;
	range->len = end - range->ipa;
	return true;
}

/* One of the words behind the level. Return: whether the range is mapped. */
static bool read_attribute(const char *word, struct dump_range *range, bool *has_type)
{
	static const struct {
		const char *word;
		enum s2_type type;
	} types[] = {
		{ "NORMAL", S2_NORMAL_WB },
		{ "NORMAL_NC", S2_NORMAL_NC },
		{ "DEVICE", S2_DEVICE },
	};

	if (!strcmp(word, "F"))
		return false;
	range->reads |= !strcmp(word, "R");
	range->writes |= !strcmp(word, "W");
	/* 6.12 has X for what may not be executed, and later kernels have NX. */
	if (!strcmp(word, "X") || !strcmp(word, "NX"))
		range->executes = false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(word, types[i].word))
			continue;
		range->type = types[i].type;
		*has_type = true;
	}
	return true;
}

static void add_range(struct dump *dump, const struct dump_range *range)
{
	/* Room is doubled. */
	if (!(dump->count & (dump->count - 1))) {
		dump->ranges = realloc(dump->ranges, (dump->count ? 2 * dump->count : 1) *
				       sizeof(*dump->ranges));
		if (!dump->ranges)
			abort();
	}
	dump->ranges[dump->count++] = *range;
}

/* "0xIPA-0xEND SIZE LEVEL ATTRIBUTE..."; without an attribute nothing is mapped there. */
static const char *read_line(struct dump *dump, char *line, u64 *end)
{
	struct dump_range range = { .type = S2_OTHER, .executes = true };
	const char *size, *level, *word;
	bool is_mapped;

	if (!read_addresses(next_word(&line), &range))
		return "not a range of addresses";
	size = next_word(&line);
	level = next_word(&line);
	if (!size || !level || *level < '0' || *level > '3' || level[1])
		return "no level of page tables";
	if (range.ipa < *end)
		return "a range that is not behind the one before";
	*end = range.ipa + range.len;
	range.level = *level - '0';
	word = next_word(&line);
	is_mapped = word;
	for (; word; word = next_word(&line))
		is_mapped &= read_attribute(word, &range, &dump->has_types);
	if (is_mapped)
		add_range(dump, &range);
	return NULL;
}

bool dump_read(const char *text, struct dump *dump, char *why, size_t size)
{
	const char *what = NULL;
	char line[LONGEST_LINE];
	size_t number = 0;
	u64 end = 0;

	*dump = (struct dump){ 0 };
	while (*text && !what) {
		size_t len = strcspn(text, "\n");

		number++;
		if (len >= sizeof(line)) {
			what = "a line that is too long";
			break;
		}
		memcpy(line, text, len);
		line[len] = '\0';
		text += len + (text[len] == '\n');
		/* "---[ Guest IPA ]---" is a heading. */
		if (*line && !text_starts(line, "---["))
			what = read_line(dump, line, &end);
	}
	if (!what)
		return true;
	snprintf(why, size, "line %zu: %s", number, what);
	dump_free(dump);
	return false;
}

void dump_free(struct dump *dump)
{
	free(dump->ranges);
	*dump = (struct dump){ 0 };
}
