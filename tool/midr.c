// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "midr.h"

/* All variants and revisions of each. */
static const struct {
	unsigned char implementer;
	unsigned short part;
	const char *name;
} affected[] = {
	{ 0x41, 0xd0b, "Cortex-A76" },
	{ 0x41, 0xd0c, "Neoverse-N1" },
	{ 0x41, 0xd0d, "Cortex-A77" },
	{ 0x41, 0xd0e, "Cortex-A76AE" },
	{ 0x41, 0xd40, "Neoverse-V1" },
	{ 0x41, 0xd41, "Cortex-A78" },
	{ 0x41, 0xd42, "Cortex-A78AE" },
	{ 0x41, 0xd44, "Cortex-X1" },
	{ 0x41, 0xd47, "Cortex-A710" },
	{ 0x41, 0xd48, "Cortex-X2" },
	{ 0x41, 0xd49, "Neoverse-N2" },
	{ 0x41, 0xd4b, "Cortex-A78C" },
	{ 0x41, 0xd4c, "Cortex-X1C" },
	{ 0x41, 0xd4e, "Cortex-X3" },
	{ 0x41, 0xd4f, "Neoverse-V2" },
	{ 0x41, 0xd82, "Cortex-X4" },
	{ 0x41, 0xd83, "Neoverse-V3AE" },
	{ 0x41, 0xd84, "Neoverse-V3" },
	{ 0x41, 0xd85, "Cortex-X925" },
	{ 0x41, 0xd8c, "C1-Ultra" },
	{ 0x41, 0xd90, "C1-Premium" },
	{ 0x4e, 0x010, "NVIDIA Olympus" },
	{ 0x6d, 0xd49, "Microsoft Azure Cobalt 100" },
};

bool midr_read(const char *text, u64 *midr)
{
	char *end;

	if (strncmp(text, "0x", 2) || !isxdigit((unsigned char)text[2]) || strlen(text) > 18)
		return false;
	*midr = strtoull(text, &end, 16);
	return !*end;
}

const char *midr_with_erratum(u64 midr)
{
	for (size_t i = 0; i < ARRAY_SIZE(affected); i++) {
		if ((midr >> 24 & 0xff) == affected[i].implementer &&
		    (midr >> 4 & 0xfff) == affected[i].part)
			return affected[i].name;
	}
	return NULL;
}
