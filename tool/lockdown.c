// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "kernel.h"
#include "lockdown.h"
#include "text.h"

enum lockdown lockdown_read(const char *text)
{
	static const char * const words[] = {
		[LOCKDOWN_NONE] = "[none]",
		[LOCKDOWN_INTEGRITY] = "[integrity]",
		[LOCKDOWN_CONFIDENTIALITY] = "[confidentiality]",
	};
	const char *bracket = strchr(text, '[');

	for (size_t i = LOCKDOWN_NONE; bracket && i < ARRAY_SIZE(words); i++) {
		if (text_starts(bracket, words[i]))
			return i;
	}
	return LOCKDOWN_UNKNOWN;
}
