// SPDX-License-Identifier: GPL-2.0-only
#include "demo_scenes.h"

const struct demo_scene * const demo_scenes[] = {
	&scene_ram,
	&scene_gpu,
	NULL
};
