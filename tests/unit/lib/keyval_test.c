// SPDX-License-Identifier: GPL-2.0-only
/* What is written is read again; what nobody can have written is refused. */
#include <stdio.h>
#include <string.h>

#include "fact.h"
#include "keyval.h"
#include "lib_test.h"
#include "tap.h"

#define MORE_PAIRS " n=1 o=1 p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1 y=1"

/* A value, and how it stands in a line. */
static const struct {
	const char *what;
	const char *value;
	const char *written;
} values[] = {
	{ "a plain value stands as it is", "Normal-WB", "v=Normal-WB" },
	{ "a value may have = in it", "a=b", "v=a=b" },
	{ "a value with blanks is quoted", "never ran", "v=\"never ran\"" },
	{ "an empty value is quoted", "", "v=\"\"" },
	{ "a backslash is escaped", "a\\b", "v=\"a\\\\b\"" },
	{ "quotes and backslashes are escaped", "a\"b\\c", "v=\"a\\\"b\\\\c\"" },
	{ "a new line is escaped", "a\nb", "v=\"a\\x0ab\"" },
	{ "bytes that are not ASCII are escaped", "\xc3\xa9", "v=\"\\xc3\\xa9\"" },
	{ "what looks like another pair is quoted", "a from=b", "v=\"a from=b\"" },
};

static void test_values(void)
{
	struct keyval_line line;
	char want[128], text[KEYVAL_BYTES + 2];
	struct keyval kv;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		keyval_begin(&line, "kind");
		keyval_add(&line, "v", "%s", values[i].value);
		keyval_add(&line, "n", "%d", 7);
		snprintf(want, sizeof(want), "kind %s n=7", values[i].written);
		snprintf(text, sizeof(text), "# %s", line.text);
		tap_note("%s", text);
		tap(!strcmp(line.text, want) && keyval_read(&kv, text) &&
		    kv.count == 2 && !strcmp(kv.kind, "kind") &&
		    !strcmp(keyval_get(&kv, "v"), values[i].value) &&
		    !strcmp(keyval_get(&kv, "n"), "7"),
		    "keyval: %s; the value is read again", values[i].what);
	}
}

/* Every byte, and values of every length up to more than there is room for. */
static void test_round_trip(void)
{
	static char value[KEYVAL_BYTES + 64], text[KEYVAL_BYTES + 2];
	unsigned int wrong = 0, cut = 0;
	struct keyval_line line;
	struct keyval kv;

	for (size_t len = 0; len < sizeof(value); len++) {
		for (size_t i = 0; i < len; i++)
			value[i] = 1 + (i * 7 + len) % 255;
		value[len] = '\0';
		keyval_begin(&line, "kind");
		keyval_add(&line, "v", "%s", value);
		snprintf(text, sizeof(text), "# %s", line.text);
		if (!keyval_read(&kv, text)) {
			wrong++;
			continue;
		}
		if (!strcmp(keyval_get(&kv, "v"), value))
			continue;
		wrong += !!strncmp(keyval_get(&kv, "v"), value,
				   strlen(keyval_get(&kv, "v")));
		cut++;
	}
	tap(!wrong && cut && cut < sizeof(value) - 100,
	    "keyval: values of all bytes and lengths are read again, %u wrong; %u that are too long are cut off",
	    wrong, cut);
}

static const struct {
	const char *what;
	const char *text;
} refused[] = {
	{ "a line without #", "kind v=1" },
	{ "a line without a kind", "# v=1" },
	{ "a kind without pairs", "# kind" },
	{ "a kind and a blank", "# kind " },
	{ "two blanks between pairs", "# kind v=1  n=2" },
	{ "a blank at the end", "# kind v=1 " },
	{ "a key without a value", "# kind v=" },
	{ "a value without a key", "# kind =1" },
	{ "a word that is no pair", "# kind v=1 word" },
	{ "a key twice", "# kind v=1 v=2" },
	{ "a key with a strange sign", "# kind v.w=1" },
	{ "a quote that is not closed", "# kind v=\"a" },
	{ "a quote that an escape does not close", "# kind v=\"a\\\"" },
	{ "something behind a closing quote", "# kind v=\"a\"b" },
	{ "a quote inside a plain value", "# kind v=a\"b\"" },
	{ "a backslash in a plain value", "# kind v=a\\b" },
	{ "an escape that nobody knows", "# kind v=\"\\n\"" },
	{ "half an escape", "# kind v=\"\\x0\"" },
	{ "an escape in capitals", "# kind v=\"\\x0A\"" },
	{ "a byte 0", "# kind v=\"a\\x00b\"" },
	{ "more pairs than there is room for",
	  "# kind a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1 l=1 m=1" MORE_PAIRS },
};

static void test_refused(void)
{
	struct keyval kv;
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		tap(!keyval_read(&kv, refused[i].text), "keyval: refused is %s",
		    refused[i].what);
	/* As if the machine had been lost while it wrote. */
	snprintf(text, sizeof(text), "# kind v=\"a b\" n=12 w=\"\"");
	for (size_t len = strlen(text) - 1; len > strlen("# kind v=\"a b\" n=12"); len--) {
		text[len] = '\0';
		if (keyval_read(&kv, text))
			break;
	}
	tap(!strcmp(text, "# kind v=\"a b\" n=12 "), "keyval: refused is a line that was cut");
}

static const struct {
	const char *value;
	bool good;
	u64 number;
} numbers[] = {
	{ "0", true, 0 }, { "12", true, 12 }, { "010", true, 10 },
	{ "0x1f", true, 31 }, { "0xffffffffffffffff", true, ~0ULL },
	{ "18446744073709551615", true, ~0ULL },
	{ "18446744073709551616", false, 0 }, { "0x10000000000000000", false, 0 },
	{ "-1", false, 0 }, { "+1", false, 0 }, { "\" 1\"", false, 0 }, { "1x", false, 0 },
	{ "x", false, 0 }, { "0x", false, 0 }, { "0x-1", false, 0 }, { "1f", false, 0 },
	{ "\"\"", false, 0 },
};

static void test_numbers(void)
{
	unsigned int wrong = 0;
	struct keyval kv;
	char text[64];
	u64 number;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		bool good;

		snprintf(text, sizeof(text), "# kind v=%s", numbers[i].value);
		good = keyval_read(&kv, text) && keyval_number(&kv, "v", &number);
		if (good == numbers[i].good && (!good || number == numbers[i].number))
			continue;
		tap_note("%s: %d", text, good);
		wrong++;
	}
	tap(!wrong && !keyval_number(&kv, "w", &number),
	    "keyval: a number is a number, with nothing before or behind it");
}

/* As the kernel writes them, without a # in front. */
static void test_bare(void)
{
	char text[KEYVAL_PAIRS * 16] = "vma";
	struct keyval kv;

	for (size_t i = 0; i < KEYVAL_PAIRS; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " k%zu=%zu", i, i);
	tap(keyval_read_bare(&kv, text) && !strcmp(kv.kind, "vma") && kv.count == KEYVAL_PAIRS &&
	    !strcmp(keyval_get(&kv, "k7"), "7") && !keyval_read(&kv, text),
	    "keyval: a bare line is read as such only");
	tap(!keyval_read_bare(&kv, "# vma a=1") && !keyval_read_bare(&kv, "vma") &&
	    !keyval_read_bare(&kv, ""),
	    "keyval: a line with # is no bare one, nor is one without a pair");
}

static void test_facts(void)
{
	struct keyval_line line;
	char text[KEYVAL_BYTES + 2];
	struct fact fact = { 0 };

	fact_write(&line, "workload", "no, it came from=here \"x\"", "guest.log", 65);
	snprintf(text, sizeof(text), "# %s", line.text);
	tap(fact_read(&fact, text, "workload") &&
	    !strcmp(fact.value, "no, it came from=here \"x\"") &&
	    !strcmp(fact.source, "guest.log:65"),
	    "fact: a fact is read again, whatever its value");
	tap(!fact_read(&fact, text, "work") && !fact_read(&fact, text, "from"),
	    "fact: a fact is found by its whole name only");
	tap(!fact_read(&fact, "# fact release=6.12", "release") &&
	    !fact_read(&fact, "# fact a=1 b=2 from=c:1", "a") &&
	    !fact_read(&fact, "# fact a=1 from c:1", "a") &&
	    !fact_read(&fact, "fact a=1 from=c:1", "a"),
	    "fact: a line without a source, or with more than one value, is none");
}

void test_keyval(void)
{
	test_values();
	test_round_trip();
	test_refused();
	test_numbers();
	test_bare();
	test_facts();
}
