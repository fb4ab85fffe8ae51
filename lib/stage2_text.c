// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "stage2_text.h"

void stage2_text_area(struct keyval_line *line, const char *name,
		      const struct stage2_text_area *area)
{
	keyval_begin(line, "area");
	keyval_add(line, "name", "%s", name);
	keyval_add(line, area->by_pa ? "pa" : "ipa", "%#llx", area->start);
	keyval_add(line, "len", "%#llx", area->len);
}

void stage2_text_dump(struct keyval_line *line, const char *area,
		      const struct s2_dump *dump)
{
	keyval_begin(line, "dump");
	keyval_add(line, "area", "%s", area);
	keyval_add(line, "vttbr", "%#llx", dump->vttbr);
	keyval_add(line, "vtcr", "%#llx", dump->vtcr);
	keyval_add(line, "fwb", "%u", dump->fwb);
}

void stage2_text_range(struct keyval_line *line, const char *area,
		       const struct s2_range *range)
{
	keyval_begin(line, "range");
	keyval_add(line, "area", "%s", area);
	keyval_add(line, "ipa", "%#llx", range->ipa);
	keyval_add(line, "pa", "%#llx", range->pa);
	keyval_add(line, "len", "%#llx", range->len);
	keyval_add(line, "block", "%#llx", range->block);
	keyval_add(line, "memattr", "%#x", range->memattr);
	keyval_add(line, "s2ap", "%u", range->s2ap);
	keyval_add(line, "xn", "%u", range->xn);
	keyval_add(line, "type", "%s", s2_type_name(range->type));
}

void stage2_text_total(struct keyval_line *line, const char *area,
		       const struct stage2_text_total *total)
{
	keyval_begin(line, "total");
	keyval_add(line, "area", "%s", area);
	keyval_add(line, "ranges", "%llu", total->ranges);
	keyval_add(line, "left_out", "%llu", total->left_out);
	for (int type = 0; type < STAGE2_TYPES; type++)
		keyval_add(line, s2_type_name(type), "%llu", total->bytes[type]);
}

bool stage2_text_read_area(const struct keyval *kv, struct stage2_text_area *area)
{
	area->by_pa = keyval_get(kv, "pa");
	return keyval_number(kv, area->by_pa ? "pa" : "ipa", &area->start) &&
	       keyval_number(kv, "len", &area->len) && area->len &&
	       area->start + area->len > area->start;
}

static bool read_type(const struct keyval *kv, enum s2_type *type)
{
	const char *name = keyval_get(kv, "type");

	for (int i = 0; name && i < STAGE2_TYPES; i++) {
		*type = i;
		if (!strcmp(name, s2_type_name(i)))
			return true;
	}
	return false;
}

/* Numbers of a few bits. */
static bool read_bits(const struct keyval *kv, const char *key, unsigned int *bits)
{
	u64 number = 0;

	if (!keyval_number(kv, key, &number) || number > 0xf)
		return false;
	*bits = number;
	return true;
}

bool stage2_text_read_range(const struct keyval *kv, struct s2_range *range)
{
	u64 ipa, pa, len, block;

	if (!keyval_number(kv, "ipa", &ipa) || !keyval_number(kv, "pa", &pa) ||
	    !keyval_number(kv, "len", &len) || !keyval_number(kv, "block", &block) ||
	    !read_bits(kv, "memattr", &range->memattr) ||
	    !read_bits(kv, "s2ap", &range->s2ap) || !read_bits(kv, "xn", &range->xn) ||
	    !read_type(kv, &range->type))
		return false;
	range->ipa = ipa;
	range->pa = pa;
	range->len = len;
	range->block = block;
	return len && block && !(block & (block - 1)) &&
	       !((ipa | pa | len) & (block - 1)) && ipa + len > ipa;
}

bool stage2_text_read_total(const struct keyval *kv, struct stage2_text_total *total)
{
	bool good = keyval_number(kv, "ranges", &total->ranges) &&
		    keyval_number(kv, "left_out", &total->left_out) &&
		    total->left_out <= total->ranges;

	for (int type = 0; type < STAGE2_TYPES; type++)
		good &= keyval_number(kv, s2_type_name(type), &total->bytes[type]);
	return good;
}
