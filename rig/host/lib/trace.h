/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's tracepoints. Each purpose has a trace instance of its own. */
#ifndef RIG_HOST_LIB_TRACE_H
#define RIG_HOST_LIB_TRACE_H

#include <stdbool.h>
#include "kernel.h"

/**
 * trace_buffer() - set the room of an instance on each CPU; makes it if needed
 * @instance: its name
 * @kib: room for events that are not read while they are recorded
 */
void trace_buffer(const char *instance, unsigned int kib);

/**
 * trace_event() - enable one event in an instance; makes it if needed
 * @instance: its name
 * @event: as "kvm/kvm_exit"
 * @filter: event filter, or NULL
 */
void trace_event(const char *instance, const char *event, const char *filter);

/** trace_stop() - stop recording in an instance; what it has recorded stays */
void trace_stop(const char *instance);

/** trace_remove() - remove an instance, and all that it has recorded */
void trace_remove(const char *instance);

/** trace_keep_first() - let an instance that is full keep what it has, and lose what comes */
void trace_keep_first(const char *instance);

/**
 * trace_time() - when was the first or the last event that an instance has?
 * @instance: its name; nobody has read its trace_pipe
 * @last: the last one
 *
 * Return: in seconds, by the clock of the trace; negative if there is none.
 */
double trace_time(const char *instance, bool last);

/** trace_open() - open the instance's trace_pipe; reads do not block */
int trace_open(const char *instance);

/**
 * trace_count() - how many events an instance has recorded
 * @instance: its name; nobody has read its trace_pipe
 * @lost: events that happened but are not in the count
 *
 * Return: the count, which the ring buffers of all CPUs keep themselves.
 */
u64 trace_count(const char *instance, u64 *lost);

/**
 * trace_count_ipa() - how many kvm_guest_fault events had such an IPA
 * @instance: its name; nobody has read its trace_pipe
 * @start: first IPA
 * @end: end
 * @lost: events of any IPA that happened but cannot be counted
 *
 * Return: the count.
 */
u64 trace_count_ipa(const char *instance, u64 start, u64 end, u64 *lost);

#endif /* RIG_HOST_LIB_TRACE_H */
