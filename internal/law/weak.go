package law

import (
	"fmt"
	"math"
	"slices"
)

// A WeakPoint is what a problem that grows with N showed at one N.
type WeakPoint struct {
	N, Runs int
	X       Estimate // throughput of the problem N times as large, on N
	// Efficiency is the time of the problem that has not grown, on one, over that of the grown one on N; NaN where
	// N=1 was not measured.
	Efficiency Estimate
	// Speedup is the scaled one: the time of the grown problem on one over that on N; NaN where it was not measured
	// on one.
	Speedup Estimate
	Serial  *Estimate // what the scaled speed-up comes to by [SerialShare]; nil at N=1 and where that is not told
}

// A WeakFit is what a problem that grows with N tells.
type WeakFit struct {
	Points  []WeakPoint // by ascending N
	Serial  *Estimate   // Gustafson's share over all N within the cores, 0 to 1; nil where Refused says why
	Refused string
	Notes   []string
}

// SerialShare returns the share s of the time on n > 1 processors, each as fast as one alone, that is spent one at a
// time, by the scaled speed-up: [Gustafson] solved for s. Ideal is the speed-up of n processors that share nothing, n
// but for what clocks and neighbours take. A problem with s serial and 1−s parallel takes s + n(1−s) on one processor
// once it has grown n times, and s + (1−s)·n/ideal on n. NaN where ideal, or noise, leaves no share.
func SerialShare(speedup float64, n int, ideal float64) float64 {
	slower := float64(n) / ideal
	rest := float64(n-1) - speedup*(slower-1)
	if !(rest > 0) {
		return math.NaN()
	}
	return (float64(n) - speedup*slower) / rest
}

// AnalyzeWeak returns what runs of a problem that grows with N tell. Grown are the runs of the problem N times as large
// on N; alone are those of the same problem on one. X counts the work done, N times as much, by time.
//
// The serial share is estimated in each round that has every N, as the mean over these weighed by the inverse of the
// variance that one relative error of the speed-up gives it, ((N−1)/N)²; its interval is the t interval of the rounds.
// With a control arm the ideal of a round is the control's speed-up there. Where others took a share of the machine,
// any of the runs may have lost it, and intervals are wider by as much. Options.Axis is not used.
func AnalyzeWeak(grown, alone []Sample, opt Options) WeakFit {
	var f WeakFit
	opt.Axis = Gomaxprocs
	levels, dropped := group(grown)
	ones, droppedAlone := group(alone)
	f.note(droppedNote("", dropped+droppedAlone))
	if len(levels) == 0 {
		f.Refused = "no run with a positive, finite rate at an N of at least 1"
		return f
	}
	kept, notes := segment(levels, opt)
	for _, n := range notes {
		f.note(n)
	}
	reference, _ := group(opt.Control)
	var told []*shares
	tried := false
	for i, p := range points(levels) {
		w := WeakPoint{N: p.N, Runs: p.Runs, X: p.X, Efficiency: unknown, Speedup: unknown}
		if levels[0].n == 1 {
			w.Efficiency = p.Efficiency.widened(opt.Lost)
		}
		one, measured := find(ones, p.N)
		switch {
		case p.N == 1:
			w.Speedup = Estimate{1, 1, 1}
		case measured:
			speedup := ratio(levels[i], one)
			w.Speedup = speedup.widened(opt.Lost)
			if _, within := find(kept, p.N); within {
				tried = true
				if s := newShares(levels[i], one, speedup, reference, opt.Lost); !math.IsNaN(s.overall.Value) {
					w.Serial, told = s.overall.wider(s.down, s.up).share(), append(told, s)
				}
			}
		}
		f.Points = append(f.Points, w)
	}
	switch {
	case len(told) > 0:
		f.pool(told)
	case tried:
		f.Refused = "no serial share: even work that shares nothing gains so little by cores here that none can be told"
	default:
		f.Refused = "no serial share: no GOMAXPROCS above 1, within the cores, at which the grown batch was measured on one core too"
	}
	return f
}

var unknown = Estimate{math.NaN(), math.NaN(), math.NaN()}

func (f *WeakFit) note(line string) {
	if line != "" {
		f.Notes = append(f.Notes, line)
	}
}

// pool sets the serial share from that at each N, of which there is one at least.
func (f *WeakFit) pool(told []*shares) {
	var means []float64
	for _, round := range told[0].rounds {
		if mean, ok := weighed(told, func(s *shares) (float64, bool) { v, ok := s.byRound[round]; return v, ok }); ok {
			means = append(means, mean)
		}
	}
	e := unknown
	switch {
	case len(told) == 1:
		e = told[0].overall
	case len(means) > 0:
		e = aboutMean(means)
	default:
		e.Value, _ = weighed(told, func(s *shares) (float64, bool) { return s.overall.Value, true })
	}
	if e.Hi < 0 {
		f.note("the scaled speed-up is above N for certain: the base is slow for another reason than serial work")
	}
	down, _ := weighed(told, func(s *shares) (float64, bool) { return s.down, true })
	up, _ := weighed(told, func(s *shares) (float64, bool) { return s.up, true })
	f.Serial = e.wider(down, up).share()
	if told[0].controlled {
		f.note("the serial share is against a share-nothing control at the same N: a falling clock or a neighbour does not count as serial")
	}
	f.noteGrowth(told[0], told[len(told)-1])
}

// noteGrowth says where the share at the most N is another one than at the fewest: then it is no fixed serial part.
func (f *WeakFit) noteGrowth(first, last *shares) {
	var growth []float64
	for _, round := range first.rounds {
		if b, ok := last.byRound[round]; ok {
			growth = append(growth, b-first.byRound[round])
		}
	}
	if len(growth) < 2 || first == last {
		return
	}
	e := aboutMean(growth)
	if e.Lo > 0 || e.Hi < 0 {
		f.note(fmt.Sprintf("the serial share goes from %.2g at %d to %.2g at %d for certain: overhead that changes with N rather than a serial part",
			first.overall.Value, first.n, last.overall.Value, last.n))
	}
}

// shares are what the scaled speed-up at one N comes to, in each round and over all of them.
type shares struct {
	n          int
	rounds     []int // ascending
	byRound    map[int]float64
	overall    Estimate
	down, up   float64 // how far it may lie off for what others took of the machine
	controlled bool
}

// newShares reads the scaled speed-up of two levels; where they share no two rounds, as a whole.
func newShares(l, one level, speedup Estimate, reference []level, lost float64) *shares {
	s := &shares{n: l.n, byRound: make(map[int]float64)}
	at, measured := find(reference, l.n)
	base, based := find(reference, 1)
	s.controlled = measured && based
	usual := float64(l.n)
	if s.controlled {
		usual = ratio(at, base).Value
	}
	ideal := func(round int) float64 {
		c, ok := at.at(round)
		b, based := base.at(round)
		if !s.controlled || !ok || !based {
			return usual
		}
		return math.Exp(c - b)
	}
	var all []float64
	for _, r := range l.reps {
		alone, ok := one.at(r.round)
		if !ok {
			continue
		}
		if share := SerialShare(math.Exp(r.log-alone), l.n, ideal(r.round)); !math.IsNaN(share) {
			s.rounds = append(s.rounds, r.round)
			s.byRound[r.round] = share
			all = append(all, share)
		}
	}
	of := func(speedup float64) float64 { return SerialShare(speedup, l.n, usual) }
	if len(all) >= 2 {
		s.overall = aboutMean(all)
	} else {
		s.overall = Estimate{of(speedup.Value), of(speedup.Hi), of(speedup.Lo)}
	}
	if lost > 0 {
		s.down, s.up = of(speedup.Value)-of(speedup.Value/(1-lost)), of(speedup.Value*(1-lost))-of(speedup.Value)
		if math.IsNaN(s.down) || math.IsNaN(s.up) {
			s.down, s.up = math.Inf(1), math.Inf(1) // so much was lost that any share is possible
		}
	}
	return s
}

// weighed returns the mean of one share of each N, false where one has none.
func weighed(told []*shares, of func(*shares) (float64, bool)) (mean float64, ok bool) {
	total := 0.0
	for _, s := range told {
		v, ok := of(s)
		if !ok {
			return 0, false
		}
		weight := float64(s.n-1) / float64(s.n)
		mean += weight * weight * v
		total += weight * weight
	}
	return mean / total, true
}

// aboutMean returns the mean of values with its t interval, without bounds if there are fewer than two.
func aboutMean(values []float64) Estimate {
	slices.Sort(values) // the same to the last bit in any order
	mean, variance, df := meanVar(values)
	if df == 0 {
		return Estimate{mean, math.NaN(), math.NaN()}
	}
	half := tQuantile(df) * math.Sqrt(variance)
	return Estimate{mean, mean - half, mean + half}
}

// widened returns a ratio with the interval it has where others took a share of the machine: from either of its two
// sides.
func (e Estimate) widened(lost float64) Estimate {
	return Estimate{e.Value, e.Lo * (1 - lost), e.Hi / (1 - lost)}
}

func (e Estimate) wider(down, up float64) Estimate { return Estimate{e.Value, e.Lo - down, e.Hi + up} }

// share returns e within 0 and 1.
func (e Estimate) share() *Estimate {
	within := func(v float64) float64 { return min(max(v, 0), 1) }
	return &Estimate{within(e.Value), within(e.Lo), within(e.Hi)}
}
