// SPDX-License-Identifier: GPL-2.0-only
#include "sums.h"
#include "text.h"

/* In the order in which they are told. */
static const enum s2_type order[] = { S2_NORMAL_WB, S2_NORMAL_NC, S2_DEVICE, S2_OTHER };

void sums_block(unsigned int level, u64 page_size, char *text, size_t size)
{
	if (page_size)
		text_bytes(text, size, statistics_block(level, page_size));
	else
		snprintf(text, size, "entries of level %u", level);
}

void sums_print(const u64 *sums, size_t types, u64 page_size, FILE *out)
{
	const char *between = "";
	char bytes[32], block[32];

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		bool named = false;

		for (int level = 0; order[i] < types && level < STATISTICS_LEVELS; level++) {
			u64 mapped = sums[order[i] * STATISTICS_LEVELS + level];

			if (!mapped)
				continue;
			text_bytes(bytes, sizeof(bytes), mapped);
			sums_block(level, page_size, block, sizeof(block));
			if (!named)
				fprintf(out, "%s%s", between, s2_type_name(order[i]));
			fprintf(out, "%s %s by %s", named ? "," : "", bytes, block);
			named = true;
			between = "; ";
		}
	}
	fputs(*between ? "\n" : "nothing\n", out);
}

struct json_object *sums_json(const u64 *sums, size_t types, u64 page_size)
{
	struct json_object *array = json_object_new_array(), *o;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (int level = 0; order[i] < types && level < STATISTICS_LEVELS; level++) {
			u64 mapped = sums[order[i] * STATISTICS_LEVELS + level];
			u64 block = statistics_block(level, page_size);

			if (!mapped)
				continue;
			o = json_object_new_object();
			json_set_string(o, "type", s2_type_name(order[i]));
			json_set_integer(o, "level", level);
			json_set(o, "block", block ? json_object_new_uint64(block) : NULL);
			json_set(o, "bytes", json_object_new_uint64(mapped));
			json_add(array, o);
		}
	}
	return array;
}
