// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ram_request.h"

/* As the kernel reads it: hexadecimal with 0x, octal with 0. strtoull() may know more. */
static int base_of(const char *text)
{
	if (*text != '0')
		return 10;
	return tolower((unsigned char)text[1]) == 'x' ? 16 : 8;
}

/*
 * A number with K, M, G, T, P or E behind it; NULL if there is none. As memparse(),
 * but what is beyond 64 bits is the largest number.
 */
static const char *read_size(const char *text, u64 *size)
{
	static const char units[] = "KMGTPE";
	const char *unit;
	unsigned int shift;
	char *end;

	/* strtoull() would take blanks and a sign. */
	if (!isdigit((unsigned char)*text))
		return NULL;
	*size = strtoull(text, &end, base_of(text));
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (!unit)
		return end;
	shift = 10 * (unit - units + 1);
	*size = *size > ~0ULL >> shift ? ~0ULL : *size << shift;
	return end + 1;
}

/* Return: what is behind the item, or NULL. */
static const char *read_item(const char *text, int *node, u64 *size)
{
	u64 address;

	*node = RAM_REQUEST_ANY_NODE;
	text = read_size(text, size);
	if (text && *text == ':') {
		*node = *size > INT_MAX ? INT_MAX : (int)*size;
		text = read_size(text + 1, size);
	}
	if (text && *text == '@')
		text = read_size(text + 1, &address);
	return text && (!*text || *text == ',') ? text : NULL;
}

void ram_request_add(struct ram_request *request, const char *text)
{
	size_t n;

	while (*text) {
		n = request->count;
		text = n < RAM_REQUEST_ITEMS ?
		       read_item(text, &request->nodes[n], &request->sizes[n]) : NULL;
		if (!text) {
			request->damaged = true;
			return;
		}
		request->count++;
		text += *text == ',';
	}
}

u64 ram_request_add_up(u64 a, u64 b)
{
	return a > ~0ULL - b ? ~0ULL : a + b;
}

u64 ram_request_sum(const struct ram_request *request, int node)
{
	u64 sum = 0;

	for (size_t i = 0; i < request->count; i++) {
		if (node == RAM_REQUEST_ANY_NODE || request->nodes[i] == node)
			sum = ram_request_add_up(sum, request->sizes[i]);
	}
	return sum;
}
