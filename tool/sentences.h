/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rows and the reasons of the memory-type rule mean, for a person. What is wrong for
 * a reason, and what to do, is what the kernel's log says, and docs/rule.md.
 */
#ifndef TOOL_SENTENCES_H
#define TOOL_SENTENCES_H

#include <stddef.h>

#define SENTENCES_LONGEST 320

/** sentences_row() - what is so if a row decides; NULL for a name that is not known */
const char *sentences_row(const char *row);

/**
 * sentences_reason() - what is wrong, and what to do
 * @reason: the reason
 * @cause: is filled: a sentence, without a capital and a full stop
 * @size: of @cause
 *
 * Return: what to do, likewise; NULL if nothing is wrong, or the name is not known.
 */
const char *sentences_reason(const char *reason, char *cause, size_t size);

#endif /* TOOL_SENTENCES_H */
