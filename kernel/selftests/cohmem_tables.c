// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_tables - a guest whose translation tables, or all of it, are in memory
 * without struct pages
 *
 * For each kind of mapping there is a guest with all of its stage-1 tables there. It
 * runs if the rule makes that memory Normal, be it cacheable or not. In Normal
 * cacheable memory the table walker also has to set access flags. KVM has walks of
 * Device memory fault (HCR_EL2.PTW), and can do nothing then, but to let the guest
 * try again for ever. Memory that is refused is refused to the walker, too.
 *
 * Then there is nothing else: tables, code, data and stack. Such a guest runs if the
 * rule lets it execute.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device. With -m the VM has MTE,
 * which the machine must offer.
 */
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
/* For the tables, and for everything; in the guest's pages. */
#define FEW_PAGES	64
#define ALL_PAGES	1024

/* Where the guest looks, in memory of the library's. */
static vm_vaddr_t data;
static bool mte;
/* What a guest takes to look there if nothing keeps it, for this machine is as slow. */
static unsigned int look_ms;

/* The library has mapped anonymous memory; there is other memory behind it now. */
static void replace(struct kvm_vm *vm, unsigned int slot, const struct mapping *mapping)
{
	struct userspace_mem_region *region = memslot2region(vm, slot);
	size_t size = region->region.memory_size;
	bool is_ram = mapping->facts.linear && !mapping->private;
	void *mem = map_node(NULL, size, is_ram ? mapping_node(mapping) : "lazy", 0,
			     PROT_READ | PROT_WRITE, MAP_SHARED);

	/* Nor is it zero. */
	memset(mem, 0, size);
	munmap(mem, size);
	map_node(region->host_mem, size, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
		 MAP_FIXED | (mapping->private ? MAP_PRIVATE : MAP_SHARED));
}

static void make_vm(struct guest_vm *t, const struct mapping *mapping, bool all)
{
	struct userspace_mem_region *slot0;
	struct kvm_vm *vm = ____vm_create(VM_SHAPE_DEFAULT);

	t->vm = vm;
	if (mte)
		vm_enable_cap(vm, KVM_CAP_ARM_MTE, 0);
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, 0, 0, ALL_PAGES, 0);
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, TEST_GPA, TEST_SLOT,
				    FEW_PAGES, 0);
	replace(vm, all ? 0 : TEST_SLOT, mapping);
	vm->memslots[MEM_REGION_PT] = all ? 0 : TEST_SLOT;

	kvm_vm_elf_load(vm, program_invocation_name);
	slot0 = memslot2region(vm, 0);
	ucall_init(vm, slot0->region.guest_phys_addr + slot0->region.memory_size);
	data = vm_vaddr_alloc_page(vm);
	*(u64 *)addr_gva2hva(vm, data) = 0x600dull;
	guest_vm_add_vcpu(t);
}

static void interrupt(int sig)
{
}

static void set_timer(unsigned int ms)
{
	struct itimerval in = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	/* Again and again: the first one may come before the guest is entered. */
	in.it_interval = in.it_value;
	setitimer(ITIMER_REAL, &in, NULL);
}

static void measure_look(void)
{
	struct timespec begin, end;
	struct guest_vm t;

	make_vm(&t, &mappings[RAM], false);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	guest_do(&t, LOAD, data, 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	look_ms = (end.tv_sec - begin.tv_sec) * 1000 +
		  (end.tv_nsec - begin.tv_nsec) / 1000000;
	ksft_print_msg("a guest takes %u ms to load\n", look_ms);
	kvm_vm_free(t.vm);
}

static bool has_hardware_af(struct kvm_vcpu *vcpu)
{
	u64 mmfr1;

	vcpu_get_reg(vcpu, KVM_ARM64_SYS_REG(SYS_ID_AA64MMFR1_EL1), &mmfr1);
	return FIELD_GET(ID_AA64MMFR1_EL1_HAFDBS, mmfr1);
}

static void let_walker_set_af(struct guest_vm *t)
{
	u64 tcr;

	vcpu_get_reg(t->vcpu, KVM_ARM64_SYS_REG(SYS_TCR_EL1), &tcr);
	vcpu_set_reg(t->vcpu, KVM_ARM64_SYS_REG(SYS_TCR_EL1), tcr | TCR_EL1_HA);
	*virt_get_pte_hva(t->vm, data) &= ~PTE_AF;
}

static bool gets_through(struct guest_vm *t, enum guest_outcome wanted, u64 gpa)
{
	enum guest_outcome got;

	set_timer(wanted == STUCK ? 500 + 10 * look_ms : 5000 + 100 * look_ms);
	got = guest_do(t, LOAD, data, 0);
	set_timer(0);
	/* It is the walk that is refused, not the access. */
	if (got == OTHER && is_refusal(t->vcpu->run, gpa))
		got = REFUSED;
	if (got == wanted && (got != DONE || guest_report.value == 0x600dull))
		return true;
	ksft_print_msg("%s (errno %d, %s, value %#lx), not: %s\n",
		       guest_outcomes[got], errno,
		       exit_reason_str(t->vcpu->run->exit_reason), guest_report.value,
		       guest_outcomes[wanted]);
	return false;
}

static bool type_is(struct guest_vm *t, u64 gpa, enum cohmem_verdict verdict)
{
	struct s2_entry e = s2_entry_at(t->vm, gpa);

	if (verdict == COHMEM_REFUSED ? !e.block :
					e.block && e.type == s2_type_of(verdict))
		return true;
	ksft_print_msg("at %#lx: block of %#zx, %s, not %s\n", gpa, e.block,
		       s2_type_name(e.type), s2_type_name(s2_type_of(verdict)));
	return false;
}

static void test_tables(const struct mapping *mapping)
{
	enum cohmem_verdict verdict = decide(mapping, false).verdict;
	enum guest_outcome wanted = verdict == COHMEM_REFUSED ? REFUSED :
				    verdict == COHMEM_DEVICE ? STUCK : DONE;
	struct guest_vm t;
	bool af, ok;

	make_vm(&t, mapping, false);
	/* In other memory that may be unsupported. */
	af = verdict == COHMEM_NORMAL && has_hardware_af(t.vcpu);
	if (af)
		let_walker_set_af(&t);
	ok = gets_through(&t, wanted, t.vm->pgd) && type_is(&t, t.vm->pgd, verdict);
	if (af && !(*virt_get_pte_hva(t.vm, data) & PTE_AF)) {
		ksft_print_msg("the access flag is not set\n");
		ok = false;
	}
	ksft_test_result(ok, "tables, %s: %s%s\n", mapping->name,
			 guest_outcomes[wanted], af ? ", with access flags" : "");
	kvm_vm_free(t.vm);
}

static void test_all(const struct mapping *mapping)
{
	struct cohmem_decision d = decide(mapping, true);
	enum cohmem_verdict verdict = d.verdict;
	enum guest_outcome wanted = verdict == COHMEM_REFUSED ? REFUSED :
				    d.executable ? DONE : STUCK;
	struct guest_vm t;
	bool ok;

	make_vm(&t, mapping, true);
	ok = gets_through(&t, wanted, t.vm->pgd) && type_is(&t, t.vm->pgd, verdict);
	if (wanted == DONE)
		ok &= type_is(&t, addr_gva2gpa(t.vm, (u64)guest_operate), verdict) &&
		      type_is(&t, addr_gva2gpa(t.vm, data), verdict);
	ksft_test_result(ok, "all memory, %s: %s\n", mapping->name,
			 guest_outcomes[wanted]);
	kvm_vm_free(t.vm);
}

/* The VMM loads the program by accesses that Device memory does not take. */
static const enum mapping_nr for_all[] = { DECLARED, UNDECLARED, NC_ANY, MIXED, LAZY };

int main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = interrupt };
	size_t i;

	mte = mte_option(argc, argv);

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));

	kvm_pin_this_task_to_pcpu(0);
	read_machine(mte);
	sigaction(SIGALRM, &action, NULL);
	measure_look();

	/* Without COW: whatever the VMM has written there, it has copied. */
	ksft_set_plan(nr_mappings - 1 + ARRAY_SIZE(for_all));
	for (i = 0; i < nr_mappings; i++) {
		if (i != COW)
			test_tables(&mappings[i]);
	}
	for (i = 0; i < ARRAY_SIZE(for_all); i++)
		test_all(&mappings[for_all[i]]);
	ksft_finished();
}
