// Package analysis reads what result files say about each workload: it groups
// runs into surfaces X(C, P), has package scaling judge them, and gives the
// answer the form that is printed and written as JSON.
package analysis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/law"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/workloads"
)

// An Analysis is the answer for one or more result files. Its JSON form is part
// of the interface: fields may join it, and stay.
type Analysis struct {
	SchemaVersion int        `json:"schema_version"`
	Workloads     []Workload `json:"workloads"`
	// Weak are the workloads that were measured with a batch that grows.
	Weak     []WeakScaling `json:"weak"`
	Failures []Failure     `json:"failures"`
	Notes    []Note        `json:"notes"`
	Marks    []Mark        `json:"marks"`
	Warnings []string      `json:"warnings"`
	// Noise is what disturbed the measurement, over all rounds; null where no
	// file tells.
	Noise *noise.Noise `json:"noise"`
	// Disturbed says in words what of it may have changed the results, so that
	// they are to be read with care; empty where nothing did.
	Disturbed []string `json:"disturbed"`
	// Control is the control arm of each configuration that has one.
	Control []Control `json:"control"`
	// Precision is the half-width, as a share, to which gains were to be known;
	// 0 where nothing was asked for.
	Precision float64      `json:"precision"`
	Manifest  *ManifestOut `json:"manifest"` // of the last file that has one; null where none has
	// Foreign says what was used of other projects' results; null where there are
	// none.
	Foreign *Reading `json:"foreign"`
}

// A Workload is what was found for one workload under one strategy.
type Workload struct {
	Name       string            `json:"name"` // "cpu/mandelbrot"; the benchmark's own name in foreign files
	Class      string            `json:"class"`
	Params     map[string]string `json:"params,omitempty"`
	Config     string            `json:"config,omitempty"` // only where the files hold several machines or versions
	Strategy   string            `json:"strategy"`
	Unit       string            `json:"unit"`       // what throughput is in: "tasks/s", or "ops/s" and the like where nobody counts tasks
	Base       *Rate             `json:"base"`       // at one goroutine and GOMAXPROCS=1
	Goroutines int               `json:"goroutines"` // C†
	Gomaxprocs int               `json:"gomaxprocs"` // the largest P within the cores

	ConcurrencyGain *Gain `json:"concurrency_gain"`
	ParallelismGain *Gain `json:"parallelism_gain"`
	TotalGain       *Gain `json:"total_gain"`
	// PhysicalGain is the parallelism gain at the physical cores, on machines
	// whose cores run several threads.
	PhysicalGain *Gain `json:"parallelism_gain_physical"`

	Verdict  string `json:"verdict"`
	Sentence string `json:"sentence"`
	// Converged says whether every gain is known to the precision asked for;
	// null where none was.
	Converged *bool    `json:"converged"`
	Ceilings  Ceilings `json:"ceilings"`
	// Gaps say where the speed-up went that the cores could give; null where
	// the ceilings were not measured.
	Gaps *Gaps `json:"gaps"`
	Laws []Law `json:"laws"`
	// COST is what it takes to be faster than one thread; null where a plain loop
	// or anything to hold against it was not measured.
	COST      *COST          `json:"cost"`
	Recommend Recommendation `json:"recommend"`
	// Advice says how sure the recommendation is, and what the textbook would
	// give; null where nobody says how many goroutines there were.
	Advice *Advice `json:"advice"`
	// ControlWork is throughput in units of the control arm's; null where that did
	// not run.
	ControlWork *ControlWork `json:"control_work"`
	// Sweep is set for benchmarks of other projects that were measured over one
	// axis; null for the others.
	Sweep    *Sweep   `json:"sweep"`
	Surface  []Point  `json:"surface"`
	Warnings []string `json:"warnings"`
}

// A Rate is a throughput, in tasks/s or the unit of its workload, with its 95 %
// interval, null where a single run allows none.
type Rate struct {
	Value float64  `json:"tasks_per_sec"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
}

// A Gain is a ratio of throughputs with its 95 % interval.
type Gain struct {
	Value  float64  `json:"value"`
	Lo     *float64 `json:"lo"`
	Hi     *float64 `json:"hi"`
	Effect string   `json:"effect"` // helps, hurts, none, inconclusive
	Rounds int      `json:"rounds"` // that the interval rests on
}

// Wider reports whether the gain, if there is one, is known less well than to
// precision, a share.
func (g *Gain) Wider(precision float64) bool {
	switch {
	case g == nil:
		return false
	case g.Lo == nil || g.Hi == nil:
		return true
	}
	return !(math.Sqrt(*g.Hi / *g.Lo)-1 <= precision)
}

// Ceilings are the most a parallelism gain can be.
type Ceilings struct {
	Ideal    float64  `json:"ideal"`    // the number of cores used
	Hardware *float64 `json:"hardware"` // of as many separate processes; null where it was not measured
	Go       *float64 `json:"go"`       // of as many goroutines that share nothing
}

// Gaps split the speed-up over one goroutine on one core, at Cores cores, into
// what is left of the ideal at each step. Machine × Runtime × Program is about
// Measured / Cores, and exactly so where all arms ran in the same rounds.
type Gaps struct {
	Cores    int   `json:"cores"`
	Hardware *Part `json:"hardware"` // speed-up of separate processes
	Go       *Part `json:"go"`       // speed-up of goroutines that share nothing
	Measured *Part `json:"measured"` // speed-up of the workload
	Machine  *Part `json:"machine"`  // what clocks, caches and memory leave: Hardware / Cores
	Runtime  *Part `json:"runtime"`  // what the Go runtime leaves of that: Go / Hardware
	Program  *Part `json:"program"`  // what the program leaves of that: Measured / Go
}

// A Part is a ratio with its 95 % interval.
type Part struct {
	Value float64  `json:"value"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
}

// A COST is the configuration that outperforms a single thread, a plain loop on
// one core: the fewest cores, then goroutines, that are faster for certain
// (McSherry, Isard & Murray, "Scalability! But at what COST?", HotOS 2015).
type COST struct {
	Never      bool `json:"never"`      // none measured is; the others are of the fastest then
	Goroutines int  `json:"goroutines"` // above 1
	Gomaxprocs int  `json:"gomaxprocs"`
	// Ratio is the throughput there over that of the loop, with an interval of
	// 95 % over all configurations together.
	Ratio Part `json:"ratio"`
}

// A Recommendation is the smallest number of goroutines, and then of cores,
// within 5 % of the best throughput measured.
type Recommendation struct {
	Goroutines int `json:"goroutines"`
	Gomaxprocs int `json:"gomaxprocs"`
}

// A Point is one cell of a surface.
type Point struct {
	Goroutines     int  `json:"goroutines"`
	Gomaxprocs     int  `json:"gomaxprocs"`
	Oversubscribed bool `json:"oversubscribed,omitempty"` // more GOMAXPROCS than cores
	Runs           int  `json:"runs"`
	// Rate is the mean over the runs, brought to the rounds of the best cell where a
	// sweep dropped cells in between; see [scaling.Judgement.Levels].
	Rate
	// Values are the medians over the runs of what else was measured, by unit.
	Values map[string]float64 `json:"values"`
}

// A Failure is a run without a result.
type Failure struct {
	Cell   string `json:"cell"`
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// A Mark is a doubt about a run that is counted all the same.
type Mark struct {
	Cell   string `json:"cell"`
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// A Note is a fact about a workload's set-up.
type Note struct {
	Workload string `json:"workload"`
	Text     string `json:"text"`
}

// A ManifestOut is a file's manifest and its end.
type ManifestOut struct {
	*resultfile.Manifest
	End *resultfile.End `json:"end"` // null for a file that was not finished
}

// key says which runs make one surface.
type key struct{ config, subject, strategy string }

// Analyze reads the sets. Runs of different files that were measured under the
// same configuration count as further rounds of the same surface.
func Analyze(sets ...*resultfile.Set) Analysis { return AnalyzeOn(Machine{}, sets...) }

// AnalyzeOn is Analyze for results that do not say which machine they are of,
// where somebody knows it, and has checked it.
func AnalyzeOn(on Machine, sets ...*resultfile.Set) Analysis { return analyze(on, false, sets) }

// Brief is Analyze without the Values of points and the textbook's advice, which take
// longer than the rest: it is for files by the thousand.
func Brief(sets ...*resultfile.Set) Analysis { return analyze(Machine{}, true, sets) }

func analyze(on Machine, brief bool, sets []*resultfile.Set) Analysis {
	a := Analysis{
		SchemaVersion: resultfile.SchemaVersion, Workloads: []Workload{}, Failures: []Failure{}, Notes: []Note{}, Marks: []Mark{},
		Warnings: []string{}, Disturbed: []string{}, Control: []Control{},
	}
	var weak weakRuns
	grouped := newGroups()
	base := 0 // rounds of the files before
	var chooseOn []int
	var seen []noise.Noise
	machines := make(map[string]*machine) // by configuration
	for _, set := range sets {
		last := 0
		var about machine
		if set.Manifest != nil {
			a.Manifest = &ManifestOut{set.Manifest, set.End}
			a.Precision = set.Manifest.Plan.Precision
			about.physical = physicalCores(set.Manifest.Host)
			chooseOn = append(chooseOn, firstRounds(base, set.Manifest.Plan)...)
		}
		about.seen = set.Noise()
		seen = append(seen, about.seen...)
		series, _ := set.Series()
		if len(series) > 0 {
			machines[series[0].Config] = machines[series[0].Config].joined(about)
		}
		own := slices.ContainsFunc(series, func(s resultfile.Series) bool { return !foreign(&s.Cell) })
		for run := range set.All() {
			if !own {
				break // there may be millions
			}
			if foreign(&run.Cell) {
				continue
			}
			run.Values = slices.Clone(run.Values)
			last = max(last, run.Round)
			run.Round += base
			if !weak.take(run) {
				grouped.add(run)
			}
		}
		base += last
		a.Warnings = append(a.Warnings, set.Warnings...)
		for _, f := range set.Failures {
			a.Failures = append(a.Failures, Failure{Cell: f.Cell, Round: f.Round, Reason: f.Reason})
		}
		for _, m := range set.Marks {
			a.Marks = append(a.Marks, Mark(m))
		}
		for _, n := range set.Notes {
			if !slices.Contains(a.Notes, Note(n)) {
				a.Notes = append(a.Notes, Note(n))
			}
		}
	}
	if len(seen) > 0 {
		sum := noise.Sum(seen)
		a.Noise, a.Disturbed = &sum, append(a.Disturbed, disturbances(sum, sets)...)
	}
	var reading Reading
	options := func(config string) scaling.Options {
		opt := machines[config].options()
		opt.Cores, opt.PhysicalCores = on.cores(config), cmp.Or(opt.PhysicalCores, on.Physical)
		return opt
	}
	surfaces, sweeps := plain(sets, &reading)
	for _, run := range surfaces {
		grouped.add(run)
	}
	groups, order := grouped.runs, grouped.order
	a.Control, order = takeControl(order, groups)
	drift := a.drift()
	several := len(configs(order)) > 1
	control := controlSamples(groups)
	for _, k := range withBase(order, groups) {
		opt := options(k.config)
		opt.ChooseOn = chooseOn
		w, err := judge(groups, k, opt, control[k.config], a.Precision, brief)
		if err != nil {
			a.Warnings = append(a.Warnings, fmt.Sprintf("%s (%s): %v", k.subject, k.strategy, err))
			continue
		}
		if several {
			w.Config = k.config
		}
		if drift != "" && w.Verdict == string(scaling.VerdictInconclusive) {
			w.Sentence += "; " + drift
		}
		a.Workloads = append(a.Workloads, w)
	}
	var warnings []string
	a.Weak, warnings = weak.judge(options, func(config string) []law.Sample { return control[config] }, a.Precision)
	a.Warnings = append(a.Warnings, warnings...)
	if reading.Results > 0 {
		a.Workloads = append(a.Workloads, judgeSweeps(sweeps, on, &reading)...)
		a.Foreign = &reading
	}
	return a
}

// groups are runs by surface, with the surfaces in the order in which they first come.
type groups struct {
	runs  map[key][]resultfile.Run
	order []key
}

func newGroups() *groups { return &groups{runs: make(map[key][]resultfile.Run)} }

func (g *groups) add(run resultfile.Run) {
	k := key{run.Config, run.Cell.Subject(), run.Cell.Strategy}
	if _, ok := g.runs[k]; !ok {
		g.order = append(g.order, k)
	}
	g.runs[k] = append(g.runs[k], run)
}

// A machine is what the files of one configuration tell of where they were
// measured; nil for files that tell nothing.
type machine struct {
	physical int // cores, 0 where unknown
	seen     []noise.Noise
}

func (m *machine) joined(other machine) *machine {
	if m == nil {
		return &other
	}
	return &machine{cmp.Or(other.physical, m.physical), append(m.seen, other.seen...)}
}

func (m *machine) options() scaling.Options {
	if m == nil {
		return scaling.Options{}
	}
	return scaling.Options{PhysicalCores: m.physical, Lost: noise.Sum(m.seen).Lost()}
}

func configs(keys []key) map[string]bool {
	c := make(map[string]bool)
	for _, k := range keys {
		c[k.config] = true
	}
	return c
}

// withBase returns the keys to be judged, in the order of the catalogue where
// they are of it: all but the ceilings, and the sequential ones, which are the
// base of the others, unless there are no others.
func withBase(order []key, groups map[key][]resultfile.Run) []key {
	concurrent := make(map[key]bool)
	for _, k := range order {
		if k.strategy != resultfile.Sequential && !resultfile.Ceiling(k.strategy) {
			concurrent[key{k.config, k.subject, ""}] = true
		}
	}
	var keys []key
	for _, k := range order {
		if resultfile.Ceiling(k.strategy) {
			continue
		}
		if k.strategy != resultfile.Sequential || !concurrent[key{k.config, k.subject, ""}] {
			keys = append(keys, k)
		}
	}
	// Runs come in random order: by class and name is an order to read in.
	rank := func(k key) int { return classRank(groups[k][0].Cell.Class) }
	slices.SortStableFunc(keys, func(x, y key) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		if rank(x) == len(readingOrder) {
			return 0 // foreign: as in the file
		}
		if d := strings.Compare(x.subject, y.subject); d != 0 {
			return d
		}
		return strings.Compare(x.strategy, y.strategy)
	})
	return keys
}

// readingOrder is the order of the classes, from what computes to what waits.
var readingOrder = []string{"CPU", "Mem", "Sync", "Sched", "IO", "DB", "Mixed", "Known"}

func classRank(class string) int {
	if i := slices.Index(readingOrder, class); i >= 0 {
		return i
	}
	return len(readingOrder)
}

// judge judges the surface of k, with the sequential runs of its subject and those of
// the control arm.
func judge(groups map[key][]resultfile.Run, k key, opt scaling.Options, control []law.Sample, precision float64, brief bool) (Workload, error) {
	runs := runsOf(groups, k)
	surface, byCell, err := collect(runs)
	if err != nil {
		return Workload{}, err
	}
	cores := opt.Cores
	opt.Ceilings = func(n int) (hardware, apart []scaling.Observation) {
		at := func(strategy string) []scaling.Observation {
			ceiling, _, err := collect(groups[key{k.config, k.subject, strategy}])
			if err != nil {
				return nil
			}
			return ceiling[scaling.Cell{Goroutines: n, Gomaxprocs: n}]
		}
		return at(resultfile.Processes), at(resultfile.Apart)
	}
	arm := controlArm(control)
	opt.Control = func(n int) scaling.Estimate {
		return arm.Ratio(scaling.Cell{Goroutines: n, Gomaxprocs: n}, scaling.Cell{Goroutines: 1, Gomaxprocs: 1}, 0)
	}
	j, err := scaling.Judge(surface, opt)
	if err != nil {
		return Workload{}, err
	}
	if brief {
		byCell = nil
	}
	cell := runs[0].Cell
	w := Workload{
		Name: cell.Spec(), Class: cell.Class, Params: cell.Params, Strategy: k.strategy,
		Unit: unitOf(runs[0]), Base: rate(j.Base), Goroutines: j.Goroutines, Gomaxprocs: j.Gomaxprocs,
		ConcurrencyGain: gain(j.Concurrency), ParallelismGain: gain(j.Parallelism), TotalGain: gain(j.Total), PhysicalGain: gain(j.AtPhysical),
		Verdict: string(j.Verdict), Sentence: j.Sentence,
		Ceilings:    Ceilings{Ideal: float64(j.Gomaxprocs)},
		Laws:        withinBatch(lawsOf(surface, j, cores, opt.PhysicalCores, control), batchOf(runs)),
		COST:        costOf(surface, cores, opt.Lost),
		Recommend:   Recommendation{j.Recommend.Goroutines, j.Recommend.Gomaxprocs},
		Advice:      advise(surface, byCell, j, cores),
		ControlWork: inControlWork(surface, j, arm, opt.Lost),
		Warnings:    append([]string{}, j.Warnings...),
	}
	if computes(runs) {
		boundParallelism(w.Laws, cores, opt.PhysicalCores)
	}
	if cell.Class == resultfile.Exec && len(scaling.Goroutines(surface)) == 1 {
		w.Advice = nil // how many goroutines it has is the program's own business
	}
	if precision > 0 {
		w.Converged = new(j.Precise(precision))
	}
	if g := j.Gaps; g != nil {
		w.Ceilings.Hardware, w.Ceilings.Go = number(g.Hardware.Value), number(g.Go.Value)
		w.Gaps = &Gaps{
			Cores: j.Gomaxprocs, Hardware: part(g.Hardware), Go: part(g.Go), Measured: part(g.Measured),
			Machine: part(g.Machine), Runtime: part(g.Runtime), Program: part(g.Program),
		}
	}
	for _, c := range scaling.Goroutines(surface) {
		for _, p := range scaling.Procs(surface) {
			at := scaling.Cell{Goroutines: c, Gomaxprocs: p}
			if len(surface[at]) == 0 {
				continue
			}
			w.Surface = append(w.Surface, Point{
				Goroutines: c, Gomaxprocs: p,
				Oversubscribed: cores > 0 && p > cores,
				Runs:           len(surface[at]),
				Rate:           *rate(onLevel(surface.Mean(at), j.Levels[at])),
				Values:         medians(byCell[at]),
			})
		}
	}
	return w, nil
}

// onLevel moves an estimate to a level, its interval with it.
func onLevel(e scaling.Estimate, level float64) scaling.Estimate {
	by := level / e.Value
	e.Value, e.Lo, e.Hi = level, e.Lo*by, e.Hi*by
	return e
}

// runsOf returns the runs of a surface: its own, and the sequential ones, which are
// the base of every strategy.
func runsOf(groups map[key][]resultfile.Run, k key) []resultfile.Run {
	if k.strategy == resultfile.Sequential {
		return groups[k]
	}
	return slices.Concat(groups[key{k.config, k.subject, resultfile.Sequential}], groups[k])
}

// collect turns runs into a surface. Throughput is tasks/s, or ops/s by the
// time of an op where a file has no tasks.
func collect(runs []resultfile.Run) (scaling.Surface, map[scaling.Cell][]resultfile.Run, error) {
	surface := make(scaling.Surface)
	byCell := make(map[scaling.Cell][]resultfile.Run)
	for _, run := range runs {
		x, err := throughput(run)
		if err != nil {
			return nil, nil, err
		}
		at := scaling.Cell{Goroutines: run.Cell.Goroutines, Gomaxprocs: max(1, run.Cell.Gomaxprocs)}
		o := scaling.Observation{Round: run.Round, Rate: x}
		if cv, ok := run.Value(resultfile.BatchCV); ok && run.Batches > 1 {
			o.RelSE, o.Batches = cv/math.Sqrt(float64(run.Batches)), run.Batches
		}
		surface[at] = append(surface[at], o)
		byCell[at] = append(byCell[at], run)
	}
	return surface, byCell, nil
}

// unitOf returns what the throughput of a run is in. That of foreign runs is their one
// value.
func unitOf(run resultfile.Run) string {
	if _, ok := run.Value(resultfile.TasksPerSec); ok {
		return resultfile.TasksPerSec
	}
	if foreign(&run.Cell) && len(run.Values) == 1 {
		return run.Values[0].Unit
	}
	return opsPerSec
}

// throughput returns the throughput of a run in its unit, by the time of an op where
// it has none.
func throughput(run resultfile.Run) (float64, error) {
	if x, ok := run.Value(unitOf(run)); ok {
		return x, nil
	}
	ns, ok := run.Value(resultfile.NsPerOp)
	if !ok {
		return 0, fmt.Errorf("expected %s or %s, found neither", resultfile.TasksPerSec, resultfile.NsPerOp)
	}
	return 1e9 / ns, nil
}

// computes reports whether the work of runs keeps cores busy, as far as they tell:
// what waits has the times of its tasks recorded.
func computes(runs []resultfile.Run) bool {
	if _, waits := runs[0].Value(resultfile.MeanNs); waits {
		return false
	}
	c := runs[0].Cell
	return c.Workload == "" || workloads.Workload{Name: c.Catalogued()}.Computes()
}

// costOf returns the COST of a surface.
func costOf(surface scaling.Surface, cores int, lost float64) *COST {
	c := scaling.FindCOST(surface, cores, lost)
	if c == nil {
		return nil
	}
	return &COST{Never: c.Never, Goroutines: c.Cell.Goroutines, Gomaxprocs: c.Cell.Gomaxprocs, Ratio: *part(c.Ratio)}
}

// medians returns the median over runs of every unit, of the finite values.
func medians(runs []resultfile.Run) map[string]float64 {
	values := make(map[string][]float64)
	for _, run := range runs {
		for _, v := range run.Values {
			if number(v.Value) != nil {
				values[v.Unit] = append(values[v.Unit], v.Value)
			}
		}
	}
	m := make(map[string]float64)
	for unit, vs := range values {
		slices.Sort(vs)
		mid := len(vs) / 2
		m[unit] = vs[mid]
		if len(vs)%2 == 0 {
			m[unit] = vs[mid-1] + (vs[mid]-vs[mid-1])/2
		}
	}
	return m
}

func rate(e scaling.Estimate) *Rate {
	if math.IsNaN(e.Value) {
		return nil
	}
	return &Rate{Value: e.Value, Lo: number(e.Lo), Hi: number(e.Hi)}
}

func gain(g *scaling.Gain) *Gain {
	if g == nil {
		return nil
	}
	return &Gain{Value: g.Value, Lo: number(g.Lo), Hi: number(g.Hi), Effect: string(g.Effect), Rounds: g.Rounds}
}

func part(e scaling.Estimate) *Part {
	if math.IsNaN(e.Value) {
		return nil
	}
	return &Part{Value: e.Value, Lo: number(e.Lo), Hi: number(e.Hi)}
}

// number returns nil for what JSON cannot hold.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// configInt returns the value of a key of a run's configuration, 0 where it is
// not there or not a number.
func configInt(config, name string) int {
	for pair := range strings.SplitSeq(config, "; ") {
		if v, ok := strings.CutPrefix(pair, name+": "); ok {
			n, err := strconv.Atoi(v)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}

// physicalCores returns the number a manifest's host has, 0 where unknown.
func physicalCores(host json.RawMessage) int {
	var h struct {
		PhysicalCores int `json:"physical_cores"`
	}
	if json.Unmarshal(host, &h) != nil {
		return 0
	}
	return h.PhysicalCores
}
