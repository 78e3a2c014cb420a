package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// The orders of files.
const (
	ByCommit   = "commit"
	ByStarted  = "started"
	ByArgument = "argument"
)

// Follow puts digests, given in the order of the arguments, into order of time and finds what changed along each
// series.
func Follow(digests []*Digest, opt Options) *Result {
	r := &Result{
		SchemaVersion: SchemaVersion, Alpha: cmp.Or(opt.Alpha, DefaultAlpha), MinChange: opt.MinChange,
		Files: []File{}, Skipped: []Skip{}, Series: []Series{}, Warnings: []string{},
	}
	digests = r.once(digests)
	r.arrange(digests, opt.Order)
	for _, d := range digests {
		r.Files = append(r.Files, d.file)
	}
	places := chosen(digests, opt)
	tracks := make([][]Sample, len(places))
	quantiles := make(map[float64]float64)
	judged := 0
	for i, at := range places {
		s, samples := follow(at, digests, quantiles)
		if s.Judged {
			judged++
		}
		r.Series, tracks[i] = append(r.Series, s), samples
	}
	r.TooShort = len(places) - judged
	for i := range r.Series {
		// Bonferroni's correction: each series gets its part of what is allowed to all.
		r.find(&r.Series[i], tracks[i], judged)
	}
	r.machine()
	r.say()
	return r
}

// once returns digests without those of a run that is there already, under another path: twice the same figures would
// look twice as certain.
func (r *Result) once(digests []*Digest) []*Digest {
	type run struct {
		started       int64
		commit, label string
	}
	seen := make(map[run]string) // path
	var out []*Digest
	for _, d := range digests {
		if f := d.file; f.Started != nil && !f.Started.IsZero() {
			k := run{f.Started.UnixNano(), f.Commit, f.Label}
			if path, ok := seen[k]; ok {
				r.Skipped = append(r.Skipped, Skip{f.Path, "the same run as " + path})
				continue
			}
			seen[k] = f.Path
		}
		out = append(out, d)
	}
	return out
}

// arrange sorts the digests by time, as far as they know it.
func (r *Result) arrange(digests []*Digest, order string) {
	committed, started := func(f File) *time.Time { return f.Time }, func(f File) *time.Time { return f.Started }
	r.Order = ByArgument
	switch {
	case order == ByArgument:
	case order == ByStarted && r.know(digests, started, true, "was measured"):
		r.Order = ByStarted
		slices.SortStableFunc(digests, func(a, b *Digest) int { return byTime(started, a, b) })
	case order != ByStarted && r.know(digests, committed, order == ByCommit, "was committed"):
		r.Order = ByCommit
		slices.SortStableFunc(digests, func(a, b *Digest) int {
			return cmp.Or(byTime(committed, a, b), byTime(started, a, b)) // one commit measured again
		})
	}
}

func byTime(of func(File) *time.Time, a, b *Digest) int {
	x, y := of(a.file), of(b.file)
	if x == nil || y == nil {
		return 0
	}
	return x.Compare(*y)
}

// know reports whether every file has a time, and warns where only some have, or where it was asked for.
func (r *Result) know(digests []*Digest, of func(File) *time.Time, asked bool, what string) bool {
	missing := func(d *Digest) bool { return of(d.file) == nil }
	at := slices.IndexFunc(digests, missing)
	if at < 0 {
		return true
	}
	if asked || slices.ContainsFunc(digests, func(d *Digest) bool { return !missing(d) }) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s does not say when it %s: the files are followed in the order they were given in", digests[at].file.Path, what))
	}
	return false
}

// follow returns the series of a place with its points, and their samples.
func follow(at place, digests []*Digest, quantiles map[float64]float64) (Series, []Sample) {
	s := Series{
		Config: at.config, Workload: at.workload, Strategy: at.strategy, Goroutines: at.goroutines, Gomaxprocs: at.gomaxprocs,
		Unit: at.unit, Better: better(at.unit), Control: at.control(), Changes: []Change{},
	}
	var samples []Sample
	for i, d := range digests {
		f, ok := d.figures[at]
		if !ok {
			continue
		}
		p := Point{File: i, Value: s.value(f.log), Runs: f.runs}
		if f.df > 0 {
			t, ok := quantiles[f.df]
			if !ok {
				t = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: f.df}.Quantile(0.975)
				quantiles[f.df] = t
			}
			p.Lo, p.Hi = new(s.value(f.log-t*f.se)), new(s.value(f.log+t*f.se))
		}
		s.Points = append(s.Points, p)
		samples = append(samples, Sample{Log: f.log, Var: f.se * f.se, Runs: f.runs})
	}
	s.Judged = len(samples) >= MinFiles
	return s, samples
}

// value returns the figure of a log, in the series' unit.
func (s *Series) value(log float64) float64 { return finite(math.Exp(log) - more(s.Unit)) }

// finite returns x as JSON can hold it.
func finite(x float64) float64 { return max(-math.MaxFloat64, min(math.MaxFloat64, x)) }

// find finds the changes of one of so many series.
func (r *Result) find(s *Series, samples []Sample, judged int) {
	d := Detect(samples, r.Alpha/float64(max(1, judged)), math.Log1p(r.MinChange))
	s.Scatter, s.Within, s.Sees = d.Scatter, d.Within, finite(math.Expm1(d.Sees))
	r.Smaller += d.Smaller
	for _, log := range d.Levels {
		s.Levels = append(s.Levels, s.value(log))
	}
	for i := range s.Points {
		f := &r.Files[s.Points[i].File]
		f.SeriesIn++
		if s.Points[i].Outlier = d.Outlier[i]; d.Outlier[i] {
			f.Outlying++
		}
	}
	for i, shift := range d.Shifts {
		c := Change{
			Index: shift.At, From: shift.From, To: shift.To, Before: s.Levels[i], After: s.Levels[i+1],
			Ratio: math.Exp(shift.Log), Lo: math.Exp(shift.Log - shift.Half), Hi: finite(math.Exp(shift.Log + shift.Half)),
			P: min(1, shift.P*float64(judged)), Direction: Changed,
		}
		switch gain := float64(s.Better) * shift.Log; {
		case gain > 0:
			c.Direction = Better
		case gain < 0:
			c.Direction = Worse
		}
		before, after := r.Files[s.Points[shift.At-1].File], r.Files[s.Points[shift.At].File]
		c.SameCommit = before.Commit != "" && before.Commit == after.Commit && before.Modified == after.Modified
		s.Changes = append(s.Changes, c)
		r.Changes++
	}
}

// machine marks the changes at which the control arm of the same configuration changed too. What a gain does then may
// go either way; a level goes with the control arm's.
func (r *Result) machine() {
	type moved struct {
		from, to  int // files
		direction string
	}
	arms := make(map[string][]moved) // by configuration
	for i := range r.Series {
		s := &r.Series[i]
		for _, c := range s.Changes {
			if s.Control {
				arms[s.Config] = append(arms[s.Config], moved{s.Points[c.From-1].File, s.Points[c.To].File, c.Direction})
			}
		}
	}
	for i := range r.Series {
		s := &r.Series[i]
		for j := range s.Changes {
			c := &s.Changes[j]
			from, to := s.Points[c.From-1].File, s.Points[c.To].File
			c.Machine = !s.Control && slices.ContainsFunc(arms[s.Config], func(m moved) bool {
				return m.from < to && from < m.to && (isGain(s.Unit) || m.direction == c.Direction)
			})
		}
	}
}

// say warns of what a reader of the result must know.
func (r *Result) say() {
	if keys, n := differing(r.Series); n > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d configurations are followed each by itself: they differ in %s", n, keys))
	}
	if r.TooShort > 0 && r.TooShort < len(r.Series) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d series have fewer than %d files and are not judged", r.TooShort, len(r.Series), MinFiles))
	}
}

// WorseWithin reports whether any series became worse within its last n files, by a change that nothing says was the
// machine's.
func (r *Result) WorseWithin(n int) bool {
	return slices.ContainsFunc(r.Series, func(s Series) bool {
		return !s.Control && slices.ContainsFunc(s.Changes, func(c Change) bool {
			return c.Direction == Worse && c.Index >= len(s.Points)-n && !c.Machine && !c.SameCommit
		})
	})
}
