# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Signs kernels and their modules, in packages, with a key of the operator's: SIGN_KEY= and
# SIGN_CERT=. The key is read where it is, and copied nowhere. Sourced, after packages.sh.

is_signing() { [ -n "${SIGN_KEY:-}${SIGN_CERT:-}" ]; }

# need_signer: ends the script if the two are not a pair; without them nothing is signed
need_signer() {
	local key certificate
	is_signing || return 0
	[ -n "${SIGN_KEY:-}" ] || die "SIGN_CERT= is given without SIGN_KEY=" "name the private key of that certificate, too"
	[ -n "${SIGN_CERT:-}" ] || die "SIGN_KEY= is given without SIGN_CERT=" "name the certificate of that key, too"
	need_packages openssl sbsigntool
	key=$(openssl pkey -inform PEM -in "$SIGN_KEY" -passin pass: -pubout 2>/dev/null) ||
		die "SIGN_KEY=$SIGN_KEY cannot be read as a private key in PEM, without a passphrase" \
			"name one; 'openssl pkey -in KEY -out NEW' writes a key without its passphrase"
	certificate=$(openssl x509 -inform PEM -in "$SIGN_CERT" -noout -pubkey 2>/dev/null) ||
		die "SIGN_CERT=$SIGN_CERT cannot be read as a certificate in PEM" \
			"name one; 'openssl x509 -inform DER -in CERT -out NEW' makes it of one in DER"
	[ "$key" = "$certificate" ] || die "SIGN_CERT=$SIGN_CERT is not the certificate of SIGN_KEY=$SIGN_KEY" "name both of one pair"
	SIGN_KEY=$(readlink -f "$SIGN_KEY") SIGN_CERT=$(readlink -f "$SIGN_CERT")
	export SIGN_KEY SIGN_CERT
}

# sign_kernel DIR FROM: the image and the modules in DIR, of the kernel that kernel.sh has
# put in FROM
sign_kernel() {
	local release
	release=$(cat "$2/release")
	note "signing $release"
	sign_image "$1/boot/vmlinuz-$release" "$release"
	if grep -qx CONFIG_MODULE_SIG=y "$2/config"; then
		sign_modules "$1/usr/lib/modules" "$2"
	else
		note "$release knows no signatures of modules (CONFIG_MODULE_SIG): only its image is signed"
	fi
}

# sign_image FILE RELEASE
sign_image() {
	local said
	[ "$(head -c 2 "$1")" = MZ ] ||
		die "the image of $2 cannot be signed: it is no EFI program (CONFIG_EFI)" \
			"leave SIGN_KEY= and SIGN_CERT= out; Secure Boot boots no such kernel"
	said=$(sbsign --key "$SIGN_KEY" --cert "$SIGN_CERT" --output "$1.signed" "$1" 2>&1) &&
		said=$(sbverify --cert "$SIGN_CERT" "$1.signed" 2>&1) ||
		die "sbsign cannot sign the image of $2: $(tail -n 1 <<<"$said")" "take a key that sbsign can use, such as one of RSA with 2048 bits"
	mv "$1.signed" "$1"
	chmod 644 "$1"
}

# sign_modules DIR FROM: by the program that the kernel's build has made for that
sign_modules() {
	local hash
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"$/\1/p' "$2/config")
	[ -x "$2/sign-file" ] ||
		die "the kernel in $2 has no sign-file, which signs modules" "remove it from the cache, and run this again"
	export -f sign_some unsign
	find "$1" -name '*.ko' -print0 -o -name '*.ko.xz' -print0 |
		xargs -0 -r -P "$(nproc)" -n 50 bash -euc 'sign_some "$@"' bash "$2/sign-file" "$hash" ||
		die "the modules cannot be signed (the reason is above)" "if the disk is full, free some of it, and run this again"
}

# sign_some SIGN-FILE HASH MODULE...: compressed again as the kernel's modules_install does it
sign_some() {
	local sign=$1 hash=$2 file
	shift 2
	for file; do
		[[ $file != *.xz ]] || xz -d "$file"
		unsign "${file%.xz}"
		"$sign" "$hash" "$SIGN_KEY" "$SIGN_CERT" "${file%.xz}"
		[[ $file != *.xz ]] || xz --check=crc32 --lzma2=dict=1MiB "${file%.xz}"
	done
}

# unsign MODULE: removes the signature of the build's own key, for the kernel looks at the
# last one only. At the end are the signature, 12 bytes that end with its length, and a mark.
unsign() {
	local length
	[ "$(tail -c 28 "$1" | tr -d '\0')" = "~Module signature appended~" ] || return 0
	length=$(tail -c 32 "$1" | head -c 4 | od -An -tu4 --endian=big)
	truncate -s -$((28 + 12 + length)) "$1"
}
