#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# installs.sh: installs and removes the kernel's packages that are beside it, in the Debian
# that packages are made in, as a host does that boots by GRUB. There is no device to boot
# from, so grub-probe is a stand-in, and the kernels of Debian's are empty files. Leaves in
# out/ what tests/commands/packages.sh looks at.

set -eu
export LC_ALL=C

# The hooks of a host: initramfs-tools and grub2-common have such.
host() {
	cat >/usr/sbin/grub-probe <<-'EOT'
		#!/bin/sh
		case $* in
		*fs_uuid*) echo 1234-5678 ;;
		*abstraction*) ;;
		*target=device*) echo /dev/vda1 ;;
		*target=drive*) echo hd0 ;;
		*) echo ext2 ;;
		esac
	EOT
	cat >/usr/sbin/update-grub <<-'EOT'
		#!/bin/sh
		exec grub-mkconfig -o /boot/grub/grub.cfg
	EOT
	for what in preinst postinst prerm postrm; do
		mkdir -p "/etc/kernel/$what.d"
		cat >"/etc/kernel/$what.d/record" <<-EOT
			#!/bin/sh
			echo "$what \$DEB_MAINT_PARAMS: \$1 \$2" >>/package/out/hooks
		EOT
	done
	printf '#!/bin/sh\nexec update-grub\n' | tee /etc/kernel/postinst.d/zz-update-grub >/etc/kernel/postrm.d/zz-update-grub
	printf 'GRUB_DISTRIBUTOR=Debian\nGRUB_DISABLE_OS_PROBER=true\n' >/etc/default/grub
	chmod 755 /usr/sbin/grub-probe /usr/sbin/update-grub /etc/kernel/*.d/*
	mkdir -p /boot/grub
	touch /boot/vmlinuz-6.12.1+deb13-arm64 /boot/initrd.img-6.12.1+deb13-arm64
	linux-update-symlinks install 6.12.1+deb13-arm64 /boot/vmlinuz-6.12.1+deb13-arm64
	update-grub
}

# files: all that is in the host, but what dpkg and a log are to change
files() {
	find / -xdev \( -path /package -o -path /dev -o -path /tmp -o -path /var/lib/dpkg -o -path /var/log -o -path /var/cache \) -prune -o \
		-printf '%p %M %l\n' >out/files
	sort out/files
	# Of what is edited, or made there, the contents too
	find /etc /boot -xdev -type f >out/files
	sort out/files | xargs -d '\n' sha256sum
	cat /boot/grub/grub.cfg
}

# boots: the kernel of the first entry of GRUB's menu
boots() { sed -n 's/^\tlinux\t\([^ ]*\).*/\1/p' /boot/grub/grub.cfg | head -n 1; }

host
files >out/before
dpkg -i --force-depends linux-image-*.deb
boots >out/boots.installed
cp -r /usr/lib/modules out/modules
touch /boot/vmlinuz-6.99.9+deb14-arm64
update-grub
boots >out/boots.newer
mv /etc/default/grub.d/cohmem.cfg out/
update-grub
boots >out/boots.alone
mv out/cohmem.cfg /etc/default/grub.d/
rm /boot/vmlinuz-6.99.9+deb14-arm64
dpkg -i --force-depends linux-image-*.deb
installed() { dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 'linux-image-*' | sed -n "s/^$1 //p"; }
# shellcheck disable=SC2046 # words
dpkg -r $(installed ii)
boots >out/boots.removed
# shellcheck disable=SC2046 # words
dpkg -P $(installed rc)
files >out/after
