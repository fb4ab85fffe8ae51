/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's tracepoints, in trace instances of the rig's own. */
#ifndef RIG_HOST_LIB_TRACE_H
#define RIG_HOST_LIB_TRACE_H

#include <stdbool.h>
#include "kernel.h"

/**
 * trace_buffer() - make an instance with so much room on each CPU
 * @instance: its name
 * @kib: room for events that are not read while they are recorded
 */
void trace_buffer(const char *instance, unsigned int kib);

/**
 * trace_event() - enable one event in an instance, which is made if needed
 * @instance: its name
 * @event: as "kvm/kvm_exit"
 * @filter: event filter, or NULL
 */
void trace_event(const char *instance, const char *event, const char *filter);

/** trace_stop() - stop recording in an instance; what is there stays. */
void trace_stop(const char *instance);

/** trace_remove() - remove an instance, with all that it recorded and costs */
void trace_remove(const char *instance);

/** trace_open() - open the instance's trace_pipe, not blocking. */
int trace_open(const char *instance);

/**
 * trace_count() - how many events an instance has recorded
 * @instance: its name; nobody has read its trace_pipe
 * @lost: events that happened but are not in the count
 *
 * The count is the ring buffer's own, of all CPUs: nothing is parsed.
 */
u64 trace_count(const char *instance, u64 *lost);

/**
 * trace_count_ipa() - how many kvm_guest_fault events had such an IPA
 * @instance: its name; nobody has read its trace_pipe
 * @start: first IPA
 * @end: end
 * @lost: events of any IPA that happened but cannot be counted
 */
u64 trace_count_ipa(const char *instance, u64 start, u64 end, u64 *lost);

#endif /* RIG_HOST_LIB_TRACE_H */
