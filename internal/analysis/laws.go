package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"runbench/internal/law"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Law says how throughput follows one axis, and how far that goes. What is
// null could not be said; Refused says why.
type Law struct {
	Axis       string   `json:"axis"`              // "gomaxprocs", "goroutines"
	Segment    string   `json:"segment,omitempty"` // "smt" for a law of the further threads of cores, from all physical cores on
	Goroutines int      `json:"goroutines"`        // held fixed; 0 where goroutines are the axis, or nobody says how many there were
	Gomaxprocs int      `json:"gomaxprocs"`        // held fixed; 0 where GOMAXPROCS is the axis, or nobody says what it was
	Base       int      `json:"base"`              // what speed-ups are relative to, a value of the axis
	Model      string   `json:"model"`             // "linear", "amdahl", "usl"; "" where there is none
	Gamma      *Part    `json:"gamma"`             // throughput of one, in tasks/s or what else the rates are in
	Sigma      *Part    `json:"sigma"`             // share that is serial or contended
	Kappa      *Part    `json:"kappa"`             // cost of keeping one another informed
	Peak       *Peak    `json:"peak"`              // null where none is claimed
	Limit      *Part    `json:"limit"`             // speed-up that more of the axis would tend to; null where not claimed
	Refused    *string  `json:"refused"`           // why no law, or no more than this model; null where nothing was refused
	LackOfFit  *float64 `json:"lack_of_fit"`       // p value of the test against pure error; null where it could not be made
	// Parallelism bounds work/span by the speed-up over cores; null for what waits,
	// for other axes, and where no speed-up over one core bounds it.
	Parallelism *Parallelism `json:"parallelism"`
	Points      []LawPoint   `json:"points"`
	Notes       []string     `json:"notes"`
}

// A Peak is where a law has its largest throughput.
type Peak struct {
	Part
	Extrapolated bool `json:"extrapolated"` // beyond what was measured
}

// A Parallelism bounds work/span, the number of cores that the work could keep busy
// on average, by the speed-up at a P (see [law.Parallelism] for what the upper
// bound takes for granted). Work/span is a law for the best schedule: no number of
// cores gains more than it.
type Parallelism struct {
	Gomaxprocs int      `json:"gomaxprocs"` // where the speed-up is largest, of those on one thread a core
	Least      float64  `json:"least"`
	Most       *float64 `json:"most"` // null where the speed-up may be ideal
}

// A LawPoint is what was measured at one value of the axis.
type LawPoint struct {
	N              int   `json:"n"`
	Oversubscribed bool  `json:"oversubscribed,omitempty"` // more GOMAXPROCS than cores
	Runs           int   `json:"runs"`
	X              Part  `json:"x"` // throughput
	Speedup        Part  `json:"speedup"`
	Efficiency     Part  `json:"efficiency"`
	KarpFlatt      *Part `json:"karp_flatt"` // serial share by Karp and Flatt; null where it is not defined
}

// NewLaw returns what package law found in the form of an answer. What the points
// plainly do not follow is refused.
func NewLaw(f law.Fit) Law {
	l := Law{
		Axis: string(f.Axis), Base: f.Base, Model: string(f.Model),
		Gamma: lawPart(f.Gamma), Sigma: lawPart(f.Sigma), Kappa: lawPart(f.Kappa), Limit: lawPart(f.Limit),
		Points: []LawPoint{}, Notes: append([]string{}, f.Notes...),
	}
	if f.Peak != nil {
		if n := lawPart(&f.Peak.N); n != nil {
			l.Peak = &Peak{Part: *n, Extrapolated: f.Peak.Extrapolated}
		}
	}
	if f.Refused != "" {
		l.Refused = &f.Refused
	}
	if f.LackOfFit != nil {
		l.LackOfFit = number(*f.LackOfFit)
	}
	for _, p := range f.Points {
		l.Points = append(l.Points, LawPoint{
			N: p.N, Runs: p.Runs, X: bounded(p.X), Speedup: bounded(p.Speedup), Efficiency: bounded(p.Efficiency), KarpFlatt: lawPart(p.KarpFlatt),
		})
	}
	l.refuseUntrue(f.Upto)
	return l
}

// refuseUntrue takes a law away that the points up to the last it was fitted to
// plainly do not follow: where they are few and scatter, the simplest law is kept for
// want of evidence against it.
func (l *Law) refuseUntrue(last int) {
	why := ""
	points := slices.DeleteFunc(slices.Clone(l.Points), func(p LawPoint) bool { return p.N > last })
	for _, p := range points {
		if l.Model == string(law.Linear) && p.Efficiency.Value < goodEfficiency {
			why = "no law: the points lie far below linear, and are too few or scatter too much to say by which law"
		}
	}
	if n := len(points); l.Model == string(law.Amdahl) && effectOf(points[n-1].Speedup) == scaling.EffectHurts {
		why = "no law: throughput falls, which Amdahl's law does not know; coherency (κ) does not show, or would take more values"
	}
	if why != "" {
		l.Model, l.Refused = "", &why
		l.Gamma, l.Sigma, l.Kappa, l.Peak, l.Limit = nil, nil, nil, nil, nil
		// What described the law, and not the points.
		l.Notes = slices.DeleteFunc(l.Notes, func(text string) bool { return strings.HasPrefix(text, law.Misfit) })
	}
}

// Idle reports whether throughput surely neither gains nor loses by more of the
// axis, as far as it was measured.
func (l Law) Idle() bool {
	return !slices.ContainsFunc(l.Points, func(p LawPoint) bool {
		e := effectOf(p.Speedup)
		return e == scaling.EffectHelps || e == scaling.EffectHurts
	})
}

// lawPart returns nil for what is not there or not a number.
func lawPart(e *law.Estimate) *Part {
	if e == nil || number(e.Value) == nil {
		return nil
	}
	p := bounded(*e)
	return &p
}

func bounded(e law.Estimate) Part {
	return Part{Value: e.Value, Lo: number(e.Lo), Hi: number(e.Hi)}
}

// lawsOf fits the laws of a judged surface: over GOMAXPROCS with C† goroutines,
// and over goroutines at the largest P and at one. The control arm is what the
// machine itself gives at each P.
func lawsOf(surface scaling.Surface, j scaling.Judgement, cores, physical int, control []law.Sample) []Law {
	opt := law.Options{Axis: "gomaxprocs", Physical: physical, Logical: cores, Control: control}
	laws := []Law{}
	over := samples(surface, func(c scaling.Cell) (int, bool) { return c.Gomaxprocs, c.Goroutines == j.Goroutines })
	if len(over) > 0 {
		for _, l := range segmentLaws(over, opt) {
			l.Goroutines = j.Goroutines
			laws = append(laws, l)
		}
	}
	opt.Axis, opt.Control = "goroutines", nil
	for _, p := range unique(j.Gomaxprocs, 1) {
		over := samples(surface, func(c scaling.Cell) (int, bool) { return c.Goroutines, c.Goroutines > 0 && c.Gomaxprocs == p })
		if len(over) > 0 {
			l := NewLaw(law.Analyze(over, opt))
			l.Gomaxprocs = p
			laws = append(laws, l)
		}
	}
	return laws
}

// segmentLaws fits the law over an axis; over GOMAXPROCS also that of the further
// threads of cores, where these were measured.
func segmentLaws(over []law.Sample, opt law.Options) []Law {
	laws := []Law{NewLaw(law.Analyze(over, opt))}
	if opt.Axis != axisProcs {
		return laws
	}
	for i, p := range laws[0].Points {
		laws[0].Points[i].Oversubscribed = opt.Logical > 0 && p.N > opt.Logical
	}
	if slices.ContainsFunc(over, func(s law.Sample) bool { return opt.HasSMT(s.N) }) {
		opt.Segment = law.SMT
		l := NewLaw(law.Analyze(over, opt))
		l.Segment = string(law.SMT)
		laws = append(laws, l)
	}
	return laws
}

// boundParallelism adds the bounds of work/span to the law over GOMAXPROCS, at the
// P of the largest speed-up over one core that is on one thread a core.
func boundParallelism(laws []Law, cores, physical int) {
	i := slices.IndexFunc(laws, func(l Law) bool { return l.Axis == axisProcs && l.Segment == "" && l.Base == 1 })
	if i < 0 {
		return
	}
	limit := cmp.Or(physical, cores, math.MaxInt)
	var best *LawPoint
	for n := range laws[i].Points {
		p := &laws[i].Points[n]
		if p.N == 1 || p.N > limit || effectOf(p.Speedup) == scaling.EffectHurts {
			continue
		}
		if best == nil || p.Speedup.Value > best.Speedup.Value {
			best = p
		}
	}
	if best == nil {
		return
	}
	s := law.Estimate{Value: best.Speedup.Value, Lo: math.NaN(), Hi: math.NaN()}
	if best.Speedup.Lo != nil && best.Speedup.Hi != nil {
		s.Lo, s.Hi = *best.Speedup.Lo, *best.Speedup.Hi
	}
	least, most := law.Parallelism(s, best.N)
	laws[i].Parallelism = &Parallelism{Gomaxprocs: best.N, Least: least, Most: number(most)}
}

// Within returns a law with the points that are not oversubscribed, all of them
// where fewer than two are not.
func (l Law) Within() Law {
	within := slices.DeleteFunc(slices.Clone(l.Points), func(p LawPoint) bool { return p.Oversubscribed })
	if len(within) > 1 {
		l.Points = within
	}
	return l
}

func unique(values ...int) []int {
	var u []int
	for _, v := range values {
		if !slices.Contains(u, v) {
			u = append(u, v)
		}
	}
	return u
}

// samples returns the runs of the cells that at takes, with their place on the
// axis, in order.
func samples(surface scaling.Surface, at func(scaling.Cell) (n int, ok bool)) []law.Sample {
	var out []law.Sample
	for _, c := range scaling.Goroutines(surface) {
		for _, p := range scaling.Procs(surface) {
			cell := scaling.Cell{Goroutines: c, Gomaxprocs: p}
			n, ok := at(cell)
			if !ok {
				continue
			}
			for _, o := range surface[cell] {
				out = append(out, law.Sample{N: n, X: o.Rate, Round: o.Round})
			}
		}
	}
	return out
}

// controlSamples returns the runs of the control arm by configuration: as many
// goroutines that share nothing as P.
func controlSamples(groups map[key][]resultfile.Run) map[string][]law.Sample {
	out := make(map[string][]law.Sample)
	for k, runs := range groups {
		if resultfile.Ceiling(k.strategy) || runs[0].Cell.Spec() != resultfile.ControlArm {
			continue
		}
		surface, _, err := collect(runs)
		if err != nil {
			continue
		}
		of := samples(surface, func(c scaling.Cell) (int, bool) { return c.Gomaxprocs, c.Goroutines == c.Gomaxprocs })
		out[k.config] = append(out[k.config], of...)
	}
	for _, of := range out {
		// The groups come in random order, and the arm is spread over two strategies.
		slices.SortFunc(of, func(a, b law.Sample) int {
			if a.N != b.N {
				return a.N - b.N
			}
			return a.Round - b.Round
		})
	}
	return out
}
