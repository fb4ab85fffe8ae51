# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The source package of the kernels: those of a configuration (packaging/kernels.list), as
# kernel.sh has built them, and for each a package that brings the newest of its name.
# Sourced, after list.sh; what puts kernels there also needs sign.sh.

# shellcheck disable=SC2034 # used by the scripts that source this file
KERNELS_LIST=$TOP/packaging/kernels.list
PACKAGING=$TOP/packaging/linux-cohmem/debian

configurations_there_are() { list_rows "$KERNELS_LIST" config | sort -u | paste -sd" "; }

# what_it_is CONFIG: for the description of a package
what_it_is() {
	case $1 in
	debian) echo "Its configuration is that of Debian's own kernel, with what such memory needs." ;;
	rig) echo "It is the kernel of the emulated host: it boots no PC or server." ;;
	system) echo "It boots a Debian in the emulated host, and no PC or server." ;;
	esac
}

# base_version DIR: of the package that this kernel's source is from, or, for a kernel of
# another tree, its number alone
base_version() {
	local version
	version=$(sed -nE "s/^base: Debian's [^_]+_([^_ ]+)\$/\1/p" "$1/inputs")
	echo "${version:-$(sed 's/-.*//' "$1/release")-0}"
}

# put_kernel DIR CONFIG PAGES NAME FROM: one kernel, beside the others, in the source package
# in DIR, from where kernel.sh has put it
put_kernel() {
	local dir=$1 config=$2 pages=$3 name=$4 from=$5 release image meta file
	release=$(cat "$from/release")
	image=$dir/linux-image-$release meta=$dir/linux-image-$name
	mkdir -p "$image/boot" "$image/usr" "$meta/etc/default/grub.d"
	cp -L "$from/Image" "$image/boot/vmlinuz-$release"
	cp -L "$from/System.map" "$image/boot/System.map-$release"
	cp -L "$from/config" "$image/boot/config-$release"
	chmod 644 "$image"/boot/*
	cp -r "$from/tree/lib" "$image/usr/"
	! is_signing || sign_kernel "$image" "$from"
	for file in "$PACKAGING"/{control.kernel,image.*,meta.*,lintian-overrides}; do
		sed -e "s/@RELEASE@/$release/g; s/@NAME@/$name/g; s/@PAGES@/${pages%k} KiB/; s/@LINUX@/${release%%-*}/" \
			-e "s/@WHAT@/$(what_it_is "$config")/" "$file" >"$dir/filled"
		case ${file##*/} in
		control.*) cat "$dir/filled" >>"$dir/debian/control" ;;
		meta.cfg) cp "$dir/filled" "$meta/etc/default/grub.d/cohmem.cfg" ;;
		lintian-overrides)
			sed "s/@PACKAGE@/linux-image-$release/" "$dir/filled" >"$dir/debian/linux-image-$release.lintian-overrides"
			sed "s/@PACKAGE@/linux-image-$name/" "$dir/filled" >"$dir/debian/linux-image-$name.lintian-overrides"
			;;
		image.*) cp "$dir/filled" "$dir/debian/linux-image-$release.${file##*.}" ;;
		meta.*) cp "$dir/filled" "$dir/debian/linux-image-$name.${file##*.}" ;;
		esac
	done
	rm "$dir/filled"
	printf '%s /\n' "linux-image-$release"/{boot,usr} >"$dir/debian/linux-image-$release.install"
	echo "linux-image-$name/etc /" >"$dir/debian/linux-image-$name.install"
}

# put_kernels DIR CONFIG "PAGES...": sets FROM to what they are made from, and BASE to the
# version of Debian's that it has; they are the same for all kernels of a line
put_kernels() {
	local dir=$1 row config pages variant name from count=0
	mkdir -p "$dir/debian"
	cp -r "$PACKAGING"/{rules,copyright,source} "$dir/debian/"
	cp "$PACKAGING/control.source" "$dir/debian/control"
	BASE='' FROM=''
	while IFS='|' read -r config pages variant name; do
		[ "$config" = "$2" ] && [[ " $3 " == *" $pages "* ]] || continue
		from=$("$TOP/scripts/kernel.sh" "$variant" </dev/null)
		put_kernel "$dir" "$config" "$pages" "$name" "$from"
		BASE=$(base_version "$from") FROM=$(sed -n 's/^base: //p' "$from/inputs")
		count=$((count + 1))
	done < <(list_rows "$KERNELS_LIST" config pages variant name)
	[ "$count" -gt 0 ]
}
