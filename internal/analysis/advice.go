package analysis

import (
	"math"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Advice is how many goroutines and cores to give a workload, beside what the
// textbook says.
type Advice struct {
	// Goroutines is the smallest count within 5 % of the best throughput. With
	// 95 % confidence no smaller count than Lo is within 5 %, and Hi is.
	Goroutines int `json:"goroutines"`
	Lo         int `json:"lo"` // 0 where the runs allow no interval
	Hi         int `json:"hi"`
	Gomaxprocs int `json:"gomaxprocs"`
	// Textbook is null where the runs do not say how long a task waits and how
	// long it computes.
	Textbook *Textbook `json:"textbook"`
}

// Textbook is the rule P·(1 + wait/CPU) for the number of threads that keep P
// processors busy (Goetz, Java Concurrency in Practice, section 8.2, at full
// utilisation), from the wait and the CPU time that a task had in a plain loop.
type Textbook struct {
	Goroutines  float64 `json:"goroutines"`
	WaitOverCPU float64 `json:"wait_over_cpu"`
	// Measured is the count nearest to it, by ratio, at which the sweep measured.
	Measured int `json:"measured"`
	// Throughput is that at Measured over that at the recommended count, both at
	// the recommended P.
	Throughput *Part `json:"throughput"`
}

// advise returns the advice for a surface with its judgement.
func advise(surface scaling.Surface, byCell map[scaling.Cell][]resultfile.Run, j scaling.Judgement, cores int) *Advice {
	r := j.Recommend
	if r.Goroutines == 0 {
		return nil // nobody says how many goroutines there were
	}
	a := &Advice{Goroutines: r.Goroutines, Gomaxprocs: r.Gomaxprocs}
	best, bestX := scaling.Cell{}, 0.0
	counts := scaling.Goroutines(surface)
	for _, c := range counts {
		for _, p := range scaling.Procs(surface) {
			cell := scaling.Cell{Goroutines: c, Gomaxprocs: p}
			if cores > 0 && p > cores {
				continue
			}
			if x := surface.Mean(cell).Value; x > bestX {
				best, bestX = cell, x
			}
		}
	}
	for _, c := range counts {
		cell := scaling.Cell{Goroutines: c, Gomaxprocs: r.Gomaxprocs}
		if len(surface[cell]) == 0 {
			continue
		}
		ratio := scaling.Estimate{Value: 1, Lo: 1, Hi: 1}
		if cell != best {
			ratio = surface.Ratio(cell, best, 0)
		}
		if a.Lo == 0 && ratio.Hi >= scaling.AsGood {
			a.Lo = c
		}
		if a.Hi == 0 && ratio.Lo >= scaling.AsGood {
			a.Hi = c
		}
	}
	switch {
	case a.Lo == 0 || a.Hi == 0:
		a.Lo, a.Hi = 0, 0
	default:
		a.Lo, a.Hi = min(a.Lo, a.Goroutines), max(a.Hi, a.Goroutines)
	}
	a.Textbook = textbook(surface, byCell, r)
	return a
}

// textbook applies the rule, nil where the plain loop's runs lack what it needs.
func textbook(surface scaling.Surface, byCell map[scaling.Cell][]resultfile.Run, r scaling.Recommendation) *Textbook {
	ratio, ok := waitOverCPU(medians(byCell[scaling.Cell{Goroutines: 1, Gomaxprocs: 1}]))
	if !ok {
		return nil
	}
	t := &Textbook{Goroutines: float64(r.Gomaxprocs) * (1 + ratio), WaitOverCPU: ratio}
	nearest := math.Inf(1)
	for _, c := range scaling.Goroutines(surface) {
		if len(surface[scaling.Cell{Goroutines: c, Gomaxprocs: r.Gomaxprocs}]) == 0 {
			continue
		}
		if d := math.Abs(math.Log(float64(c) / t.Goroutines)); d < nearest {
			nearest, t.Measured = d, c
		}
	}
	if t.Measured == 0 {
		return nil
	}
	at := func(c int) scaling.Cell { return scaling.Cell{Goroutines: c, Gomaxprocs: r.Gomaxprocs} }
	switch {
	case t.Measured == r.Goroutines:
		t.Throughput = &Part{Value: 1, Lo: new(1.0), Hi: new(1.0)}
	default:
		t.Throughput = part(surface.Ratio(at(t.Measured), at(r.Goroutines), 0))
	}
	return t
}

// waitOverCPU returns how long a batch waits for each unit of time it computes,
// from the values of a plain loop on one core. The wait is the achieved one
// where the workload simulates it, and else, where waiting is the point, what of
// the batch's wall time was not CPU time.
func waitOverCPU(values map[string]float64) (float64, bool) {
	cpu, ok := values[resultfile.CPUNsPerOp]
	if !ok || cpu <= 0 {
		return 0, false
	}
	if wait, ok := values[resultfile.WaitNsPerOp]; ok {
		return max(0, wait) / cpu, true
	}
	wall, ok := values[resultfile.NsPerOp]
	if _, waits := values[resultfile.MeanNs]; !waits || !ok {
		return 0, false
	}
	return max(0, wall-cpu) / cpu, true
}
