/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_HOST_LIB_MODULE_H
#define RIG_HOST_LIB_MODULE_H

/** load_module() - load one of the modules that come with the kernel under test */
void load_module(const char *name, const char *params);

#endif /* RIG_HOST_LIB_MODULE_H */
