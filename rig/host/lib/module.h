/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_HOST_LIB_MODULE_H
#define RIG_HOST_LIB_MODULE_H

/** module_load() - load one of the modules that come with the kernel under test */
void module_load(const char *name, const char *params);

/** module_unload() - unload one that nothing uses */
void module_unload(const char *name);

#endif /* RIG_HOST_LIB_MODULE_H */
