/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest EFI program for arm64 that can be signed: in a kernel's image,
 * arch/arm64/kernel/efi-header.S makes such headers.
 */
	.equ	SECTION, 0x1000
	.equ	FILE, 0x200

start:
	.ascii	"MZ"
	.skip	58
	.long	pe - start
pe:
	.ascii	"PE\0\0"
	.short	0xaa64			/* arm64 */
	.short	1			/* one section */
	.long	0, 0, 0
	.short	sections - optional
	.short	0x206			/* can be executed, has no symbols */
optional:
	.short	0x20b			/* PE32+ */
	.byte	2, 20
	.long	FILE, 0, 0		/* sizes of code and data */
	.long	SECTION, SECTION	/* where the program begins, and its code */
	.quad	0
	.long	SECTION, FILE		/* what sections are aligned to */
	.short	0, 0, 0, 0, 0, 0
	.long	0
	.long	2 * SECTION		/* size in memory */
	.long	code - start		/* size of the headers */
	.long	0
	.short	10, 0			/* an EFI application */
	.quad	0, 0, 0, 0
	.long	0
	.long	6			/* directories; the fifth is for signatures */
	.quad	0, 0, 0, 0, 0, 0
sections:
	.ascii	".text\0\0\0"
	.long	FILE, SECTION		/* in memory */
	.long	FILE, code - start	/* in the file */
	.long	0, 0, 0
	.long	0x60000020		/* code, read and executed */
	.balign	FILE
code:
	ret
	.balign	FILE
