package filesystem

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// name goes by the numbers of statfs(2). It says of tmpfs that a sync costs
// nothing there, because a figure for one would be read as a disk's.
func name(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return "an unknown file system"
	}
	switch uint32(st.Type) {
	case unix.TMPFS_MAGIC:
		return "tmpfs (memory: a sync costs nothing)"
	case unix.EXT4_SUPER_MAGIC:
		return "ext4"
	case unix.XFS_SUPER_MAGIC:
		return "xfs"
	case unix.BTRFS_SUPER_MAGIC:
		return "btrfs"
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "overlayfs"
	case unix.NFS_SUPER_MAGIC:
		return "nfs"
	default:
		return fmt.Sprintf("a file system of type %#x", uint32(st.Type))
	}
}
