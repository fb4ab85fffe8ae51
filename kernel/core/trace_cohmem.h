/* SPDX-License-Identifier: GPL-2.0-only */
#if !defined(_TRACE_COHMEM_ARM64_KVM_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_COHMEM_ARM64_KVM_H

#include <linux/tracepoint.h>

#include "cohmem_rule.h"

#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

/* Tools that read the format of an event need the value of each name. */
TRACE_DEFINE_ENUM(COHMEM_POLICY_DECLARED);
TRACE_DEFINE_ENUM(COHMEM_POLICY_STRICT);
TRACE_DEFINE_ENUM(COHMEM_POLICY_ANY);
TRACE_DEFINE_ENUM(COHMEM_POLICY_OFF);
TRACE_DEFINE_ENUM(COHMEM_LEAF_NORMAL);
TRACE_DEFINE_ENUM(COHMEM_LEAF_NORMAL_TAGGED);
TRACE_DEFINE_ENUM(COHMEM_LEAF_NORMAL_NC);
TRACE_DEFINE_ENUM(COHMEM_LEAF_DEVICE);
TRACE_DEFINE_ENUM(COHMEM_ROW_NONE);
TRACE_DEFINE_ENUM(COHMEM_ROW_LINEAR_NO_TAGS);
TRACE_DEFINE_ENUM(COHMEM_ROW_LINEAR);
TRACE_DEFINE_ENUM(COHMEM_ROW_UNCACHED);
TRACE_DEFINE_ENUM(COHMEM_ROW_UNDECLARED);
TRACE_DEFINE_ENUM(COHMEM_ROW_UNDECLARED_REFUSED);
TRACE_DEFINE_ENUM(COHMEM_ROW_NO_TAGS);
TRACE_DEFINE_ENUM(COHMEM_ROW_NO_FWB);
TRACE_DEFINE_ENUM(COHMEM_ROW_COHERENT);
TRACE_DEFINE_ENUM(COHMEM_NORMAL);
TRACE_DEFINE_ENUM(COHMEM_NORMAL_NC);
TRACE_DEFINE_ENUM(COHMEM_DEVICE);
TRACE_DEFINE_ENUM(COHMEM_REFUSED);
TRACE_DEFINE_ENUM(COHMEM_OK);
TRACE_DEFINE_ENUM(COHMEM_NO_TAGS);
TRACE_DEFINE_ENUM(COHMEM_NO_FWB);
TRACE_DEFINE_ENUM(COHMEM_UNDECLARED);
TRACE_DEFINE_ENUM(COHMEM_NO_HOST_MAPPING);
TRACE_DEFINE_ENUM(COHMEM_HOST_READ_ONLY);
TRACE_DEFINE_ENUM(COHMEM_WRITE_PROTECTED);
TRACE_DEFINE_ENUM(COHMEM_DRIVER_REFUSED);
TRACE_DEFINE_ENUM(COHMEM_NOT_LOGGABLE);

#define cohmem_show_policy(policy)					\
	__print_symbolic(policy,					\
			 { COHMEM_POLICY_DECLARED, "declared" },	\
			 { COHMEM_POLICY_STRICT, "strict" },		\
			 { COHMEM_POLICY_ANY, "any" },			\
			 { COHMEM_POLICY_OFF, "off" })

#define cohmem_show_leaf(leaf)							\
	__print_symbolic(leaf,							\
			 { COHMEM_LEAF_NORMAL, "Normal" },			\
			 { COHMEM_LEAF_NORMAL_TAGGED, "Normal-Tagged" },	\
			 { COHMEM_LEAF_NORMAL_NC, "Normal-NC" },		\
			 { COHMEM_LEAF_DEVICE, "Device" })

#define cohmem_show_row(row)								\
	__print_symbolic(row,								\
			 { COHMEM_ROW_NONE, "none" },					\
			 { COHMEM_ROW_LINEAR_NO_TAGS, "linear-no-tags" },		\
			 { COHMEM_ROW_LINEAR, "linear" },				\
			 { COHMEM_ROW_UNCACHED, "uncached" },				\
			 { COHMEM_ROW_UNDECLARED, "undeclared" },			\
			 { COHMEM_ROW_UNDECLARED_REFUSED, "undeclared-refused" },	\
			 { COHMEM_ROW_NO_TAGS, "no-tags" },				\
			 { COHMEM_ROW_NO_FWB, "no-fwb" },				\
			 { COHMEM_ROW_COHERENT, "coherent" })

#define cohmem_show_verdict(verdict)				\
	__print_symbolic(verdict,				\
			 { COHMEM_NORMAL, "NORMAL" },		\
			 { COHMEM_NORMAL_NC, "NORMAL_NC" },	\
			 { COHMEM_DEVICE, "DEVICE" },		\
			 { COHMEM_REFUSED, "refuse" })

#define cohmem_show_reason(reason)					\
	__print_symbolic(reason,					\
			 { COHMEM_OK, "ok" },				\
			 { COHMEM_NO_TAGS, "no-tags" },			\
			 { COHMEM_NO_FWB, "no-fwb" },			\
			 { COHMEM_UNDECLARED, "undeclared" },		\
			 { COHMEM_NO_HOST_MAPPING, "no-host-mapping" },	\
			 { COHMEM_HOST_READ_ONLY, "host-read-only" },	\
			 { COHMEM_WRITE_PROTECTED, "write-protected" },	\
			 { COHMEM_DRIVER_REFUSED, "driver-refused" },	\
			 { COHMEM_NOT_LOGGABLE, "not-loggable" })

/*
 * The facts that the memory-type rule was given, and its decision. Row none
 * stands for a refusal without the rule: the host maps nothing there, or its
 * mapping is read-only. With -EAGAIN nothing was decided. @size is the block that
 * the extent rule allows, or 0 if the extent rule does not choose the size.
 */
DECLARE_EVENT_CLASS(kvm_cohmem,
		    TP_PROTO(u64 ipa, u64 hva, u64 pfn, u64 size,
			     const struct cohmem_facts *f,
			     const struct cohmem_decision *d, int ret),
		    TP_ARGS(ipa, hva, pfn, size, f, d, ret),
		    TP_STRUCT__entry(__field(u64, ipa)
				     __field(u64, hva)
				     __field(u64, pfn)
				     __field(u64, size)
				     __field(u8, policy)
				     __field(u8, leaf)
				     __field(bool, linear)
				     __field(bool, declared)
				     __field(bool, any_uncached)
				     __field(bool, mte_allowed)
				     __field(bool, vm_mte)
				     __field(bool, fwb)
				     __field(bool, dic)
				     __field(bool, exec)
				     __field(u8, row)
				     __field(u8, verdict)
				     __field(u8, reason)
				     __field(bool, executable)
				     __field(int, ret)),
		    TP_fast_assign(__entry->ipa = ipa;
				   __entry->hva = hva;
				   __entry->pfn = pfn;
				   __entry->size = size;
				   __entry->policy = f->policy;
				   __entry->leaf = f->leaf;
				   __entry->linear = f->linear;
				   __entry->declared = f->declared;
				   __entry->any_uncached = f->any_uncached;
				   __entry->mte_allowed = f->mte_allowed;
				   __entry->vm_mte = f->vm_mte;
				   __entry->fwb = f->fwb;
				   __entry->dic = f->dic;
				   __entry->exec = f->exec;
				   __entry->row = d->row;
				   __entry->verdict = d->verdict;
				   __entry->reason = d->reason;
				   __entry->executable = d->executable;
				   __entry->ret = ret;),
		    TP_printk("ipa=0x%llx hva=0x%llx pfn=0x%llx size=0x%llx policy=%s leaf=%s linear=%d declared=%d any_uncached=%d mte_allowed=%d vm_mte=%d fwb=%d dic=%d exec=%d row=%s verdict=%s reason=%s executable=%d ret=%d",
			      __entry->ipa, __entry->hva, __entry->pfn, __entry->size,
			      cohmem_show_policy(__entry->policy),
			      cohmem_show_leaf(__entry->leaf),
			      __entry->linear, __entry->declared,
			      __entry->any_uncached, __entry->mte_allowed,
			      __entry->vm_mte, __entry->fwb, __entry->dic, __entry->exec,
			      cohmem_show_row(__entry->row),
			      cohmem_show_verdict(__entry->verdict),
			      cohmem_show_reason(__entry->reason),
			      __entry->executable, __entry->ret)
);

/*
 * A decision at a stage-2 fault. It is in force if @ret is 0. If @ret is
 * -EAGAIN, the host's mapping changed, and the guest takes the fault again. Any
 * other error is final.
 */
DEFINE_EVENT(kvm_cohmem, kvm_cohmem_fault,
	     TP_PROTO(u64 ipa, u64 hva, u64 pfn, u64 size,
		      const struct cohmem_facts *f,
		      const struct cohmem_decision *d, int ret),
	     TP_ARGS(ipa, hva, pfn, size, f, d, ret)
);

/* A decision when a memslot is created, moved, or begins to log dirty pages. */
DEFINE_EVENT(kvm_cohmem, kvm_cohmem_memslot,
	     TP_PROTO(u64 ipa, u64 hva, u64 pfn, u64 size,
		      const struct cohmem_facts *f,
		      const struct cohmem_decision *d, int ret),
	     TP_ARGS(ipa, hva, pfn, size, f, d, ret)
);

#endif /* _TRACE_COHMEM_ARM64_KVM_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_cohmem

/* This part must be outside protection */
#include <trace/define_trace.h>
