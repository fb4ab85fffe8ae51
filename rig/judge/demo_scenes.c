// SPDX-License-Identifier: GPL-2.0-only
#include "demo_scenes.h"

const struct demo_scene * const demo_scenes[] = {
	&scene_ram,
	&scene_gpu,
	NULL
};

size_t demo_scenes_count(void)
{
	size_t count = 0;

	while (demo_scenes[count])
		count++;
	return count;
}
