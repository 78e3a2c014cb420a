package host

import (
	"io/fs"
	"path"
)

// CgroupDirs returns the version of the cgroup that limits the CPU time of this
// process, v1, v2 or none, and the directories in fsys, whose root is "/", of
// that group and of those above it up to where the hierarchy is mounted, the
// leaf first. There are no directories where the version is none. A container
// may not see the groups above its own.
func CgroupDirs(fsys fs.FS) (version Fact, dirs []string, err error) {
	version, leaf, err := cgroupOf(fsys)
	if err != nil || version == "none" {
		return version, nil, err
	}
	mount, rel, err := cgroupMount(fsys, version, string(leaf))
	if err != nil {
		return version, nil, err
	}
	for rel = path.Join("/", rel); ; rel = path.Dir(rel) {
		dirs = append(dirs, path.Join(mount, rel))
		if rel == "/" {
			return version, dirs, nil
		}
	}
}
