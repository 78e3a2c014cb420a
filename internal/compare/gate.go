package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/analysis"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Rule asks that one unit, or one gain, has not become worse by more than a
// tolerance.
type Rule struct {
	Unit      string  `json:"unit"`      // as in a result file, such as "ns/op"; or a gain, such as "parallelism_gain"
	Tolerance float64 `json:"tolerance"` // a share: 0.05 for 5 %
}

// gateUnits are the units and gains a gate can be set on, by the name benchstat gives
// them and their own, with +1 where higher is better.
var gateUnits = []struct {
	tidy, unit string
	better     int
}{
	{"sec/op", resultfile.NsPerOp, -1},
	{"tasks/s", resultfile.TasksPerSec, +1},
	{"cpu-sec/op", resultfile.CPUNsPerOp, -1},
	{"p50-sec", resultfile.P50Ns, -1},
	{"p99-sec", resultfile.P99Ns, -1},
	{"B/op", resultfile.BytesPerOp, -1},
	{"allocs/op", resultfile.AllocsPerOp, -1},
	{analysis.ConcurrencyGain, analysis.ConcurrencyGain, +1},
	{analysis.ParallelismGain, analysis.ParallelismGain, +1},
	{analysis.TotalGain, analysis.TotalGain, +1},
}

// ofGain reports whether the rule is about a gain, not about a unit of runs.
func (r Rule) ofGain() bool {
	return r.Unit == analysis.ConcurrencyGain || r.Unit == analysis.ParallelismGain || r.Unit == analysis.TotalGain
}

// ParseRule reads "UNIT:TOLERANCE%", such as "sec/op:5%".
func ParseRule(text string) (Rule, error) {
	unit, tolerance, ok := strings.Cut(text, ":")
	percent, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(tolerance), "%")), 64)
	if !ok || err != nil || !(percent >= 0 && percent < 1000) {
		return Rule{}, fmt.Errorf("gate %q: expected UNIT:PERCENT, such as sec/op:5%%", text)
	}
	var known []string
	for _, u := range gateUnits {
		if unit == u.tidy || unit == u.unit {
			return Rule{u.unit, percent / 100}, nil
		}
		known = append(known, u.tidy)
	}
	return Rule{}, fmt.Errorf("gate %q: expected one of %s for the unit, found %q", text, strings.Join(known, ", "), unit)
}

func (r Rule) better() int {
	i := slices.IndexFunc(gateUnits, func(u struct {
		tidy, unit string
		better     int
	},
	) bool {
		return u.unit == r.Unit
	})
	return gateUnits[i].better
}

// A Gate is what came of the rules. Its JSON form is part of the interface.
type Gate struct {
	SchemaVersion int     `json:"schema_version"`
	Outcome       string  `json:"outcome"` // fail where any comparison fails, else inconclusive where any is, else pass
	Alpha         float64 `json:"alpha"`   // chance of any false alarm, over all comparisons
	// Paired says that the two files were measured in turns, round by round, so
	// that what the machine did meanwhile is in neither's favour.
	Paired      bool             `json:"paired"`
	Comparisons []GateComparison `json:"comparisons"`
	Warnings    []string         `json:"warnings"`

	// strangers says that nothing in the two files has the same configuration.
	strangers bool
}

// A GateComparison is a workload at one P, over all its goroutine counts, in one
// unit; or one gain of a workload under one strategy.
type GateComparison struct {
	Workload   string `json:"workload"`
	Config     string `json:"config,omitempty"`
	Gomaxprocs int    `json:"gomaxprocs"` // of a gain: up to which
	Unit       string `json:"unit"`
	// where is what of the configuration the other comparisons do not all have.
	where string
	// Strategy, Goroutines, Old and New are of gains only: the count at which both
	// files are compared, and the gains of either.
	Strategy   string   `json:"strategy,omitempty"`
	Goroutines int      `json:"goroutines,omitempty"`
	Old        *float64 `json:"old,omitempty"`
	New        *float64 `json:"new,omitempty"`
	// Ratio is new over old with its 95 % interval; null where there is none.
	Ratio *float64 `json:"ratio"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
	// Delta is what a change must exceed for certain to count: the larger one
	// of the tolerance asked for and the A/A half-width. AA is the latter, null
	// where it is not known.
	Delta float64  `json:"delta"`
	AA    *float64 `json:"aa_half_width"`
	// P is corrected for the number of comparisons (Holm); PAlone is not.
	P       float64 `json:"p"`
	PAlone  float64 `json:"p_alone"`
	Flagged bool    `json:"flagged"` // taken alone, a change beyond delta in one direction
	Outcome string  `json:"outcome"` // pass, fail, better, inconclusive
}

// DefaultAlpha is the chance of a false alarm that a gate is set for.
const DefaultAlpha = 0.05

// Judge compares two result files under the rules. What is compared is declared
// by the old file: each of its workloads at each P, in each rule's unit, or each of
// its gains. One that the new file lacks is inconclusive, never passed over: its runs
// may have crashed.
//
// δ, the smallest change that counts, is never below the A/A half-width: how far
// the control arm, which is the same program on both sides, lies apart with
// chance allowed for. Where there is no control arm it is what two equal sweeps
// of the workload itself may differ by.
func Judge(before, after *resultfile.Set, rules []Rule, alpha float64) Gate {
	g := Gate{SchemaVersion: SchemaVersion, Alpha: alpha, Paired: interleaved(before, after), Comparisons: []GateComparison{}, Warnings: []string{}}
	var all []declared
	for _, rule := range rules {
		if rule.ofGain() {
			all = append(all, declareGains(before, after, rule, g.Paired)...)
		} else {
			all = append(all, declareUnit(before, after, rule, g.Paired)...)
		}
	}
	if old, new := configsOf(before), configsOf(after); len(old) > 0 && len(new) > 0 && !slices.ContainsFunc(new, func(c string) bool { return slices.Contains(old, c) }) {
		g.strangers = true
		g.Warnings = append(g.Warnings, fmt.Sprintf("not comparable: the old file was measured with %s, the new one with %s", differing(old[0], new[0]), differing(new[0], old[0])))
	}
	var comparisons []scaling.Comparison
	shared := sharedConfig(all)
	uncontrolled := false
	for _, d := range all {
		comparisons = append(comparisons, d.comparison)
		if d.shown.Config != shared {
			d.shown.where = strings.Trim(differing(d.shown.Config, shared), "()")
		}
		g.Comparisons = append(g.Comparisons, d.shown)
		if g.strangers { // which says why nothing has its like
			continue
		}
		uncontrolled = uncontrolled || d.uncontrolled
		if d.warning != "" {
			g.Warnings = append(g.Warnings, d.warning)
		}
	}
	for i, gated := range scaling.Gate(comparisons, alpha) {
		c := &g.Comparisons[i]
		// Noise that hides more than was asked for hides it: that is no pass.
		if gated.Outcome == scaling.OutcomePass && worst(gated) > math.Log1p(all[i].rule.Tolerance)+rounding {
			gated.Outcome = scaling.OutcomeInconclusive
		}
		c.Ratio, c.Lo, c.Hi = number(gated.Value), number(gated.Lo), number(gated.Hi)
		c.P, c.PAlone, c.Flagged, c.Outcome = gated.Adjusted, gated.P, gated.Flagged, string(gated.Outcome)
		if gated.Outcome == scaling.OutcomeBetter {
			c.P, c.PAlone = gated.AdjustedBetter, gated.PBetter
		}
	}
	g.Outcome = g.outcome()
	if sameRun(before, after) {
		g.Outcome, g.Paired = string(scaling.OutcomeInconclusive), false
		g.Warnings = append(g.Warnings, "both files hold the same run: nothing was compared")
	}
	g.warn(before, after, rules, uncontrolled)
	return g
}

// A declared comparison is one that a gate is to judge, whatever the data say.
type declared struct {
	rule         Rule
	comparison   scaling.Comparison
	shown        GateComparison
	uncontrolled bool   // no control arm says whether the machine changed
	warning      string // "" for none
}

// declare returns a comparison under a rule, with the A/A half-width that belongs to
// it.
func declare(rule Rule, c scaling.Comparison, shown GateComparison, aa float64) declared {
	c.Name, c.Better, c.Tolerance = shown.Workload, rule.better(), scaling.Tolerance(rule.Tolerance, aa)
	shown.Unit, shown.Delta, shown.AA = rule.Unit, c.Tolerance, number(aa)
	return declared{rule: rule, comparison: c, shown: shown}
}

// declareUnit declares each workload of the old file at each P, in a unit of runs.
func declareUnit(before, after *resultfile.Set, rule Rule, paired bool) []declared {
	old, new := byKey(before), byKey(after)
	arms := make(map[key]float64) // A/A half-width that the control arm shows, by configuration and P
	for k := range old {
		if k.workload == resultfile.ControlArm {
			if c := compareCells(old[k], new[k], rule.Unit, paired); len(c.New) > 0 {
				arms[key{config: k.config, procs: k.procs}] = apart(c, paired)
			}
		}
	}
	var all []declared
	for _, k := range slices.SortedFunc(maps.Keys(old), key.compare) {
		if k.workload == resultfile.ControlArm || !has(old[k], rule.Unit) {
			continue
		}
		c := compareCells(old[k], new[k], rule.Unit, paired)
		aa, controlled := arms[key{config: k.config, procs: k.procs}]
		if !controlled {
			aa = own(c)
		}
		d := declare(rule, c, GateComparison{Workload: k.workload, Config: k.config, Gomaxprocs: k.procs}, aa)
		d.uncontrolled = !controlled
		if len(c.New) == 0 {
			d.warning = fmt.Sprintf("%s at GOMAXPROCS=%d: the new file has no %s of a cell that the old one has", k.workload, k.procs, rule.Unit)
		}
		all = append(all, d)
	}
	return all
}

// sameRun reports whether both files are of one run.
func sameRun(a, b *resultfile.Set) bool {
	return a.Manifest != nil && b.Manifest != nil && a.Manifest.Started.Equal(b.Manifest.Started) && a.Manifest.Plan.Seed == b.Manifest.Plan.Seed
}

// rounding keeps equal figures from being told apart by the last bits of logs.
const rounding = 1e-9

// warn says what a reader of the outcome must know.
func (g *Gate) warn(before, after *resultfile.Set, rules []Rule, uncontrolled bool) {
	if len(g.Comparisons) == 0 {
		var units []string
		for _, r := range rules {
			units = append(units, r.Unit)
		}
		g.Warnings = append(g.Warnings, fmt.Sprintf("no workload of the old file has %s", strings.Join(units, " or ")))
	}
	if a, b := before.Manifest, after.Manifest; a != nil && b != nil && a.Plan.WarmUp != b.Plan.WarmUp {
		g.Warnings = append(g.Warnings, fmt.Sprintf("the old file's runs were warmed up for %v, the new one's for %v: work that fills caches may differ for that alone", a.Plan.WarmUp, b.Plan.WarmUp))
	}
	if uncontrolled && !g.Paired {
		g.Warnings = append(g.Warnings, "no control arm with such a unit in both files: whether the machine itself changed in between cannot be told")
	}
	for _, side := range []struct {
		name string
		set  *resultfile.Set
	}{{"old", before}, {"new", after}} {
		if text := torn(side.set); text != "" {
			g.Warnings = append(g.Warnings, fmt.Sprintf("the %s file is not whole: %s; what it has is used", side.name, text))
		}
		for _, text := range disturbed(side.set) {
			g.Warnings = append(g.Warnings, fmt.Sprintf("while the %s file was measured, %s", side.name, text))
		}
		if n := len(side.set.Failures); n > 0 {
			g.Warnings = append(g.Warnings, fmt.Sprintf("%d runs of the %s file failed, the first of %s: %s", n, side.name, side.set.Failures[0].Cell, side.set.Failures[0].Reason))
		}
	}
}

// Advice says why an inconclusive gate cannot tell, and what to do about it.
func (g Gate) Advice() string {
	switch {
	case g.strangers:
		return "not comparable: nothing in one file has the configuration of the other; measure both on one machine, best in turns (compare --run)"
	case g.Paired:
		return "the data cannot tell; measure more rounds, with a larger --budget"
	}
	return "the data cannot tell; measure more rounds, or in turns (compare --run)"
}

// configsOf returns the configurations of a file's runs in order of appearance.
func configsOf(set *resultfile.Set) []string {
	var configs []string
	for _, r := range set.Runs {
		if !slices.Contains(configs, r.Config) {
			configs = append(configs, r.Config)
		}
	}
	return configs
}

// differing returns what configuration a has that b has not.
func differing(a, b string) string {
	others := strings.Split(b, "; ")
	only := slices.DeleteFunc(strings.Split(a, "; "), func(pair string) bool { return slices.Contains(others, pair) })
	return "(" + strings.Join(only, "; ") + ")"
}

// sharedConfig returns what the configurations of all comparisons have in common.
func sharedConfig(all []declared) string {
	if len(all) == 0 {
		return ""
	}
	pairs := strings.Split(all[0].shown.Config, "; ")
	for _, d := range all[1:] {
		others := strings.Split(d.shown.Config, "; ")
		pairs = slices.DeleteFunc(pairs, func(pair string) bool { return !slices.Contains(others, pair) })
	}
	return strings.Join(pairs, "; ")
}

// worst returns the end of the interval that lies on the side of the worse, as
// the log of how much worse that is.
func worst(g scaling.Gated) float64 {
	return math.Max(-float64(g.Better)*math.Log(g.Lo), -float64(g.Better)*math.Log(g.Hi))
}

func (g Gate) outcome() string {
	outcome := scaling.OutcomePass
	for _, c := range g.Comparisons {
		switch scaling.Outcome(c.Outcome) {
		case scaling.OutcomeFail:
			return c.Outcome
		case scaling.OutcomeInconclusive:
			outcome = scaling.OutcomeInconclusive
		}
	}
	if len(g.Comparisons) == 0 {
		outcome = scaling.OutcomeInconclusive
	}
	return string(outcome)
}

// A key says which runs are one side of a comparison.
type key struct {
	config   string
	workload string // as a user writes it
	procs    int
}

func (k key) compare(l key) int {
	return cmp.Or(cmp.Compare(k.config, l.config), cmp.Compare(k.workload, l.workload), cmp.Compare(k.procs, l.procs))
}

// byKey groups the runs of a set, by cell below that. Runs of the ceilings are
// left out: they are no way to run the workload.
func byKey(set *resultfile.Set) map[key]map[string][]resultfile.Run {
	groups := make(map[key]map[string][]resultfile.Run)
	for _, r := range set.Runs {
		if resultfile.Ceiling(r.Cell.Strategy) {
			continue
		}
		k := key{config: r.Config, workload: r.Cell.Spec(), procs: r.Cell.Gomaxprocs}
		if groups[k] == nil {
			groups[k] = make(map[string][]resultfile.Run)
		}
		name := r.Cell.Name()
		groups[k][name] = append(groups[k][name], r)
	}
	return groups
}

// has reports whether any run has a value in unit.
func has(cells map[string][]resultfile.Run, unit string) bool {
	for _, runs := range cells {
		if len(logsOf(runs, unit)) > 0 {
			return true
		}
	}
	return false
}

// compareCells returns the comparison of a workload at one P. Its cells in one
// round share what the machine did meanwhile, so the round is the replicate: the
// mean log over the cells, always the same cells. They are those that were
// measured in as many rounds as any other; a sweep turns to some of them after
// its first rounds. Without cells that both sides have in common New is empty.
func compareCells(old, new map[string][]resultfile.Run, unit string, paired bool) (c scaling.Comparison) {
	a, b := make(map[string]map[int]float64), make(map[string]map[int]float64)
	most := 0
	for name := range old {
		if x, y := logsOf(old[name], unit), logsOf(new[name], unit); len(x) > 0 && len(y) > 0 {
			a[name], b[name] = x, y
			most = max(most, min(len(x), len(y)))
		}
	}
	for name := range a {
		if min(len(a[name]), len(b[name])) < most {
			delete(a, name)
			delete(b, name)
		}
	}
	if len(a) == 0 {
		return c
	}
	return compareRounds(roundMeans(a), roundMeans(b), paired)
}

// compareRounds returns the comparison of one figure, given by its log in each round.
func compareRounds(before, after map[int]float64, paired bool) (c scaling.Comparison) {
	c.Old, c.New = [][]float64{values(before)}, [][]float64{values(after)}
	if paired {
		for _, round := range slices.Sorted(maps.Keys(before)) {
			if y, both := after[round]; both {
				c.Paired = append(c.Paired, y-before[round])
			}
		}
	}
	return c
}

// roundMeans returns the mean over cells of each round that has all of them.
func roundMeans(cells map[string]map[int]float64) map[int]float64 {
	sums, counts := make(map[int]float64), make(map[int]int)
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		for round, v := range cells[name] {
			sums[round] += v
			counts[round]++
		}
	}
	means := make(map[int]float64)
	for round, n := range counts {
		if n == len(cells) {
			means[round] = sums[round] / float64(n)
		}
	}
	return means
}

// logsOf returns the logs of a cell's values by round, their mean where a round
// has several. Counts may be 0, and one more of them is added before the log is
// taken: from 0 to 500 allocations is a change like any other.
func logsOf(runs []resultfile.Run, unit string) map[int]float64 {
	more := 0.0
	if unit == resultfile.BytesPerOp || unit == resultfile.AllocsPerOp {
		more = 1
	}
	all := make(map[int][]float64)
	for _, r := range runs {
		if v, ok := r.Value(unit); ok && v+more > 0 && !math.IsInf(v, 0) {
			all[r.Round] = append(all[r.Round], math.Log(v+more))
		}
	}
	logs := make(map[int]float64)
	for round, vs := range all {
		sum := 0.0
		for _, v := range vs {
			sum += v
		}
		logs[round] = sum / float64(len(vs))
	}
	return logs
}

func values(byRound map[int]float64) []float64 {
	var vs []float64
	for _, round := range slices.Sorted(maps.Keys(byRound)) {
		vs = append(vs, byRound[round])
	}
	return vs
}

// apart returns the A/A half-width that the control arm shows: half the width of
// the interval of its own comparison; and, where the files were not measured in
// turns, with how far it moved from one to the other besides.
func apart(control scaling.Comparison, paired bool) float64 {
	e := scaling.Gate([]scaling.Comparison{control}, DefaultAlpha)[0].Estimate
	width := e.HalfWidth()
	if !paired {
		width += math.Abs(math.Log(e.Value))
	}
	return math.Expm1(width)
}

// own returns the A/A half-width from the workload's own scatter: in turns that of
// the differences within rounds, because what moves both sides is in none of them.
func own(c scaling.Comparison) float64 {
	if len(c.Paired) > 0 {
		return math.Expm1(scaling.TrimmedInterval(c.Paired, 0).HalfWidth())
	}
	widest := math.NaN()
	for _, logs := range slices.Concat(c.Old, c.New) {
		if w := scaling.AAHalfWidth(logs); !(w <= widest) && !math.IsNaN(w) {
			widest = w
		}
	}
	return widest
}

// interleaved reports whether two files were measured in turns: no file begins a
// round before the other has finished the one before.
func interleaved(a, b *resultfile.Set) bool {
	n := min(len(a.Rounds), len(b.Rounds))
	if n < 2 {
		return false
	}
	for i := 1; i < n; i++ {
		for _, pair := range [2][2]*resultfile.Set{{a, b}, {b, a}} {
			later, earlier := pair[0].Rounds[i], pair[1].Rounds[i-1]
			if later.Round != earlier.Round+1 || later.End.Add(-later.Wall).Before(earlier.End) {
				return false
			}
		}
	}
	return true
}

// disturbed says what disturbed the measurement of a file.
func disturbed(set *resultfile.Set) []string {
	seen := set.Noise()
	if len(seen) == 0 {
		return nil
	}
	return noise.Sum(seen).Disturbed()
}

// number returns nil for what JSON cannot hold.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
