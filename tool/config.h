/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's configuration, as in /boot/config-RELEASE. */
#ifndef TOOL_CONFIG_H
#define TOOL_CONFIG_H

/**
 * enum config_state - what a configuration says of an option
 * @CONFIG_ABSENT: nothing: that kernel does not know it, or what it hangs on is off
 * @CONFIG_OFF: "is not set", or n
 * @CONFIG_ON: y or m
 * @CONFIG_VALUE: another value
 */
enum config_state {
	CONFIG_ABSENT,
	CONFIG_OFF,
	CONFIG_ON,
	CONFIG_VALUE,
};

/**
 * config_state() - look up an option
 * @text: the configuration
 * @option: without CONFIG_
 *
 * Return: what its last line says.
 */
enum config_state config_state(const char *text, const char *option);

#endif /* TOOL_CONFIG_H */
