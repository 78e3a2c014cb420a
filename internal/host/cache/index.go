package cache

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"runbench/internal/host/sysfs"
)

// An index is one entry of a CPU's cache directory. The number of the entry
// says nothing about the level.
type index struct {
	dir   string
	cpu   int
	level int
	kind  Kind
}

// indices yields the entries of cpu's cache directory, each with an error if
// its level or kind is not told.
func indices(fsys fs.FS, cpu int) iter.Seq2[index, error] {
	return func(yield func(index, error) bool) {
		for i := 0; ; i++ {
			dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/cache/index%d", cpu, i)
			level, err1 := sysfs.Int(fsys, dir+"/level")
			kind, err2 := sysfs.String(fsys, dir+"/type")
			if errors.Is(err1, fs.ErrNotExist) && errors.Is(err2, fs.ErrNotExist) {
				return
			}
			x := index{dir: dir, cpu: cpu, level: int(level), kind: Kind(strings.ToLower(kind))}
			err := cmp.Or(err1, err2)
			if err == nil && (level < 1 || level > 9 || !x.kind.known()) {
				err = fmt.Errorf("/%s: level %d and type %q, want a cache", dir, level, kind)
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

func (k Kind) known() bool { return k == Data || k == Instruction || k == Unified }

// An instance is one cache with the CPUs that share it.
type instance struct {
	level   int
	kind    Kind
	bytes   int64
	sharers sysfs.CPUs
}

func (x index) read(fsys fs.FS) (instance, error) {
	bytes, err := sysfs.Bytes(fsys, x.dir+"/size")
	if err != nil {
		return instance{}, err
	}
	sharers, err := sysfs.ReadCPUs(fsys, x.dir+"/shared_cpu_list")
	if err != nil {
		return instance{}, err
	}
	if !sharers.Has(x.cpu) {
		return instance{}, fmt.Errorf("/%s/shared_cpu_list: %s, want CPU %d among them", x.dir, sharers, x.cpu)
	}
	return instance{x.level, x.kind, bytes, sharers}, nil
}
