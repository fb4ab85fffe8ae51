// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "json.h"
#include "text.h"

#define DIGITS		"0123456789"
#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-_"
#define LONGEST_NAME	40
#define MARK		": " FAULT_EVENT ": "
#define MAX_ERRNO	4095	/* as in the kernel */

enum field_kind { FIELD_NUMBER, FIELD_BOOL, FIELD_NAME };

/* In the order of the tracepoint, which JSON has, too; all but ret. */
static const struct {
	const char *key;
	enum field_kind kind;
} fields[] = {
	{ "ipa", FIELD_NUMBER },
	{ "hva", FIELD_NUMBER },
	{ "pfn", FIELD_NUMBER },
	{ "size", FIELD_NUMBER },
	{ "policy", FIELD_NAME },
	{ "leaf", FIELD_NAME },
#define FACT(_name) { #_name, FIELD_BOOL },
#include "facts.inc"
#undef FACT
	{ "row", FIELD_NAME },
	{ "verdict", FIELD_NAME },
	{ "reason", FIELD_NAME },
	{ "executable", FIELD_BOOL },
};

static bool is_field(const struct keyval *pairs, const char *key, enum field_kind kind)
{
	const char *value = keyval_get(pairs, key);
	u64 number;

	if (!value)
		return false;
	switch (kind) {
	case FIELD_NUMBER:
		return text_number(value, &number);
	case FIELD_BOOL:
		return !strcmp(value, "0") || !strcmp(value, "1");
	default:
		return strlen(value) <= LONGEST_NAME && !value[strspn(value, NAME_CHARS)];
	}
}

/* 0, or -ERRNO. */
static bool read_ret(const struct keyval *pairs, int *ret)
{
	const char *value = keyval_get(pairs, "ret");
	bool negative = value && *value == '-';
	u64 number;

	if (!value || !text_number(value + negative, &number) || number > MAX_ERRNO ||
	    negative != !!number)
		return false;
	*ret = -(int)number;
	return true;
}

static bool read_pairs(const char *text, struct fault *fault)
{
	const struct keyval *pairs = &fault->pairs;
	char line[FAULT_LINE];

	if ((size_t)snprintf(line, sizeof(line), FAULT_EVENT " %s", text) >= sizeof(line) ||
	    !keyval_read_bare(&fault->pairs, line))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!is_field(pairs, fields[i].key, fields[i].kind))
			return false;
	}
	keyval_number(pairs, "ipa", &fault->ipa);
	keyval_number(pairs, "size", &fault->size);
	fault->row = keyval_get(pairs, "row");
	fault->verdict = keyval_get(pairs, "verdict");
	fault->reason = keyval_get(pairs, "reason");
	return read_ret(pairs, &fault->ret);
}

/* Cut the last word off, and return it. */
static char *last_word(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
	while (len && text[len - 1] != ' ')
		len--;
	return text + len;
}

static bool is_time(const char *word)
{
	size_t seconds = strspn(word, DIGITS);

	return seconds && word[seconds] == '.' &&
	       strspn(word + seconds + 1, DIGITS) == 6 && !word[seconds + 7];
}

/*
 * "NAME-THREAD [CPU] FLAGS TIME". A process chooses its name itself, so it is read from the
 * end. With 15 bytes, a name cannot hold a whole decision or loss.
 */
static bool read_head(char *head, struct fault *fault)
{
	char *word = last_word(head), *dash;
	u64 thread;

	if (!is_time(word) || strlen(word) >= sizeof(fault->time))
		return false;
	snprintf(fault->time, sizeof(fault->time), "%s", word);
	*word = '\0';
	word = last_word(head);
	*word = '\0';
	word = last_word(head);
	if (*word != '[')
		return false;
	*word = '\0';
	word = last_word(head);
	dash = strrchr(word, '-');
	if (!dash || dash[1] == '0' || strspn(dash + 1, DIGITS) != strlen(dash + 1) ||
	    !text_number(dash + 1, &thread) || thread > INT_MAX)
		return false;
	fault->thread = thread;
	return true;
}

/* "CPU:3 [LOST 12 EVENTS]", or without a number. */
static bool read_lost(const char *line, struct fault *fault)
{
	static const char words[] = " [LOST ";
	char number[24];
	size_t len;

	if (!text_starts(line, "CPU:"))
		return false;
	line += strlen("CPU:");
	line += strspn(line, DIGITS);
	if (!text_starts(line, words))
		return false;
	line += strlen(words);
	len = strspn(line, DIGITS);
	if (len >= sizeof(number))
		return false;
	memcpy(number, line, len);
	number[len] = '\0';
	line += len;
	if (!len)
		return !strcmp(line, "EVENTS]");
	return !strcmp(line, " EVENTS]") && text_number(number, &fault->lost);
}

enum fault_kind fault_read(const char *line, struct fault *fault)
{
	const char *mark = strstr(line, MARK);
	char head[FAULT_LINE];
	size_t len;

	*fault = (struct fault){ 0 };
	if (!mark)
		return read_lost(line, fault) ? FAULT_LOST : FAULT_OTHER;
	len = mark - line;
	if (len >= sizeof(head))
		return FAULT_DAMAGED;
	memcpy(head, line, len);
	head[len] = '\0';
	return read_head(head, fault) && read_pairs(mark + strlen(MARK), fault) ?
	       FAULT_DECIDED : FAULT_DAMAGED;
}

void fault_json(const struct fault *fault, struct json_object *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *key = fields[i].key, *value = keyval_get(&fault->pairs, key);
		u64 number = 0;

		switch (fields[i].kind) {
		case FIELD_NUMBER:
			keyval_number(&fault->pairs, key, &number);
			json_set(object, key, json_object_new_uint64(number));
			break;
		case FIELD_BOOL:
			json_set(object, key, json_object_new_boolean(*value == '1'));
			break;
		default:
			json_set_string(object, key, value);
		}
	}
	json_set_integer(object, "ret", fault->ret);
}
