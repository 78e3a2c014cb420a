package history

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unique"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Options say what is followed, and what counts as a change. The zero value is ready to use.
type Options struct {
	// Units are the units to follow, as benchstat writes them ("sec/op") or as files do ("ns/op"), and the gains. By
	// default tasks/s and the gains of concurrency and parallelism of runbench's own files, and sec/op of others.
	Units []string
	// Filter selects results; nil for all.
	Filter *benchproc.Filter
	// Every follows every cell, and not only one goroutine on one core and C* on all cores.
	Every bool
	// Ignore are keys of the configuration that may differ along a series.
	Ignore []string

	Alpha     float64 // as in Result; 0 for DefaultAlpha
	MinChange float64 // as in Result
	Order     string  // as in Result; "" for "commit" where every file has a commit's date, and else "argument"
}

// DefaultAlpha is the chance of anything false in a whole history.
const DefaultAlpha = 0.01

// follows reports whether a unit, as benchstat writes it, is followed of a benchmark that is runbench's own, or not.
func (o Options) follows(unit string, own bool) bool {
	if len(o.Units) == 0 {
		if own {
			return unit == resultfile.TasksPerSec || unit == ConcurrencyGain || unit == ParallelismGain
		}
		return unit == secPerOp
	}
	for _, u := range o.Units {
		if u == unit || tidied(u) == unit {
			return true
		}
	}
	return false
}

const secPerOp = "sec/op"

// tidied returns a unit as benchstat writes it.
func tidied(unit string) string {
	_, t := benchunit.Tidy(1, unit)
	return t
}

// A place says what one figure is of.
type place struct {
	config, workload, strategy string
	goroutines, gomaxprocs     int
	unit                       string // tidied, or a gain
}

// A figure is a place's in one file.
type figure struct {
	log  float64 // mean of the logs of the runs
	se   float64 // standard error; 0 where one run shows none
	df   float64 // degrees of freedom behind it
	runs int
}

// A Digest is what is kept of a file: little enough for a thousand of them.
type Digest struct {
	file    File
	figures map[place]figure
}

// The keys of a configuration that say which commit was measured, as golang.org/x/perf's files have them, or when.
// They set files of one machine apart in time and do not make them another series.
var (
	commitKeys = []string{"commit", "commit-hash", "revision"}
	timeKeys   = []string{"commit-time", "commit-date", "committime", "date"}
	labelKeys  = []string{"label", "branch", "toolchain-label"}
	otherKeys  = []string{"upload", "upload-part", "upload-time", "upload-file", "by", "runstamp", "run", "section-time"}
)

// A stamp is the commit that a result is of.
type stamp struct {
	commit, label string
	time          time.Time // zero where nobody says
}

// split takes a run's configuration apart.
func (o Options) split(config string) (kept string, s stamp) {
	var pairs []string
	for pair := range strings.SplitSeq(config, "; ") {
		key, value, _ := strings.Cut(pair, ": ")
		switch {
		case slices.Contains(commitKeys, key):
			s.commit = value
		case slices.Contains(timeKeys, key):
			if t, ok := parseTime(value); ok {
				s.time = t
			}
		case slices.Contains(labelKeys, key):
			s.label = value
		case slices.Contains(otherKeys, key), slices.Contains(o.Ignore, key):
		case pair != "":
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "; "), s
}

// parseTime reads a date as git and x/perf's tools write it.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC1123Z, time.RFC1123, time.UnixDate, "20060102T150405", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 && t.Year() < 10000 { // what JSON can hold
			return t, true
		}
	}
	return time.Time{}, false
}

// A cell is the runs of one benchmark under one configuration, of one commit.
type cell struct {
	place  // without a unit
	digest *Digest
	own    bool
	units  map[string]*values // by raw unit
}

// values are the logs of a cell in one unit, with the rounds they are of.
type values struct {
	rounds []int
	logs   []float64
}

// mostBenchmarks is how many names and configurations a file may have. What has more is a log.
const mostBenchmarks = 50_000

// Take makes digests of a file's results: one, or one for each commit where the file holds several.
func Take(path string, set *resultfile.Set, opt Options) ([]*Digest, error) {
	t := taking{opt: opt, path: path, set: set, known: make(map[named]*cell), cells: make(map[cellKey]*cell), digests: make(map[stamp]*Digest)}
	for run := range set.All() {
		t.run(run)
		if len(t.known) > mostBenchmarks {
			return nil, fmt.Errorf("expected at most %d benchmarks, found more", mostBenchmarks)
		}
	}
	for _, c := range t.cells {
		t.levels(c)
		t.gains(c)
	}
	return slices.DeleteFunc(t.order, func(d *Digest) bool { return len(d.figures) == 0 }), nil
}

// taking is the work of Take.
type taking struct {
	opt     Options
	path    string
	set     *resultfile.Set
	known   map[named]*cell // nil for what the filter leaves out
	cells   map[cellKey]*cell
	digests map[stamp]*Digest
	order   []*Digest
}

// named is how a file names a benchmark; a cellKey is what makes two of them one: names may differ in the order of
// their parts.
type (
	named   struct{ name, config string }
	cellKey struct {
		digest *Digest
		place
	}
)

// run adds a run to its cell.
func (t *taking) run(run resultfile.Run) {
	at := named{run.FullName(), run.Config}
	c, ok := t.known[at]
	if !ok {
		if t.passes(run) {
			c = t.cell(run)
		}
		t.known[at] = c
	}
	if c == nil {
		return
	}
	for _, v := range run.Values {
		x := v.Value + more(v.Unit)
		if !(x > tiniest && x < 1/tiniest) {
			continue
		}
		vs := c.units[v.Unit]
		if vs == nil {
			vs = new(values)
			c.units[v.Unit] = vs
		}
		vs.rounds, vs.logs = append(vs.rounds, run.Round), append(vs.logs, math.Log(x))
	}
}

// tiniest is the smallest figure that is one, and its inverse the largest: ratios of ratios of them are finite.
const tiniest = 1e-70

// more is added to figures of a unit before the log is taken, so that there is one of 0: from 0 to 500 allocations is
// a change like any other.
func more(unit string) float64 {
	if unit == resultfile.BytesPerOp || unit == resultfile.AllocsPerOp {
		return 1
	}
	return 0
}

// passes reports whether the filter lets a benchmark through.
func (t *taking) passes(run resultfile.Run) bool {
	if t.opt.Filter == nil {
		return true
	}
	res := &benchfmt.Result{Name: benchfmt.Name(run.FullName()), Iters: run.Batches}
	for pair := range strings.SplitSeq(run.Config, "; ") {
		if key, value, ok := strings.Cut(pair, ": "); ok {
			res.SetConfig(key, value)
		}
	}
	for _, v := range run.Values {
		value, unit := benchunit.Tidy(v.Value, v.Unit)
		res.Values = append(res.Values, benchfmt.Value{Value: value, Unit: unit, OrigValue: v.Value, OrigUnit: v.Unit})
	}
	ok, err := t.opt.Filter.Apply(res)
	return ok && err == nil
}

// cell returns a new cell for what run is one of; nil for those of ceilings, which are no way to run a workload.
func (t *taking) cell(run resultfile.Run) *cell {
	if resultfile.Ceiling(run.Cell.Strategy) {
		return nil
	}
	kept, s := t.opt.split(run.Config)
	c := &cell{place: place{config: shared(kept), workload: shared(run.FullName())}, units: make(map[string]*values)}
	if r := run.Cell; r.Strategy != "" && r.Goroutines > 0 && r.Gomaxprocs > 0 {
		c.own = true
		c.workload, c.strategy, c.goroutines, c.gomaxprocs = shared(r.Spec()), shared(r.Strategy), r.Goroutines, r.Gomaxprocs
	}
	c.digest = t.digest(s)
	at := cellKey{c.digest, c.place}
	if known := t.cells[at]; known != nil {
		return known
	}
	t.cells[at] = c
	return c
}

// shared returns text in one copy for all files.
func shared(text string) string { return unique.Make(strings.Clone(text)).Value() }

// digest returns the digest of what is of a commit.
func (t *taking) digest(s stamp) *Digest {
	if d := t.digests[s]; d != nil {
		return d
	}
	d := &Digest{file: File{Path: t.path, Commit: shared(s.commit), Label: shared(s.label), Torn: t.set.Torn}, figures: make(map[place]figure)}
	if !s.time.IsZero() {
		d.file.Time = &s.time
	}
	if m := t.set.Manifest; m != nil {
		d.file.Started = &m.Started
		d.file.Label = cmp.Or(d.file.Label, m.Label)
		if c := m.Commit; c != nil && d.file.Commit == "" {
			d.file.Commit, d.file.Modified = c.Revision, c.Modified
			if d.file.Time == nil && !c.Time.IsZero() {
				d.file.Time = &c.Time
			}
		}
	}
	d.file.Finished = t.set.Manifest == nil && !t.set.Torn || t.set.End != nil && !t.set.End.Interrupted
	t.digests[s] = d
	t.order = append(t.order, d)
	return d
}

// levels adds the cell's figures in each unit that is followed.
func (t *taking) levels(c *cell) {
	for raw, vs := range c.units {
		at := c.place
		factor, unit := benchunit.Tidy(1, raw)
		if at.unit = shared(unit); t.opt.follows(unit, c.own) {
			f := figureOf(vs.logs)
			f.log += math.Log(factor)
			c.digest.figures[at] = f
		}
	}
}

func figureOf(logs []float64) figure {
	mean, se, df := scaling.TrimmedMean(logs)
	return figure{mean, se, df, len(logs)}
}

// gains adds the gains that the cell is the numerator of. They come from ratios within rounds, as those of
// [scaling.Judge] do, so that what is common to a round cancels.
func (t *taking) gains(c *cell) {
	if !c.own || c.workload == resultfile.ControlArm {
		return
	}
	for _, g := range []struct {
		unit                   string
		applies                bool
		goroutines, gomaxprocs int // of the denominator
	}{
		{ConcurrencyGain, c.goroutines > 1 && c.gomaxprocs == 1, 1, 1},
		{ParallelismGain, c.gomaxprocs > 1, c.goroutines, 1},
		{TotalGain, c.goroutines > 1 && c.gomaxprocs > 1, 1, 1},
	} {
		if !g.applies || !t.opt.follows(g.unit, true) {
			continue
		}
		base := t.find(c, g.goroutines, g.gomaxprocs)
		if base == nil {
			continue
		}
		if logs := ratios(c.throughput(), base.throughput()); len(logs) > 0 {
			at := c.place
			at.unit = g.unit
			c.digest.figures[at] = figureOf(logs)
		}
	}
}

// find returns another cell of the same workload; nil if there is none.
func (t *taking) find(c *cell, goroutines, gomaxprocs int) *cell {
	at := c.place
	at.goroutines, at.gomaxprocs = goroutines, gomaxprocs
	if goroutines == 1 {
		at.strategy = resultfile.Sequential
	}
	return t.cells[cellKey{c.digest, at}]
}

// throughput returns the cell's log throughput by round, the mean where a round has several.
func (c *cell) throughput() map[int]float64 {
	sign, vs := 1.0, c.units[resultfile.TasksPerSec]
	if vs == nil {
		sign, vs = -1, c.units[resultfile.NsPerOp]
	}
	if vs == nil {
		return nil
	}
	logs, counts := make(map[int]float64), make(map[int]float64)
	for i, round := range vs.rounds {
		counts[round]++
		logs[round] += (sign*vs.logs[i] - logs[round]) / counts[round]
	}
	return logs
}

// ratios returns the differences of logs in the rounds that both have, by round.
func ratios(num, den map[int]float64) []float64 {
	var logs []float64
	for _, round := range slices.Sorted(maps.Keys(num)) {
		if y, ok := den[round]; ok {
			logs = append(logs, num[round]-y)
		}
	}
	return logs
}
