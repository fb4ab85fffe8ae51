// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_refusals - what a VMM and an operator learn of memory that is refused
 *
 * For each kind of mapping: errno and exit information of KVM_RUN, errno of both
 * ioctls that make a memslot, and the line in the kernel's log, all of it and once
 * for each VM and reason. What is not refused has no such line. The rule says which
 * are which. Then come the refusals before the rule, for mappings and leaves without
 * access, and by drivers: the trace says why, and not the log. Then requests that no
 * VMM should make, and the references of pages: as many as before after many faults,
 * granted or refused.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device. With -m the VM has
 * MTE, which the machine must offer; with -d device DAX is looked at too. With -k only the
 * first two tests of one mapping are made: memory with struct pages cannot be mapped in
 * all ways.
 */
#include <time.h>

#include "cohmem_faults.h"
#include "cohmem_kmsg.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define TEST_PAGES	4
#define NR_WARNED	(5 * KMSG_BURST)

static size_t page_size;
static size_t test_size;
static bool mte;

static void *map_like(void *addr, const struct mapping *mapping, int prot)
{
	void *mem = map_node(addr, test_size, mapping_node(mapping), 0, prot,
			     (mapping->private ? MAP_PRIVATE : MAP_SHARED) |
			     (addr ? MAP_FIXED : 0));
	size_t at;

	for (at = 0; mapping->copied && at < test_size; at += page_size)
		WRITE_ONCE(*(u64 *)(mem + at), 0);
	return mem;
}

static void make_vm(struct guest_vm *t)
{
	guest_vm_create(t, mte);
	guest_vm_map(t, TEST_GPA, test_size);
}

/* A memslot over anonymous memory, which is never refused. */
static void *anonymous_slot(struct guest_vm *t)
{
	void *mem = map_anonymous(test_size);

	TEST_ASSERT(!set_memslot_flags(t->vm, TEST_SLOT, 0, TEST_GPA, test_size,
				       mem), "memslot: errno %i", errno);
	return mem;
}

static void test_fault(const struct mapping *mapping)
{
	struct cohmem_decision d = decide(mapping, false);
	bool refused = d.verdict == COHMEM_REFUSED;
	bool warned = !refused && d.reason == COHMEM_UNDECLARED;
	enum guest_outcome wanted = refused ? REFUSED : DONE;
	u64 gpa = TEST_GPA + page_size;
	struct guest_vm t;
	void *mem;
	bool ok;

	make_vm(&t);
	mem = anonymous_slot(&t);
	map_like(mem, mapping, PROT_READ | PROT_WRITE);

	kmsg_allow(1);
	ok = guest_gets(&t, LOAD, gpa, 0, wanted);
	ok &= kmsg_says(refused || warned ? kmsg_line(gpa, mem + page_size, page_size,
						      refused, d.reason) : NULL);
	/* It is said once for each VM. */
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, wanted);
	ok &= kmsg_says(NULL);
	ksft_test_result(ok, "%s: load: %s\n", mapping->name,
			 refused ? "refused, and the log says why" :
			 warned ? "not refused, and the log says why it is not cacheable" :
			 "not refused, and nothing is said");
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
}

static void test_memslot(const struct mapping *mapping)
{
	enum cohmem_reason reason = memslot_reason(mapping, !mapping->lazy);
	int wanted = reason == COHMEM_OK ? 0 : EINVAL, err, err2;
	void *mem = map_like(NULL, mapping, PROT_READ | PROT_WRITE);
	const char *line = NULL;
	struct guest_vm t;
	bool ok;

	make_vm(&t);
	if (wanted)
		line = kmsg_line(TEST_GPA, mem, test_size, true, reason);
	kmsg_allow(1);
	err = set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, test_size, mem);
	ok = kmsg_says(line);
	err2 = __vm_set_user_memory_region2(t.vm, TEST_SLOT + 1, 0,
					    TEST_GPA + test_size, test_size, mem,
					    -1, 0) ? errno : 0;
	ok &= kmsg_says(NULL);
	if (err != wanted || err2 != wanted)
		ksft_print_msg("errno is %d and %d\n", err, err2);
	ksft_test_result(ok && err == wanted && err2 == wanted,
			 "%s: memslot: %s\n", mapping->name,
			 wanted ? "refused, and the log says why" : "not refused");
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
}

/* The log names the memory that is refused, which need not be where the memslot begins. */
static void test_memslot_behind(const struct mapping *mapping, u32 flags,
				enum cohmem_reason reason)
{
	void *mem = map_anonymous(test_size), *refused = mem + page_size;
	int wanted = reason == COHMEM_OK ? 0 : EINVAL, err = 0, i;
	size_t size = test_size - page_size;
	const char *line = NULL;
	struct guest_vm t;
	bool ok = true;

	make_vm(&t);
	map_node(refused, size, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
	if (wanted)
		line = kmsg_line(TEST_GPA + page_size, refused, size, true, reason);
	kmsg_allow(1);
	for (i = 0; ok && i < 2; i++) {
		err = set_memslot_flags(t.vm, TEST_SLOT + i, flags, TEST_GPA + i * test_size,
					test_size, mem);
		/* It is said once for each VM. */
		ok = check(err == wanted, "errno %d (%d)", wanted, err) &
		     kmsg_says(i ? NULL : line);
	}
	ksft_test_result(ok, "%s behind other memory: memslot%s: %s\n", mapping->name,
			 flags ? " that logs" : "",
			 wanted ? "refused, and the log says where and why" : "not refused");
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
}

#define NR_BEHIND_TESTS	2

static void test_behind(void)
{
	test_memslot_behind(&mappings[TAGGED], 0, memslot_reason(&mappings[TAGGED], true));
	test_memslot_behind(&mappings[DEVICE], KVM_MEM_LOG_DIRTY_PAGES, COHMEM_NOT_LOGGABLE);
}

/* No mapping. */
#define NOTHING	(~0u)

/**
 * struct unmapped - A fault on a mapping that is less than readable and writable
 * @name: for the result
 * @mapping: what is mapped, by its number, or NOTHING
 * @prot: as which
 * @op: what the guest does
 * @reason: why not; COHMEM_OK is as the rule says
 * @taken: it was readable and writable at first, and the guest has read it
 */
static const struct unmapped {
	const char *name;
	unsigned int mapping;
	int prot;
	enum guest_op op;
	enum cohmem_reason reason;
	bool taken;
} unmapped[] = {
	{ "nothing mapped", NOTHING, 0, LOAD, COHMEM_NO_HOST_MAPPING },
	{ "nothing mapped", NOTHING, 0, STORE, COHMEM_NO_HOST_MAPPING },
	{ "nothing mapped", NOTHING, 0, CALL, COHMEM_NO_HOST_MAPPING },
	{ "mapped PROT_NONE", DECLARED, PROT_NONE, LOAD, COHMEM_NO_HOST_MAPPING },
	{ "mapped PROT_NONE", DECLARED, PROT_NONE, STORE, COHMEM_NO_HOST_MAPPING },
	{ "mapped PROT_NONE", DECLARED, PROT_NONE, CALL, COHMEM_NO_HOST_MAPPING },
	{ "mapped PROT_NONE", DEVICE, PROT_NONE, CALL, COHMEM_NO_HOST_MAPPING },
	/* What can be written to can be read, whatever mmap() was told. */
	{ "mapped PROT_WRITE", DECLARED, PROT_WRITE, LOAD, COHMEM_OK },
	{ "mapped PROT_WRITE", DECLARED, PROT_WRITE, STORE, COHMEM_OK },
	{ "mapped read-only", DECLARED, PROT_READ, STORE, COHMEM_HOST_READ_ONLY },
};

static const char *op_name(enum guest_op op)
{
	return op == LOAD ? "load" : op == STORE ? "store" : "call";
}

/*
 * A refusal is in the trace, with its reason. In the log are the rule's, and the
 * driver's: a VMM may let the guest tell it what to map.
 */
static bool guest_is_told(struct guest_vm *t, enum guest_op op, void *mem,
			  enum guest_outcome wanted, enum cohmem_reason reason)
{
	unsigned int which = REFUSED_FOR(reason);
	unsigned long before, refused;
	bool is_refused = wanted == REFUSED, ok;

	kmsg_allow(reason == COHMEM_DRIVER_REFUSED);
	count_faults("refusals", TEST_GPA, test_size, which);
	before = faults_counted("refusals", which);
	ok = guest_gets(t, op, TEST_GPA, 0, wanted);
	refused = faults_counted("refusals", which) - before;
	stop_counting("refusals", which);
	if (!!refused != is_refused) {
		ksft_print_msg("the trace has %lu refusals because of %s\n", refused,
			       cohmem_reason_name(reason));
		ok = false;
	}
	if (is_refused && reason == COHMEM_DRIVER_REFUSED)
		ok &= kmsg_says(kmsg_line(TEST_GPA, mem, page_size, true, reason));
	else if (!is_refused || reason >= COHMEM_NO_HOST_MAPPING)
		ok &= kmsg_says(NULL);
	return ok;
}

static void test_unmapped(const struct unmapped *u)
{
	const struct mapping *mapping = u->mapping == NOTHING ? NULL :
					&mappings[u->mapping];
	enum cohmem_reason reason = u->reason;
	enum guest_outcome wanted = REFUSED;
	struct guest_vm t;
	bool ok = true;
	void *mem;

	make_vm(&t);
	mem = anonymous_slot(&t);
	if (reason == COHMEM_OK) {
		wanted = outcome_of(mapping, u->op == CALL);
		reason = decide(mapping, u->op == CALL).reason;
	}
	if (!mapping)
		munmap(mem, test_size);
	else
		map_like(mem, mapping, u->taken ? PROT_READ | PROT_WRITE : u->prot);
	if (u->taken) {
		ok &= guest_gets(&t, LOAD, TEST_GPA, 0, outcome_of(mapping, false));
		TEST_ASSERT(!mprotect(mem, test_size, u->prot), "mprotect(): errno %i",
			    errno);
	}
	ok &= guest_is_told(&t, u->op, mem, wanted, reason);
	ksft_test_result(ok, "%s%s%s: %s: %s\n", u->name, mapping ? ", " : "",
			 mapping ? mapping->name : "", op_name(u->op),
			 guest_outcomes[wanted]);
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
}

/* After the guest has had it, if the rule allows that. */
static void test_made_prot_none(unsigned int nr)
{
	struct unmapped u = { "made PROT_NONE", nr, PROT_NONE, LOAD, COHMEM_NO_HOST_MAPPING,
			      .taken = true };

	test_unmapped(&u);
}

/**
 * struct odd_page - A page of which only its driver knows that it is odd
 * @name: for the result
 * @how: the driver makes it so
 * @op: what the guest does
 * @reason: why not; COHMEM_OK is no refusal
 */
static const struct odd_page {
	const char *name;
	enum testdev_odd_how how;
	enum guest_op op;
	enum cohmem_reason reason;
} odd_pages[] = {
	{ "a leaf without access", TESTDEV_ODD_NO_ACCESS, LOAD, COHMEM_NO_HOST_MAPPING },
	{ "a page that its driver does not give", TESTDEV_ODD_HOLE, LOAD,
	  COHMEM_DRIVER_REFUSED },
	{ "a page that is read-only until it is written to", TESTDEV_ODD_READ_ONLY, STORE,
	  COHMEM_OK },
	{ "a page that is made read-only by the first access", TESTDEV_ODD_READ_ONLY_ON_FAULT,
	  STORE, COHMEM_OK },
	{ "a page that its driver keeps read-only", TESTDEV_ODD_KEPT_READ_ONLY, LOAD,
	  COHMEM_OK },
	{ "a page that its driver keeps read-only", TESTDEV_ODD_KEPT_READ_ONLY, STORE,
	  COHMEM_DRIVER_REFUSED },
	{ "a page that is read-only though its driver was asked", TESTDEV_ODD_STAYS_READ_ONLY,
	  STORE, COHMEM_WRITE_PROTECTED },
};

static void test_odd_page(const struct odd_page *o)
{
	struct testdev_odd odd = { .every = test_size, .how = o->how };
	enum guest_outcome wanted = o->reason == COHMEM_OK ?
				    outcome_of(&mappings[DECLARED], false) : REFUSED;
	enum cohmem_reason reason = o->reason;
	int fd = open_node("odd");
	struct guest_vm t;
	void *mem;
	bool ok;

	/* With this policy no leaf is read. */
	if (o->how == TESTDEV_ODD_NO_ACCESS && test_machine.policy == COHMEM_POLICY_OFF)
		wanted = DONE;
	if (reason == COHMEM_OK)
		reason = decide(&mappings[DECLARED], false).reason;
	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	make_vm(&t);
	mem = anonymous_slot(&t);
	map_node(mem, test_size, "odd", 0, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
	ok = guest_is_told(&t, o->op, mem, wanted, reason);
	ksft_test_result(ok, "%s: %s: %s\n", o->name, op_name(o->op),
			 guest_outcomes[wanted]);
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
	odd.every = 0;
	TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	close(fd);
}

/* A guest can ask for ever: the log must not fill up with it. */
static void test_repeated(const char *name, const struct mapping *mapping)
{
	unsigned int lines = 0, faults = 0, wanted = 0;
	struct guest_vm t;
	char line[512];
	void *mem;

	make_vm(&t);
	mem = anonymous_slot(&t);
	munmap(mem, test_size);
	if (mapping) {
		map_like(mem, mapping, PROT_READ | PROT_WRITE);
		wanted = decide(mapping, false).reason != COHMEM_OK;
	}
	kmsg_allow(1);
	while (faults < 5 * KMSG_BURST) {
		guest_do(&t, LOAD, TEST_GPA + faults % TEST_PAGES * page_size, 0);
		faults++;
	}
	while (kmsg_next(line, sizeof(line)))
		lines++;
	ksft_test_result(lines == wanted, "%s: %u faults are %u lines\n", name, faults,
			 lines);
	kvm_vm_free(t.vm);
	if (mapping)
		munmap(mem, test_size);
}

/*
 * Nor with one line for each VM. The VMs are made before: so their faults come faster than a
 * limit would let all lines through, on a slow machine, too.
 */
static void test_rate(void)
{
	const struct mapping *mapping = &mappings[UNDECLARED];
	struct cohmem_decision d = decide(mapping, false);
	bool warned = d.verdict != COHMEM_REFUSED && d.reason == COHMEM_UNDECLARED;
	unsigned int lines = 0, vms, most;
	struct guest_vm t[NR_WARNED];
	void *mem[NR_WARNED];
	time_t start;
	char line[512];

	for (vms = 0; vms < NR_WARNED; vms++) {
		make_vm(&t[vms]);
		mem[vms] = anonymous_slot(&t[vms]);
		map_like(mem[vms], mapping, PROT_READ | PROT_WRITE);
	}
	kmsg_allow(KMSG_BURST);
	start = time(NULL);
	for (vms = 0; vms < NR_WARNED; vms++)
		guest_do(&t[vms], LOAD, TEST_GPA, 0);
	most = KMSG_BURST * (1 + (time(NULL) - start + 1) / KMSG_INTERVAL_S);
	while (kmsg_next(line, sizeof(line)))
		lines += !!strstr(line, " is not cacheable for the guest: ");
	ksft_test_result(check(vms > most, "%u faults are more than %u lines in this time",
			       vms, most) &&
			 lines <= most && !lines == !warned,
			 "%u VMs are warned of in %u lines, at most %u\n", vms,
			 lines, most);
	for (vms = 0; vms < NR_WARNED; vms++) {
		kvm_vm_free(t[vms].vm);
		munmap(mem[vms], test_size);
	}
}

static int enable_cap(int fd, unsigned int cap)
{
	struct kvm_enable_cap request = { .cap = cap };

	return ioctl(fd, KVM_ENABLE_CAP, &request) ? errno : 0;
}

#define NR_CAPABILITY_TESTS	3

static void test_capabilities(void)
{
	unsigned int cap = KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED;
	int answer = 0;
	struct guest_vm t;

	/* KVM_ARM_CACHEABLE_PFNMAP_DECLARED, and _ANY. */
	if (test_machine.fwb && test_machine.policy != COHMEM_POLICY_OFF)
		answer |= BIT(1);
	if (answer && test_machine.policy == COHMEM_POLICY_ANY && test_machine.dic)
		answer |= BIT(0);
	make_vm(&t);
	ksft_test_result(vm_check_cap(t.vm, KVM_CAP_MEMORY_FAULT_INFO) == 1,
			 "KVM_CAP_MEMORY_FAULT_INFO is 1\n");
	ksft_test_result(vm_check_cap(t.vm, cap) == answer &&
			 kvm_check_cap(cap) == answer,
			 "KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED is %d\n", answer);
	ksft_test_result(enable_cap(t.vm->fd, cap) == EINVAL &&
			 enable_cap(t.vcpu->fd, cap) == EINVAL &&
			 enable_cap(t.vm->fd, KVM_CAP_MEMORY_FAULT_INFO) == EINVAL,
			 "they are not to be enabled\n");
	kvm_vm_free(t.vm);
}

/**
 * struct request - A memslot that no VMM should ask for
 * @name: for the result
 * @flags, @gpa, @size, @hva: what is asked for; @hva is behind the mapping's start
 * @err: what comes of it
 * @slot: added to TEST_SLOT, whose memslot is there
 */
struct request {
	const char *name;
	u32 flags;
	u64 gpa;
	u64 size;
	u64 hva;
	int err;
	unsigned int slot;
};

#define NR_REQUEST_TESTS	(14 + 2)

/* They say nothing of the memory: as for any other. */
static void test_requests(void)
{
	const struct request requests[] = {
		{ "size not of whole pages", 0, TEST_GPA, test_size - 1, 0, EINVAL },
		{ "GPA not of a page", 0, TEST_GPA + 1, test_size, 0, EINVAL },
		{ "HVA not of a page", 0, TEST_GPA, test_size, 1, EINVAL },
		{ "another size", 0, TEST_GPA, test_size / 2, 0, EINVAL },
		{ "another HVA", 0, TEST_GPA, test_size, page_size, EINVAL },
		{ "read-only from now on", KVM_MEM_READONLY, TEST_GPA, test_size, 0,
		  EINVAL },
		{ "a flag that there is not", BIT(5), TEST_GPA, test_size, 0,
		  EINVAL },
		{ "private memory", KVM_MEM_GUEST_MEMFD, TEST_GPA, test_size, 0,
		  EINVAL },
		{ "overlap", 0, TEST_GPA + page_size, test_size, 0, EEXIST, 1 },
		{ "GPA beyond the IPA space", 0, BIT(56), test_size, 0, EFAULT, 1 },
		{ "HVA of the kernel", 0, 2 * TEST_GPA, test_size, BIT(63), EINVAL,
		  1 },
		{ "GPA that wraps", 0, -test_size, 2 * test_size, 0, EINVAL, 1 },
		{ "no such memslot to delete", 0, 2 * TEST_GPA, 0, 0, EINVAL, 1 },
		{ "no such number", 0, 2 * TEST_GPA, test_size, 0, EINVAL, 0xffff },
	};
	const struct mapping *mapping = &mappings[DECLARED];
	struct kvm_dirty_log log = { .slot = TEST_SLOT };
	bool refused = memslot_refused(mapping, true);
	u64 bitmap[TEST_PAGES];
	struct guest_vm t;
	void *mem;
	size_t i;
	bool ok;

	make_vm(&t);
	mem = anonymous_slot(&t);
	map_like(mem, mapping, PROT_READ | PROT_WRITE);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct request *r = &requests[i];
		int err = set_memslot_flags(t.vm, TEST_SLOT + r->slot, r->flags,
					    r->gpa, r->size, mem + r->hva);

		if (err != r->err)
			ksft_print_msg("errno is %d, not %d\n", err, r->err);
		ksft_test_result(err == r->err, "memslot: %s: errno %d\n", r->name,
				 r->err);
	}
	log.dirty_bitmap = bitmap;
	ok = ioctl(t.vm->fd, KVM_GET_DIRTY_LOG, &log) == -1 && errno == ENOENT;
	ksft_test_result(ok, "no dirty log of what is not logged\n");
	/* None of that has changed anything. */
	ok = guest_gets(&t, LOAD, TEST_GPA, 0, refused ? REFUSED : DONE);
	ksft_test_result(ok, "the memslot is as it was\n");
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
}

/*
 * Such memory has pages, which each fault acquires and has to release. Half of the
 * faults are instruction fetches. mprotect() takes the page from stage 2 again.
 */
static void test_references(const struct mapping *mapping, int memory, size_t size,
			    int counter, u64 offset, unsigned int faults)
{
	enum guest_outcome loads = outcome_of(mapping, false);
	enum guest_outcome calls = outcome_of(mapping, true);
	void *area = map_anonymous(2 * size);
	void *mem = align_ptr_up(area, size);
	struct guest_vm t;
	u32 before, after;
	unsigned int i;

	guest_vm_create(&t, mte);
	guest_vm_map(&t, TEST_GPA, page_size);
	TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, size, mem),
		    "memslot: errno %i", errno);
	mem = mmap(mem, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   memory, 0);
	TEST_ASSERT(mem != MAP_FAILED, "mmap() of %s: errno %i", mapping->name,
		    errno);
	*(u32 *)(mem + CODE) = INSN_MOV_X0_42;
	*(u32 *)(mem + CODE + 4) = INSN_RET;

	before = page_count(counter, offset);
	for (i = 0; i < faults; i++) {
		TEST_ASSERT(!mprotect(mem, size, PROT_NONE), "mprotect(): errno %i", errno);
		if (i && !(i % 100) &&
		    !check(!s2_entry_at(t.vm, TEST_GPA).block, "it is unmapped"))
			break;
		TEST_ASSERT(!mprotect(mem, size, PROT_READ | PROT_WRITE),
			    "mprotect(): errno %i", errno);
		if (guest_do(&t, i % 2 ? CALL : LOAD, TEST_GPA, 0) !=
		    (i % 2 ? calls : loads))
			break;
	}
	after = page_count(counter, offset);
	ksft_test_result(i == faults && before == after,
			 "page references of %s after %u faults, loads %s, calls %s: %u now, %u before\n",
			 mapping->name, i, guest_outcomes[loads],
			 guest_outcomes[calls], after, before);
	kvm_vm_free(t.vm);
	munmap(area, 2 * size);
	close(memory);
	close(counter);
}

static u64 dax_attribute(const char *dax, const char *name)
{
	char path[128];
	FILE *file;
	u64 value;

	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/%s", dax, name);
	file = fopen(path, "r");
	TEST_ASSERT(file && fscanf(file, "%li", &value) == 1, "cannot read %s",
		    path);
	fclose(file);
	return value;
}

static void help(const char *name, int status)
{
	puts("");
	printf("Usage: %s [-h] [-m] [-d DEVICE] [-r FAULTS] [-k MAPPING]\n", name);
	puts("");
	printf(" -h: print this.\n");
	printf(" -m: the VM has MTE.\n");
	printf(" -d: name of a device DAX, whose pages are to be looked at too.\n");
	printf(" -r: faults after which page references are compared.\n");
	printf(" -k: a fault and a memslot of this mapping, and nothing else.\n");
	puts("");
	exit(status);
}

static void test_mapping(const struct mapping *mapping)
{
	test_fault(mapping);
	test_memslot(mapping);
}

static void test_only(const char *name)
{
	size_t i = 0;

	while (i < nr_mappings && strcmp(mappings[i].name, name))
		i++;
	TEST_ASSERT(i < nr_mappings, "there is no mapping %s", name);
	ksft_set_plan(2);
	test_mapping(&mappings[i]);
	ksft_finished();
}

int main(int argc, char *argv[])
{
	struct mapping dax_mapping = { "device DAX" };
	unsigned int faults = 1000;
	const char *dax = NULL, *only = NULL;
	char path[64];
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "hmd:r:k:")) != -1) {
		switch (opt) {
		case 'm':
			mte = true;
			break;
		case 'd':
			dax = optarg;
			break;
		case 'r':
			faults = atoi_positive("FAULTS", optarg);
			break;
		case 'k':
			only = optarg;
			break;
		default:
			help(argv[0], opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		}
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(!mte || kvm_has_cap(KVM_CAP_ARM_MTE));

	page_size = getpagesize();
	test_size = TEST_PAGES * page_size;
	read_machine(mte);
	kmsg_open();

	if (only)
		test_only(only);
	ksft_set_plan(3 * nr_mappings + ARRAY_SIZE(unmapped) + ARRAY_SIZE(odd_pages) + 4 +
		      NR_BEHIND_TESTS + NR_CAPABILITY_TESTS + NR_REQUEST_TESTS + 1 + !!dax);
	for (i = 0; i < nr_mappings; i++)
		test_mapping(&mappings[i]);
	test_behind();
	for (i = 0; i < ARRAY_SIZE(unmapped); i++)
		test_unmapped(&unmapped[i]);
	for (i = 0; i < nr_mappings; i++)
		test_made_prot_none(i);
	for (i = 0; i < ARRAY_SIZE(odd_pages); i++)
		test_odd_page(&odd_pages[i]);
	test_repeated("nothing mapped", NULL);
	test_repeated("a refusal by the rule", &mappings[TAGGED]);
	test_repeated("undeclared memory", &mappings[UNDECLARED]);
	test_rate();
	test_capabilities();
	test_requests();
	test_references(&mappings[RAM], open_node("ram"), page_size,
			open_node("ram"), 0, faults);
	if (dax) {
		dax_mapping.facts.linear = test_machine.policy != COHMEM_POLICY_OFF;
		snprintf(path, sizeof(path), "/dev/%s", dax);
		test_references(&dax_mapping, open_path_or_exit(path, O_RDWR),
				dax_attribute(dax, "align"), open_node("stage2"),
				dax_attribute(dax, "resource"), faults);
	}
	ksft_finished();
}
