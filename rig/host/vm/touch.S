/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of rawvm.c. Its MMU is off, so that stage 1 costs nothing, and it
 * has no memory but this code and what it is told to touch.
 *
 *   x0  where a store leaves the VM (nothing is mapped there)
 *   x1  first address, x2 the end, x3 the stride
 *
 * Left behind: x4 the ticks that it took; of touch_each, x5 those of the longest
 * touch and x6 its address; of touch_bits, x5 all bits that are set in a word. Of a
 * load, x4 what was loaded; of an abort, x4 ESR_EL1.
 *
 * The first counter read comes after the fetch of this page, so neither the
 * page's fault nor the entry into the VM is measured. An ISB keeps a counter read
 * from being done early (Arm ARM DDI 0487, D12.1.2).
 */
	.section .rodata
	.global touch_code, touch_all, touch_each, touch_bits, touch_write, touch_load
	.global touch_pair, touch_vectors, touch_code_end

	.balign 2048
touch_code:

/* Three instructions a touch: this is in every figure. */
touch_all:
	sub	x8, x1, x2
	isb
	mrs	x4, cntvct_el0
1:	ldr	w9, [x2, x8]
	adds	x8, x8, x3
	b.ne	1b
	isb
	mrs	x11, cntvct_el0
	b	out

touch_write:
	sub	x8, x1, x2
	isb
	mrs	x4, cntvct_el0
1:	str	w8, [x2, x8]
	adds	x8, x8, x3
	b.ne	1b
	isb
	mrs	x11, cntvct_el0
	b	out

/* Words of 8 bytes. */
touch_bits:
	sub	x8, x1, x2
	mov	x5, xzr
	isb
	mrs	x4, cntvct_el0
1:	ldr	x9, [x2, x8]
	orr	x5, x5, x9
	adds	x8, x8, x3
	b.ne	1b
	isb
	mrs	x11, cntvct_el0
	b	out

touch_each:
	sub	x8, x1, x2
	mov	x5, xzr
	mov	x6, xzr
	isb
	mrs	x4, cntvct_el0
	mov	x10, x4
1:	ldr	w9, [x2, x8]
	isb
	mrs	x11, cntvct_el0
	sub	x12, x11, x10
	add	x13, x2, x8
	cmp	x12, x5
	csel	x5, x12, x5, hi
	csel	x6, x13, x6, hi
	isb
	mrs	x10, cntvct_el0
	adds	x8, x8, x3
	b.ne	1b

out:	sub	x4, x11, x4
	str	wzr, [x0]
	b	.

/* One load of x1. The syndrome of a pair does not say what KVM would have to emulate. */
touch_load:
	ldr	x4, [x1]
	str	wzr, [x0]
	b	.

touch_pair:
	ldp	x4, x5, [x1]
	str	wzr, [x0]
	b	.

/* The only exception that is waited for is synchronous, and taken from EL1 with SP_EL1. */
	.balign 2048
touch_vectors:
	.skip	0x200
	mrs	x4, esr_el1
	str	wzr, [x0]
	b	.
touch_code_end:

	.section .note.GNU-stack, "", %progbits
