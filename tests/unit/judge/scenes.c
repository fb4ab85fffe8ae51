// SPDX-License-Identifier: GPL-2.0-only
/* The scenes that logs/demo has logs of: a new scene of the demo needs none here. */
#include "demo_scenes.h"

const struct demo_scene * const demo_scenes[] = {
	&scene_ram,
	&scene_gpu,
	NULL
};
