# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The emulated machine that boots a Debian from a disk, and the root shell in it. Sourced, after
# env.sh. A caller names the directory of its logs, SYSTEM_DIR, and what the machine has, and
# starts it. The shell is at a virtio port: what it says ends with a line `@end STATUS`, and
# begins, when the system has booted, with a line `@ready RELEASE`.

# shellcheck disable=SC2034 # used by the machine's file
RIG=$TOP/rig
RIGBUILD=$BUILD/rig
# shellcheck source=../../rig/machines/grace.conf
. "$RIG/machines/grace.conf"
SYSTEM_RAM=6G
SYSTEM_DIR='' SYSTEM_PID='' SYSTEM_RELEASE=''
SYSTEM_ARGS=() SYSTEM_BOOT=()

# limited SECONDS COMMAND...: of an idle PC
limited() { "$RIGBUILD/limit" --foreground "$@"; }

# system_share TAG DIR: a directory that the system can mount, but not write to
system_share() {
	SYSTEM_ARGS+=(-fsdev "local,id=$1,path=${2//,/,,},security_model=none,readonly=on"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}

# system_boots kernel IMAGE CMDLINE | system_boots firmware
system_boots() {
	case $1 in
	kernel) SYSTEM_BOOT=(-kernel "$2" -append "$3") ;;
	firmware)
		SYSTEM_BOOT=(-bios "$("$TOP/scripts/tree.sh" firmware)/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
			-device virtio-rng-pci)
		;;
	esac
}

# system_has_gpu: a GPU behind a root port, as rig/run.sh makes one for job gpu
system_has_gpu() {
	QEMU_MACHINE+=,highmem-mmio-size=8T
	SYSTEM_ARGS+=(-object "memory-backend-memfd,id=gpu,size=$GPU_RAM,share=on"
		-device "pcie-root-port,id=gpuport,chassis=1,addr=10.0"
		-device "bochs-display,bus=gpuport,vgamem=4M,romfile="
		-device "ivshmem-plain,memdev=gpu,addr=12.0")
}

# system_start DISK: in the background. SYSTEM_PID is a shell that ends with it.
system_start() {
	local qemu
	qemu=$("$TOP/scripts/tree.sh" qemu)/usr/bin/qemu-system-aarch64-run
	rm -f "$SYSTEM_DIR"/shell.{in,out}
	mkfifo "$SYSTEM_DIR"/shell.{in,out}
	exec {SYSTEM_IN}<>"$SYSTEM_DIR/shell.in" {SYSTEM_OUT}<>"$SYSTEM_DIR/shell.out"
	{
		setpriv --pdeathsig TERM "$qemu" -nodefaults -display none -nic none \
			-M "$QEMU_MACHINE" -cpu "$QEMU_CPU" -smp "$QEMU_CPUS" -m "$SYSTEM_RAM" "${QEMU_CLOCK[@]}" \
			-drive "if=none,id=disk,format=raw,cache=unsafe,file=${1//,/,,}" -device virtio-blk-pci,drive=disk \
			-device virtio-serial-pci,addr=1f.0 -chardev "pipe,id=shell,path=${SYSTEM_DIR//,/,,}/shell" \
			-device virtserialport,chardev=shell,name=cohmem.shell \
			-serial "file:$SYSTEM_DIR/console.log" \
			"${SYSTEM_BOOT[@]}" "${SYSTEM_ARGS[@]}" </dev/null >"$SYSTEM_DIR/qemu.log" 2>&1 || true
		echo "@end lost" >"$SYSTEM_DIR/shell.out"
	} &
	SYSTEM_PID=$!
}

# system_stop: the machine, if it runs, goes off as if its power failed. A QEMU that does not end
# by itself within 20 s is killed.
system_stop() {
	local qemu tries
	[ -n "$SYSTEM_PID" ] || return 0
	qemu=$(pgrep -P "$SYSTEM_PID") || return 0
	for ((tries = 0; tries < 20; tries++)); do
		kill "$qemu" 2>/dev/null || break
		sleep 1
	done
	kill -KILL "$qemu" 2>/dev/null || true
	wait "$SYSTEM_PID" || true
}

# system_lost WHY: nothing more can be done in it
system_lost() { echo "$1; its console is in $SYSTEM_DIR/console.log" | tee "$SYSTEM_DIR/lost"; }

# system_hear SECONDS WHAT: prints what the shell says up to the line @WHAT, without it, and
# sets SYSTEM_HEARD to the rest of that line; or fails, and says what came instead
system_hear() {
	local said=$SYSTEM_DIR/said last
	limited "$1" sed -u '/^@/q' <&"$SYSTEM_OUT" >"$said" || {
		cat "$said"
		system_lost "no @$2 within $1 s of an idle PC"
		return 1
	}
	last=$(tail -n 1 "$said" | tr -d '\r')
	sed '$d' "$said"
	SYSTEM_HEARD=${last#@* }
	[ "${last%% *}" = "@$2" ] || {
		system_lost "the system says $last in place of @$2"
		return 1
	}
}

# system_ready SECONDS: waits until it has booted, and sets SYSTEM_RELEASE
system_ready() {
	system_hear "$1" ready || return
	SYSTEM_RELEASE=$SYSTEM_HEARD
}

# system_do SECONDS: runs the script of the input in the system, by bash -e, prints what it
# says, and has its status
system_do() {
	{
		echo "bash -e /dev/fd/9 9<<'@script' </dev/null 2>&1"
		cat
		cat <<-'EOT'
			@script
			status=$?
			echo
			echo "@end $status"
		EOT
	} >&"$SYSTEM_IN"
	system_hear "$1" end && [ "$SYSTEM_HEARD" = 0 ]
}
