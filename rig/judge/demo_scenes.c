// SPDX-License-Identifier: GPL-2.0-only
#include "demo_scenes.h"

#define SCENE(_name) &scene_##_name,

const struct demo_scene * const demo_scenes[] = {
#include "scenes.inc"
	NULL
};
