// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "keyval.h"
#include "memslots.h"
#include "text.h"

/* How far the text is read. */
struct reader {
	struct memslots *memslots;
	const char *what;	/* is wrong */
};

static bool wrong(struct reader *r, const char *what)
{
	r->what = what;
	return false;
}

/* One more of an array. Room is doubled. */
static void *add(void *array, size_t *count, size_t size)
{
	char *bytes = *(void **)array;

	if (!(*count & (*count - 1))) {
		bytes = realloc(bytes, (*count ? 2 * *count : 1) * size);
		if (!bytes)
			abort();
		*(void **)array = bytes;
	}
	memset(bytes + *count * size, 0, size);
	return bytes + (*count)++ * size;
}

static bool get_name(const struct keyval *kv, const char *key, char name[MEMSLOTS_NAME])
{
	const char *value = keyval_get(kv, key);
	int len = value ? snprintf(name, MEMSLOTS_NAME, "%s", value) : MEMSLOTS_NAME;

	if (len >= MEMSLOTS_NAME)
		return false;
	/* It is printed as it is, also for a copy of a host that somebody else has made. */
	text_printable(name);
	return true;
}

static bool get_bool(const struct keyval *kv, const char *key, bool *value)
{
	const char *text = keyval_get(kv, key);

	*value = text && !strcmp(text, "1");
	return text && (*value || !strcmp(text, "0"));
}

static bool get_unsigned(const struct keyval *kv, const char *key, unsigned int *value)
{
	u64 number = 0;

	if (!keyval_number(kv, key, &number) || number > ~0U)
		return false;
	*value = number;
	return true;
}

static bool is_range(u64 start, u64 size)
{
	return size && start + size > start;
}

static bool is_guest_range(u64 ipa, u64 size)
{
	return is_range(ipa, size) && ipa + size <= MEMSLOTS_IPA_END;
}

static bool read_flags(const char *flags, struct memslots_slot *slot)
{
	size_t len;

	for (; flags && *flags; flags += len + (flags[len] == ',')) {
		len = strcspn(flags, ",");
		slot->logs |= len == 3 && !strncmp(flags, "log", len);
		slot->is_readonly |= len == 8 && !strncmp(flags, "readonly", len);
	}
	return flags;
}

static bool read_slot(struct reader *r, const struct keyval *kv)
{
	struct memslots *m = r->memslots;
	struct memslots_slot slot = { .first = m->vma_count }, *last;

	if (!get_unsigned(kv, "as", &slot.as) || !get_unsigned(kv, "id", &slot.id) ||
	    !keyval_number(kv, "ipa", &slot.ipa) || !keyval_number(kv, "size", &slot.size) ||
	    !keyval_number(kv, "hva", &slot.hva) || !read_flags(keyval_get(kv, "flags"), &slot))
		return wrong(r, "a slot without one of as, id, ipa, size, hva, flags");
	if (!is_guest_range(slot.ipa, slot.size) || !is_range(slot.hva, slot.size))
		return wrong(r, "a slot that is empty, or beyond all addresses");
	last = m->slot_count ? &m->slots[m->slot_count - 1] : NULL;
	if (last && (last->as > slot.as ||
		     (last->as == slot.as && last->ipa + last->size > slot.ipa)))
		return wrong(r, "a slot that is not behind the one before");
	*(struct memslots_slot *)add(&m->slots, &m->slot_count, sizeof(slot)) = slot;
	return true;
}

/* Return: the number of the name, or @count. */
static int find_name(const char *name, const char *(*name_of)(int number), int count)
{
	int i;

	for (i = 0; i < count && strcmp(name, name_of(i)); i++)
		;
	return i;
}

static const char *policy_name(int policy)
{
	return cohmem_policy_name(policy);
}

static const char *leaf_name(int leaf)
{
	return cohmem_leaf_name(leaf);
}

static bool read_facts(const struct keyval *kv, struct memslots_vma *vma)
{
	struct cohmem_facts *f = &vma->facts;
	int leaf, policy;
	bool is_true;

	if (!get_name(kv, "policy", vma->policy) || !get_name(kv, "leaf", vma->leaf))
		return false;
	for (size_t i = 0; i < facts_count(); i++) {
		if (!get_bool(kv, facts_name(i), &is_true))
			return false;
		facts_set(f, i, is_true);
	}
	policy = find_name(vma->policy, policy_name, COHMEM_NR_POLICIES);
	leaf = find_name(vma->leaf, leaf_name, COHMEM_NR_LEAVES);
	vma->has_leaf = strcmp(vma->leaf, "none");
	vma->is_known = policy < COHMEM_NR_POLICIES &&
			(leaf < COHMEM_NR_LEAVES || !vma->has_leaf);
	f->policy = policy < COHMEM_NR_POLICIES ? policy : COHMEM_POLICY_DECLARED;
	/*
	 * The kernel shows the leaf, and tells the rule of it only where it counts. None is
	 * none of the rule's: who decides without one tries each.
	 */
	f->leaf = COHMEM_LEAF_DEVICE;
	if (vma->is_pfn_mapped && !f->linear && f->policy != COHMEM_POLICY_OFF &&
	    leaf < COHMEM_NR_LEAVES)
		f->leaf = leaf;
	return true;
}

/* A mapping or a gap: in its slot, and behind the one before. */
static bool read_place(struct reader *r, const struct keyval *kv, struct memslots_vma *vma)
{
	struct memslots *m = r->memslots;
	struct memslots_slot *slot = m->slot_count ? &m->slots[m->slot_count - 1] : NULL;
	u64 least;

	if (!slot)
		return wrong(r, "a mapping or a gap in front of all slots");
	if (!keyval_number(kv, "hva", &vma->hva) || !keyval_number(kv, "size", &vma->size))
		return wrong(r, "a mapping or a gap without hva or size");
	least = slot->hva;
	if (slot->count)
		least = m->vmas[m->vma_count - 1].hva + m->vmas[m->vma_count - 1].size;
	if (!is_range(vma->hva, vma->size) || vma->hva < least ||
	    vma->hva + vma->size > slot->hva + slot->size)
		return wrong(r, "a mapping or a gap outside of its slot, or not behind the last");
	vma->ipa = slot->ipa + (vma->hva - slot->hva);
	slot->count++;
	*(struct memslots_vma *)add(&m->vmas, &m->vma_count, sizeof(*vma)) = *vma;
	return true;
}

static bool read_gap(struct reader *r, const struct keyval *kv)
{
	struct memslots_vma vma = { .is_gap = true };

	return read_place(r, kv, &vma);
}

static bool read_vma(struct reader *r, const struct keyval *kv)
{
	struct memslots_vma vma = { 0 };

	if (!get_bool(kv, "pfn_mapped", &vma.is_pfn_mapped) ||
	    !keyval_number(kv, "leaf_size", &vma.leaf_size) || !read_facts(kv, &vma))
		return wrong(r, "a mapping without one of its facts");
	if (!get_name(kv, "row", vma.row) || !get_name(kv, "verdict", vma.verdict) ||
	    !get_name(kv, "reason", vma.reason) ||
	    !get_bool(kv, "executable", &vma.is_executable))
		return wrong(r, "a mapping without a decision");
	return read_place(r, kv, &vma);
}

static bool read_refusal(struct reader *r, const struct keyval *kv)
{
	struct memslots_refusal refusal = { 0 };
	struct memslots *m = r->memslots;

	if (!keyval_number(kv, "ipa", &refusal.ipa) || !get_name(kv, "reason", refusal.reason) ||
	    !keyval_number(kv, "count", &refusal.count))
		return wrong(r, "a refusal without ipa, reason or count");
	*(struct memslots_refusal *)add(&m->refusals, &m->refusal_count, sizeof(refusal)) = refusal;
	return true;
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r, const struct keyval *kv);
} words[] = {
	{ "slot", read_slot },
	{ "vma", read_vma },
	{ "gap", read_gap },
	{ "refused", read_refusal },
};

static bool read_line(struct reader *r, const char *line)
{
	struct keyval kv;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i].word);

		if (strncmp(line, words[i].word, len) || line[len] != ' ')
			continue;
		if (!keyval_read_bare(&kv, line))
			return wrong(r, "not of pairs KEY=VALUE");
		return words[i].read(r, &kv);
	}
	return true;
}

bool memslots_read(const char *text, struct memslots *memslots, char *why, size_t size)
{
	struct reader r = { .memslots = memslots };
	char line[KEYVAL_BYTES];
	size_t number = 0;

	*memslots = (struct memslots){ 0 };
	while (*text && !r.what) {
		size_t len = strcspn(text, "\n");

		number++;
		if (len >= sizeof(line)) {
			wrong(&r, "a line that is too long");
			break;
		}
		memcpy(line, text, len);
		line[len] = '\0';
		text += len + (text[len] == '\n');
		read_line(&r, line);
	}
	if (!r.what)
		return true;
	snprintf(why, size, "line %zu: %s", number, r.what);
	memslots_free(memslots);
	return false;
}

void memslots_free(struct memslots *memslots)
{
	free(memslots->slots);
	free(memslots->vmas);
	free(memslots->refusals);
	*memslots = (struct memslots){ 0 };
}

const struct memslots_slot *memslots_find(const struct memslots *memslots, u64 ipa)
{
	for (size_t i = 0; i < memslots->slot_count; i++) {
		const struct memslots_slot *slot = &memslots->slots[i];

		if (ipa >= slot->ipa && ipa - slot->ipa < slot->size)
			return slot;
	}
	return NULL;
}

const struct memslots_vma *memslots_find_vma(const struct memslots *memslots,
					     const struct memslots_slot *slot, u64 ipa)
{
	for (size_t i = slot->first; i < slot->first + slot->count; i++) {
		const struct memslots_vma *vma = &memslots->vmas[i];

		if (ipa >= vma->ipa && ipa - vma->ipa < vma->size)
			return vma;
	}
	return NULL;
}

u64 memslots_pfn_mapped(const struct memslots *memslots, const struct memslots_slot *slot)
{
	u64 sum = 0;

	for (size_t i = slot->first; i < slot->first + slot->count; i++)
		sum += memslots->vmas[i].is_pfn_mapped ? memslots->vmas[i].size : 0;
	return sum;
}
