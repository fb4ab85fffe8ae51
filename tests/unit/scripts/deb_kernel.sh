#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The source package of the kernels (scripts/lib/deb_kernel.sh): which kernels are put there,
# and what is signed.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../../../scripts/lib/deb_kernel.sh
. "$TOP/scripts/lib/deb_kernel.sh"
# shellcheck source=../../../scripts/lib/sign.sh
. "$TOP/scripts/lib/sign.sh"

need_work

# A kernel.sh that builds nothing, and reads its input, as a program that a build calls may.
mkdir -p "$WORK/top/scripts"
cat >"$WORK/top/scripts/kernel.sh" <<'END'
#!/bin/sh
cat >/dev/null
kernel=$(dirname "$0")/../$1
mkdir -p "$kernel/tree/lib"
for file in Image System.map config; do : >"$kernel/$file"; done
[ ! -d "$kernel-files" ] || cp -r "$kernel-files/." "$kernel/"
echo "6.12.1-$1" >"$kernel/release"
echo "base: Debian's linux-source-6.12_6.12.1-1" >"$kernel/inputs"
echo "$kernel"
END
chmod +x "$WORK/top/scripts/kernel.sh"
cat >"$WORK/kernels.list" <<'END'
config | pages | variant    | name
efi    | 4k    | signable   | signable
a      | 4k    | small      | small
b      | 4k    | other      | other
a      | 64k   | large      | large
END

# puts WANTED CONFIG "PAGES...": these are the kernels that are in the package then
puts() {
	local there
	TOP=$WORK/top KERNELS_LIST=$WORK/kernels.list
	rm -rf "$WORK/package"
	put_kernels "$WORK/package" "${@:2}"
	[ "$BASE" = 6.12.1-1 ]
	there=$(find "$WORK/package" -name 'vmlinuz-*' -printf '%f\n' | sed 's/.*-//' | sort | paste -sd' ')
	[ "$there" = "$1" ] || { echo "there are: $there" && return 1; }
}

# make_pair NAME: a key, and its certificate
make_pair() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$WORK/$1.key" -out "$WORK/$1.pem" 2>/dev/null
}

# sign_with KEY CERT [CONFIG]: puts the kernels there, signed
sign_with() {
	local SIGN_KEY=$1 SIGN_CERT=$2
	need_signer
	TOP=$WORK/top KERNELS_LIST=$WORK/kernels.list
	rm -rf "$WORK/package"
	put_kernels "$WORK/package" "${3:-efi}" "4k 64k"
}

# refused_pair TEXT KEY CERT [CONFIG]
refused_pair() {
	local said
	if said=$(sign_with "${@:2}" 2>&1); then return 1; fi
	echo "$said"
	grep -qF -- "$1" <<<"$said" && grep -q '^    [^ ]' <<<"$said"
}

wrong_pairs() {
	make_pair one
	make_pair other
	openssl pkey -in "$WORK/one.key" -aes128 -passout pass:secret -out "$WORK/locked.key"
	openssl x509 -in "$WORK/one.pem" -outform DER -out "$WORK/one.der"
	refused_pair "SIGN_KEY= is given without SIGN_CERT=" "$WORK/one.key" ""
	refused_pair "SIGN_CERT= is given without SIGN_KEY=" "" "$WORK/one.pem"
	refused_pair "is not the certificate of SIGN_KEY" "$WORK/one.key" "$WORK/other.pem"
	refused_pair "cannot be read as a private key in PEM" "$WORK/none" "$WORK/one.pem"
	refused_pair "cannot be read as a private key in PEM" "$WORK/one.pem" "$WORK/one.pem"
	refused_pair "cannot be read as a private key in PEM, without a passphrase" "$WORK/locked.key" "$WORK/one.pem"
	refused_pair "cannot be read as a certificate in PEM" "$WORK/one.key" "$WORK/one.der"
	refused_pair "it is no EFI program (CONFIG_EFI)" "$WORK/one.key" "$WORK/one.pem" a
}

# A stand-in for the kernel's sign-file, which says in the module what it was told. The module
# has a signature of the build's already, of 7 bytes.
# shellcheck disable=SC2016 # for the stand-in's shell
make_signable() {
	local files=$WORK/top/signable-files module
	module=$files/tree/lib/modules/6.12.1-signable
	mkdir -p "$module"
	"${CROSS_COMPILE}gcc" -c -o "$WORK/image.o" tests/unit/scripts/image.S
	"${CROSS_COMPILE}objcopy" -O binary "$WORK/image.o" "$files/Image"
	printf 'CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_HASH="sha256"\n' >"$files/config"
	printf '#!/bin/sh\necho "signed $1 by ${2##*/} ${3##*/}" >>"$4"\n' >"$files/sign-file"
	chmod 755 "$files/sign-file"
	printf 'module\n' >"$module/plain.ko"
	printf 'module\nFORMERLY\0\0\0\0\0\0\0\0\0\0\0\010~Module signature appended~\n' >"$module/packed.ko"
	xz -f "$module/packed.ko"
}

signs() {
	local modules=$WORK/package/linux-image-6.12.1-signable/usr/lib/modules/6.12.1-signable image
	image=$WORK/package/linux-image-6.12.1-signable/boot/vmlinuz-6.12.1-signable
	make_pair one
	make_pair other
	make_signable
	sign_with "$WORK/one.key" "$WORK/one.pem"
	sbverify --cert "$WORK/one.pem" "$image"
	if sbverify --cert "$WORK/other.pem" "$image"; then return 1; fi
	[ "$(cat "$modules/plain.ko")" = $'module\nsigned sha256 by one.key one.pem' ]
	[ "$(xz -dc "$modules/packed.ko.xz")" = $'module\nsigned sha256 by one.key one.pem' ]
	# What kernel.sh has built is as it was, and the key is where it was.
	[ "$(xz -dc "$WORK/top/signable/tree/lib/modules/6.12.1-signable/packed.ko.xz" | tr -d '\0' | head -n 2 | tail -n 1 | cut -c1-8)" = FORMERLY ]
	cmp "$WORK/top/signable/Image" "$WORK/top/signable-files/Image"
	if grep -rlF "$(sed -n 2p "$WORK/one.key")" "$WORK/package" "$WORK/top"; then return 1; fi
}

only_the_image() {
	local said
	make_pair one
	make_signable
	: >"$WORK/top/signable-files/config"
	said=$(sign_with "$WORK/one.key" "$WORK/one.pem" 2>&1)
	echo "$said"
	grep -F "only its image is signed" <<<"$said"
	[ "$(cat "$WORK/package/linux-image-6.12.1-signable/usr/lib/modules/6.12.1-signable/plain.ko")" = module ]
}

cd "$TOP"
need_packages openssl sbsigntool xz-utils
test_that "each kernel of a configuration is put there, whatever a build reads" puts "large small" a "4k 64k"
test_that "a kernel with pages that nobody asks for is not put there" puts small a 4k
test_that "a kernel of another configuration is not put there" puts other b "4k 64k"
test_that "a key and a certificate that are no pair, or cannot be used, are refused" wrong_pairs
test_that "image and modules are signed with the pair that is given, and nothing keeps the key" signs
test_that "of a kernel that knows no signatures of modules only the image is signed" only_the_image
tap_end
