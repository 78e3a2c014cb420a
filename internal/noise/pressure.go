package noise

import (
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// pressure returns the time, since boot, in which at least one task of the
// machine waited for the resource, from the line
//
//	some avg10=0.00 avg60=0.00 avg300=0.00 total=1234
//
// of /proc/pressure, whose total is in microseconds (Documentation/accounting/psi.rst).
// Many kernels are built or booted without it.
func pressure(fsys fs.FS, resource string) *time.Duration {
	data, err := fs.ReadFile(fsys, "proc/pressure/"+resource)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "some" {
			continue
		}
		for _, field := range fields[1:] {
			if text, ok := strings.CutPrefix(field, "total="); ok {
				return micros(text)
			}
		}
	}
	return nil
}

func micros(text string) *time.Duration {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > int64(1<<63-1)/int64(time.Microsecond) {
		return nil
	}
	return new(time.Duration(n) * time.Microsecond)
}
