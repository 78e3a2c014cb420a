package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Rule asks that one unit has not become worse by more than a tolerance.
type Rule struct {
	Unit      string  `json:"unit"`      // as in a result file, such as "ns/op"
	Tolerance float64 `json:"tolerance"` // a share: 0.05 for 5 %
}

// gateUnits are the units a gate can be set on, by the name benchstat gives them
// and their own, with +1 where higher is better.
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
	return Rule{}, fmt.Errorf("gate %q: unknown unit %q (known: %s)", text, unit, strings.Join(known, ", "))
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
}

// A GateComparison is a workload at one P, over all its goroutine counts, in one
// unit.
type GateComparison struct {
	Workload   string `json:"workload"`
	Config     string `json:"config,omitempty"`
	Gomaxprocs int    `json:"gomaxprocs"`
	Unit       string `json:"unit"`
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

// Judge compares two result files under the rules. Every workload that both
// files have is compared at every P; what that makes is declared beforehand, by
// the files and the rules, so that correcting for their number means something.
//
// δ, the smallest change that counts, is never below the A/A half-width: how far
// the control arm, which is the same program on both sides, lies apart with
// chance allowed for. Where there is no control arm it is what two equal sweeps
// of the workload itself may differ by.
func Judge(before, after *resultfile.Set, rules []Rule, alpha float64) Gate {
	g := Gate{SchemaVersion: SchemaVersion, Alpha: alpha, Paired: interleaved(before, after), Comparisons: []GateComparison{}, Warnings: []string{}}
	type subject struct {
		key
		rule int
	}
	old, new := byKey(before), byKey(after)
	control := make(map[subject]float64) // A/A half-width by P, unit and configuration
	var declared []subject
	var comparisons []scaling.Comparison
	for i, rule := range rules {
		for _, k := range slices.SortedFunc(maps.Keys(old), key.compare) {
			if new[k] == nil {
				continue
			}
			c, ok := compareCells(old[k], new[k], rule.Unit, g.Paired)
			if !ok {
				continue
			}
			c.Better = rule.better()
			if k.control {
				control[subject{key{config: k.config, procs: k.procs}, i}] = apart(c, g.Paired)
				continue
			}
			c.Name = k.workload
			c.Tolerance = rule.Tolerance
			declared = append(declared, subject{k, i})
			comparisons = append(comparisons, c)
		}
	}
	for i := range comparisons {
		aa, ok := control[subject{key{config: declared[i].config, procs: declared[i].procs}, declared[i].rule}]
		if !ok {
			aa = own(comparisons[i])
		}
		if aa = math.Max(aa, 0); !math.IsNaN(aa) {
			comparisons[i].Tolerance = scaling.Tolerance(comparisons[i].Tolerance, aa)
		}
		c := GateComparison{
			Workload: declared[i].workload, Config: declared[i].config, Gomaxprocs: declared[i].procs, Unit: rules[declared[i].rule].Unit,
			Delta: comparisons[i].Tolerance, AA: number(aa),
		}
		g.Comparisons = append(g.Comparisons, c)
	}
	if len(control) == 0 && len(comparisons) > 0 {
		g.Warnings = append(g.Warnings, "no control arm in both files: whether the machine itself changed in between cannot be told")
	}
	for i, gated := range scaling.Gate(comparisons, alpha) {
		c := &g.Comparisons[i]
		// Noise that hides more than was asked for hides it: that is no pass.
		if asked := rules[declared[i].rule].Tolerance; gated.Outcome == scaling.OutcomePass && worst(gated) > math.Log1p(asked) {
			gated.Outcome = scaling.OutcomeInconclusive
		}
		c.Ratio, c.Lo, c.Hi = number(gated.Value), number(gated.Lo), number(gated.Hi)
		c.P, c.PAlone, c.Flagged, c.Outcome = gated.Adjusted, gated.P, gated.Flagged, string(gated.Outcome)
		if gated.Outcome == scaling.OutcomeBetter {
			c.P, c.PAlone = gated.AdjustedBetter, gated.PBetter
		}
	}
	g.Outcome = g.outcome()
	for name, set := range map[string]*resultfile.Set{"the old file": before, "the new file": after} {
		for _, text := range disturbed(set) {
			g.Warnings = append(g.Warnings, fmt.Sprintf("while %s was measured, %s", name, text))
		}
	}
	slices.Sort(g.Warnings)
	return g
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
	workload string // as a user writes it, with its strategies' own cells below it; "" for the control
	procs    int
	control  bool
}

func (k key) compare(l key) int {
	return cmp.Or(cmp.Compare(k.config, l.config), cmp.Compare(k.workload, l.workload), cmp.Compare(k.procs, l.procs))
}

// byKey groups the runs of a set. Runs of the ceilings are left out: they are no
// way to run the workload.
func byKey(set *resultfile.Set) map[key]map[string][]resultfile.Run {
	groups := make(map[key]map[string][]resultfile.Run)
	for _, r := range set.Runs {
		if resultfile.Ceiling(r.Cell.Strategy) {
			continue
		}
		k := key{config: r.Config, workload: r.Cell.Spec(), procs: r.Cell.Gomaxprocs}
		k.control = k.workload == controlName
		if groups[k] == nil {
			groups[k] = make(map[string][]resultfile.Run)
		}
		name := r.Cell.Name()
		groups[k][name] = append(groups[k][name], r)
	}
	return groups
}

// controlName is the workload of the control arm.
const controlName = "known/control"

// compareCells returns the comparison of the cells that both sides have, false
// where they have none in common with a value in unit.
func compareCells(old, new map[string][]resultfile.Run, unit string, paired bool) (c scaling.Comparison, ok bool) {
	blocks := make(map[int][]float64)
	for _, name := range slices.Sorted(maps.Keys(old)) {
		a, b := logsOf(old[name], unit), logsOf(new[name], unit)
		if len(a) == 0 || len(b) == 0 {
			continue
		}
		ok = true
		c.Old, c.New = append(c.Old, values(a)), append(c.New, values(b))
		for round, x := range a {
			if y, both := b[round]; both {
				blocks[round] = append(blocks[round], y-x)
			}
		}
	}
	if paired {
		for _, round := range slices.Sorted(maps.Keys(blocks)) {
			c.Paired = append(c.Paired, mean(blocks[round]))
		}
	}
	return c, ok
}

// logsOf returns the logs of a cell's values by round, their mean where a round
// has several.
func logsOf(runs []resultfile.Run, unit string) map[int]float64 {
	all := make(map[int][]float64)
	for _, r := range runs {
		if v, ok := r.Value(unit); ok && v > 0 && !math.IsInf(v, 0) {
			all[r.Round] = append(all[r.Round], math.Log(v))
		}
	}
	logs := make(map[int]float64)
	for round, vs := range all {
		logs[round] = mean(vs)
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

func mean(vs []float64) float64 {
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	return sum / float64(len(vs))
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

// own returns the A/A half-width from the workload's own scatter.
func own(c scaling.Comparison) float64 {
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
	var seen []noise.Noise
	for _, r := range set.Rounds {
		if r.Noise != nil {
			seen = append(seen, *r.Noise)
		}
	}
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
