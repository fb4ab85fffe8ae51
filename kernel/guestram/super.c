// SPDX-License-Identifier: GPL-2.0-only
/*
 * guestramfs: mounts, directories and files.
 *
 *	mount -t guestramfs -o node=N,size=,nr_inodes=,mode=,uid=,gid=,magic= none /guestram
 *
 * statfs() answers as for hugetlbfs, with blocks of 2 MiB: VMMs ask it how to align what
 * they map, and by no other means learn that pages are large. magic=own says what it is.
 */
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/init.h>
#include <linux/magic.h>
#include <linux/numa.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statfs.h>

#include "guestram.h"

#define GUESTRAMFS_MAGIC	0x67726d66	/* "grmf" */
#define DEFAULT_MODE		0755

static struct kmem_cache *inode_cache;

/** guestram_mount_charge() - may the files of this mount have so many units more? */
bool guestram_mount_charge(struct guestram_mount *mount, u32 nr)
{
	bool may;

	spin_lock(&mount->lock);
	may = nr <= mount->max_units - mount->units;
	if (may)
		mount->units += nr;
	spin_unlock(&mount->lock);
	return may;
}

/** guestram_mount_uncharge() - they have so many fewer */
void guestram_mount_uncharge(struct guestram_mount *mount, u32 nr)
{
	spin_lock(&mount->lock);
	mount->units -= nr;
	spin_unlock(&mount->lock);
}

static bool charge_inode(struct guestram_mount *mount)
{
	bool may;

	spin_lock(&mount->lock);
	may = !mount->max_inodes || mount->inodes < mount->max_inodes;
	if (may)
		mount->inodes++;
	spin_unlock(&mount->lock);
	return may;
}

static void uncharge_inode(struct guestram_mount *mount)
{
	spin_lock(&mount->lock);
	mount->inodes--;
	spin_unlock(&mount->lock);
}

static const struct inode_operations dir_operations;

static int guestram_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
			    struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int ret = setattr_prepare(idmap, dentry, attr);

	if (ret)
		return ret;
	if (attr->ia_valid & ATTR_SIZE) {
		ret = guestram_file_resize(inode, attr->ia_size);
		if (ret)
			return ret;
	}
	setattr_copy(idmap, inode, attr);
	mark_inode_dirty(inode);
	return 0;
}

static const struct inode_operations file_inode_operations = {
	.setattr	= guestram_setattr,
};

static struct inode *make_inode(struct super_block *sb, const struct inode *dir,
				umode_t mode)
{
	struct inode *inode;

	if (!charge_inode(sb->s_fs_info))
		return ERR_PTR(-ENOSPC);
	inode = new_inode(sb);
	if (!inode) {
		uncharge_inode(sb->s_fs_info);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_ino = get_next_ino();
	inode_init_owner(&nop_mnt_idmap, inode, dir, mode);
	simple_inode_init_ts(inode);
	switch (mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &file_inode_operations;
		inode->i_fop = &guestram_file_operations;
		break;
	case S_IFDIR:
		inode->i_op = &dir_operations;
		inode->i_fop = &simple_dir_operations;
		inc_nlink(inode);
		break;
	}
	return inode;
}

static int add(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	struct inode *inode = make_inode(dir->i_sb, dir, mode);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	d_instantiate(dentry, inode);
	dget(dentry);	/* It is nowhere but in the cache of dentries. */
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
	return 0;
}

static int guestram_create(struct mnt_idmap *idmap, struct inode *dir,
			   struct dentry *dentry, umode_t mode, bool excl)
{
	return add(dir, dentry, mode | S_IFREG);
}

static int guestram_mkdir(struct mnt_idmap *idmap, struct inode *dir,
			  struct dentry *dentry, umode_t mode)
{
	int ret = add(dir, dentry, mode | S_IFDIR);

	if (!ret)
		inc_nlink(dir);
	return ret;
}

static int guestram_tmpfile(struct mnt_idmap *idmap, struct inode *dir,
			    struct file *file, umode_t mode)
{
	struct inode *inode = make_inode(dir->i_sb, dir, mode | S_IFREG);

	if (IS_ERR(inode))
		return finish_open_simple(file, PTR_ERR(inode));
	d_tmpfile(file, inode);
	return finish_open_simple(file, 0);
}

static const struct inode_operations dir_operations = {
	.create		= guestram_create,
	.lookup		= simple_lookup,
	.link		= simple_link,
	.unlink		= simple_unlink,
	.mkdir		= guestram_mkdir,
	.rmdir		= simple_rmdir,
	.rename		= simple_rename,
	.tmpfile	= guestram_tmpfile,
};

static struct inode *guestram_alloc_inode(struct super_block *sb)
{
	struct guestram_inode *info = alloc_inode_sb(sb, inode_cache, GFP_KERNEL);

	if (!info)
		return NULL;
	spin_lock_init(&info->lock);
	RCU_INIT_POINTER(info->map, NULL);
	info->nr = 0;
	info->users = 0;
	return &info->vfs_inode;
}

static void guestram_free_inode(struct inode *inode)
{
	kmem_cache_free(inode_cache, guestram_i(inode));
}

static void guestram_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	guestram_file_free(inode);
	uncharge_inode(inode->i_sb->s_fs_info);
}

static int guestram_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct guestram_mount *mount = dentry->d_sb->s_fs_info;
	u32 there = READ_ONCE(mount->pool->units.nr_there);
	u32 left = READ_ONCE(mount->pool->units.nr_free);

	buf->f_type = mount->own_magic ? GUESTRAMFS_MAGIC : HUGETLBFS_MAGIC;
	buf->f_bsize = GUESTRAM_UNIT;
	buf->f_namelen = NAME_MAX;
	buf->f_fsid = u64_to_fsid(huge_encode_dev(dentry->d_sb->s_dev));
	spin_lock(&mount->lock);
	buf->f_blocks = min(there, mount->max_units);
	buf->f_bfree = min(left, mount->max_units - mount->units);
	buf->f_bavail = buf->f_bfree;
	if (mount->max_inodes) {
		buf->f_files = mount->max_inodes;
		buf->f_ffree = mount->max_inodes - mount->inodes;
	}
	spin_unlock(&mount->lock);
	return 0;
}

static int guestram_show_options(struct seq_file *m, struct dentry *root)
{
	struct guestram_mount *mount = root->d_sb->s_fs_info;

	seq_printf(m, ",node=%d", mount->pool->node);
	if (mount->max_units != U32_MAX)
		seq_printf(m, ",size=%lluM", (u64)mount->max_units << 1);
	if (mount->max_inodes)
		seq_printf(m, ",nr_inodes=%llu", mount->max_inodes);
	if (mount->mode != DEFAULT_MODE)
		seq_printf(m, ",mode=%04o", mount->mode);
	if (!uid_eq(mount->uid, GLOBAL_ROOT_UID))
		seq_printf(m, ",uid=%u", from_kuid_munged(&init_user_ns, mount->uid));
	if (!gid_eq(mount->gid, GLOBAL_ROOT_GID))
		seq_printf(m, ",gid=%u", from_kgid_munged(&init_user_ns, mount->gid));
	if (mount->own_magic)
		seq_puts(m, ",magic=own");
	return 0;
}

static const struct super_operations super_operations = {
	.alloc_inode	= guestram_alloc_inode,
	.free_inode	= guestram_free_inode,
	.evict_inode	= guestram_evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= guestram_statfs,
	.show_options	= guestram_show_options,
};

/**
 * struct options - what somebody asks for who mounts
 * @node: the node; NUMA_NO_NODE for the first that has memory
 * @max_units: as in struct guestram_mount, like all that follow
 */
struct options {
	int node;
	u32 max_units;
	u64 max_inodes;
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
	bool own_magic;
};

enum { OPT_NODE, OPT_SIZE, OPT_INODES, OPT_MODE, OPT_UID, OPT_GID, OPT_MAGIC };

static const struct constant_table magics[] = {
	{ "hugetlbfs", false },
	{ "own", true },
	{ }
};

static const struct fs_parameter_spec parameters[] = {
	fsparam_u32("node", OPT_NODE),
	fsparam_string("size", OPT_SIZE),
	fsparam_u64("nr_inodes", OPT_INODES),
	fsparam_u32oct("mode", OPT_MODE),
	fsparam_uid("uid", OPT_UID),
	fsparam_gid("gid", OPT_GID),
	fsparam_enum("magic", OPT_MAGIC, magics),
	{ }
};

static int parse_size(struct fs_context *fc, const char *text, u32 *units)
{
	char *end;
	u64 size = memparse(text, &end);

	if (end == text || *end || !IS_ALIGNED(size, GUESTRAM_UNIT))
		return invalfc(fc, "size=%s is not a multiple of 2M", text);
	*units = min(size >> GUESTRAM_UNIT_SHIFT, U32_MAX);
	return 0;
}

static int parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct options *o = fc->fs_private;
	struct fs_parse_result result;
	int opt = fs_parse(fc, parameters, param, &result);

	switch (opt) {
	case OPT_NODE:
		if (result.uint_32 >= MAX_NUMNODES)
			return invalfc(fc, "node=%u: there are %u nodes at most",
				       result.uint_32, MAX_NUMNODES);
		o->node = result.uint_32;
		return 0;
	case OPT_SIZE:
		return parse_size(fc, param->string, &o->max_units);
	case OPT_INODES:
		o->max_inodes = result.uint_64;
		return 0;
	case OPT_MODE:
		o->mode = result.uint_32 & 07777;
		return 0;
	case OPT_UID:
		o->uid = result.uid;
		return 0;
	case OPT_GID:
		o->gid = result.gid;
		return 0;
	case OPT_MAGIC:
		o->own_magic = result.uint_32;
		return 0;
	default:
		return opt;
	}
}

static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	const struct options *o = fc->fs_private;
	struct guestram_mount *mount;
	struct inode *root;
	int node = o->node;

	if (node == NUMA_NO_NODE)
		node = guestram_pool_first_node();
	if (!guestram_pool_of(node)) {
		errorfc(fc, "node %d has no guest RAM: boot with guestram=SIZE or guestram=%d:SIZE",
			max(node, 0), max(node, 0));
		return -ENXIO;
	}
	mount = kzalloc(sizeof(*mount), GFP_KERNEL);
	if (!mount)
		return -ENOMEM;
	mount->pool = guestram_pool_of(node);
	spin_lock_init(&mount->lock);
	mount->max_units = o->max_units;
	mount->max_inodes = o->max_inodes;
	mount->own_magic = o->own_magic;
	mount->mode = o->mode;
	mount->uid = o->uid;
	mount->gid = o->gid;
	sb->s_fs_info = mount;
	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_blocksize = GUESTRAM_UNIT;
	sb->s_blocksize_bits = GUESTRAM_UNIT_SHIFT;
	sb->s_magic = o->own_magic ? GUESTRAMFS_MAGIC : HUGETLBFS_MAGIC;
	sb->s_op = &super_operations;
	sb->s_time_gran = 1;

	root = make_inode(sb, NULL, S_IFDIR | o->mode);
	if (IS_ERR(root))
		return PTR_ERR(root);
	root->i_uid = o->uid;
	root->i_gid = o->gid;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static int get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, fill_super);
}

static int reconfigure(struct fs_context *fc)
{
	const struct options *o = fc->fs_private;
	struct guestram_mount *mount = fc->root->d_sb->s_fs_info;
	int ret = 0;

	if (o->node != mount->pool->node || o->own_magic != mount->own_magic)
		return invalfc(fc, "node= and magic= stay what they are");
	if (o->mode != mount->mode || !uid_eq(o->uid, mount->uid) ||
	    !gid_eq(o->gid, mount->gid))
		return invalfc(fc, "mode=, uid= and gid= stay; use chmod and chown");
	spin_lock(&mount->lock);
	if (o->max_units < mount->units ||
	    (o->max_inodes && o->max_inodes < mount->inodes)) {
		ret = -EBUSY;
	} else {
		mount->max_units = o->max_units;
		mount->max_inodes = o->max_inodes;
	}
	spin_unlock(&mount->lock);
	if (ret)
		errorfc(fc, "files have more than that already; remove some first");
	return ret;
}

static void free_options(struct fs_context *fc)
{
	kfree(fc->fs_private);
}

static const struct fs_context_operations context_operations = {
	.parse_param	= parse_param,
	.get_tree	= get_tree,
	.reconfigure	= reconfigure,
	.free		= free_options,
};

static int init_fs_context(struct fs_context *fc)
{
	struct options *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	o->node = NUMA_NO_NODE;
	o->max_units = U32_MAX;
	o->mode = DEFAULT_MODE;
	o->uid = current_fsuid();
	o->gid = current_fsgid();
	if (fc->purpose == FS_CONTEXT_FOR_RECONFIGURE) {
		struct guestram_mount *mount = fc->root->d_sb->s_fs_info;

		o->node = mount->pool->node;
		o->max_units = mount->max_units;
		o->max_inodes = mount->max_inodes;
		o->own_magic = mount->own_magic;
		o->mode = mount->mode;
		o->uid = mount->uid;
		o->gid = mount->gid;
	}
	fc->fs_private = o;
	fc->ops = &context_operations;
	return 0;
}

static void kill_super(struct super_block *sb)
{
	kill_litter_super(sb);
	kfree(sb->s_fs_info);
}

static struct file_system_type guestramfs = {
	.name			= "guestramfs",
	.init_fs_context	= init_fs_context,
	.parameters		= parameters,
	.kill_sb		= kill_super,
};

static void init_inode(void *info)
{
	inode_init_once(&((struct guestram_inode *)info)->vfs_inode);
}

static int __init guestramfs_init(void)
{
	int ret;

	inode_cache = kmem_cache_create("guestram_inode", sizeof(struct guestram_inode), 0,
					SLAB_ACCOUNT, init_inode);
	if (!inode_cache)
		return -ENOMEM;
	ret = guestram_pools_init();
	if (!ret)
		ret = register_filesystem(&guestramfs);
	return ret;
}
fs_initcall(guestramfs_init);
