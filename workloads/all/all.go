// Package all is the catalogue: every workload, in reading order.
package all

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"runbench/workloads"
	"runbench/workloads/cpu"
	"runbench/workloads/db"
	"runbench/workloads/io"
	"runbench/workloads/mem"
	"runbench/workloads/mixed"
	"runbench/workloads/sync"
)

// Workloads returns the catalogue. The caller may change the slice.
func Workloads() []workloads.Workload {
	return []workloads.Workload{
		cpu.Hash,
		cpu.Mandelbrot,
		cpu.Sort,
		mem.Triad,
		sync.Counter,
		sync.Mutex,
		io.Latency,
		io.HTTP,
		db.SQLite,
		mixed.FetchParse,
	}
}

// Find returns the workload of that name.
func Find(name string) (workloads.Workload, bool) {
	for _, w := range Workloads() {
		if w.Name == name {
			return w, true
		}
	}
	return workloads.Workload{}, false
}

// Select returns the workloads that patterns name, in catalogue order, or the
// whole catalogue where there is no pattern. A pattern is a name, a glob such
// as "cpu/*", or a class such as "cpu"; "?key=value&…" behind a name sets
// parameters. A pattern that matches nothing is an error that suggests the
// nearest names.
func Select(patterns []string) ([]workloads.Selected, error) {
	if len(patterns) == 0 {
		patterns = []string{"*/*"}
	}
	catalogue := Workloads()
	var selected []workloads.Selected
	for _, spec := range patterns {
		pattern, given, err := workloads.ParseSpec(spec)
		if err != nil {
			return nil, err
		}
		if !strings.Contains(pattern, "/") {
			pattern += "/*"
		}
		matched := false
		for _, w := range catalogue {
			ok, err := path.Match(pattern, w.Name)
			if err != nil {
				return nil, fmt.Errorf("pattern %q: %w", spec, err)
			}
			if !ok {
				continue
			}
			matched = true
			changed, err := w.Changed(given)
			if err != nil {
				return nil, err
			}
			same := func(s workloads.Selected) bool { return s.Name == w.Name && maps.Equal(s.Given, changed) }
			if !slices.ContainsFunc(selected, same) {
				selected = append(selected, workloads.Selected{Workload: w, Given: changed})
			}
		}
		if !matched {
			return nil, fmt.Errorf("no workload is called %q; nearest: %s (runbench list shows all)", spec, strings.Join(Nearest(pattern, 3), ", "))
		}
	}
	rank := make(map[string]int)
	for i, w := range catalogue {
		rank[w.Name] = i
	}
	slices.SortStableFunc(selected, func(a, b workloads.Selected) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
	return selected, nil
}

// Nearest returns the n names of the catalogue nearest to name, nearest first.
func Nearest(name string, n int) []string {
	var names []string
	for _, w := range Workloads() {
		names = append(names, w.Name)
	}
	// A name that was meant without its class is compared without it.
	class, short, _ := strings.Cut(name, "/")
	if short == "*" || short == "" {
		short = class
	}
	far := func(s string) int {
		_, ownShort, _ := strings.Cut(s, "/")
		return min(distance(name, s), distance(short, ownShort))
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return names[:min(n, len(names))]
}

// distance is Levenshtein's: the insertions, deletions and substitutions that
// turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, substituted)
		}
	}
	return row[len(b)]
}
