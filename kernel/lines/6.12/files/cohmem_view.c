// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file memslots in a VM's debugfs directory: each memslot, what the VMM has mapped
 * there with the facts and the decision of the memory-type rule, and what was refused.
 *
 * One line is made at a time, and each says what was so when it was made. A memslot is
 * looked up under SRCU, and a VMA under mmap_lock of the VMM, which the reader is not: its
 * mm is asked for only while that has users. No lock is held from one line to the next, or
 * while text is written. So a VM with many memslots or VMAs waits no longer for a reader
 * than one with few, and what comes or goes meanwhile is in the file or is not.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

#include "cohmem.h"
#include "cohmem_facts.h"
#include "cohmem_stat.h"
#include "cohmem_view.h"

/* Above each memslot. */
#define GFN_MAX	(~(gfn_t)0)

/**
 * enum view_stage - What the next line is about
 * @VIEW_SLOT:		the next memslot
 * @VIEW_VMA:		the VMM's mappings in it
 * @VIEW_REFUSED:	what was refused in it
 * @VIEW_ELSEWHERE:	what was refused where no memslot was shown
 * @VIEW_END:		there is none
 */
enum view_stage {
	VIEW_SLOT,
	VIEW_VMA,
	VIEW_REFUSED,
	VIEW_ELSEWHERE,
	VIEW_END
};

/**
 * struct view_look - What the host maps at an address, and what the rule says of it
 * @facts:	the facts for the rule
 * @decision:	the decision for a load there: a hint if nothing is mapped yet
 * @leaf:	the leaf that is there, or what vm_page_prot announces. The rule is not told
 *		it of linear memory, of memory with pages, and under policy off
 * @leaf_size:	bytes that the leaf maps, or 0 if nothing is mapped
 * @pfn_mapped:	the driver of the mapping mapped it by PFN, so it need not have pages
 */
struct view_look {
	struct cohmem_facts facts;
	struct cohmem_decision decision;
	enum cohmem_leaf leaf;
	unsigned long leaf_size;
	bool pfn_mapped;
};

/**
 * struct view_line - One line
 * @stage:	what it is about: not VIEW_END
 * @hva:	first address of a VMA or a gap, in the memslot
 * @size:	its size there
 * @is_vma:	it is a VMA
 * @look:	what is in a VMA, at @hva
 * @reason:	why something was refused
 * @refusal:	what
 */
struct view_line {
	enum view_stage stage;
	hva_t hva;
	u64 size;
	bool is_vma;
	struct view_look look;
	enum cohmem_reason reason;
	struct cohmem_refusal refusal;
};

/**
 * struct view - A reader, and how far it has come
 * @kvm:	the VM. The reader has a reference
 * @pos:	number of the line, or LLONG_MAX if it was not made
 * @line:	the line, unless @stage is VIEW_END
 * @stage:	what the next one is about
 * @as:		address space of the memslot
 * @next_gfn:	where the next memslot is looked for in it
 * @id:		ID of the memslot
 * @flags:	its flags
 * @ipa:	its first address
 * @hva:	that of the VMM
 * @size:	its size
 * @next_hva:	where the next VMA is looked for
 * @reason:	the next reason for refusals
 * @said:	reasons that had a memslot, as a bitmap
 */
struct view {
	struct kvm *kvm;
	loff_t pos;
	struct view_line line;
	enum view_stage stage;
	int as;
	gfn_t next_gfn;
	int id;
	u32 flags;
	gpa_t ipa;
	hva_t hva;
	u64 size;
	hva_t next_hva;
	enum cohmem_reason reason;
	unsigned long said;
};

/* Takes the next memslot, and says whether there is one. */
static bool view_next_slot(struct view *v)
{
	struct kvm_memory_slot *slot;
	struct kvm_memslot_iter iter;
	int idx;

	for (; v->as < kvm_arch_nr_memslot_as_ids(v->kvm); v->as++, v->next_gfn = 0) {
		idx = srcu_read_lock(&v->kvm->srcu);
		kvm_memslot_iter_start(&iter, __kvm_memslots(v->kvm, v->as), v->next_gfn);
		slot = kvm_memslot_iter_is_valid(&iter, GFN_MAX) ? iter.slot : NULL;
		if (slot) {
			v->id = slot->id;
			v->flags = slot->flags;
			v->ipa = slot->base_gfn << PAGE_SHIFT;
			v->hva = slot->userspace_addr;
			v->size = slot->npages << PAGE_SHIFT;
			v->next_gfn = slot->base_gfn + slot->npages;
		}
		srcu_read_unlock(&v->kvm->srcu, idx);
		if (slot)
			return true;
	}
	return false;
}

/*
 * What is mapped at a page-aligned address of a VMA? Collects the facts as a stage-2 fault
 * does, and asks the rule of a load. Faults nothing in. A ZONE_DEVICE page that is mapped by
 * PFN counts as one that can be referenced. mmap_lock is held for read.
 */
static struct view_look view_look_at(struct kvm *kvm,
				     const struct vm_area_struct *vma, hva_t hva)
{
	struct view_look look = { .pfn_mapped = cohmem_facts_pfn_mapped(vma->vm_flags) };
	struct cohmem_extent e = { .hva = hva };
	struct cohmem_facts *f = &look.facts;
	int ret = cohmem_extent_begin(kvm->mm, &e);

	cohmem_facts_init(f, kvm);
	cohmem_facts_vma(f, vma->vm_flags);
	if (ret == -ENOENT) {
		f->linear = !look.pfn_mapped;
		look.leaf = cohmem_facts_leaf(vma->vm_page_prot);
	} else {
		cohmem_facts_pfn(f, e.pfn, true);
		look.leaf = cohmem_facts_leaf(__pgprot(e.attrs));
		look.leaf_size = e.leaf_size;
	}
	/* A fault tells the rule the leaf only of memory where it counts. */
	if (!f->linear && cohmem_facts_leaf_matters(f, vma->vm_flags))
		f->leaf = look.leaf;

	if (!(vma->vm_flags & VM_ACCESS_FLAGS) ||
	    (ret == -EACCES && !f->linear && cohmem_facts_leaf_matters(f, vma->vm_flags)))
		look.decision = cohmem_refuse(COHMEM_ROW_NONE, COHMEM_NO_HOST_MAPPING);
	else
		look.decision = cohmem_decide(f);
	return look;
}

/* Takes the next VMA of the memslot, or the gap before it. */
static void view_take_vma(struct view *v)
{
	hva_t hva = v->next_hva, end = v->hva + v->size;
	struct vm_area_struct *vma = find_vma_intersection(v->kvm->mm, hva, end);
	struct view_line *line = &v->line;

	line->hva = hva;
	line->is_vma = vma && vma->vm_start <= hva;
	if (line->is_vma) {
		line->look = view_look_at(v->kvm, vma, hva);
		end = min(end, vma->vm_end);
	} else if (vma) {
		end = vma->vm_start;
	}
	line->size = end - hva;
	v->next_hva = end;
}

/*
 * The mm stays allocated as long as the VM, but what it maps goes with its last user.
 * Its mmput() may be the last one, which empties stage 2.
 *
 * Return: whether there is a line; -EINTR if the reader is killed.
 */
static int view_next_vma(struct view *v)
{
	struct mm_struct *mm = v->kvm->mm;
	int ret;

	if (v->next_hva >= v->hva + v->size || !mmget_not_zero(mm))
		return 0;

	ret = mmap_read_lock_killable(mm);
	if (!ret) {
		view_take_vma(v);
		mmap_read_unlock(mm);
	}
	mmput(mm);
	return ret ?: 1;
}

/* Takes the next reason for which something was refused in the memslot, or elsewhere. */
static bool view_next_refusal(struct view *v, bool in_slot)
{
	struct view_line *line = &v->line;

	for (; v->reason < COHMEM_NR_REASONS; v->reason++) {
		if (test_bit(v->reason, &v->said))
			continue;
		line->refusal = cohmem_stat_refusal(v->kvm, v->reason);
		if (!line->refusal.count)
			continue;
		if (in_slot && line->refusal.ipa - v->ipa >= v->size)
			continue;
		__set_bit(v->reason, &v->said);
		line->reason = v->reason;
		return true;
	}
	return false;
}

/*
 * Makes the line that comes next in this stage.
 *
 * Return: whether there is one; -EINTR.
 */
static int view_stage_line(struct view *v)
{
	switch (v->stage) {
	case VIEW_SLOT:
		return view_next_slot(v);
	case VIEW_VMA:
		return view_next_vma(v);
	case VIEW_REFUSED:
		return view_next_refusal(v, true);
	case VIEW_ELSEWHERE:
		return view_next_refusal(v, false);
	default:
		return 1;
	}
}

/* Goes on to the next stage, when a stage has no more lines, or the only one. */
static void view_next_stage(struct view *v, bool had_line)
{
	switch (v->stage) {
	case VIEW_SLOT:
		v->stage = had_line ? VIEW_VMA : VIEW_ELSEWHERE;
		v->next_hva = v->hva;
		v->reason = COHMEM_OK + 1;
		break;
	case VIEW_VMA:
		v->stage = VIEW_REFUSED;
		break;
	case VIEW_REFUSED:
		v->stage = VIEW_SLOT;
		break;
	default:
		v->stage = VIEW_END;
	}
}

/*
 * Makes the next line.
 *
 * Return: 0; -EINTR if the reader is killed.
 */
static int view_next_line(struct view *v)
{
	int ret;

	do {
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		v->line.stage = v->stage;
		ret = view_stage_line(v);
		if (ret < 0)
			return ret;
		if (!ret || v->stage == VIEW_SLOT)
			view_next_stage(v, ret);
	} while (!ret);

	return 0;
}

static void *view_line_or_end(struct view *v, int ret)
{
	if (ret)
		return ERR_PTR(ret);
	return v->line.stage == VIEW_END ? NULL : v;
}

/* seq_file asks for the line that it has, or for the first one, or skips lines. */
static void *view_start(struct seq_file *m, loff_t *pos)
{
	struct view *v = m->private;
	int ret = 0;

	if (*pos < v->pos || !*pos) {
		*v = (struct view) { .kvm = v->kvm };
		ret = view_next_line(v);
	}
	while (!ret && v->pos < *pos && v->line.stage != VIEW_END) {
		ret = view_next_line(v);
		v->pos++;
	}
	if (ret)
		v->pos = LLONG_MAX;
	return view_line_or_end(v, ret);
}

/* A reader that is killed leaves half a line, which nobody who shares the file is to get. */
static void *view_next(struct seq_file *m, void *unused, loff_t *pos)
{
	struct view *v = m->private;
	int ret = view_next_line(v);

	++*pos;
	v->pos = ret ? LLONG_MAX : *pos;
	return view_line_or_end(v, ret);
}

static void view_stop(struct seq_file *m, void *unused)
{
}

static void view_show_slot(struct seq_file *m, const struct view *v)
{
	bool log = v->flags & KVM_MEM_LOG_DIRTY_PAGES;
	bool readonly = v->flags & KVM_MEM_READONLY;

	seq_printf(m, "slot as=%d id=%d ipa=0x%llx size=0x%llx hva=0x%lx flags=%s%s%s\n",
		   v->as, v->id, v->ipa, v->size, v->hva,
		   log ? "log" : readonly ? "" : "none", log && readonly ? "," : "",
		   readonly ? "readonly" : "");
}

/* The words are those of the tracepoint. */
static void view_show_vma(struct seq_file *m, const struct view_line *line)
{
	const struct view_look *look = &line->look;
	const struct cohmem_decision *d = &look->decision;
	const struct cohmem_facts *f = &look->facts;

	if (!line->is_vma) {
		seq_printf(m, "gap hva=0x%lx size=0x%llx\n", line->hva, line->size);
		return;
	}

	seq_printf(m, "vma hva=0x%lx size=0x%llx pfn_mapped=%d leaf_size=0x%lx",
		   line->hva, line->size, look->pfn_mapped, look->leaf_size);
	seq_printf(m, " policy=%s leaf=%s linear=%d declared=%d any_uncached=%d",
		   cohmem_policy_name(f->policy),
		   look->leaf_size ? cohmem_leaf_name(look->leaf) : "none",
		   f->linear, f->declared, f->any_uncached);
	seq_printf(m, " mte_allowed=%d vm_mte=%d fwb=%d dic=%d exec=%d",
		   f->mte_allowed, f->vm_mte, f->fwb, f->dic, f->exec);
	seq_printf(m, " row=%s verdict=%s reason=%s executable=%d\n",
		   cohmem_row_name(d->row), cohmem_verdict_name(d->verdict),
		   cohmem_reason_name(d->reason), d->executable);
}

static int view_show(struct seq_file *m, void *unused)
{
	const struct view *v = m->private;
	const struct view_line *line = &v->line;

	switch (line->stage) {
	case VIEW_SLOT:
		view_show_slot(m, v);
		break;
	case VIEW_VMA:
		view_show_vma(m, line);
		break;
	default:
		seq_printf(m, "refused ipa=0x%llx reason=%s count=%llu\n",
			   line->refusal.ipa, cohmem_reason_name(line->reason),
			   line->refusal.count);
	}
	return 0;
}

static const struct seq_operations view_sops = {
	.start	= view_start,
	.next	= view_next,
	.stop	= view_stop,
	.show	= view_show,
};

/* debugfs may outlive the VM, so the file takes a reference, as stage2_page_tables does. */
static int view_open(struct inode *inode, struct file *file)
{
	struct kvm *kvm = inode->i_private;
	struct view *v;

	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;

	v = __seq_open_private(file, &view_sops, sizeof(*v));
	if (!v) {
		kvm_put_kvm(kvm);
		return -ENOMEM;
	}
	v->kvm = kvm;
	return 0;
}

static int view_release(struct inode *inode, struct file *file)
{
	struct view *v = ((struct seq_file *)file->private_data)->private;
	struct kvm *kvm = v->kvm;

	seq_release_private(inode, file);
	kvm_put_kvm(kvm);
	return 0;
}

static const struct file_operations view_fops = {
	.owner		= THIS_MODULE,
	.open		= view_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= view_release,
};

/**
 * cohmem_view_create_debugfs() - Make the file memslots
 * @kvm: the VM, with its directory
 *
 * It goes with the directory.
 *
 * Context: process context.
 */
void cohmem_view_create_debugfs(struct kvm *kvm)
{
	debugfs_create_file("memslots", 0400, kvm->debugfs_dentry, kvm, &view_fops);
}
