package history

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/resultfile"
)

// gains are the units that are gains, in reading order.
var gains = []string{ConcurrencyGain, ParallelismGain, TotalGain}

func isGain(unit string) bool { return slices.Contains(gains, unit) }

// better returns which way a unit, as benchstat writes it, is better: +1 higher, −1 lower, 0 where nobody says. Units
// that are neither runbench's nor go test's are read by their form: what is done in a second, what one operation takes.
func better(unit string) int {
	switch {
	case isGain(unit):
		return +1
	case knownBetter[unit] != 0:
		return knownBetter[unit]
	case strings.HasSuffix(unit, "/s"), strings.HasSuffix(unit, "/sec"):
		return +1
	case strings.HasSuffix(unit, "/op"), unit == "sec", strings.HasSuffix(unit, "-sec"), strings.HasSuffix(unit, "-bytes"):
		return -1
	}
	return 0
}

// knownBetter are the units that runbench declares, as benchstat writes them.
var knownBetter = func() map[string]int {
	units := make(map[string]int)
	for unit, better := range resultfile.Better() {
		units[tidied(unit)] = better
	}
	return units
}()

func (at place) control() bool { return at.workload == resultfile.ControlArm }

// own reports whether a place is a cell in runbench's form.
func (at place) own() bool { return at.goroutines > 0 }

// A workload is what its cells have in common.
type workload struct{ config, name string }

// A span is what the cells of a workload reach over.
type span struct {
	least, most int            // P, within the cores
	goroutines  map[string]int // C*, by strategy; none where nothing is concurrent
}

// chosen returns the places that are followed, in reading order. Of runbench's own workloads these are one goroutine on
// one core and C* on all, which together are the line that a workload has in the table of a sweep. C*, of each strategy,
// is one for the whole history: the count above one with most runs, on all cores, over all files, which a sweep measures
// where it chooses C† so. Were each file to follow its own C†, a choice that changes would look like a change.
func chosen(digests []*Digest, opt Options) []place {
	runs := make(map[place]int)
	for _, d := range digests {
		for at, f := range d.figures {
			runs[at] += f.runs
		}
	}
	spans := spansOf(runs)
	var places []place
	for at := range runs {
		if opt.Every || spans[workload{at.config, at.workload}].holds(at) {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, place.compare)
	return places
}

// spansOf returns the span of each workload in runbench's form.
func spansOf(runs map[place]int) map[workload]*span {
	spans := make(map[workload]*span)
	for at := range runs {
		if cores := coresOf(at.config); !at.own() || cores > 0 && at.gomaxprocs > cores {
			continue
		}
		w := workload{at.config, at.workload}
		s := spans[w]
		if s == nil {
			s = &span{least: at.gomaxprocs, most: at.gomaxprocs, goroutines: make(map[string]int)}
			spans[w] = s
		}
		s.least, s.most = min(s.least, at.gomaxprocs), max(s.most, at.gomaxprocs)
	}
	counts := make(map[place]int) // runs of each count of each strategy on all cores, over all units
	for at, n := range runs {
		s := spans[workload{at.config, at.workload}]
		if at.own() && s != nil && at.goroutines > 1 && at.gomaxprocs == s.most {
			at.unit = ""
			counts[at] += n
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(counts), place.compare) { // of equal ones the smallest count
		s := spans[workload{at.config, at.workload}]
		c, ok := s.goroutines[at.strategy]
		best := at
		best.goroutines = c
		if !ok || counts[at] > counts[best] {
			s.goroutines[at.strategy] = at.goroutines
		}
	}
	return spans
}

// holds reports whether a place is followed of a workload with this span; nil is that of a benchmark of somebody else's,
// of which all are.
func (s *span) holds(at place) bool {
	switch {
	case !at.own():
		return true
	case s == nil:
		return false
	case at.control():
		return at.gomaxprocs == s.least || at.gomaxprocs == s.most
	case at.goroutines == 1 && at.gomaxprocs == s.least:
		return true
	case at.goroutines == 1:
		return len(s.goroutines) == 0 && at.gomaxprocs == s.most
	case at.unit == ConcurrencyGain:
		return at.goroutines == s.goroutines[at.strategy] && at.gomaxprocs == s.least
	}
	return at.goroutines == s.goroutines[at.strategy] && at.gomaxprocs == s.most
}

// compare is the reading order: the control arm last, of a workload figures before gains, one goroutine before many.
func (at place) compare(other place) int {
	rank := func(at place) int { return 1 + slices.Index(gains, at.unit) }
	bit := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(at.config, other.config),
		cmp.Compare(bit(at.control()), bit(other.control())),
		cmp.Compare(at.workload, other.workload),
		cmp.Compare(rank(at), rank(other)),
		cmp.Compare(at.unit, other.unit),
		cmp.Compare(bit(at.goroutines > 1), bit(other.goroutines > 1)),
		cmp.Compare(at.strategy, other.strategy),
		cmp.Compare(at.goroutines, other.goroutines),
		cmp.Compare(at.gomaxprocs, other.gomaxprocs))
}

// coresOf returns the value of the key cores, 0 where there is none.
func coresOf(config string) int {
	for pair := range strings.SplitSeq(config, "; ") {
		if v, ok := strings.CutPrefix(pair, "cores: "); ok {
			n, _ := strconv.Atoi(v)
			return max(0, n)
		}
	}
	return 0
}

// differing returns the keys in which the configurations of the series differ, and how many configurations there are.
func differing(series []Series) (keys string, n int) {
	values := make(map[string]map[string]int) // by key
	configs := make(map[string]bool)
	for _, s := range series {
		if configs[s.Config] {
			continue
		}
		configs[s.Config] = true
		for pair := range strings.SplitSeq(s.Config, "; ") {
			key, value, _ := strings.Cut(pair, ": ")
			if values[key] == nil {
				values[key] = make(map[string]int)
			}
			values[key][value]++
		}
	}
	var names []string
	for key, of := range values {
		for _, count := range of {
			if count < len(configs) && key != "" {
				names = append(names, key)
				break
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", "), len(configs)
}
