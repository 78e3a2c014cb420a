// Package all is the catalogue: every workload, in reading order, and who gets to
// see it.
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
	"runbench/workloads/known"
	"runbench/workloads/mem"
	"runbench/workloads/mixed"
	"runbench/workloads/pike"
	"runbench/workloads/sched"
	"runbench/workloads/sync"
)

// A tier says who gets to see a workload without asking for it.
type tier string

const (
	tierDefault tier = "default" // measured where no workload is named
	tierMore    tier = "more"    // listed, and measured where it is named or matched
	tierKnown   tier = "known"   // checks runbench itself: neither, unless asked for
)

// An entry is a workload and its place in the catalogue.
type entry struct {
	workloads.Workload
	tier tier
}

// catalogue is in reading order: each class in one piece.
var catalogue = []entry{
	{cpu.Hash, tierDefault},
	{cpu.Mandelbrot, tierDefault},
	{cpu.Sort, tierDefault},
	{cpu.Matmul, tierMore},
	{cpu.FFT, tierMore},
	{cpu.Sieve, tierMore},
	{cpu.NQueens, tierMore},
	{cpu.NBody, tierMore},
	{cpu.Fib, tierMore},
	{cpu.Gzip, tierMore},
	{cpu.JSON, tierMore},
	{cpu.Regexp, tierMore},
	{mem.Triad, tierDefault},
	{mem.Sum, tierMore},
	{mem.Chase, tierMore},
	{mem.FalseShare, tierMore},
	{mem.Padded, tierMore},
	{mem.Alloc, tierMore},
	{sync.Counter, tierDefault},
	{sync.Mutex, tierDefault},
	{sync.Sharded, tierMore},
	{sync.RWMutex, tierMore},
	{sync.SyncMap, tierMore},
	{sync.Channel, tierMore},
	{sync.Select, tierMore},
	{sync.Barrier, tierMore},
	{sched.Spawn, tierMore},
	{sched.PingPong, tierMore},
	{sched.PrimeSieve, tierMore},
	{sched.Hackbench, tierMore},
	{sched.Skewed, tierMore},
	{sched.Goroutine, tierMore},
	{sched.LockedThread, tierMore},
	{io.Latency, tierDefault},
	{io.Blocking, tierMore},
	{io.HTTP, tierDefault},
	{io.HTTPOpen, tierMore},
	{io.HTTPFanout, tierMore},
	{io.TCPEcho, tierMore},
	{io.Timeout, tierMore},
	{io.Pipe, tierMore},
	{io.FileRead, tierMore},
	{io.FileFsync, tierMore},
	{io.Find, tierMore},
	{db.SQLite, tierDefault},
	{db.Bolt, tierMore},
	{db.Postgres, tierMore},
	{mixed.FetchParse, tierDefault},
	{mixed.Pipeline, tierMore},
	{mixed.Devices, tierMore},
	{pike.Gophers, tierMore},
	{pike.Balancer, tierMore},
	{pike.Replicas, tierMore},
	{known.Control, tierKnown},
	{known.Serial, tierKnown},
	{known.Waiting, tierKnown},
}

// of returns the workloads of the given tiers, in reading order.
func of(tiers ...tier) []workloads.Workload {
	var list []workloads.Workload
	for _, e := range catalogue {
		if slices.Contains(tiers, e.tier) {
			list = append(list, e.Workload)
		}
	}
	return list
}

// Workloads returns the default sweep: what is measured where no workload is
// named.
func Workloads() []workloads.Workload { return of(tierDefault) }

// More returns what the catalogue lists beyond the default sweep.
func More() []workloads.Workload { return of(tierMore) }

// Listed returns the default sweep and more.
func Listed() []workloads.Workload { return of(tierDefault, tierMore) }

// Known returns the workloads with a known answer, which check runbench itself.
func Known() []workloads.Workload { return of(tierKnown) }

// Everything returns the whole catalogue.
func Everything() []workloads.Workload { return of(tierDefault, tierMore, tierKnown) }

// Tier returns "default", "more" or "known" for the name of a workload, and ""
// for any other name.
func Tier(name string) string {
	for _, e := range catalogue {
		if e.Name == name {
			return string(e.tier)
		}
	}
	return ""
}

// Find returns the workload of that name, whatever its tier.
func Find(name string) (workloads.Workload, bool) {
	for _, e := range catalogue {
		if e.Name == name {
			return e.Workload, true
		}
	}
	return workloads.Workload{}, false
}

// Select returns the workloads that patterns name, in reading order, or the
// default sweep where there is no pattern. A pattern is a name, a glob such as
// "cpu/*", or a class such as "cpu"; "?key=value&…" behind a name sets
// parameters. Workloads with a known answer are matched only by patterns that
// spell their class: "known", "known/*", "known/serial". A pattern that matches
// nothing is an error that suggests the nearest names.
func Select(patterns []string) ([]workloads.Selected, error) {
	if len(patterns) == 0 {
		return unchanged(Workloads()), nil
	}
	var selected []workloads.Selected
	for _, spec := range patterns {
		pattern, given, err := workloads.ParseSpec(spec)
		if err != nil {
			return nil, err
		}
		pattern = strings.ToLower(pattern) // results write classes with capitals
		if !strings.Contains(pattern, "/") {
			pattern += "/*"
		}
		candidates := Listed()
		if strings.HasPrefix(pattern, "known/") {
			candidates = Known()
		}
		matched := false
		for _, w := range candidates {
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
	for i, e := range catalogue {
		rank[e.Name] = i
	}
	slices.SortStableFunc(selected, func(a, b workloads.Selected) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
	return selected, nil
}

// SelectAll returns everything that is listed.
func SelectAll() []workloads.Selected { return unchanged(Listed()) }

// unchanged returns workloads with all parameters at their defaults.
func unchanged(list []workloads.Workload) []workloads.Selected {
	selected := make([]workloads.Selected, len(list))
	for i, w := range list {
		selected[i] = workloads.Selected{Workload: w}
	}
	return selected
}

// Nearest returns the n names of the catalogue nearest to name, nearest first.
func Nearest(name string, n int) []string {
	var names []string
	for _, e := range catalogue {
		names = append(names, e.Name)
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
