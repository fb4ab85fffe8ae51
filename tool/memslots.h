/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel says of a VM's memory, in debugfs, kvm/PID-FD/memslots: its memslots, the
 * VMM's mappings in each, with the facts and the decision of the memory-type rule, and the
 * refusals. A kernel of another version may have names that this program does not know.
 */
#ifndef TOOL_MEMSLOTS_H
#define TOOL_MEMSLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "cohmem_rule.h"
#include "kernel.h"

#define MEMSLOTS_NAME		32		/* bytes of a name of the rule's */
#define MEMSLOTS_IPA_END	BIT_ULL(52)	/* of the addresses that a guest can have */

/**
 * struct memslots_vma - a mapping of the VMM, as far as it is in the slot; or a gap
 * @ipa: its first address for the guest
 * @hva: for the VMM
 * @size: bytes
 * @is_gap: the VMM maps nothing there; there is no more to know
 * @is_pfn_mapped: it may be memory without struct pages
 * @has_leaf: something is mapped at its first page
 * @leaf_size: bytes that the leaf there maps
 * @is_known: @facts are all, and have values that this program knows
 * @facts: of the rule, for the first page
 * @row: name of the kernel's row
 * @verdict: name of the kernel's verdict
 * @reason: name of the kernel's reason
 * @leaf: name of the leaf's memory type, or "none"
 * @policy: name of the policy
 * @is_executable: the kernel's decision has it executable
 */
struct memslots_vma {
	u64 ipa;
	u64 hva;
	u64 size;
	bool is_gap;
	bool is_pfn_mapped;
	bool has_leaf;
	u64 leaf_size;
	bool is_known;
	struct cohmem_facts facts;
	char row[MEMSLOTS_NAME];
	char verdict[MEMSLOTS_NAME];
	char reason[MEMSLOTS_NAME];
	char leaf[MEMSLOTS_NAME];
	char policy[MEMSLOTS_NAME];
	bool is_executable;
};

/**
 * struct memslots_refusal - what KVM refused last for a reason
 * @ipa: where
 * @reason: name of the reason
 * @count: how often the VM had that reason
 */
struct memslots_refusal {
	u64 ipa;
	char reason[MEMSLOTS_NAME];
	u64 count;
};

/**
 * struct memslots_slot - a memslot
 * @as: address space
 * @id: its number there
 * @ipa: its first address for the guest
 * @size: bytes
 * @hva: its first address for the VMM
 * @logs: writes to it are logged
 * @is_readonly: the guest may not write
 * @first: of the VMAs in &struct memslots.vmas
 * @count: how many
 */
struct memslots_slot {
	unsigned int as;
	unsigned int id;
	u64 ipa;
	u64 size;
	u64 hva;
	bool logs;
	bool is_readonly;
	size_t first;
	size_t count;
};

/**
 * struct memslots - the whole file
 * @slots: by address space, then by IPA
 * @slot_count: how many
 * @vmas: of all slots
 * @vma_count: how many
 * @refusals: in no order
 * @refusal_count: how many
 */
struct memslots {
	struct memslots_slot *slots;
	size_t slot_count;
	struct memslots_vma *vmas;
	size_t vma_count;
	struct memslots_refusal *refusals;
	size_t refusal_count;
};

/**
 * memslots_read() - read the file
 * @text: all of it
 * @memslots: is filled
 * @why: on failure, what is wrong in which line
 * @size: of @why
 *
 * Lines with a first word that is not known, and keys that are not known, are a newer
 * kernel's, and left out. A text that contradicts itself is refused.
 *
 * Return: whether it worked. If not, there is nothing to free.
 */
bool memslots_read(const char *text, struct memslots *memslots, char *why, size_t size);

/** memslots_free() - free what memslots_read() has allocated */
void memslots_free(struct memslots *memslots);

/** memslots_find() - the slot that has an IPA, of the first address space that has one */
const struct memslots_slot *memslots_find(const struct memslots *memslots, u64 ipa);

/** memslots_find_vma() - the VMA of a slot that has an IPA, or NULL */
const struct memslots_vma *memslots_find_vma(const struct memslots *memslots,
					     const struct memslots_slot *slot, u64 ipa);

/** memslots_pfn_mapped() - bytes of a slot that may be memory without struct pages */
u64 memslots_pfn_mapped(const struct memslots *memslots, const struct memslots_slot *slot);

#endif /* TOOL_MEMSLOTS_H */
