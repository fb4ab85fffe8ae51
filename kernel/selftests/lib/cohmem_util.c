// SPDX-License-Identifier: GPL-2.0-only
#include <sys/ioctl.h>
#include <time.h>

#include <linux/bitfield.h>
#include <linux/bits.h>

#include "cohmem_util.h"
#include "ucall_common.h"

#define RACE_WINDOW_US	"/sys/module/kvm/parameters/cohmem_race_window_us"

struct guest_report guest_report;

void guest_touch(u64 addr, u64 step, u64 count)
{
	for (; count; count--, addr += step)
		guest_load(addr);
	GUEST_DONE();
}

u64 now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

static void guest_abort_handler(struct ex_regs *regs)
{
	guest_report.esr = read_sysreg(esr_el1);
	guest_report.far = read_sysreg(far_el1);

	/* Go on behind the access, or where the call would return to. */
	if (guest_report.esr >> ESR_EC_SHIFT == ESR_EC_IABT)
		regs->pc = regs->regs[30];
	else
		regs->pc += 4;
}

void install_abort_handlers(struct kvm_vm *vm)
{
	vm_init_descriptor_tables(vm);
	vm_install_sync_handler(vm, VECTOR_SYNC_CURRENT, ESR_EC_DABT,
				guest_abort_handler);
	vm_install_sync_handler(vm, VECTOR_SYNC_CURRENT, ESR_EC_IABT,
				guest_abort_handler);
}

void vcpu_restart(struct kvm_vcpu *vcpu, void *code, u64 sp)
{
	vcpu_arch_set_entry_point(vcpu, code);
	vcpu_set_reg(vcpu, ARM64_CORE_REG(sp_el1), sp);
}

u64 vcpu_stack(struct kvm_vcpu *vcpu)
{
	u64 sp;

	vcpu_get_reg(vcpu, ARM64_CORE_REG(sp_el1), &sp);
	return sp;
}

bool has_fwb(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = vm_create_with_one_vcpu(&vcpu, NULL);
	u64 mmfr2;

	vcpu_get_reg(vcpu, KVM_ARM64_SYS_REG(SYS_ID_AA64MMFR2_EL1), &mmfr2);
	kvm_vm_free(vm);
	return FIELD_GET(ID_AA64MMFR2_EL1_FWB, mmfr2);
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0 && write(fd, text, strlen(text)) > 0,
		    "cannot write to %s: %s", path, strerror(errno));
	close(fd);
}

/* Other tests share the machine. */
static void no_race_window(void)
{
	write_file(RACE_WINDOW_US, "0");
}

bool set_race_window(const char *us)
{
	static bool is_set;

	if (access(RACE_WINDOW_US, F_OK))
		return false;
	write_file(RACE_WINDOW_US, us);
	if (!is_set)
		atexit(no_race_window);
	is_set = true;
	return true;
}

int open_node(const char *node)
{
	char path[64];

	snprintf(path, sizeof(path), NODE_DIR "%s", node);
	return open_path_or_exit(path, O_RDWR);
}

int open_vm_file(pid_t pid, int vm_fd, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/%s", pid, vm_fd, file);
	return open(path, O_RDONLY);
}

u64 pa_of(const void *hva)
{
	u64 page = getpagesize(), entry = 0;
	int fd = open_path_or_exit("/proc/self/pagemap", O_RDONLY);

	TEST_ASSERT(pread(fd, &entry, sizeof(entry), (u64)hva / page * sizeof(entry)) ==
		    sizeof(entry), "pagemap: errno %i", errno);
	close(fd);
	/* The PFN, of what is present. */
	return entry >> 63 ? (entry & GENMASK_ULL(54, 0)) * page : 0;
}

u32 page_count(int fd, u64 offset)
{
	struct testdev_page_count req = { .offset = offset };

	TEST_ASSERT(!ioctl(fd, TESTDEV_PAGE_COUNT, &req), "page count: errno %i",
		    errno);
	return req.count;
}

void *map_node(void *addr, size_t size, const char *node, u64 offset, int prot, int flags)
{
	int fd = open_node(node);
	void *mem = mmap(addr, size, prot, flags, fd, offset);

	TEST_ASSERT(mem != MAP_FAILED, "mmap() of %s failed, errno: %i (%s)",
		    node, errno, strerror(errno));
	close(fd);
	return mem;
}

void *map_anonymous(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	TEST_ASSERT(mem != MAP_FAILED, "mmap() failed, errno: %i (%s)", errno,
		    strerror(errno));
	return mem;
}
