#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages of the operator's command and of the kernel, as make deb makes them, and what
# the latter do to a host.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$TOP"
need_work
unset SOURCE_DATE_EPOCH

refuses() {
	local said
	if said=$("${@:2}" 2>&1); then
		echo "it is not refused"
		return 1
	fi
	grep -F -- "$1" <<<"$said"
}

wrong_variables() {
	refuses "there is no configuration ''" make -s deb CONFIG=
	refuses "there is no configuration 'nope'" make -s deb CONFIG=nope
	refuses "there is no kernel with pages of 8k" make -s deb CONFIG=rig PAGES=8k
	refuses "is not a number of seconds" env SOURCE_DATE_EPOCH=now make -s deb CONFIG=rig
	refuses "SIGN_KEY= is given without SIGN_CERT=" make -s deb CONFIG=rig SIGN_KEY="$WORK/none"
	refuses "cannot be the maintainer" env DEBFULLNAME='a <b>' DEBEMAIL=a@b.invalid make -s deb CONFIG=rig
}

# Secure Boot boots EFI programs only, and the rig's kernel is none.
not_signable() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout "$WORK/key.pem" -out "$WORK/cert.pem"
	refuses "it is no EFI program (CONFIG_EFI)" make -s deb CONFIG=rig PAGES=4k SIGN_KEY="$WORK/key.pem" SIGN_CERT="$WORK/cert.pem"
	ls build/deb/cohmem_*.deb
}

# commit_at SECONDS: the version of the package of a commit made then
commit_at() {
	GIT_COMMITTER_DATE="@$1 +0500" git -C "$WORK/tree" -c user.name=a -c user.email=a@b.invalid commit -q --allow-empty -m "$1"
	"$WORK/tree/scripts/version.sh" --package
}

versions_sort() {
	local first second
	mkdir -p "$WORK/tree/scripts"
	cp scripts/version.sh "$WORK/tree/scripts/"
	echo 7.8 >"$WORK/tree/VERSION"
	git init -q "$WORK/tree"
	first=$(commit_at 1700000000)
	second=$(commit_at 1700000001)
	echo "$first" "$second"
	dpkg --compare-versions 7.8 lt "$first"
	dpkg --compare-versions "$first" lt "$second"
	dpkg --compare-versions "$second" lt 7.9
	git -C "$WORK/tree" tag v7.8
	[ "$("$WORK/tree/scripts/version.sh" --package)" = 7.8 ]
}

build() {
	make -s deb CONFIG=rig PAGES=4k
	mkdir "$WORK/$1"
	cp build/deb/*.{deb,changes,buildinfo} "$WORK/$1/"
}

# files PACKAGE: in the first build
files() { dpkg-deb -c "$WORK/first/$1"_*.deb | awk '$1 !~ /^d/ { print $1, $2, $6 }'; }

files_are() {
	files cohmem | tee "$WORK/files"
	diff - "$WORK/files" <<-'EOT'
		-rwxr-xr-x root/root ./usr/bin/cohmem
		-rw-r--r-- root/root ./usr/lib/systemd/system/cohmem-gpu@.service
		-rw-r--r-- root/root ./usr/lib/systemd/system/cohmem-nfd.service
		-rw-r--r-- root/root ./usr/lib/systemd/system/cohmem-nfd.timer
		-rw-r--r-- root/root ./usr/lib/systemd/system/cohmem-prometheus.service
		-rw-r--r-- root/root ./usr/lib/systemd/system/cohmem-prometheus.timer
		-rwxr-xr-x root/root ./usr/libexec/cohmem/bind-gpu
		-rw-r--r-- root/root ./usr/share/bash-completion/completions/cohmem
		-rw-r--r-- root/root ./usr/share/cohmem/devices.list
		-rw-r--r-- root/root ./usr/share/doc/cohmem/changelog.gz
		-rw-r--r-- root/root ./usr/share/doc/cohmem/copyright
		-rw-r--r-- root/root ./usr/share/doc/cohmem/examples/modprobe.conf
		-rw-r--r-- root/root ./usr/share/lintian/overrides/cohmem
		-rw-r--r-- root/root ./usr/share/man/man1/cohmem.1.gz
	EOT
}

# The rig's kernel has all that it needs built in: there are no modules.
kernel_files_are() {
	files "$IMAGE" | tee "$WORK/files"
	diff - "$WORK/files" <<-EOT
		-rw-r--r-- root/root ./boot/System.map-$RELEASE
		-rw-r--r-- root/root ./boot/config-$RELEASE
		-rw-r--r-- root/root ./boot/vmlinuz-$RELEASE
		-rw-r--r-- root/root ./usr/lib/modules/$RELEASE/modules.builtin
		-rw-r--r-- root/root ./usr/lib/modules/$RELEASE/modules.builtin.modinfo
		-rw-r--r-- root/root ./usr/lib/modules/$RELEASE/modules.order
		-rw-r--r-- root/root ./usr/share/doc/$IMAGE/changelog.gz
		-rw-r--r-- root/root ./usr/share/doc/$IMAGE/copyright
		-rw-r--r-- root/root ./usr/share/lintian/overrides/$IMAGE
	EOT
	dpkg-deb --fsys-tarfile "$WORK/first/$IMAGE"_*.deb | tar -xO "./boot/vmlinuz-$RELEASE" | cmp - "build/kernels/$LINE-cohmem/Image"
}

# field PACKAGE NAME: of the control file
field() { dpkg-deb -f "$WORK/first/$1"_*.deb "$2"; }

control_is() {
	dpkg-deb -f "$WORK"/first/cohmem_*.deb | tee "$WORK/control"
	grep -x "Architecture: arm64" "$WORK/control"
	grep -xF "Version: $(scripts/version.sh --package)" "$WORK/control"
	grep -E '^Depends: .*libjson-c5 \(>= .*libtracefs1 \(>= ' "$WORK/control"
}

newest_is() {
	local version
	version=$(field "$IMAGE" Version)
	[[ $version == "${RELEASE%%-*}"+*"+cohmem$(scripts/version.sh --package)" ]]
	[ "$(field linux-image-cohmem-rig-arm64 Depends)" = "$IMAGE (= $version)" ]
}

lintian_is_content() {
	scripts/in_chroot.sh "$WORK/first" sh -c 'lintian --fail-on error,warning ./*.deb'
}

installs() {
	cp tests/commands/standin/installs.sh "$WORK/first/"
	scripts/in_chroot.sh "$WORK/first" sh ./installs.sh
}

hooks_run() {
	sed -E 's/: .*//; s/ [^ ]*\+cohmem[^ ]*//g; s/ $//' "$OUT/hooks" | tee "$WORK/hooks"
	diff - "$WORK/hooks" <<-'EOT'
		preinst install
		postinst configure
		preinst upgrade
		postinst configure
		prerm remove
		postrm remove
		postrm purge
	EOT
	if grep -vF ": $RELEASE /boot/vmlinuz-$RELEASE" "$OUT/hooks"; then return 1; fi
	[ -e "$OUT/modules/$RELEASE/modules.dep" ]
}

# boots_are WHEN KERNEL
boots_are() {
	echo "$1: $(cat "$OUT/boots.$1")"
	[ "$(cat "$OUT/boots.$1")" = "/boot/vmlinuz-$2" ]
}

boots_first() {
	boots_are installed "$RELEASE"
	boots_are alone 6.99.9+deb14-arm64
	boots_are newer "$RELEASE"
	boots_are removed 6.12.1+deb13-arm64
}

leaves_nothing() { diff "$OUT/before" "$OUT/after"; }

gpus_are_bound() {
	cp tests/commands/standin/binds.sh "$WORK/first/"
	scripts/in_chroot.sh "$WORK/first" sh ./binds.sh
	cat "$OUT/bound"
	diff - "$OUT/bound" <<-'EOT'
		== bind-gpu 0009:01:00.0, had by nobody
		modprobe nvgrace_gpu_vfio_pci
		nvgrace_gpu_vfio_pci probes 0009:01:00.0
		== bind-gpu 0009:01:00.0, had by other
		modprobe nvgrace_gpu_vfio_pci
		other lets go of 0009:01:00.0
		nvgrace_gpu_vfio_pci probes 0009:01:00.0
		== bind-gpu 0009:01:00.0, had by nvgrace_gpu_vfio_pci
		== bind-gpu 0009:01:00.0, had by nobody
		modprobe nvgrace_gpu_vfio_pci
		nvgrace_gpu_vfio_pci probes 0009:01:00.0
		bind-gpu: nvgrace_gpu_vfio_pci does not take 0009:01:00.0
		bind-gpu: the kernel's log says why
		status 1
		== bind-gpu 0001:01:00.0, had by nobody
		bind-gpu: there is no PCI device 0001:01:00.0
		bind-gpu: cohmem check names those that give VMs memory
		status 1
		== bind-gpu 0009:01:00.0, had by other
		bind-gpu: no list names 0009:01:00.0, 10de:a80a, for nvgrace_gpu_vfio_pci
		bind-gpu: if it is a GPU whose memory VMs can have, add a row to /etc/cohmem/devices.d/NAME.list, in the form of /usr/share/cohmem/devices.list
		status 1
		== bind-gpu 0009:01:00.0, had by nobody
		modprobe nvgrace_gpu_vfio_pci
		nvgrace_gpu_vfio_pci probes 0009:01:00.0
		== bind-gpu 0009:01:00.0, had by nvgrace_gpu_vfio_pci
		bind-gpu: no list names 0009:01:00.0, 10de:a80b, for nvgrace_gpu_vfio_pci
		bind-gpu: if it is a GPU whose memory VMs can have, add a row to /etc/cohmem/devices.d/NAME.list, in the form of /usr/share/cohmem/devices.list
		status 1
		== bind-gpu 0009:01:00.0, had by nobody
		modprobe nvgrace_gpu_vfio_pci
		bind-gpu: nvgrace_gpu_vfio_pci cannot be loaded: modprobe says above why
		bind-gpu: if this kernel does not have it, boot one with CONFIG_NVGRACE_GPU_VFIO_PCI
		status 1
	EOT
}

nothing_is_exported() {
	diff - "$OUT/removed" <<-'EOT'
		etc/kubernetes/node-feature-discovery/features.d/other
		var/lib/prometheus/node-exporter/other.prom
	EOT
}

units_stop_in_time() {
	diff - "$OUT/units" <<-'EOT'
		upgrade
		removal
		stop cohmem-nfd.timer cohmem-nfd.service
		stop cohmem-prometheus.timer cohmem-prometheus.service
	EOT
}

same_bytes() {
	local file
	build second
	for file in "$WORK"/first/*.deb; do cmp "$file" "$WORK/second/${file##*/}"; done
}

test_that "the package of a later commit has a later version" versions_sort
test_that "wrong variables of make deb are refused" wrong_variables
test_that "make deb makes the packages of the command and of the kernel" build first
OUT=$WORK/first/out
RELEASE=$(cat "build/kernels/$LINE-cohmem/release")
IMAGE=linux-image-$RELEASE
test_that "the command's package has its files and no others" files_are
test_that "the command's package has its version, architecture and libraries" control_is
test_that "the kernel's package has its files and no others" kernel_files_are
test_that "the package of the newest kernel brings that kernel" newest_is
test_that "lintian finds no error and no warning" lintian_is_content
test_that "the kernel's package is installed, upgraded, removed and purged" installs
test_that "the hooks of a host are run with the kernel's release and image" hooks_run
test_that "GRUB boots this kernel first, also if Debian's is newer" boots_first
test_that "a host without the packages is as it was before" leaves_nothing
test_that "the unit's command has nvgrace-gpu take a GPU, or says why not" gpus_are_bound
test_that "labels and metrics that the timers wrote go with the package" nothing_is_exported
test_that "an upgrade leaves the timers alone, and a removal stops them" units_stop_in_time
test_that "a kernel that Secure Boot cannot boot is not signed, and the former packages stay" not_signable
test_that "the same commit gives the same packages, byte for byte" same_bytes
tap_end
