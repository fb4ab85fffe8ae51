// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: an unmodified QEMU has a file of guest RAM as the RAM of its VM. QEMU makes
 * the file itself. The VM that gets the memory next finds nothing in it.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "guestram.h"
#include "ktap.h"
#include "rawvm.h"
#include "stage2_report.h"
#include "vm.h"
#include "vmm_args.h"

#define VM1	GUESTRAM_DIR "/vm1"
#define VM2	GUESTRAM_DIR "/vm2"

/* In the text of the guest's kernel, which stays as it is. */
#define TEXT_AT		(4UL << 20)
#define TEXT_BYTES	65536

static const struct stage2_area ram = {
	.name = "guest RAM", .start = VMM_RAM_START, .end = VM_RAM_END,
	.want = S2_NORMAL_WB, .memtype = "memtype", .block = "largest_block",
	.result = "vm_stage2_memtype",
};

/*
 * Whether a guest that has the file as its RAM finds zeroes in all of its bytes. It takes the
 * smallest VMM: QEMU writes to the RAM before its guest begins.
 */
static bool guest_finds_nothing(const struct guestram_file *file)
{
	struct rawvm vm;
	bool nothing;

	rawvm_open(&vm);
	rawvm_map(&vm, VMM_RAM_START, file->at, file->size);
	nothing = rawvm_is_zero(&vm, VMM_RAM_START, VMM_RAM_START + file->size);
	rawvm_close(&vm);
	return nothing;
}

void guestram_vm(void)
{
	static u8 text[TEXT_BYTES];
	struct guestram_file file;
	struct vm one, two;
	bool ok;

	ok = vm_start(&one, VM1, NULL, NULL) && vm_verify(&one, VM_VERIFY_MIB);
	ktap_result(ok && guestram_sysfs("size") - guestram_sysfs("free") == VM_RAM_BYTES,
		    "vm_boots", "workload: %s", vm_said(&one, "workload"));
	stage2_report(&one.guest, &ram);
	vm_note_memory(&one, "VM of " VM_MIB " MiB");
	/* Both at work. */
	ok = vm_start(&two, VM2 ",align=2M,prealloc=on", NULL, NULL) &&
	     vm_verify(&two, VM_VERIFY_MIB) && vm_goes_on(&one) && vm_goes_on(&two) && ok;
	ok = vm_verified(&two) && ok;
	ktap_result(vm_verified(&one) && ok, "two_vms", "%s; %s", vm_said(&one, "verify"),
		    vm_said(&two, "verify"));
	vm_end(&two);

	/* A VMM that is killed leaves the file, as it was. */
	ok = guestram_make(&file, VM1, VM_RAM_BYTES);
	if (ok)
		memcpy(text, file.at + TEXT_AT, TEXT_BYTES);
	guestram_unmap(&file);
	kill(one.guest.vmm.pid, SIGKILL);
	vm_end(&one);
	ok = ok && guestram_make(&file, VM1, VM_RAM_BYTES) && !guestram_has(&file, 0) &&
	     !memcmp(text, file.at + TEXT_AT, TEXT_BYTES) && !guest_finds_nothing(&file);
	ktap_result(ok, "vm_killed", "");
	guestram_unmap(&file);
	unlink(VM1);
	unlink(VM2);
	/* All memory there is, so that what the first VM had is in it. */
	ok = guestram_make(&file, VM1, guestram_sysfs("size")) && guest_finds_nothing(&file);
	ktap_result(ok, "next_vm_sees_nothing", "%zu MiB", file.size >> 20);
	guestram_unmap(&file);
	unlink(VM1);
}
