// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the demo's picture.
 *
 *   picture MACHINE DIR SVG-FILE
 *
 * The logs are in DIR/SCENE-KERNEL. Exit status 0: it is drawn; 2: it is not,
 * because a log is missing or contradicts itself.
 */
#include <stdio.h>

#include "picture.h"

int main(int argc, char **argv)
{
	char why[1024];

	if (argc != 4) {
		fputs("usage: picture MACHINE DIR SVG-FILE\n", stderr);
		return 2;
	}
	if (picture_make(argv[3], argv[1], argv[2], why, sizeof(why)))
		return 0;
	fprintf(stderr, "picture: error: %s\n    'make demo' makes all logs anew\n", why);
	return 2;
}
