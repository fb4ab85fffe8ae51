/* SPDX-License-Identifier: GPL-2.0-only */
/* What guestram= on the kernel's command line asks for: [NODE:]SIZE[@ADDRESS][,...] */
#ifndef TOOL_RAM_REQUEST_H
#define TOOL_RAM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

#define RAM_REQUEST_ITEMS	16	/* as in the kernel: of all guestram= together */
#define RAM_REQUEST_ANY_NODE	-1

/**
 * struct ram_request - what is asked for
 * @count: how many items
 * @damaged: there is something that the kernel does not understand; it takes nothing from
 *	     there on
 * @nodes: of each item, or RAM_REQUEST_ANY_NODE
 * @sizes: bytes of each item
 */
struct ram_request {
	size_t count;
	bool damaged;
	int nodes[RAM_REQUEST_ITEMS];
	u64 sizes[RAM_REQUEST_ITEMS];
};

/**
 * ram_request_add() - read one guestram=
 * @request: gets the items, behind those that it has
 * @text: the value
 */
void ram_request_add(struct ram_request *request, const char *text);

/** ram_request_add_up() - the sum of two numbers of bytes, or the largest number */
u64 ram_request_add_up(u64 a, u64 b);

/** ram_request_sum() - bytes that are asked of a node, or of any with RAM_REQUEST_ANY_NODE */
u64 ram_request_sum(const struct ram_request *request, int node);

#endif /* TOOL_RAM_REQUEST_H */
