/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTDEV_STAGE2_H
#define TESTDEV_STAGE2_H

int stage2_node_register(void);
void stage2_node_unregister(void);

#endif /* TESTDEV_STAGE2_H */
