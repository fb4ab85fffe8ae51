// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts that are cut off, changed and huge, for each reader. The sanitizers see what a
 * reader does outside of its text; here it is seen that it comes to an end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmdline.h"
#include "config.h"
#include "debian.h"
#include "devices.h"
#include "dump.h"
#include "fault.h"
#include "fixture.h"
#include "labels.h"
#include "lockdown.h"
#include "map.h"
#include "map_picture.h"
#include "memslots.h"
#include "midr.h"
#include "mounts.h"
#include "pools.h"
#include "ram_request.h"
#include "redact.h"
#include "release.h"
#include "tap.h"
#include "tool_test.h"
#include "vms.h"
#include "why.h"

#define HUGE_TEXT	(4 << 20)
#define CHANGES		4000
#define STRETCHED	5000
#define MOST_SECONDS	120

#define HOSTILE_SLOTS \
	"slot as=0 id=0 ipa=0x0 size=0x4000 hva=0x10000 flags=log,readonly\n" \
	"gap hva=0x11000 size=0x1000\n" \
	"slot as=0 id=1 ipa=0xfffff00000000 size=0x100000000 hva=0x20000 flags=none\n"
#define HOSTILE_RANGES \
	"0x0-0x2000 8K 3 R W NORMAL\n" \
	"0x40000000-0x80000000 1G 1 R W BLK NORMAL_NC\n" \
	"0xfffff40000000-0x10000000000000 3G 1 R W BLK DEVICE\n"

static void read_cmdline(const char *text)
{
	char value[16];

	cmdline_last(text, "guestram", value, sizeof(value));
}

static void read_request(const char *text)
{
	struct ram_request r = { 0 };

	ram_request_add(&r, text);
	ram_request_add(&r, text);
}

static void read_release(const char *text)
{
	struct release r;

	release_read(text, &r);
}

static void read_status(const char *text)
{
	char version[DEBIAN_VERSION];

	while (debian_next(&text, "a", true, version))
		;
}

static void read_version(const char *text)
{
	debian_compare(text, "1:2.3~4-5");
	debian_compare("1:2.3~4-5", text);
	debian_compare(text, text);
}

static void read_kernel(const char *text)
{
	char version[DEBIAN_VERSION];

	debian_kernel(text, version);
}

static void read_config(const char *text)
{
	config_state(text, "KVM");
}

static void read_mounts(const char *text)
{
	struct mounts_entry entry;
	int node;

	mounts_knows(text, "guestramfs");
	while (mounts_next(&text, "guestramfs", &entry))
		pools_mounted(&entry, &node);
}

static void read_pool(const char *text)
{
	int node;

	pools_node(text, &node);
}

static void read_midr(const char *text)
{
	u64 midr;

	midr_read(text, &midr);
}

static void read_lockdown(const char *text)
{
	lockdown_read(text);
}

static void read_id(const char *text)
{
	unsigned int id;

	devices_id(text, &id);
}

static void read_memslots(const char *text)
{
	struct memslots m;
	char why[16];

	if (!memslots_read(text, &m, why, sizeof(why)))
		return;
	for (size_t i = 0; i < m.slot_count; i++)
		memslots_pfn_mapped(&m, &m.slots[i]);
	memslots_free(&m);
}

static void read_dump(const char *text)
{
	struct dump dump;
	char why[16];

	if (dump_read(text, &dump, why, sizeof(why)))
		dump_free(&dump);
}

/* All that is made of memslots and of a dump, for a few addresses. */
static void tell(const char *slots, const char *ranges)
{
	static const u64 addresses[] = { 0, 0x1000, 0x40001000, ~0ULL };
	struct view view = { .vm = { .name = "1-2" } };
	FILE *f = fopen("/dev/null", "w");
	struct dump dump;
	struct map map;
	struct why why;
	char error[16];

	if (f && memslots_read(slots, &view.memslots, error, sizeof(error)) &&
	    dump_read(ranges, &dump, error, sizeof(error))) {
		map_make(&map, &view, &dump, 4096);
		map_print(&map, f);
		json_object_put(map_json(&map));
		map_picture_draw(&map, "", f);
		for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
			why_ask(&why, &view, addresses[i], 4096);
			why_walked(&why, &dump);
			why_print(&why, f);
			json_object_put(why_json(&why));
		}
		map_free(&map);
		dump_free(&dump);
	}
	memslots_free(&view.memslots);
	if (f)
		fclose(f);
}

static void tell_slots(const char *text)
{
	tell(text, HOSTILE_RANGES);
}

static void tell_ranges(const char *text)
{
	tell(HOSTILE_SLOTS, text);
}

static void read_fault(const char *text)
{
	struct json_object *o;
	struct fault fault;

	if (fault_read(text, &fault) != FAULT_DECIDED)
		return;
	o = json_object_new_object();
	fault_json(&fault, o);
	json_object_put(o);
}

static void read_label(const char *text)
{
	char name[16];

	labels_name(text, name, sizeof(name));
}

static void redact(void (*what)(const char *, FILE *), const char *text)
{
	FILE *f = fopen("/dev/null", "w");

	if (!f)
		abort();
	what(text, f);
	fclose(f);
}

static void redact_a_log(const char *text)
{
	redact(redact_log, text);
}

static void redact_slots(const char *text)
{
	redact(redact_memslots, text);
}

static void redact_rest(const char *text)
{
	redact(redact_iomem, text);
	redact(redact_cmdline, text);
}

static void read_vm_name(const char *text)
{
	struct vms_vm vm;

	vms_read_name(text, &vm);
}

static const struct {
	const char *what;
	void (*read)(const char *text);
	const char *seed;
} readers[] = {
	{ "cmdline", read_cmdline, "a=1 \"guestram=1 2\" guestram=\"0:1G\" -- x" },
	{ "ram_request", read_request, "0:720G@0x1000,1:1T,2:77E" },
	{ "release", read_release, "6.12.117-cohmem" },
	{ "debian, paragraphs", read_status,
	  "Package: a\nStatus: hold ok installed\nVersion: 1\n\n" },
	{ "debian, versions", read_version, "1:2.3~4a+b-5~6" },
	{ "debian, kernels", read_kernel, "#1 SMP Debian 6.1.140-1 (2025)" },
	{ "config", read_config, "CONFIG_KVM=y\n# CONFIG_KVM is not set\n" },
	{ "mounts", read_mounts, "none /a\\040b guestramfs rw,node=1 0 0\nnodev\tguestramfs\n" },
	{ "pools", read_pool, "node1023" },
	{ "midr", read_midr, "0x00000000410fd4f0" },
	{ "lockdown", read_lockdown, "none [integrity] confidentiality" },
	{ "devices", read_id, "0x10de" },
	{ "memslots", read_memslots,
	  "slot as=0 id=3 ipa=0x40000000 size=0x4000 hva=0x10000 flags=log,readonly\n"
	  "vma hva=0x11000 size=0x2000 pfn_mapped=1 leaf_size=0x1000 policy=any leaf=Normal-NC linear=1 declared=0 any_uncached=1 mte_allowed=0 vm_mte=1 fwb=0 dic=1 exec=0 row=no-tags verdict=refuse reason=no-tags executable=0\n"
	  "gap hva=0x13000 size=0x1000\nrefused ipa=0x40001000 reason=no-host-mapping count=7\n" },
	{ "dump", read_dump,
	  "---[ Guest IPA ]---\n0x0000000000000000-0x0000000040000000           1G 1\n"
	  "0x0000000040000000-0x0000000080000000           1G 1   R W   AF BLK NORMAL\n" },
	{ "map and why, memslots", tell_slots,
	  HOSTILE_SLOTS
	  "vma hva=0x21000 size=0x2000 pfn_mapped=1 leaf_size=0x1000 policy=any leaf=none linear=1 declared=0 any_uncached=1 mte_allowed=0 vm_mte=1 fwb=0 dic=1 exec=0 row=no-tags verdict=refuse reason=no-tags executable=0\n"
	  "refused ipa=0x1000 reason=no-host-mapping count=7\n" },
	{ "map and why, dump", tell_ranges, HOSTILE_RANGES },
	{ "fault, decisions", read_fault,
	  "a-b-4112 [003] d..1. 1234.567890: kvm_cohmem_fault: ipa=0x40000000 hva=0x10000 pfn=0x1 size=0x0 policy=any leaf=Normal-NC linear=1 declared=0 any_uncached=1 mte_allowed=0 vm_mte=1 fwb=0 dic=1 exec=0 row=no-tags verdict=refuse reason=no-tags executable=0 ret=-14"
	},
	{ "fault, losses", read_fault, "CPU:12 [LOST 345 EVENTS]" },
	{ "labels", read_label, "NVIDIA GH200 120GB" },
	{ "redact, log", redact_a_log,
	  "<6>[ 5.0] [T1] kvm [42]: a: memory at IPA 0x40, host 0xf0-0xff refused: no-fwb: x\n" },
	{ "redact, memslots", redact_slots,
	  "slot as=0 id=3 ipa=0x40000000 size=0x4000 hva=0x10000 flags=log\nvma hva=0x1\n" },
	{ "redact, iomem and cmdline", redact_rest, "8000-ffff : Guest RAM\nmem=1 guestram=\"2\"" },
	{ "vms", read_vm_name, "4207-12" },
};

/* In memory of its own length, so that one byte behind it is noticed. */
static void give(void (*read)(const char *), const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		abort();
	memcpy(copy, text, len);
	copy[len] = '\0';
	read(copy);
	free(copy);
}

static void change(char *text, size_t len, unsigned int *seed)
{
	static const char signs[] = "\n\t \"\\=:,@-~[]0919xXGK\xff";

	for (unsigned int n = rand_r(seed) % 4; n < 4; n++)
		text[rand_r(seed) % len] = rand_r(seed) % 2 ?
			signs[rand_r(seed) % (sizeof(signs) - 1)] : 1 + rand_r(seed) % 255;
}

static void test_reader(void (*read)(const char *), const char *seed_text)
{
	size_t len = strlen(seed_text);
	char *text = malloc(HUGE_TEXT);
	unsigned int seed = 1;

	if (!text)
		abort();
	for (size_t cut = 0; cut <= len; cut++)
		give(read, seed_text, cut);
	for (size_t i = 0; i < CHANGES; i++) {
		memcpy(text, seed_text, len);
		change(text, len, &seed);
		give(read, text, rand_r(&seed) % (len + 1));
	}
	/* One byte of it many times, in its place: numbers and words that are too long. */
	for (size_t i = 0; i < len; i++) {
		memcpy(text, seed_text, i);
		memset(text + i, seed_text[i], STRETCHED);
		memcpy(text + i + STRETCHED, seed_text + i, len - i);
		give(read, text, len + STRETCHED);
	}
	for (size_t at = 0; at < HUGE_TEXT; at += len)
		memcpy(text + at, seed_text, at + len < HUGE_TEXT ? len : HUGE_TEXT - at);
	give(read, text, HUGE_TEXT);
	for (size_t i = 0; i < len; i++) {
		memset(text, seed_text[i], HUGE_TEXT / 16);
		give(read, text, HUGE_TEXT / 16);
	}
	free(text);
}

void test_hostile(void)
{
	/* A reader that does not come to an end ends the test. */
	fixture_end_after(MOST_SECONDS);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		test_reader(readers[i].read, readers[i].seed);
		tap(true, "%s: texts that are cut off, changed or huge do no harm",
		    readers[i].what);
	}
	fixture_end_after(0);
}
