package db

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// fileSystem names the file system dir lies on: what a sync costs depends on
// it, and on tmpfs it costs nothing. The numbers are statfs(2)'s.
func fileSystem(dir string) string {
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
