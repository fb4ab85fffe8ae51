// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"
#include "watch.h"

#define COLUMNS	"%14s  %-15s  %-14s  %-8s  %-18s  %-9s  %-15s  %s\n"

static size_t find_vms(const struct vms *vms, int process, const char **name)
{
	size_t found = 0;

	for (size_t i = 0; i < vms->count; i++) {
		if (vms->vms[i].process != process)
			continue;
		*name = vms->vms[i].name;
		found++;
	}
	return found;
}

/* A process that has one VM is named by it. */
static void name_vm(struct watch *watch, struct watch_thread *t)
{
	const char *name;
	size_t found;

	t->process = vms_process(watch->root, t->thread);
	if (!t->process)
		return;
	found = find_vms(&watch->vms, t->process, &name);
	if (!found) {
		/* The VM may be newer than the list. */
		vms_free(&watch->vms);
		vms_list(watch->root, &watch->vms);
		found = find_vms(&watch->vms, t->process, &name);
	}
	t->is_vm = found == 1;
	if (t->is_vm)
		snprintf(t->vm, sizeof(t->vm), "%s", name);
	else
		snprintf(t->vm, sizeof(t->vm), "%d", t->process);
}

static const struct watch_thread *find_thread(struct watch *watch, int thread)
{
	struct watch_thread *t;

	for (size_t i = 0; i < watch->count; i++) {
		if (watch->threads[i].thread == thread)
			return &watch->threads[i];
	}
	if (watch->count == WATCH_THREADS)
		watch_forget(watch);
	t = &watch->threads[watch->count++];
	*t = (struct watch_thread){ .thread = thread };
	name_vm(watch, t);
	return t;
}

void watch_forget(struct watch *watch)
{
	vms_free(&watch->vms);
	watch->count = 0;
}

/* What became of the decision: kvm_cohmem_fault in the kernel says what its ret means. */
static void say_result(int ret, char *text, size_t size)
{
	if (!ret)
		snprintf(text, size, "in force");
	else if (ret == -EAGAIN)
		snprintf(text, size, "again");
	else
		snprintf(text, size, "%s", strerror(-ret));
}

static void print_decision(const struct watch *watch, const struct fault *fault,
			   const struct watch_thread *t)
{
	char ipa[24], block[32] = "-", result[64];

	snprintf(ipa, sizeof(ipa), "0x%llx", fault->ipa);
	if (fault->size)
		text_bytes(block, sizeof(block), fault->size);
	say_result(fault->ret, result, sizeof(result));
	fprintf(watch->out, COLUMNS, fault->time, *t->vm ? t->vm : "?", ipa, block, fault->row,
		fault->verdict, fault->reason, result);
}

static void print_json(const struct watch *watch, struct json_object *o)
{
	fprintf(watch->out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void print_decision_json(const struct watch *watch, const struct fault *fault,
				const struct watch_thread *t)
{
	struct json_object *o = json_object_new_object();

	json_set(o, "time", json_object_new_double_s(strtod(fault->time, NULL), fault->time));
	json_set_text(o, "vm", t->is_vm ? t->vm : "");
	json_set(o, "pid", t->process ? json_object_new_int(t->process) : NULL);
	json_set_integer(o, "thread", fault->thread);
	fault_json(fault, o);
	print_json(watch, o);
}

static void decided(struct watch *watch, const struct fault *fault)
{
	const struct watch_thread *t = find_thread(watch, fault->thread);

	watch->decided++;
	if (watch->json)
		print_decision_json(watch, fault, t);
	else
		print_decision(watch, fault, t);
}

static void lost(struct watch *watch, const struct fault *fault)
{
	struct json_object *o;

	watch->lost += fault->lost;
	watch->lost_more |= !fault->lost;
	if (watch->json) {
		o = json_object_new_object();
		json_set(o, "lost", fault->lost ? json_object_new_uint64(fault->lost) : NULL);
		print_json(watch, o);
	} else if (fault->lost) {
		fprintf(watch->out, "%14s  %llu decisions\n", "lost", fault->lost);
	} else {
		fprintf(watch->out, "%14s  decisions, the kernel does not know how many\n", "lost");
	}
}

static void read_line(struct watch *watch)
{
	struct fault fault;

	/* A process's name may have any byte but 0. */
	for (size_t i = 0; i < watch->len; i++) {
		if (!watch->line[i])
			watch->line[i] = '?';
	}
	watch->line[watch->len] = '\0';
	switch (fault_read(watch->line, &fault)) {
	case FAULT_DECIDED:
		decided(watch, &fault);
		break;
	case FAULT_LOST:
		lost(watch, &fault);
		break;
	case FAULT_DAMAGED:
		watch->damaged++;
		break;
	default:
		break;
	}
}

void watch_begin(const struct watch *watch)
{
	if (!watch->json)
		fprintf(watch->out, COLUMNS, "time", "VM", "IPA", "block", "row", "verdict",
			"reason", "result");
}

bool watch_feed(struct watch *watch, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n') {
			if (watch->len < sizeof(watch->line))
				watch->line[watch->len++] = text[i];
			continue;
		}
		/* The last byte is for the end of the string. */
		if (watch->len < sizeof(watch->line))
			read_line(watch);
		else
			watch->damaged++;
		watch->len = 0;
		if (watch->most && watch->decided == watch->most)
			return false;
	}
	return true;
}
