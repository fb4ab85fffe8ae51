// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job operator-vms: cohmem, the operator's command, says of VMs with memory without struct
 * pages what the rig reads from the raw tables of their stage 2, and what the memory-type
 * rule has to decide. The VMs are the smallest ones, one at a time.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cohmem_stage2.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "operator_run.h"
#include "rawvm.h"

#define IPA	0x40000000ULL
/* The tables are those of the VM that ran last on a CPU. */
#define CPU	0
#define GIB	BIT_ULL(30)
#define PAGES	8

/**
 * struct kind - memory of a VM
 * @name: of its node; of "gap", the VMM has nothing mapped
 * @size: how much, in bytes; 0 is PAGES pages
 * @row: what decides, or ""
 * @verdict: what that says, or ""
 * @status: that of cohmem why
 */
static const struct kind {
	const char *name;
	u64 size;
	const char *row;
	const char *verdict;
	int status;
} kinds[] = {
	{ "declared", GIB, "coherent", "NORMAL", 0 },
	{ "mixed-nc", 0, "uncached", "NORMAL_NC", 0 },
	{ "device", 0, "uncached", "DEVICE", 0 },
	{ "undeclared", 0, "undeclared", "DEVICE", 0 },
	{ "gap", 0, "", "", 1 },
};

/**
 * struct test - a VM with memory of a kind
 * @kind: of its memory
 * @size: how much
 * @memory: where this process has it
 * @vm: the VM
 * @name: the VM's, for the command
 * @dump: its stage 2, by the rig
 */
struct test {
	const struct kind *kind;
	u64 size;
	void *memory;
	struct rawvm vm;
	char name[32];
	struct s2_dump dump;
};

static void stay_on_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(CPU, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("cannot run on CPU %d alone: %m", CPU);
}

static bool is_gap(const struct kind *kind)
{
	return !*kind->row;
}

/* At a multiple of 1 GiB. */
static void *map_memory(const struct kind *kind, u64 size)
{
	char path[64], *reserved, *at;
	int fd;

	reserved = mmap(NULL, size + GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);
	if (reserved == MAP_FAILED)
		give_up("no address space for %s: %m", kind->name);
	at = (char *)(((uintptr_t)reserved + GIB - 1) & ~(GIB - 1));
	if (is_gap(kind))
		return at;
	snprintf(path, sizeof(path), "/dev/cohmem-test/%s", kind->name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != at)
		give_up("cannot map %s: %m", path);
	close(fd);
	return at;
}

static void read_tables(struct test *t)
{
	char why[160];

	if (!s2_read(CPU, &t->dump, why, sizeof(why)))
		give_up("stage 2 cannot be read: %s", why);
}

static void begin(struct test *t, const struct kind *kind)
{
	u64 page = sysconf(_SC_PAGESIZE);

	*t = (struct test){ .kind = kind, .size = kind->size ?: PAGES * page };
	t->memory = map_memory(kind, t->size);
	rawvm_open(&t->vm);
	rawvm_map(&t->vm, IPA, t->memory, t->size);
	snprintf(t->name, sizeof(t->name), "%d-%d", getpid(), t->vm.vm);
	if (is_gap(kind)) {
		munmap(t->memory, t->size);
		rawvm_touch(&t->vm, 0, page, page, false);
	} else {
		rawvm_touch(&t->vm, IPA, IPA + PAGES / 2 * page, page, false);
	}
	read_tables(t);
}

static void end(struct test *t)
{
	s2_free(&t->dump);
	rawvm_close(&t->vm);
	munmap(t->memory, t->size);
}

/**
 * struct leaves - leaves that are alike, as the command has them
 * @ipa: the first address
 * @size: bytes
 * @type: memory type
 * @block: bytes of each
 * @access: read, write, execute
 */
struct leaves {
	u64 ipa;
	u64 size;
	char type[16];
	u64 block;
	bool access[3];
};

static bool is_like(const struct s2_range *r, const struct leaves *l)
{
	const bool access[] = { r->s2ap & 1, r->s2ap & 2, !r->xn };

	return !strcmp(s2_type_name(r->type), l->type) && r->block == l->block &&
	       !memcmp(access, l->access, sizeof(access));
}

/* The rig has these leaves too. It divides them where their physical addresses jump. */
static bool has_leaves(const struct test *t, const struct leaves *l)
{
	u64 at = l->ipa;

	for (size_t i = 0; i < t->dump.count && at < l->ipa + l->size; i++) {
		const struct s2_range *r = &t->dump.ranges[i];

		if (r->ipa <= at && at - r->ipa < r->len && is_like(r, l))
			at = r->ipa + r->len;
	}
	return at >= l->ipa + l->size;
}

static void take_key(struct leaves *l, const struct operator_key *key)
{
	static const char * const access[] = { "read", "write", "execute" };

	if (!strcmp(key->name, "ipa"))
		l->ipa = strtoull(key->value, NULL, 10);
	else if (!strcmp(key->name, "size"))
		l->size = strtoull(key->value, NULL, 10);
	else if (!strcmp(key->name, "type"))
		operator_string(key->value, l->type, sizeof(l->type));
	else if (!strcmp(key->name, "block"))
		l->block = strtoull(key->value, NULL, 10);
	for (size_t i = 0; i < ARRAY_SIZE(access); i++) {
		if (!strcmp(key->name, access[i]))
			l->access[i] = !strncmp(key->value, "true", 4);
	}
}

static u64 bytes_in_tables(const struct test *t)
{
	u64 bytes = 0;

	for (size_t i = 0; i < t->dump.count; i++)
		bytes += t->dump.ranges[i].len;
	return bytes;
}

static void try_map(const struct test *t)
{
	const char * const args[] = { "map", "--json", t->name, NULL };
	u64 bytes = 0, wrong = 0, count = 0;
	struct operator_run run;
	struct operator_key key;
	struct leaves l = { 0 };
	char name[48];
	int status;

	operator_run_open(&run, 0, args);
	while (operator_run_key(&run, &key)) {
		take_key(&l, &key);
		if (strcmp(key.name, "execute"))
			continue;
		count++;
		bytes += l.size;
		wrong += !has_leaves(t, &l);
	}
	status = operator_run_close(&run);
	snprintf(name, sizeof(name), "map_%s", t->kind->name);
	ktap_result(!status && !wrong && bytes == bytes_in_tables(t), name,
		    "status %d, %llu ranges, %llu of them wrong, %llu bytes; the tables have %llu",
		    status, count, wrong, bytes, bytes_in_tables(t));
}

/* What the tables have of the memory under test by leaves of that sort. */
static u64 bytes_like(const struct test *t, const struct leaves *l)
{
	u64 bytes = 0;

	for (size_t i = 0; i < t->dump.count; i++) {
		const struct s2_range *r = &t->dump.ranges[i];

		if (r->ipa >= IPA && r->block == l->block &&
		    !strcmp(s2_type_name(r->type), l->type))
			bytes += r->len;
	}
	return bytes;
}

static u64 bytes_under_test(const struct test *t)
{
	u64 bytes = 0;

	for (size_t i = 0; i < t->dump.count; i++)
		bytes += t->dump.ranges[i].ipa >= IPA ? t->dump.ranges[i].len : 0;
	return bytes;
}

static void try_list(const struct test *t)
{
	static const char * const args[] = { "list", "--json", NULL };
	u64 memory = 0, sum = 0, wrong = 0, bytes;
	struct operator_run run;
	struct operator_key key;
	struct leaves l = { 0 };
	char name[48], vm[32] = "";
	int status;

	operator_run_open(&run, 0, args);
	while (operator_run_key(&run, &key)) {
		take_key(&l, &key);
		if (!strcmp(key.name, "vm")) {
			operator_string(key.value, vm, sizeof(vm));
		} else if (!strcmp(key.name, "memory")) {
			memory = strtoull(key.value, NULL, 10);
		} else if (!strcmp(key.name, "bytes")) {
			bytes = strtoull(key.value, NULL, 10);
			sum += bytes;
			wrong += bytes != bytes_like(t, &l);
		}
	}
	status = operator_run_close(&run);
	snprintf(name, sizeof(name), "list_%s", t->kind->name);
	ktap_result(!status && !wrong && !strcmp(vm, t->name) &&
		    memory == (is_gap(t->kind) ? 0 : t->size) &&
		    sum == bytes_under_test(t), name,
		    "status %d, VM %s has %llu bytes, %llu of them mapped, %llu sums wrong; the tables have %llu",
		    status, vm, memory, sum, wrong, bytes_under_test(t));
}

static void try_why(const struct test *t)
{
	const char * const args[] = { "why", "--json", t->name, "0x40000000", NULL };
	char name[48], row[32] = "", verdict[32] = "";
	struct operator_run run;
	struct operator_key key;
	int status, wrong = 0;

	operator_run_open(&run, 0, args);
	/* The kernel has decided, and so has the command. */
	while (operator_run_key(&run, &key)) {
		if (!strcmp(key.name, "row")) {
			operator_string(key.value, row, sizeof(row));
			wrong += !!strcmp(row, t->kind->row);
		} else if (!strcmp(key.name, "verdict")) {
			operator_string(key.value, verdict, sizeof(verdict));
			wrong += !!strcmp(verdict, t->kind->verdict);
		}
	}
	status = operator_run_close(&run);
	snprintf(name, sizeof(name), "why_%s", t->kind->name);
	ktap_result(status == t->kind->status && !wrong && !*row == is_gap(t->kind), name,
		    "status %d, row %s, verdict %s, %d of them wrong; wanted %d, %s, %s",
		    status, row, verdict, wrong, t->kind->status, t->kind->row,
		    t->kind->verdict);
}

static void try_export(const struct test *t)
{
	static const char * const args[] = { "export", "--format=prometheus", NULL };
	const char *metric = "cohmem_vm_mapped_bytes{vm=\"", *value;
	struct operator_run run;
	char line[512];
	u64 sum = 0;
	int status;

	operator_run_open(&run, 0, args);
	while (fgets(line, sizeof(line), run.out)) {
		value = strrchr(line, ' ');
		if (!strncmp(line, metric, strlen(metric)) && value)
			sum += strtoull(value, NULL, 10);
	}
	status = operator_run_close(&run);
	ktap_result(!status && sum == bytes_under_test(t), "export",
		    "status %d, %llu bytes; the tables have %llu", status, sum,
		    bytes_under_test(t));
}

/* The command has begun to watch when it prints the names of the columns. */
static void try_watch(struct test *t)
{
	const char * const args[] = { "watch", "--count=1", t->name, NULL };
	u64 page = sysconf(_SC_PAGESIZE), ipa = IPA + PAGES / 2 * page;
	char line[512] = "", wanted[32];
	struct operator_run run;
	int status;

	operator_run_open(&run, 0, args);
	if (fgets(line, sizeof(line), run.out)) {
		rawvm_touch(&t->vm, ipa, ipa + page, page, false);
		if (!fgets(line, sizeof(line), run.out))
			*line = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
	status = operator_run_close(&run);
	snprintf(wanted, sizeof(wanted), " 0x%llx ", ipa);
	ktap_result(!status && strstr(line, t->name) && strstr(line, wanted) &&
		    strstr(line, t->kind->row) && strstr(line, t->kind->verdict), "watch",
		    "status %d: %s", status, line);
}

static void try_none(void)
{
	static const char * const args[] = { "list", "--json", NULL };
	struct operator_run run;
	struct operator_key key;
	int status, count = 0;

	operator_run_open(&run, 0, args);
	while (operator_run_key(&run, &key))
		count += !strcmp(key.name, "vm");
	status = operator_run_close(&run);
	ktap_result(!status && !count, "list_none", "status %d, %d VMs", status, count);
}

static void operator_vms_run(void)
{
	struct test t;

	operator_run_mount();
	stay_on_cpu();
	/* Also: export, watch and list_none. */
	ktap_plan(3 * ARRAY_SIZE(kinds) + 3);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin(&t, &kinds[i]);
		try_map(&t);
		try_list(&t);
		try_why(&t);
		if (i == 1) {
			try_export(&t);
			try_watch(&t);
		}
		end(&t);
	}
	try_none();
}

const struct job operator_vms_job = {
	.run = operator_vms_run,
};
