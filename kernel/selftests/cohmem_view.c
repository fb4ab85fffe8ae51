// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_view - what KVM shows of memory without struct pages: memslots and statistics
 *
 * For each mapping, the file memslots in debugfs says what the tracepoint said of the
 * guest's fault. Holes are gaps, refusals stand below the memslot that they were in. A
 * file that is read in pieces has each of many memslots once.
 *
 * The statistics are what stage 2 has, by its descriptors, after each step: memory is
 * mapped, logged, split, mapped by blocks again, unmapped, zapped, and a block takes the
 * place of a table. Each refusal is counted, and has its address.
 *
 * VMMs are killed while others read all that. If a VMM has gone, there are memslots, but
 * no mappings. No figure is ever larger than the memory.
 *
 *	-m		the VMs have MTE
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device.
 */
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/sizes.h>

#include "cohmem_blocks.h"
#include "cohmem_faults.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define MANY_GPA	0x200000000ul
#define NR_MANY		1000
#define NR_KILLED	40
#define MOST_KILLED	400
#define NR_READERS	2
#define MAX_TEXT	SZ_1M
#define KVM_DEBUGFS	"/sys/kernel/debug/kvm"
#define TRACE_FILE	"/sys/kernel/tracing/instances/view-0/trace"
#define LOGS		KVM_MEM_LOG_DIRTY_PAGES

static char *text;
/* Where memory may be mapped, from the first page on. */
static size_t test_size;

/* All of a file, @piece bytes at a time; the number of bytes, or -1. */
static ssize_t read_pieces(int fd, size_t piece)
{
	size_t sum = 0;
	ssize_t len;

	while ((len = read(fd, text + sum, min(piece, MAX_TEXT - 1 - sum))) > 0)
		sum += len;
	text[sum] = '\0';
	return len < 0 ? -1 : (ssize_t)sum;
}

static void read_memslots(struct kvm_vm *vm)
{
	int fd = open_vm_file(getpid(), vm->fd, "memslots");

	TEST_ASSERT(fd >= 0, "cannot open memslots: %s", strerror(errno));
	TEST_ASSERT(read_pieces(fd, MAX_TEXT) >= 0, "memslots: %s", strerror(errno));
	close(fd);
}

/* The line of @text that begins so, or NULL. */
static const char *line_of(const char *from, const char *begins)
{
	while (from && strncmp(from, begins, strlen(begins))) {
		from = strchr(from, '\n');
		if (from)
			from++;
	}
	return from;
}

/* What " KEY=" has in a line, into @value. */
static bool value_of(const char *line, const char *key, char *value, size_t size)
{
	const char *end = strchrnul(line, '\n'), *at = line;
	size_t len = strlen(key);

	for (; (at = strchr(at, ' ')) && at < end; at++) {
		if (strncmp(at + 1, key, len) || at[1 + len] != '=')
			continue;
		at += len + 2;
		snprintf(value, size, "%.*s", (int)strcspn(at, "\n "), at);
		return true;
	}
	snprintf(value, size, "missing");
	return false;
}

static const char *slot_line(unsigned int id)
{
	char begins[48];

	snprintf(begins, sizeof(begins), "slot as=0 id=%u ", id);
	return line_of(text, begins);
}

/* The line of @word in the test's memslot whose key has this value. */
static const char *line_in_slot(const char *word, const char *key, u64 wanted)
{
	const char *line = slot_line(TEST_SLOT), *next;
	char value[32];

	for (; line && *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		if (next && !strncmp(next, "slot ", 5))
			next = NULL;
		if (strncmp(line, word, strlen(word)) ||
		    !value_of(line, key, value, sizeof(value)))
			continue;
		if (strtoull(value, NULL, 0) == wanted)
			return line;
	}
	return NULL;
}

static bool has_value(const char *line, const char *key, const char *wanted)
{
	char value[48];

	value_of(line, key, value, sizeof(value));
	return check(!strcmp(value, wanted), "%s=%s (%s)", key, wanted, value);
}

static bool has_number(const char *line, const char *key, u64 wanted)
{
	char value[48];

	return check(value_of(line, key, value, sizeof(value)) &&
		     strtoull(value, NULL, 0) == wanted, "%s=%#lx (%s)", key, wanted,
		     value);
}

static void make_vm(struct guest_vm *t)
{
	guest_vm_create(t, test_machine.vm_mte);
	guest_vm_map(t, TEST_GPA, 4 * blocks.page);
}

static int set_slot(struct guest_vm *t, u32 flags, size_t size, void *mem)
{
	return set_memslot_flags(t->vm, TEST_SLOT, flags, TEST_GPA, size, mem);
}

static void *map_like(void *addr, size_t size, const struct mapping *mapping)
{
	return map_node(addr, size, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
			MAP_FIXED | (mapping->private ? MAP_PRIVATE : MAP_SHARED));
}

/* The last fault of the trace. */
static const char *last_fault(char *line, size_t size)
{
	FILE *file = fopen(TRACE_FILE, "r");
	char buf[1024];

	line[0] = '\0';
	TEST_ASSERT(file, "cannot open %s: %s", TRACE_FILE, strerror(errno));
	while (fgets(buf, sizeof(buf), file)) {
		char *event = strstr(buf, "kvm_cohmem_fault: ");

		if (event)
			snprintf(line, size, "%s", event);
	}
	fclose(file);
	return line;
}

/* What both have. The trace has a leaf only where the rule is told of it. */
static const char * const same_keys[] = {
	"policy", "leaf", "linear", "declared", "any_uncached", "mte_allowed", "vm_mte",
	"fwb", "dic", "exec", "row", "verdict", "reason", "executable",
};

static bool is_as_traced(const char *line)
{
	bool leaf_is_told, ok = true;
	char fault[1024], value[48];
	size_t i;

	last_fault(fault, sizeof(fault));
	leaf_is_told = strstr(fault, " linear=0 ") && !strstr(fault, " policy=off ");
	for (i = 0; i < ARRAY_SIZE(same_keys); i++) {
		if (!strcmp(same_keys[i], "leaf") && !leaf_is_told)
			continue;
		ok &= check(value_of(fault, same_keys[i], value, sizeof(value)),
			    "the trace has %s: %s", same_keys[i], fault) &&
		      has_value(line, same_keys[i], value);
	}
	return ok;
}

/* The library leaves what it does not find as it was. */
static u64 stat_of(struct kvm_vm *vm, const char *name)
{
	u64 stat = ~0ull;

	__vm_get_stat(vm, name, &stat, 1);
	return stat;
}

/* What was refused is below the memslot, and counted. */
static bool refusal_is(struct guest_vm *t, const char *reason, u64 gpa, u64 count)
{
	char stat[48], *dash;
	const char *line;

	snprintf(stat, sizeof(stat), "refused_%s", reason);
	while ((dash = strchr(stat, '-')))
		*dash = '_';
	if (!check(stat_of(t->vm, stat) == count, "%s is %lu (%lu)", stat, count,
		   stat_of(t->vm, stat)))
		return false;

	read_memslots(t->vm);
	line = line_in_slot("refused ", "ipa", gpa);
	return check(line, "a refusal at %#lx", gpa) &&
	       has_value(line, "reason", reason) & has_number(line, "count", count);
}

static bool test_mapping(const struct mapping *mapping)
{
	struct cohmem_decision d = decide(mapping, false);
	enum guest_outcome outcome = outcome_of(mapping, false);
	size_t size = 2 * blocks.page;
	void *mem = map_anonymous(size);
	struct guest_vm t;
	const char *line;
	bool ok;

	make_vm(&t);
	ok = check(!set_slot(&t, 0, size, mem), "memslot");
	map_like(mem, size, mapping);
	if (mapping->copied)
		WRITE_ONCE(*(u64 *)mem, 1);
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, outcome);

	read_memslots(t.vm);
	line = slot_line(TEST_SLOT);
	ok &= check(line, "the memslot") && has_number(line, "ipa", TEST_GPA) &&
	      has_number(line, "size", size) && has_number(line, "hva", (u64)mem) &&
	      has_value(line, "flags", "none");
	line = line_in_slot("vma ", "hva", (u64)mem);
	ok &= check(line, "a VMA") && has_number(line, "size", size) &&
	      has_value(line, "pfn_mapped", "1") &&
	      has_number(line, "leaf_size", blocks.page) && is_as_traced(line);
	if (d.verdict == COHMEM_REFUSED)
		ok &= refusal_is(&t, cohmem_reason_name(d.reason), TEST_GPA, 1);
	else
		ok &= check(!line_of(text, "refused "), "no refusal");
	kvm_vm_free(t.vm);
	munmap(mem, size);
	return ok;
}

/* Ordinary memory, nothing, and what the host has not mapped yet. */
static bool test_layout(void)
{
	size_t page = blocks.page, size = 4 * page;
	void *mem = map_anonymous(size);
	struct guest_vm t;
	const char *line;
	bool ok;

	make_vm(&t);
	ok = check(!set_slot(&t, LOGS | KVM_MEM_READONLY, size, mem), "memslot");
	WRITE_ONCE(*(u64 *)mem, 1);
	munmap(mem + page, page);
	map_like(mem + 2 * page, page, &mappings[LAZY]);

	read_memslots(t.vm);
	line = slot_line(TEST_SLOT);
	ok &= check(line, "the memslot") && has_value(line, "flags", "log,readonly");
	line = line_in_slot("vma ", "hva", (u64)mem);
	ok &= check(line, "a VMA") && has_number(line, "size", page) &&
	      has_value(line, "pfn_mapped", "0") && has_value(line, "row", "linear") &&
	      has_value(line, "leaf", "Normal");
	line = line_in_slot("gap ", "hva", (u64)mem + page);
	ok &= check(line, "a gap") && has_number(line, "size", page);
	line = line_in_slot("vma ", "hva", (u64)mem + 2 * page);
	ok &= check(line, "a VMA") && has_value(line, "leaf", "none") &&
	      has_value(line, "leaf_size", "0x0") &&
	      has_value(line, "row", cohmem_row_name(decide(&mappings[LAZY], false).row));
	kvm_vm_free(t.vm);
	munmap(mem, size);
	return ok;
}

static bool test_refusals(void)
{
	size_t page = blocks.page, size = 4 * page;
	void *mem = map_anonymous(size);
	struct guest_vm t;
	const char *line;
	bool ok;

	make_vm(&t);
	ok = check(!set_slot(&t, 0, size, mem), "memslot");
	munmap(mem + page, page);
	mprotect(mem + 2 * page, page, PROT_READ);
	ok &= guest_gets(&t, LOAD, TEST_GPA + page, 0, REFUSED) &&
	      refusal_is(&t, "no-host-mapping", TEST_GPA + page, 1);
	ok &= guest_gets(&t, STORE, TEST_GPA + 2 * page, 0, REFUSED) &&
	      refusal_is(&t, "host-read-only", TEST_GPA + 2 * page, 1);
	munmap(mem + 3 * page, page);
	ok &= guest_gets(&t, LOAD, TEST_GPA + 3 * page, 0, REFUSED) &&
	      refusal_is(&t, "no-host-mapping", TEST_GPA + 3 * page, 2);

	/* A memslot that is refused, and one that goes. */
	map_like(mem, page, &mappings[DEVICE]);
	if (!test_machine.vm_mte) {
		ok &= check(set_slot(&t, LOGS, size, mem) == EINVAL, "EINVAL to log") &&
		      refusal_is(&t, "not-loggable", TEST_GPA, 1);
	}
	ok &= check(!set_slot(&t, 0, 0, mem), "no memslot");
	read_memslots(t.vm);
	line = line_of(text, "refused ");
	ok &= check(line && !slot_line(TEST_SLOT) && !line_of(line, "slot "),
		    "refusals behind all memslots") &&
	      check(strstr(line, "reason=no-host-mapping count=2"), "two of a reason");
	kvm_vm_free(t.vm);
	munmap(mem, size);
	return ok;
}

/* Each of many memslots is there once, however the file is read. */
static bool test_many(void)
{
	size_t page = blocks.page, pieces[] = { MAX_TEXT, 100 }, i;
	void *mem = map_anonymous(page);
	unsigned int nr, id;
	struct kvm_vm *vm;
	const char *line;
	bool ok = true;
	int fd;

	vm = vm_create_barebones();
	for (nr = 0; nr < NR_MANY; nr++)
		ok &= !set_memslot_flags(vm, nr, 0, MANY_GPA - nr * 2 * page, page, mem);
	fd = open_vm_file(getpid(), vm->fd, "memslots");
	TEST_ASSERT(fd >= 0, "cannot open memslots: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		ok &= check(!lseek(fd, 0, SEEK_SET) && read_pieces(fd, pieces[i]) > 0,
			    "it can be read");
		/* In order of their address. */
		for (nr = 0, line = text; (line = line_of(line, "slot ")); nr++, line++)
			ok &= sscanf(line, "slot as=0 id=%u ", &id) == 1 &&
			      id == NR_MANY - 1 - nr;
		ok &= check(ok && nr == NR_MANY, "all %u by %zu bytes (%u)", NR_MANY,
			    pieces[i], nr);
	}
	close(fd);
	kvm_vm_free(vm);
	munmap(mem, page);
	return ok;
}

enum { NR_TYPES = 3, NR_LEVELS = 3 };

static const char * const type_names[NR_TYPES] = { "normal", "normal_nc", "device" };

static int type_nr(enum s2_type type)
{
	return type == S2_NORMAL_WB ? 0 : type == S2_NORMAL_NC ? 1 : 2;
}

/* The level, counted from the last one. */
static int level_nr(size_t block)
{
	return block == blocks.page ? 0 : block == blocks.pmd ? 1 : 2;
}

/* The statistic is @wanted, and so it is in debugfs. */
static bool stat_is(struct guest_vm *t, const char *step, int type, int level, u64 wanted)
{
	char name[32], value[32] = "";
	u64 stat;
	bool ok;
	int fd;

	snprintf(name, sizeof(name), "pfnmap_%s_l%d", type_names[type], 3 - level);
	stat = stat_of(t->vm, name);
	ok = check(stat == wanted, "%s: %s is %#lx (%#lx)", step, name, wanted, stat);
	fd = open_vm_file(getpid(), t->vm->fd, name);
	ok &= check(fd >= 0 && read(fd, value, sizeof(value) - 1) > 0 &&
		    strtoull(value, NULL, 0) == stat, "%s: %s is %lu in debugfs too (%s)",
		    step, name, stat, value);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The statistics are what stage 2 has, and that is @wanted bytes in blocks of @block. */
static bool stats_are(struct guest_vm *t, const char *step, size_t block, u64 wanted)
{
	u64 sums[NR_TYPES][NR_LEVELS] = { 0 }, found = 0;
	int type, level;
	struct s2_dump dump;
	bool ok = true;
	char why[128];
	size_t i;

	TEST_ASSERT(s2_read(0, &dump, why, sizeof(why)), "stage 2: %s", why);
	for (i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (r->ipa - TEST_GPA >= test_size)
			continue;
		sums[type_nr(r->type)][level_nr(r->block)] += r->len;
		if (r->block == block)
			found += r->len;
	}
	s2_free(&dump);

	for (type = 0; type < NR_TYPES; type++)
		for (level = 0; level < NR_LEVELS; level++)
			ok &= stat_is(t, step, type, level, sums[type][level]);
	return ok & check(found == wanted, "%s: %#lx bytes by %#zx (%#lx)", step, wanted,
			  block, found);
}

static void zap(const struct mapping *mapping, size_t size)
{
	struct testdev_range range = { .len = size };
	int fd = open_node(mapping_node(mapping));

	TEST_ASSERT(!ioctl(fd, TESTDEV_ZAP, &range), "TESTDEV_ZAP: errno %i", errno);
	close(fd);
}

static void populate(void *mem, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += blocks.page)
		READ_ONCE(*(u64 *)(mem + at));
}

static bool nothing_is_counted(struct guest_vm *t)
{
	bool ok = true;
	int i;

	for (i = 0; i < NR_TYPES * NR_LEVELS; i++)
		ok &= stat_is(t, "ordinary memory", i / NR_LEVELS, i % NR_LEVELS, 0);
	return ok;
}

/*
 * Memory that can be logged, and comes back after a zap: one block of @size, the largest
 * or one of an entry of the host's PMD level.
 */
static bool test_stats(const struct mapping *mapping, size_t size, bool eager)
{
	void *mem = align_ptr_up(map_anonymous(2 * size), size);
	size_t page = blocks.page, pmd = blocks.pmd;
	struct guest_vm t;
	bool ok;

	make_vm(&t);
	if (eager)
		vm_enable_cap_early(t.vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, size);
	ok = check(!set_slot(&t, 0, size, mem), "memslot");
	ok &= guest_gets(&t, STORE, TEST_GPA, 1, DONE) && nothing_is_counted(&t);
	map_like(mem, size, mapping);

	/* Page by page, then a block in the place of their table. */
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, DONE) && stats_are(&t, "a page", page, page);
	ok &= guest_gets(&t, STORE, TEST_GPA + page, 1, DONE) &&
	      stats_are(&t, "two pages", page, 2 * page);
	populate(mem, size);
	ok &= guest_gets(&t, STORE, TEST_GPA + 2 * page, 1, DONE) &&
	      stats_are(&t, "a block", size, size);

	ok &= check(!set_slot(&t, LOGS, size, mem), "logging begins") &&
	      stats_are(&t, "logged", eager ? page : size, size);
	ok &= guest_gets(&t, STORE, TEST_GPA + page, 2, DONE) &&
	      stats_are(&t, "split", page, pmd);
	ok &= check(!set_slot(&t, 0, size, mem), "logging stops");
	ok &= guest_gets(&t, STORE, TEST_GPA + page, 3, DONE) &&
	      stats_are(&t, "a block again", size, size);

	zap(mapping, size);
	ok &= stats_are(&t, "zapped", size, 0);
	populate(mem, size);
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, DONE) &&
	      stats_are(&t, "after a zap", size, size);
	munmap(mem + size - page, page);
	ok &= stats_are(&t, "a part is unmapped", size, 0);
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, DONE) &&
	      stats_are(&t, "without a page", pmd, pmd < size ? pmd : 0);
	ok &= check(!set_slot(&t, 0, 0, mem), "the memslot goes") &&
	      stats_are(&t, "without memslot", page, 0);
	kvm_vm_free(t.vm);
	munmap(mem, size);
	return ok;
}

/* A VMM with memory of both sorts, until it is killed; if @busy, it has changes to show. */
static void be_vmm(int report, bool busy)
{
	void *mem = map_anonymous(2 * blocks.page);
	struct guest_vm t;

	make_vm(&t);
	if (set_slot(&t, 0, 2 * blocks.page, mem))
		_exit(1);
	map_like(mem, blocks.page, &mappings[DECLARED]);
	guest_do(&t, LOAD, TEST_GPA, 0);
	guest_do(&t, STORE, TEST_GPA + blocks.page, 1);
	munmap(mem + blocks.page, blocks.page);
	guest_do(&t, LOAD, TEST_GPA + blocks.page, 0);
	if (write(report, &t.vm->fd, sizeof(t.vm->fd)) > 0) {
		while (!busy)
			pause();
		for (;;) {
			/* The rule may refuse it now. */
			set_slot(&t, 0, 0, mem);
			set_slot(&t, 0, 2 * blocks.page, mem);
			guest_do(&t, LOAD, TEST_GPA, 0);
		}
	}
	_exit(1);
}

static pid_t start_vmm(int *vm_fd, bool busy)
{
	int report[2];
	pid_t pid;

	TEST_ASSERT(!pipe(report), "pipe(): errno %i", errno);
	fflush(NULL);
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork(): errno %i", errno);
	if (!pid)
		be_vmm(report[1], busy);
	close(report[1]);
	TEST_ASSERT(read(report[0], vm_fd, sizeof(*vm_fd)) == sizeof(*vm_fd),
		    "the VMM has no VM");
	close(report[0]);
	return pid;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool test_vmm_gone(void)
{
	int vm_fd, fd;
	bool ok;
	pid_t pid;

	pid = start_vmm(&vm_fd, false);
	fd = open_vm_file(pid, vm_fd, "memslots");
	ok = check(fd >= 0 && read_pieces(fd, MAX_TEXT) > 0 && line_of(text, "vma "),
		   "there are mappings");
	end_process(pid);
	/* The open file keeps the VM, but not what its VMM had mapped. */
	ok &= check(!lseek(fd, 0, SEEK_SET) && read_pieces(fd, MAX_TEXT) > 0 &&
		    line_of(text, "slot ") && !line_of(text, "vma ") &&
		    !line_of(text, "gap "), "there are memslots, and no mappings");
	close(fd);
	fd = open_vm_file(pid, vm_fd, "memslots");
	return ok & check(fd == -1 && errno == ENOENT, "the file is gone");
}

static bool is_word(const char *line)
{
	return !strncmp(line, "slot ", 5) || !strncmp(line, "vma ", 4) ||
	       !strncmp(line, "gap ", 4) || !strncmp(line, "refused ", 8);
}

/* Whole lines of known words only. */
static bool text_is_whole(void)
{
	const char *line = text;

	while (*line) {
		if (!is_word(line) || !strchr(line, '\n'))
			return check(false, "a line: %s", line);
		line = strchr(line, '\n') + 1;
	}
	return true;
}

/* How many texts of memslots, and figures, each reader has had; shared with the test. */
static struct {
	unsigned long texts;
	unsigned long figures;
} *read_by;

static bool reads_file(const char *dir, const char *name)
{
	char path[300];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), KVM_DEBUGFS "/%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return true;
	len = read_pieces(fd, SZ_4K);
	close(fd);
	if (len <= 0)
		return true;
	if (!strcmp(name, "memslots")) {
		read_by->texts++;
		return text_is_whole();
	}
	read_by->figures++;
	return check(strtoull(text, NULL, 0) <= 2 * blocks.page, "%s: %s", path, text);
}

/* Reads what all VMs show, until it is killed. */
static void be_reader(void)
{
	static const char * const names[] = {
		"memslots", "pfnmap_normal_l3", "pfnmap_device_l3",
	};
	struct dirent *entry;
	cpu_set_t all;
	bool ok = true;
	size_t i;
	DIR *dir;

	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
	while (ok) {
		dir = opendir(KVM_DEBUGFS);
		while (ok && dir && (entry = readdir(dir))) {
			if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
				continue;
			for (i = 0; i < ARRAY_SIZE(names); i++)
				ok &= reads_file(entry->d_name, names[i]);
		}
		closedir(dir);
	}
	_exit(1);
}

/* A reader may get no CPU for as long as a few VMMs live. */
static bool all_have_read(void)
{
	unsigned int i;

	for (i = 0; i < NR_READERS; i++)
		if (READ_ONCE(read_by[i].texts) < NR_KILLED ||
		    READ_ONCE(read_by[i].figures) < NR_KILLED)
			return false;
	return true;
}

static bool test_killed(void)
{
	pid_t readers[NR_READERS], pid;
	unsigned int nr, i;
	bool ok = true;
	int vm_fd;

	read_by = mmap(NULL, NR_READERS * sizeof(*read_by), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(read_by != MAP_FAILED, "mmap(): errno %i", errno);
	for (i = 0; i < NR_READERS; i++) {
		fflush(NULL);
		readers[i] = fork();
		TEST_ASSERT(readers[i] >= 0, "fork(): errno %i", errno);
		if (!readers[i]) {
			/* Not alone, if the test ends by an assertion. */
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			read_by += i;
			be_reader();
		}
	}
	for (nr = 0; nr < NR_KILLED || (nr < MOST_KILLED && !all_have_read()); nr++) {
		pid = start_vmm(&vm_fd, true);
		usleep(rand() % 20000);
		end_process(pid);
	}
	for (i = 0; i < NR_READERS; i++) {
		ok &= check(!waitpid(readers[i], NULL, WNOHANG), "reader %u reads", i);
		end_process(readers[i]);
		ok &= check(read_by[i].texts >= NR_KILLED && read_by[i].figures >= NR_KILLED,
			    "reader %u has had %lu texts and %lu figures", i,
			    read_by[i].texts, read_by[i].figures);
	}
	munmap(read_by, NR_READERS * sizeof(*read_by));
	return ok;
}

int main(int argc, char *argv[])
{
	bool mte = mte_option(argc, argv), stats;
	size_t i;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));

	text = malloc(MAX_TEXT);
	TEST_ASSERT(text, "no memory");
	kvm_pin_this_task_to_pcpu(0);
	read_machine(mte);
	blocks_read_sizes();
	test_size = 2 * blocks.large;
	stats = stage2_is_readable() && outcome_of(&mappings[MIXED], false) == DONE &&
		test_machine.policy != COHMEM_POLICY_OFF && !mte;

	ksft_set_plan(nr_mappings + 5 + 3 * stats);
	/* First, as long as there is one thread. */
	ksft_test_result(test_vmm_gone(), "a VM without its VMM has memslots only\n");
	ksft_test_result(test_killed(), "VMMs are killed under those who read\n");
	count_faults("view", TEST_GPA, blocks.page, ALL_FAULTS);
	for (i = 0; i < nr_mappings; i++)
		ksft_test_result(test_mapping(&mappings[i]),
				 "%s: memslots says what the trace says\n",
				 mappings[i].name);
	stop_counting("view", ALL_FAULTS);
	ksft_test_result(test_layout(), "ordinary memory, gaps and what is not there yet\n");
	ksft_test_result(test_refusals(), "refusals have a count, and their last address\n");
	ksft_test_result(test_many(), "each of many memslots is there once\n");
	if (stats) {
		ksft_test_result(test_stats(&mappings[MIXED], blocks.large, false),
				 "statistics of Normal memory are what stage 2 has\n");
		ksft_test_result(test_stats(&mappings[MIXED_NC], blocks.pmd, false),
				 "statistics of Normal-NC memory are what stage 2 has\n");
		ksft_test_result(test_stats(&mappings[MIXED_DEVICE], blocks.pmd, true),
				 "statistics of what is split at once are what stage 2 has\n");
	}
	ksft_finished();
}
