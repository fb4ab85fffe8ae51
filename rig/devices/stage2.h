/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COHMEM_STAGE2_H
#define COHMEM_STAGE2_H

int stage2_node_register(void);
void stage2_node_unregister(void);

#endif /* COHMEM_STAGE2_H */
