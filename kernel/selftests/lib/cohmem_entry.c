// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>
#include <sys/ioctl.h>

#include "cohmem_entry.h"

/**
 * struct s2_dumped - What the stage-2 dump in debugfs says of one address
 * @block: size of the entry, 0 if there is none
 * @attrs: the rest of the line
 */
struct s2_dumped {
	size_t block;
	char attrs[128];
};

static struct s2_dumped s2_dump_at(struct kvm_vm *vm, u64 gpa)
{
	unsigned int bits = ffsl(getpagesize()) - 1;
	struct s2_dumped found = { 0 };
	int fd = open_vm_file(getpid(), vm->fd, "stage2_page_tables");
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[256];

	TEST_ASSERT(file, "cannot open the dump of stage 2: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		unsigned int level;
		u64 start, end;
		int attrs;

		if (sscanf(line, "0x%lx-0x%lx %*s %u %n", &start, &end, &level,
			   &attrs) != 3 || gpa < start || gpa >= end)
			continue;
		snprintf(found.attrs, sizeof(found.attrs), " %s", line + attrs);
		found.attrs[strcspn(found.attrs, "\n")] = ' ';
		/* What is not mapped has a line too, without this. */
		if (strstr(found.attrs, " R "))
			found.block = (size_t)getpagesize() << (3 - level) * (bits - 3);
	}
	fclose(file);
	return found;
}

bool stage2_is_readable(void)
{
	struct testdev_s2_regs regs = { 0 };
	int fd = open_node("stage2");
	bool readable = !ioctl(fd, TESTDEV_S2_REGS, &regs);

	TEST_ASSERT(readable || errno == EOPNOTSUPP, "stage 2: errno %i", errno);
	close(fd);
	return readable;
}

static struct s2_entry s2_entry_of_dump(struct kvm_vm *vm, u64 gpa)
{
	struct s2_dumped found = s2_dump_at(vm, gpa);
	struct s2_entry e = { .block = found.block };

	e.type = strstr(found.attrs, " NORMAL ") ? S2_NORMAL_WB :
		 strstr(found.attrs, " NORMAL_NC ") ? S2_NORMAL_NC :
		 strstr(found.attrs, " DEVICE ") ? S2_DEVICE : S2_OTHER;
	e.write = strstr(found.attrs, " W ");
	/* As the dump has it: X stands for execute-never. */
	e.exec = !strstr(found.attrs, " X ");
	return e;
}

/* The walks of the VM's guest have mapped its table there, unless it was unmapped since. */
static void assert_is_of(const struct s2_dump *dump, struct kvm_vm *vm)
{
	u64 page = getpagesize(), table = vm->pgd & ~(page - 1);
	u64 pa = pa_of(addr_gpa2hva(vm, table));
	size_t i;

	for (i = 0; pa && i < dump->count; i++) {
		const struct s2_range *r = &dump->ranges[i];

		TEST_ASSERT(table - r->ipa >= r->len || r->pa + (table - r->ipa) == pa,
			    "the stage 2 of another VM is on this CPU");
	}
}

struct s2_entry s2_entry_at(struct kvm_vm *vm, u64 gpa)
{
	struct s2_entry e = { 0 };
	struct s2_dump dump;
	char why[128];
	size_t i;

	if (!stage2_is_readable())
		return s2_entry_of_dump(vm, gpa);

	TEST_ASSERT(s2_read(sched_getcpu(), &dump, why, sizeof(why)),
		    "stage 2: %s", why);
	assert_is_of(&dump, vm);
	for (i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (gpa - r->ipa >= r->len)
			continue;
		e.block = r->block;
		e.pa = r->pa + (gpa - r->ipa);
		e.type = r->type;
		e.write = r->s2ap & 2;
		e.exec = !r->xn;
	}
	s2_free(&dump);
	return e;
}
