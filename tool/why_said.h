/* SPDX-License-Identifier: GPL-2.0-only */
/* What the facts and decisions about an address mean, for a person. */
#ifndef TOOL_WHY_SAID_H
#define TOOL_WHY_SAID_H

#include "sentences.h"
#include "why.h"

#define WHY_SENTENCES	8

/**
 * struct why_said - what is said below the facts
 * @sentences: in their order
 * @count: how many
 * @remedy: what to do, or NULL
 */
struct why_said {
	char sentences[WHY_SENTENCES][3 * SENTENCES_LONGEST];
	size_t count;
	const char *remedy;
};

/** why_said_make() - find what is to be said; @said is filled */
void why_said_make(const struct why *why, struct why_said *said);

/**
 * why_said_tells() - whether a refusal belongs to the answer
 * @why: the answer
 * @refusal: the refusal
 *
 * Return: whether it is of the same memslot, or, if there is none, of the same page.
 */
bool why_said_tells(const struct why *why, const struct memslots_refusal *refusal);

#endif /* TOOL_WHY_SAID_H */
