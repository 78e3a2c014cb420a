package measure

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// Options say what a sweep is to cover. Zero values stand for the defaults.
type Options struct {
	Procs      []int         // P; default: ProcCounts
	Goroutines []int         // C, for every workload; default: GoroutineCounts
	Strategies []string      // for C above 1; default: the pool
	Rounds     int           // 0: as many as the budget has room for
	Budget     time.Duration // wall time of the sweep; default: DefaultBudget
	Seed       uint64        // decides the order of runs

	// Precision is the half-width, as a share, at which a gain is known well
	// enough; see [resultfile.Plan]. 0: measure every cell in every round.
	Precision float64

	// Control is the control arm; without a name there is none.
	Control workloads.Workload

	// Ceilings are the P at which the ceilings of workloads that compute are
	// measured.
	Ceilings []int

	// Slower names workloads to make slower, in percent.
	Slower map[string]float64

	// Weak measures each workload at C=P with a batch that grows with P, and
	// the same batch at C=P=1, in place of goroutines × GOMAXPROCS.
	Weak bool
}

// The planner aims for so many rounds, or with a precision for so many of those
// that estimate: at least FewestRounds, and up to mostRounds as long as runs stay
// at ampleRunTime. Runs are no shorter than minRunTime, which is some thousand times
// what the clock resolves and covers several scheduler time slices, nor longer than
// maxRunTime.
//
// Many short runs beat few long ones as long as runs differ more from each other
// than the batches inside one explain: a clock that wanders over seconds is the
// same for neighbouring runs, and the shorter they are the nearer they lie. On two
// virtual cores of a shared Xeon the gains of the default workloads were known to
// ±2.7 % (geometric mean of 20) in 10 rounds that estimate, ±2.1 % in 18 and ±1.8 %
// in 25, in the same time. More would leave more of it to starts than to measuring.
const (
	FewestRounds = 18
	mostRounds   = 40
	minRunTime   = 50 * time.Millisecond
	ampleRunTime = 80 * time.Millisecond
	maxRunTime   = 400 * time.Millisecond

	// outsideRun is the time that a run is expected to take beside what it
	// measures: 61 ms on average of the default workloads, for the start of the
	// process, the set-up and the batches of the warm-up.
	outsideRun = 60 * time.Millisecond

	// choiceRounds is in how many rounds every cell is measured before a sweep
	// of some precision turns to what the gains need. C† takes the smallest
	// count within 5 % of the best, for which the mean of three runs, which
	// scatter by a few percent each, is near enough; what is saved goes to the
	// rounds that estimate. For the same reason a run of a choice takes choiceShare
	// of the time of others.
	choiceRounds = 3
	choiceShare  = 0.5
)

// ProcCounts returns the default P: powers of two up to the physical cores, the
// physical cores, and the logical ones. physical is 0 where it is unknown.
func ProcCounts(physical, logical int) []int {
	if physical <= 0 || physical > logical {
		physical = logical
	}
	var procs []int
	for p := 1; p < physical; p *= 2 {
		procs = append(procs, p)
	}
	return slices.Compact(append(procs, physical, logical))
}

// GoroutineCounts returns the default C for a workload. Work that computes is
// swept over one, each P, and four goroutines a core, to see what too many do.
// Work that waits is swept over powers of four up to the whole batch: cores say
// nothing about how much of it can overlap. A workload of a fixed design says
// itself.
func GoroutineCounts(w workloads.Selected, procs []int) []int {
	var counts []int
	if fixed := designed(w); fixed != nil {
		return fixed
	}
	if w.Waits {
		for c := 1; c < w.Batch; c *= 4 {
			counts = append(counts, c)
		}
		return append(counts, w.Batch)
	}
	counts = append(counts, 1, 4*slices.Max(procs))
	counts = append(counts, procs...)
	slices.Sort(counts)
	counts = slices.Compact(counts)
	return slices.DeleteFunc(counts, func(c int) bool { return c > w.Batch })
}

// designed returns the counts of goroutines that the design of w fixes, nil where
// it fixes none.
func designed(w workloads.Selected) []int {
	if w.Goroutines == nil {
		return nil
	}
	params, err := w.Resolve(w.Given)
	if err != nil {
		return nil // Select has refused these
	}
	return w.Goroutines(params)
}

// goroutines returns the counts to measure w at: those asked for, or the default
// ones.
func goroutines(w workloads.Selected, asked, procs []int) ([]int, error) {
	if len(asked) == 0 {
		return GoroutineCounts(w, procs), nil
	}
	counts := sorted(asked)
	for _, c := range counts {
		if c < 1 || c > w.Batch {
			return nil, fmt.Errorf("goroutines: expected 1 to %d for %s, which has %d tasks a batch, found %d", w.Batch, w.Name, w.Batch, c)
		}
	}
	fixed := designed(w)
	if fixed == nil {
		return counts, nil
	}
	counts = slices.DeleteFunc(counts, func(c int) bool { return !slices.Contains(fixed, c) })
	if len(counts) == 0 {
		return nil, fmt.Errorf("goroutines: expected any of %v, which the design of %s fixes, found %v", fixed, w.Name, asked)
	}
	return counts, nil
}

// DefaultBudget returns how long a sweep of n workloads takes by default: 11.7 s
// for each on one or two cores, so that the default ten stay within two minutes,
// and half as much more for every doubling of the cores, whose surface has as
// many more cells.
func DefaultBudget(n int, procs []int) time.Duration {
	per := 5850 * time.Millisecond * time.Duration(max(2, len(procs)))
	return min(time.Duration(n)*per, 280*time.Second)
}

// NewPlan returns the plan for items. It fails on options that contradict the
// workloads, such as more goroutines than a batch has tasks.
func NewPlan(items []workloads.Selected, opt Options) (resultfile.Plan, error) {
	var none resultfile.Plan
	for _, p := range opt.Procs {
		if p < 1 {
			return none, fmt.Errorf("procs: expected numbers above 0, found %d", p)
		}
	}
	if len(opt.Procs) == 0 {
		return none, fmt.Errorf("procs: expected at least one number")
	}
	if !(opt.Precision >= 0 && opt.Precision < 1) {
		return none, fmt.Errorf("precision: expected a share from 0 to 1, found %v", opt.Precision)
	}
	plan := resultfile.Plan{
		Seed: opt.Seed, Rounds: opt.Rounds, Budget: opt.Budget, Procs: sorted(opt.Procs),
		Precision: opt.Precision, Slower: opt.Slower, WarmUp: warmUp,
	}
	if plan.Precision > 0 {
		plan.ChoiceRounds = choiceRounds
	}
	names := opt.Strategies
	if len(names) == 0 {
		names = []string{strategy.Default.Name()}
	}
	for _, name := range names {
		if _, err := strategy.ByName(name); err != nil {
			return none, err
		}
	}
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == resultfile.Sequential })
	if opt.Weak {
		if err := checkWeak(items, opt, names); err != nil {
			return none, err
		}
	}
	for _, item := range items {
		w := item.Workload
		if opt.Weak {
			plan.Subjects = append(plan.Subjects, resultfile.Subject{
				Class: w.Class(), Workload: w.Short(), Params: item.Given, Batch: w.Batch, Strategies: names, Weak: true,
			})
			continue
		}
		counts, err := goroutines(item, opt.Goroutines, plan.Procs)
		if err != nil {
			return none, err
		}
		dealt := names
		if w.Cooperates && len(names) > 0 {
			dealt = []string{resultfile.Own}
		}
		if len(names) == 0 {
			if !slices.Contains(counts, 1) {
				return none, fmt.Errorf("strategy sequential runs one goroutine only: expected 1 among the goroutines, found %v", counts)
			}
			counts = []int{1}
		}
		subject := resultfile.Subject{
			Class: w.Class(), Workload: w.Short(), Params: item.Given, Batch: w.Batch,
			Strategies: dealt, Goroutines: counts,
		}
		if w.Computes() && len(names) > 0 {
			subject.Ceilings = slices.DeleteFunc(sorted(opt.Ceilings), func(n int) bool {
				return n < 2 || !slices.Contains(plan.Procs, n)
			})
		}
		plan.Subjects = append(plan.Subjects, subject)
	}
	if w := opt.Control; w.Name != "" && !slices.ContainsFunc(items, func(s workloads.Selected) bool { return s.Name == w.Name }) {
		plan.Subjects = append(plan.Subjects, resultfile.Subject{
			Class: w.Class(), Workload: w.Short(), Batch: w.Batch, Diagonal: true,
			Strategies: []string{strategy.Default.Name()},
		})
	}
	if err := checkSlower(items, opt.Slower); err != nil {
		return none, err
	}
	if plan.Budget == 0 {
		plan.Budget = DefaultBudget(len(items), plan.Procs)
	}
	plan.RunTime = plannedRunTime(plan)
	if plan.ChoiceRounds > 0 {
		plan.ChoiceRunTime = max(time.Duration(choiceShare*float64(plan.RunTime)), minRunTime)
	}
	return plan, nil
}

// plannedRunTime returns how long a run is to measure, so that the planned runs
// fill the budget.
func plannedRunTime(plan resultfile.Plan) time.Duration {
	filling := func(rounds int) time.Duration {
		choosing, estimating := plannedRuns(plan, rounds)
		left := float64(plan.Budget) - (choosing+estimating)*float64(outsideRun)
		return time.Duration(left / (choiceShare*choosing + estimating))
	}
	runTime := filling(FewestRounds)
	if runTime > ampleRunTime {
		runTime = max(ampleRunTime, filling(mostRounds))
	}
	return min(max(runTime, minRunTime), maxRunTime)
}

// plannedRuns returns how many runs of a choice and how many others the budget is
// divided among, where the plan does not say how many rounds it has.
func plannedRuns(plan resultfile.Plan, rounds int) (choosing, estimating float64) {
	cells, choice := len(plan.Cells()), plan.ChoiceRounds
	if plan.Rounds > 0 {
		choice = min(choice, plan.Rounds)
		rounds = plan.Rounds - choice
	}
	if plan.Precision == 0 { // and nothing is chosen
		return 0, float64(rounds * cells)
	}
	// The gains of a strategy need three cells; ceilings run in every second round.
	var needed float64
	for _, s := range plan.Subjects {
		switch {
		case s.Diagonal:
			needed += float64(len(plan.Procs))
			continue
		case s.Weak:
			needed += float64(len(s.Cells(plan.Procs)))
			continue
		}
		needed += 3*float64(max(1, len(s.Strategies))) + float64(len(s.Ceilings))
	}
	return float64(choice * cells), float64(rounds) * needed
}

func sorted(counts []int) []int {
	counts = slices.Sorted(slices.Values(counts))
	return slices.Compact(counts)
}

// checkWeak refuses what a weak-scaling sweep cannot measure.
func checkWeak(items []workloads.Selected, opt Options, strategies []string) error {
	switch {
	case slices.Max(opt.Procs) == 1:
		return fmt.Errorf("procs: a weak-scaling sweep needs one above 1, found %v", opt.Procs)
	case len(opt.Goroutines) > 0:
		return fmt.Errorf("goroutines: a weak-scaling sweep has as many as GOMAXPROCS, found %v", opt.Goroutines)
	case len(strategies) == 0:
		return fmt.Errorf("strategy sequential runs one goroutine only: a weak-scaling sweep needs another one")
	}
	for _, item := range items {
		if why := item.CannotGrow(); why != "" {
			return fmt.Errorf("%s: %s", item.Name, why)
		}
	}
	return nil
}

// checkSlower refuses to slow what is not measured or cannot be slowed.
func checkSlower(items []workloads.Selected, slower map[string]float64) error {
	for _, name := range slices.Sorted(maps.Keys(slower)) {
		percent := slower[name]
		i := slices.IndexFunc(items, func(s workloads.Selected) bool { return s.Name == name })
		switch {
		case !(percent > 0 && percent <= 100):
			return fmt.Errorf("slower: expected a percentage above 0 and up to 100 for %s, found %v", name, percent)
		case i < 0:
			return fmt.Errorf("slower: %s is not among the workloads to be measured", name)
		case !items[i].Idempotent:
			return fmt.Errorf("slower: %s cannot be made slower: what a batch does cannot be done twice, in part", name)
		}
	}
	return nil
}
