package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"runbench/internal/quantile"
	"runbench/internal/scaling"
)

// A configuration has a group of its own where so many machines have it that one can
// be told to lie apart, and it is among the most frequent.
const (
	minGroup   = scaling.MinGroup
	mostGroups = 8
)

// RecommendedGoroutines is the name of the spread of a count that is compared with
// nothing.
const RecommendedGoroutines = "recommended_goroutines"

// spread says of a fleet how each measure is distributed, and which machines lie far
// from the others of their group.
func (r *MachinesResult) spread() {
	r.group()
	for g, group := range r.Groups {
		for w := range r.Workloads {
			for _, m := range Measures {
				if m.alike && group.Mixed {
					continue
				}
				r.measure(g, w, m)
			}
			var counts []float64
			for _, i := range group.Machines {
				if on := r.Workloads[w].On[i]; on != nil && on.Recommend.Goroutines > 0 {
					counts = append(counts, float64(on.Recommend.Goroutines))
				}
			}
			r.addSpread(g, w, RecommendedGoroutines, counts)
		}
	}
	// A group's bound depends on how many figures were compared in all.
	far := make(map[int]float64) // by number of machines
	r.Outliers = slices.DeleteFunc(r.Outliers, func(o Outlier) bool {
		n := r.machinesOf(o)
		if far[n] == 0 {
			far[n] = scaling.FarScore(n, r.Compared, r.Alpha)
		}
		return math.Abs(o.Score) <= far[n]
	})
	slices.SortStableFunc(r.Outliers, func(x, y Outlier) int { return cmp.Compare(math.Abs(y.Score), math.Abs(x.Score)) })
}

// group puts machines of one configuration together, the largest group first, and
// those of rare configurations into one of their own.
func (r *MachinesResult) group() {
	byKey := make(map[string]*Group)
	var groups []*Group
	for i, m := range r.Machines {
		key := m.Config.key()
		g := byKey[key]
		if g == nil {
			g = &Group{Name: m.Config.summary(), Config: m.Config}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.Machines = append(g.Machines, i)
	}
	slices.SortStableFunc(groups, func(a, b *Group) int { return len(b.Machines) - len(a.Machines) })
	mixed := Group{Mixed: true, Config: Config{}}
	kinds := 0
	for _, g := range groups {
		if len(r.Groups) < mostGroups && len(g.Machines) >= minGroup {
			r.Groups = append(r.Groups, *g)
			continue
		}
		mixed.Machines = append(mixed.Machines, g.Machines...)
		kinds++
	}
	if kinds > 0 {
		slices.Sort(mixed.Machines)
		mixed.Name = fmt.Sprintf("%s of %s", plural(len(mixed.Machines), "machine"), plural(kinds, "kind"))
		if len(r.Groups) > 0 {
			mixed.Name = "others: " + mixed.Name
		}
		r.Groups = append(r.Groups, mixed)
	}
}

// measure adds the spread of one measure of a workload over a group, and the machines
// that may turn out to be far from the others. One is far only where it is so for
// certain: its own interval leaves the median out.
func (r *MachinesResult) measure(g, w int, m Measure) {
	var estimates []scaling.Estimate
	var machines []int
	var values []float64
	for _, i := range r.Groups[g].Machines {
		on := r.Workloads[w].On[i]
		if on == nil {
			continue
		}
		if e := m.of(on); e.Value > 0 && !math.IsInf(e.Value, 0) {
			estimates, machines, values = append(estimates, e), append(machines, i), append(values, e.Value)
		}
	}
	if m.Name == "efficiency" && sameProcs(r.Workloads[w].On, machines) {
		return // the parallelism gain once more
	}
	r.addSpread(g, w, m.Name, values)
	median, scores := scaling.Score(estimates)
	if math.IsNaN(median) {
		return
	}
	r.Compared += len(estimates)
	for k, e := range estimates {
		certain := e.Lo > median || e.Hi < median
		if certain && math.Abs(scores[k]) > 3 {
			r.Outliers = append(r.Outliers, Outlier{Machine: machines[k], Workload: w, Measure: m.Name, Value: e.Value, Median: median, Score: scores[k]})
		}
	}
}

func sameProcs(on []*OnMachine, machines []int) bool {
	return !slices.ContainsFunc(machines, func(i int) bool { return on[i].Gomaxprocs != on[machines[0]].Gomaxprocs })
}

func (r *MachinesResult) addSpread(group, w int, measure string, values []float64) {
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	r.Workloads[w].Spreads = append(r.Workloads[w].Spreads, Spread{
		Group: group, Measure: measure, Machines: len(values),
		Min: values[0], Q1: quantile.Of(values, 0.25), Median: quantile.Of(values, 0.5), Q3: quantile.Of(values, 0.75), Max: values[len(values)-1],
	})
}

// machinesOf returns how many machines of an outlier's group have its measure.
func (r *MachinesResult) machinesOf(o Outlier) int {
	for _, s := range r.Workloads[o.Workload].Spreads {
		if s.Measure == o.Measure && slices.Contains(r.Groups[s.Group].Machines, o.Machine) {
			return s.Machines
		}
	}
	return 0
}
