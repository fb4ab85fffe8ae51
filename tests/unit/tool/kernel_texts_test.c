// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's own texts say: its command line, guestram=, its release. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "ram_request.h"
#include "release.h"
#include "tap.h"
#include "tool_test.h"

static const struct {
	const char *what;
	const char *text;
	const char *name;
	const char *value;	/* NULL if there is none */
} words[] = {
	{ "the last one counts", "a=1 b=2 a=3\n", "a", "3" },
	{ "- and _ are the same in a name", "kvm_arm.x=1", "kvm-arm.x", "1" },
	{ "- and _ are not the same in a value", "a=x-y", "a", "x-y" },
	{ "a name is a whole word", "xa=1 ax=2", "a", NULL },
	{ "blanks in quotes are part of the value", "a=\"1 2\" b=3", "a", "1 2" },
	{ "a whole word may be in quotes", "\"a=1 2\" b=3", "a", "1 2" },
	{ "a quote without an end ends with the line", "a=\"1 2", "a", "1 2" },
	{ "words behind -- are for init", "a=1 -- a=2", "a", "1" },
	{ "a parameter may have no value", "b a", "a", "" },
	{ "a value may have = in it", "a=b=c", "a", "b=c" },
	{ "an empty line has none", "\n", "a", NULL },
};

static void test_cmdline(void)
{
	char value[64], small[4];
	const char *at = "a=1 b a=2 a", *text = "a=1 b a=2 a";

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		bool found = cmdline_last(words[i].text, words[i].name, value, sizeof(value));

		tap(words[i].value ? found && !strcmp(value, words[i].value) : !found,
		    "cmdline: %s", words[i].what);
	}
	cmdline_last("a=12345", "a", small, sizeof(small));
	tap(!strcmp(small, "123"), "cmdline: a value that is too long is cut off");
	cmdline_next(&at, "a", value, sizeof(value));
	cmdline_next(&at, "a", value, sizeof(value));
	tap(!strcmp(value, "2") && cmdline_next(&at, "a", value, sizeof(value)) &&
	    !cmdline_next(&at, "a", value, sizeof(value)) && !*at && at == text + strlen(text),
	    "cmdline: all values are found, one after the other");
}

static const struct {
	const char *what;
	const char *text;
	size_t count;
	bool damaged;
	int node;	/* of the last item */
	u64 size;
} requests[] = {
	{ "a size", "1536G", 1, false, RAM_REQUEST_ANY_NODE, 1536ULL << 30 },
	{ "sizes of nodes", "0:720G,1:128m", 2, false, 1, 128ULL << 20 },
	{ "a size at an address", "1G@0x100000000", 1, false, RAM_REQUEST_ANY_NODE, 1ULL << 30 },
	{ "a size of a node at an address", "3:1T@4G", 1, false, 3, 1ULL << 40 },
	{ "a hexadecimal size", "0x40000000", 1, false, RAM_REQUEST_ANY_NODE, 1ULL << 30 },
	{ "nothing", "", 0, false, 0, 0 },
	{ "a comma at the end", "1G,", 1, false, RAM_REQUEST_ANY_NODE, 1ULL << 30 },
	{ "a word", "lots", 0, true, 0, 0 },
	{ "a node without a size", "0:", 0, true, 0, 0 },
	{ "an address that is none", "1G@x", 0, true, 0, 0 },
	{ "a sign", "-1G", 0, true, 0, 0 },
	{ "a good item, and one that is damaged", "1G,2X", 1, true, RAM_REQUEST_ANY_NODE,
	  1ULL << 30 },
	{ "a node beyond all", "99999999999:1G", 1, false, INT_MAX, 1ULL << 30 },
	{ "a size beyond 64 bits", "16E", 1, false, RAM_REQUEST_ANY_NODE, ~0ULL },
	{ "digits beyond 64 bits", "99999999999999999999", 1, false, RAM_REQUEST_ANY_NODE, ~0ULL },
	{ "a node beyond 64 bits", "16E:1G", 1, false, INT_MAX, 1ULL << 30 },
	{ "an octal size", "010G", 1, false, RAM_REQUEST_ANY_NODE, 8ULL << 30 },
	{ "a binary size, which the kernel does not know", "0b1", 0, true, 0, 0 },
	{ "more items than the kernel takes", "1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G,1G",
	  16, true, RAM_REQUEST_ANY_NODE, 1ULL << 30 },
};

static void test_request(void)
{
	struct ram_request sum = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct ram_request r = { 0 };
		size_t last;

		ram_request_add(&r, requests[i].text);
		last = r.count - 1;
		tap(r.count == requests[i].count && r.damaged == requests[i].damaged &&
		    (!r.count || (r.nodes[last] == requests[i].node &&
				  r.sizes[last] == requests[i].size)),
		    "ram_request: %s", requests[i].what);
	}
	ram_request_add(&sum, "1G,0:2G");
	ram_request_add(&sum, "0:4G,1:8G");
	tap(ram_request_sum(&sum, 0) == 6ULL << 30 && ram_request_sum(&sum, 2) == 0 &&
	    ram_request_sum(&sum, RAM_REQUEST_ANY_NODE) == 15ULL << 30,
	    "ram_request: several guestram= are asked for together");
	sum = (struct ram_request){ 0 };
	ram_request_add(&sum, "8E,8E,0:8E,0:9E");
	tap(ram_request_sum(&sum, 0) == ~0ULL &&
	    ram_request_sum(&sum, RAM_REQUEST_ANY_NODE) == ~0ULL,
	    "ram_request: a sum beyond 64 bits is not a small one");
}

static const struct {
	const char *text;
	bool good;
	struct release release;
} releases[] = {
	{ "6.12.117-cohmem-arm64", true, { 6, 12, 117 } },
	{ "6.12.107+deb13-arm64", true, { 6, 12, 107 } },
	{ "6.17-rc1", true, { 6, 17, 0 } },
	{ "7.2", true, { 7, 2, 0 } },
	{ "6.12.", true, { 6, 12, 0 } },
	{ "6", false, { 0 } },
	{ "", false, { 0 } },
	{ "x6.12", false, { 0 } },
	{ "6.99999999999999999999", false, { 0 } },
	{ "6.12.4294967413", false, { 0 } },
};

static void test_release(void)
{
	struct release r;
	bool good;

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		good = release_read(releases[i].text, &r);
		tap(good == releases[i].good &&
		    (!good || !memcmp(&r, &releases[i].release, sizeof(r))),
		    "release: '%s' is %s", releases[i].text, releases[i].good ? "one" : "none");
	}
	release_read("6.17.1", &r);
	tap(release_is_at_least(&r, 6, 17) && release_is_at_least(&r, 5, 99) &&
	    !release_is_at_least(&r, 6, 18) && !release_is_at_least(&r, 7, 0),
	    "release: an earlier one is told from a later one");
}

void test_kernel_texts(void)
{
	test_cmdline();
	test_request();
	test_release();
}
