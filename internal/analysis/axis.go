package analysis

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/resultfile"
)

// The axes of a sweep.
const (
	axisProcs      = "gomaxprocs"
	axisGoroutines = "goroutines"
)

// axisKeys are the keys under which benchmarks of other projects name what they
// sweep, with the axis each stands for. Where several vary in one benchmark the
// first is the axis and the others stay part of its name.
var axisKeys = []struct{ key, axis string }{
	{"gomaxprocs", axisProcs},
	{"procs", axisProcs},
	{"cpus", axisProcs},
	{"cores", axisProcs},
	{"goroutines", axisGoroutines},
	{"workers", axisGoroutines},
	{"threads", axisGoroutines},
	{"concurrency", axisGoroutines},
	{"parallelism", axisGoroutines},
	{"clients", axisGoroutines},
	{"conns", axisGoroutines},
	{"n", axisGoroutines},
}

// suffix is the key of the "-N" that go test appends for GOMAXPROCS.
const suffix = "-N"

// axisKey returns the entry for how a name spells a key: in any case, in the
// singular too.
func axisKey(spelled string) (key string, ok bool) {
	spelled = strings.ToLower(spelled)
	for _, k := range axisKeys {
		if spelled == k.key || spelled+"s" == k.key {
			return k.key, true
		}
	}
	return "", false
}

func axisOf(key string) string {
	for _, k := range axisKeys {
		if k.key == key {
			return k.axis
		}
	}
	return axisProcs // the suffix
}

// A spelling is a benchmark's name taken apart: what it is called without any
// axis, and where on each axis it lies.
type spelling struct {
	name  string         // parts and keys that are no axis
	class string         // the base name, with its parts without a key
	at    map[string]int // by key of axisKeys, and suffix; an axis whose value is not a count is part of the name
}

// Keyless parts that name a count, such as "workers-8", "8_workers" or "workers8".
var (
	wordCount = regexp.MustCompile(`^([A-Za-z]+)[-_:]?(\d+)$`)
	countWord = regexp.MustCompile(`^(\d+)[-_]?([A-Za-z]+)$`)
)

// spell takes the name of a cell apart.
func spell(c resultfile.Cell) *spelling {
	s := &spelling{class: c.Class, at: make(map[string]int)}
	var name []string
	for i, part := range strings.Split(c.Class, "/") {
		if key, n, ok := keylessCount(part); ok && i > 0 {
			s.at[key] = n
			continue
		}
		name = append(name, part)
	}
	for _, param := range slices.Sorted(maps.Keys(c.Params)) {
		n, err := strconv.Atoi(c.Params[param])
		key, known := axisKey(param)
		if _, taken := s.at[key]; known && !taken && err == nil && n > 0 {
			s.at[key] = n
			continue
		}
		name = append(name, param+"="+c.Params[param])
	}
	if c.Strategy != "" {
		name = append(name, "strategy="+c.Strategy)
	}
	if c.Goroutines > 0 {
		s.at["goroutines"] = c.Goroutines
	}
	if c.Gomaxprocs > 0 {
		s.at[suffix] = c.Gomaxprocs
	}
	s.name = strings.Join(name, "/")
	return s
}

// keylessCount reads a part of a name that has no "=".
func keylessCount(part string) (key string, n int, ok bool) {
	word, digits := "", ""
	if m := wordCount.FindStringSubmatch(part); m != nil {
		word, digits = m[1], m[2]
	} else if m := countWord.FindStringSubmatch(part); m != nil {
		digits, word = m[1], m[2]
	} else {
		return "", 0, false
	}
	key, ok = axisKey(word)
	n, err := strconv.Atoi(digits)
	// A letter with a number behind it is too often a size.
	if !ok || key == "n" || err != nil || n < 1 {
		return "", 0, false
	}
	return key, n, true
}

// sizeWords end the parts of a name behind which a number is a size.
var sizeWords = []string{
	"size", "n", "len", "length", "bytes", "byte", "items", "elements", "depth", "count", "rows", "num", "input", "kb", "mb", "kib", "mib", "level", "step", "keys", "entries", "capacity", "cap", "limit",
}

// looksLikeSizes reports whether the numbers at the end of a name are no
// GOMAXPROCS: at one of those go test appends nothing, and what the author wrote
// behind a dash stands alone.
func looksLikeSizes(name string, values []int) bool {
	if slices.Contains(values, 1) || len(values) < 2 {
		return false // a name without the number: go test wrote the others
	}
	word := strings.ToLower(name[strings.LastIndexAny(name, "/-_=")+1:])
	if slices.Contains(sizeWords, word) || slices.Max(values) > 4096 {
		return true
	}
	return !slices.ContainsFunc(values, func(n int) bool { return !powerOfTen(n) })
}

func powerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
