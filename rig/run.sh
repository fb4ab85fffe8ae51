#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs one job of rig/jobs.list on one emulated machine with one kernel.
#
#   run.sh --machine NAME --kernel DIR --job NAME --out DIR
#          [--guest DIR]     kernel of the inner guest (default: the same line's stock, or what the job needs)
#          [--tests LIST]    for job selftests: NAME[:ARG...],... (default: all of ours)
#          [--limit SECS]    for one of them (default: that for the whole run)
#          [--selftests DIR] where they are (default: those that were built)
#          [--memory KIND]   for job ram: /dev/cohmem-test/KIND, or anon
#          [--gb200]         for job gpu: a Grace Blackwell, not a Grace Hopper
#          [--reserve ADDRESS,SIZE,PROPERTY]  a node for guest RAM in the device tree,
#                            with that property
#          [--vmm TREE]      whose QEMU is the VMM: vmm, or backports, which is newer (default:
#                            vmm; rig/packages)
#          [--args STRING]   more for the kernel command line
#          [--timeout SECS]  for the whole run, in seconds of an idle PC (lib/pace.h);
#                            0 is no limit (default: the job's)
#          [--tap]           print the results as TAP, "machine" last
#
# Leaves in --out: console.log, results.log (KTAP), guest.log, verdict.
# Exit status: 0 pass, 1 it could not be run, 2 fail, 3 timeout, 4 panic,
# 5 splat (a kernel complaint), 6 machine lost.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=names.sh
. "$TOP/rig/names.sh"
supervise "$@"

RIG=$TOP/rig
tap=0 gb200='' reserve='' machine='' kernel='' selftests='' guest='' job='' tests='' limit='' memory='' vmm=vmm args='' out='' timeout=''

usage() { die "$1" "usage: rig/run.sh --machine NAME --kernel DIR --job NAME --out DIR; see its head"; }

while [ $# -gt 0 ]; do
	case $1 in
	--machine | --kernel | --guest | --job | --tests | --limit | --selftests | --memory | --reserve | --vmm | --args | --out | --timeout)
		[ $# -gt 1 ] || usage "$1 needs a value"
		printf -v "${1#--}" %s "$2"
		shift 2
		;;
	--gb200)
		gb200=1
		shift
		;;
	--tap)
		tap=1
		shift
		;;
	*) usage "'$1' is not an option" ;;
	esac
done
[ -n "$machine" ] && [ -n "$kernel" ] && [ -n "$job" ] && [ -n "$out" ] ||
	usage "--machine, --kernel, --job and --out are needed"
[[ -z $timeout || $timeout =~ ^(0|[1-9][0-9]*)$ ]] || usage "--timeout $timeout is not a number of seconds"
[[ -z $limit || $limit =~ ^[1-9][0-9]*$ ]] || usage "--limit $limit is not a number of seconds"
need_machine "$machine"
need_job "$job"
need_name "tree of a VMM" "$vmm" "vmm backports"
row=$(job_columns "$job" devices needs seconds)
IFS='|' read -r wanted needs seconds <<<"$row"
read -ra wanted <<<"$wanted"
timeout=${timeout:-$seconds}
job_needs() { is_one_of "$1" "$needs"; }

[ -d "$kernel" ] || die "there is no kernel directory $kernel" "build it: make kernel VARIANT=cohmem"
kernel=$(readlink -f "$kernel")
LINE=$(sed -n 's/^line: //p' "$kernel/inputs" 2>/dev/null) && [ -n "$LINE" ] ||
	die "$kernel/inputs does not say of which line this kernel is: not a kernel built by cohmem" \
		"build it: make kernel VARIANT=cohmem"
variant=$(guest_variant "$job")
guest=${guest:-$BUILD/kernels/$LINE-$variant}
[ -d "$guest" ] ||
	die "there is no $variant kernel of line $LINE for the inner guest" "build it: make kernel LINE=$LINE VARIANT=$variant"
guest=$(readlink -f "$guest")
for file in "$kernel"/{Image,release,modules/cohmem_testdev.ko,modules/cohmem_testgpu.ko} "$guest"/{Image,modules/cohmem_guestgpu.ko}; do
	[ -s "$file" ] || die "$file is $([ -e "$file" ] && echo empty || echo missing): not a kernel built by cohmem" \
		"build it: make kernel VARIANT=cohmem"
done
! job_needs efi-guest || grep -qx CONFIG_EFI=y "$guest/config" ||
	die "the guests of job $job boot by EFI, and the kernel in $guest has no CONFIG_EFI" "take one that has: VARIANT=cohmem-efi"
selftests=${selftests:-$BUILD/selftests/$LINE}
if job_needs selftests; then
	[ -d "$selftests" ] || die "there are no selftests in $selftests" "build them: make selftests LINE=$LINE"
	selftests=$(readlink -f "$selftests")
	[ -n "$tests" ] || tests=$(find "$selftests" -maxdepth 1 -type f -name 'cohmem_*' -printf '%f\n' 2>/dev/null | sort | paste -sd,)
	[ -n "$tests" ] || die "there are no selftests in $selftests" "build them: make selftests LINE=$LINE"
fi

qemu=$("$TOP/scripts/tree.sh" qemu)/usr/bin/qemu-system-aarch64-run
vmm_tree=$("$TOP/scripts/tree.sh" "$vmm")
! job_needs shell || shell=$("$TOP/scripts/tree.sh" shell)
if job_needs operator; then
	built=$("$TOP/scripts/tool.sh" arm64)
	{ read -r operator && read -r libraries; } <<<"$built"
fi
for file in "$qemu" "$vmm_tree/usr/bin/qemu-system-aarch64"; do
	[ -x "$file" ] ||
		die "$file is missing: the package tree is not whole" "remove ${file%/usr/bin/*}, and run this again"
done
# Its guests are the same, whatever the VMM is.
RIGBUILD=$("$RIG/programs.sh")

# shellcheck source=machines/grace.conf
. "$RIG/machines/$machine.conf"

[ -z "${PC_MEMORY_GIB:-}" ] || need_memory "$PC_MEMORY_GIB" "the machine $machine"

mkdir -p "$out" || die "cannot make the directory $out" "name one with --out that you can write to"
out=$(readlink -f "$out")
take_lock run.lock "$out"
rm -f "$out"/{console.log,results.log,guest.log,verdict}

append="console=ttyAMA0 panic=-1 oops=panic rdinit=/init"
# A kernel that looks for stuck CPUs waits 120 s, not 20: on a busy PC an emulated CPU may
# take half a minute to unmap 1 GiB by pages, as KVM does without rescheduling.
append+=" watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
append+=" cohmem.job=$job cohmem.line=$LINE cohmem.release=$(cat "$kernel/release") cohmem.timeout=$((timeout - timeout / 6))"
append+="${memory:+ cohmem.memory=$memory}${tests:+ cohmem.tests=$tests}${limit:+ cohmem.limit=$limit}"
append+="${gb200:+ cohmem.gb200=1}"
# The results say which one it was.
vmm_version() {
	LC_ALL=C grep -a -o -m1 'QEMU emulator version [^()]*(Debian [^)]*)' "$vmm_tree/usr/bin/qemu-system-aarch64" |
		sed -n '1s/.*(Debian \(.*\))/\1/p'
}
if [ "$vmm" != vmm ]; then
	version=$(vmm_version)
	[ -n "$version" ] || die "QEMU of the tree '$vmm' does not say its version" "the tree is $vmm_tree"
	append+=" cohmem.vmm=$version"
fi
# add_device NAME: one of the job's devices. The host is told in which slot it is.
# A GPU's memory is where a real one's is: above 6 TiB. Below that, vfio-pci of the stock
# kernel would take nvgrace's mappings, whose offset is a PFN there, for those of a BAR,
# and would zap them for good at a reset.
gpu_fits() { [ "$PA_BITS" -ge 44 ]; }
add_guest_ram() {
	case $QEMU_RAM in
	*G) QEMU_RAM=$((${QEMU_RAM%G} + 1))G ;;
	*) QEMU_RAM=$((${QEMU_RAM%M} + 1024))M ;;
	esac
	append+=" guestram=1G"
}
add_device() {
	case $1 in
	gpu) append+=" cohmem.gpu=0000:01:00.0 cohmem.gpumem=0000:00:12.0" ;;
	gpu\?) ! gpu_fits || add_device gpu ;;
	dax) append+=" cohmem.dax=0000:00:10.0" ;;
	dax\?) [[ $tests != *dax* ]] || add_device dax ;;
	pmem\?) [[ $tests != *pmem* ]] || append+=" cohmem.pmem=0000:00:13.0" ;;
	edu) append+=" cohmem.edu=0000:00:11.0" ;;
	cxl) append+=" cohmem.cxl=1" ;;
	guestram) [ -n "$memory" ] || [ ${#QEMU_NUMA[@]} -gt 0 ] || add_guest_ram ;;
	-) ;;
	*) die "rig/jobs.list: job $job has a device '$1', which does not exist" "take one that the head of the list names" ;;
	esac
}
for device in "${wanted[@]}"; do
	add_device "$device"
done
append+="${KERNEL_ARGS:+ $KERNEL_ARGS}${args:+ $args}"

[ ${#append} -lt 2048 ] || die "the kernel command line would be longer than arm64 allows (2047)" "give fewer --tests"

devices=()
# QEMU wants a comma in the value of an option doubled.
share() {
	devices+=(-fsdev "local,id=$1,path=${2//,/,,},security_model=none,readonly=on"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}
port() {
	devices+=(-chardev "file,id=$1,path=${out//,/,,}/$1.log"
		-device "virtserialport,chardev=$1,name=cohmem.$1")
}
# This device has the last slot, so that no device is probed after its ports are there.
# QEMU can lose a write to a device on one CPU while another CPU moves or enables a BAR:
# the kernel gets an external abort.
devices+=(-device "virtio-serial-pci,addr=1f.0")
port results
port guest
share kernel "$kernel"
share guest "$guest"
share vmm "$vmm_tree"
! job_needs efi-guest || share firmware "$("$TOP/scripts/tree.sh" firmware)"
! job_needs selftests || share selftests "$selftests"
! job_needs shell || share shell "$shell"
if job_needs operator; then
	share operator "$operator"
	share libraries "$libraries"
fi
# The slots are those that add_device() has told the host.
need_high_memory() {
	gpu_fits || die "$machine has physical addresses of $PA_BITS bits: too few for a GPU's memory" \
		"take a machine whose CPU has 44 or more, like grace"
	QEMU_MACHINE+=,highmem-mmio-size=8T
	devices+=(-object "memory-backend-memfd,id=gpu,size=$GPU_RAM,share=on")
}
# The GPU is alone behind a root port, which can reset it. Its BAR 0 is RAM, in which the
# registers are that its driver reads; another device has its memory.
if [[ " $append" == *" cohmem.gpu="* ]]; then
	need_high_memory
	devices+=(-device "pcie-root-port,id=gpuport,chassis=1,addr=10.0"
		-device "bochs-display,bus=gpuport,vgamem=4M,romfile="
		-device "ivshmem-plain,memdev=gpu,addr=12.0")
elif [[ " $append" == *" cohmem.dax="* ]]; then
	need_high_memory
	devices+=(-device "ivshmem-plain,memdev=gpu,addr=10.0")
fi
# The file system is made here: the emulated host has no tool for that. Its files begin
# where a PMD entry can map them.
if [[ " $append" == *" cohmem.pmem="* ]]; then
	need_packages e2fsprogs
	rm -f "$out/pmem.img"
	truncate -s 64M "$out/pmem.img"
	/sbin/mkfs.ext4 -q -F -b 4096 -O ^has_journal -E stride=512,stripe-width=512 "$out/pmem.img" ||
		die "cannot make a file system in $out/pmem.img" "what mkfs.ext4 said is above"
	devices+=(-object "memory-backend-file,id=pmem,size=64M,share=on,mem-path=${out//,/,,}/pmem.img"
		-device "ivshmem-plain,memdev=pmem,addr=13.0")
fi
[[ " $append" != *" cohmem.edu="* ]] || devices+=(-device "edu,addr=11.0,dma_mask=0xffffffff")

# typed: passes standard input on, when that is no terminal. It waits for the shell: what
# comes before that is lost.
typed() {
	local line
	until grep "^rig: the shell is ready" "$out/console.log" >/dev/null 2>&1; do
		sleep 0.2
	done
	while IFS= read -r line; do
		printf '%s\n' "$line"
	done
	echo poweroff
}

console=(-serial "file:$out/console.log") feeder='' terminal=''
: >"$out/qemu.log"
exec {from}</dev/null {to}>>"$out/qemu.log"
if [ "$job" = shell ]; then
	console=(-chardev "stdio,id=console,mux=on,signal=off,logfile=${out//,/,,}/console.log"
		-serial chardev:console -mon chardev=console)
	exec {from}<&0 {to}>&1
	if [ -t 0 ]; then
		terminal=$(stty -g)
	else
		exec {from}< <(typed)
		feeder=$!
	fi
fi
# reserve_memory ADDRESS SIZE PROPERTY COMPATIBLE: the device tree that QEMU makes for this
# machine gets a node for this memory. QEMU adds the rest when it loads that tree.
reserve_memory() {
	local all=/reserved-memory node=/reserved-memory/memory@${1#0x} tree=$out/machine.dtb
	local where=($(($1 >> 32)) $(($1 & 0xffffffff)) $(($2 >> 32)) $(($2 & 0xffffffff)))
	need_packages device-tree-compiler
	rm -f "$tree"
	"$qemu" -nodefaults -display none -M "$QEMU_MACHINE,dumpdtb=${tree//,/,,}" -cpu "$QEMU_CPU" \
		-smp "$QEMU_CPUS" -m "$QEMU_RAM" "${QEMU_NUMA[@]}" >"$out/dumpdtb.log" 2>&1 || true
	{
		fdtput -cp "$tree" "$node" &&
			fdtput -t u "$tree" $all '#address-cells' 2 &&
			fdtput -t u "$tree" $all '#size-cells' 2 &&
			fdtput "$tree" $all ranges &&
			fdtput -t s "$tree" "$node" compatible "$4" &&
			fdtput -t u "$tree" "$node" reg "${where[@]}" &&
			fdtput "$tree" "$node" "$3"
	} >>"$out/dumpdtb.log" 2>&1 ||
		die "no device tree with a node for this memory could be made: $(tail -n 1 "$out/dumpdtb.log")" \
			"all that was said is in $out/dumpdtb.log"
	devices+=(-dtb "$tree")
}
reserve=${reserve:+$reserve,cohmem,guest-ram}
reserve=${reserve:-$RESERVED}
if [ -n "$reserve" ]; then
	IFS=, read -r address size property compatible <<<"$reserve"
	reserve_memory "$address" "$size" "$property" "$compatible"
fi
if [ -n "$QEMU_FIRMWARE" ]; then
	grep -qx CONFIG_EFI=y "$kernel/config" ||
		die "$machine boots by EFI, and the kernel has no CONFIG_EFI" "take one that has: VARIANT=cohmem-efi"
	firmware=$("$TOP/scripts/tree.sh" firmware)
	devices+=(-bios "$firmware/$QEMU_FIRMWARE" -device "virtio-rng-pci,addr=1e.0")
fi
at_reboot=(-no-reboot)
! job_needs reset || at_reboot=()
status=0
# In the foreground: a QEMU with a process group of its own would outlive this script.
setpriv --pdeathsig TERM "$RIGBUILD/limit" --foreground "$timeout" "$qemu" \
	-nodefaults -display none "${at_reboot[@]}" -nic none \
	-M "$QEMU_MACHINE" -cpu "$QEMU_CPU" -smp "$QEMU_CPUS" -m "$QEMU_RAM" \
	"${QEMU_CLOCK[@]}" "${QEMU_NUMA[@]}" \
	-kernel "$kernel/Image" -initrd "$RIGBUILD/host.cpio.gz" -append "$append" \
	"${console[@]}" \
	-object "memory-backend-memfd,id=device,size=$DEVICE_RAM,share=on" \
	-device ivshmem-plain,memdev=device \
	"${devices[@]}" \
	<&"$from" >&"$to" 2>>"$out/qemu.log" || status=$?
rm -f "$out/pmem.img"
[ ! -s "$out/qemu.log" ] || sed 's/^/QEMU: /' "$out/qemu.log" >&2

# Job shell has no verdict: a person has seen what happened.
if [ "$job" = shell ]; then
	[ -z "$feeder" ] || kill "$feeder" 2>/dev/null || true
	[ -z "$terminal" ] || stty "$terminal"
	[ "$status" = 0 ] || die "QEMU ended with status $status" "its console is in $out/console.log"
	exit 0
fi

free=$(df -Pk "$out" | awk 'NR == 2 { print $4 }')
[ "$free" -gt 0 ] || die "the disk is full, so the logs of this run are not whole: $out" "free some of it, and run this again"

verdict=0
options=()
[ "$tap" = 0 ] || options=(--tap)
"$RIGBUILD/verdict" "${options[@]}" "$out" "$status" "$RIG" || verdict=$?
[ -r "$out/verdict" ] || die "the run could not be judged" "its logs are in $out"
exit "$verdict"
