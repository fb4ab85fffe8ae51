/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest RAM that a device tree sets apart. */
#ifndef TOOL_DEVICETREE_H
#define TOOL_DEVICETREE_H

#include <stdbool.h>

#include "root.h"

#define DEVICETREE_RESERVED "/proc/device-tree/reserved-memory"

/**
 * devicetree_guest_ram() - look whether there is some
 * @root: the host's files
 * @found: is set
 *
 * Return: whether it can be told; false with errno. A host without a device tree has none.
 */
bool devicetree_guest_ram(const struct root *root, bool *found);

#endif /* TOOL_DEVICETREE_H */
