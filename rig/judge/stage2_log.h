/* SPDX-License-Identifier: GPL-2.0-only */
/* A part of a guest's physical address space, as a run's log has it. */
#ifndef RIG_SPACE_H
#define RIG_SPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "stage2_area.h"
#include "text.h"

/**
 * stage2_log_read() - read an area's stage 2 from a run's results
 * @area: where to
 * @results: results.log
 * @name: of the area: "ram", "region4", "region2"
 * @why: on failure, what is wrong with the log
 * @size: size of @why
 *
 * A log that contradicts itself is refused: totals are compared with ranges.
 *
 * Return: whether it worked.
 */
bool stage2_log_read(struct stage2_area *area, const struct text *results,
		     const char *name, char *why, size_t size);

/** stage2_log_free() - free it */
void stage2_log_free(struct stage2_area *area);

#endif /* RIG_SPACE_H */
