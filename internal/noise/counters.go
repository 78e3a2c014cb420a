package noise

import (
	"io/fs"
	"strconv"
	"strings"
)

// counters reads a file of lines "name number" and returns the numbers of the
// names given; false unless all of them are there.
func counters(fsys fs.FS, file string, names ...string) (values []int64, ok bool) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, false
	}
	values = make([]int64, len(names))
	found := 0
	for line := range strings.Lines(string(data)) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		for i, want := range names {
			if name != want {
				continue
			}
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || n < 0 {
				return nil, false
			}
			values[i] = n
			found++
		}
	}
	return values, found == len(names)
}

// swapped returns how many pages were written to and read back from swap space
// since boot, by any program (pswpin and pswpout of man 5 proc_vmstat).
func swapped(fsys fs.FS) *int64 {
	values, ok := counters(fsys, "proc/vmstat", "pswpin", "pswpout")
	if !ok {
		return nil
	}
	return new(values[0] + values[1])
}
