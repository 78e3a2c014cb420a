package scaling

// Gaps say where the speed-up that n cores could give went: what n processes that have nothing to do with each other
// get from the machine, what n goroutines that share nothing get from the Go runtime, and what the workload gets.
//
// The product Machine × Runtime × Program is Measured/Ideal, exactly so where all four arms ran in the same rounds.
type Gaps struct {
	Ideal float64 // n

	// Speed-ups over one goroutine on one core.
	Hardware Estimate // of n single-threaded processes side by side
	Go       Estimate // of n goroutines that share nothing
	Measured Estimate // of the workload itself

	// What each step keeps of the speed-up before it, 1 for all of it.
	Machine Estimate // Hardware/n: what clocks, caches and memory bandwidth keep
	Runtime Estimate // Go/Hardware: what the Go scheduler, allocator and garbage collector keep
	Program Estimate // Measured/Go: what the goroutines of the workload keep of it, by what they share
}

// FindGaps compares the arms behind [Gaps] at n = ideal cores: base holds the runs of one goroutine on one core,
// hardware those of n single-threaded processes side by side (all their rates added up), goCeiling those of n
// goroutines that share nothing, and measured those of the workload with n cores. Rates are positive and finite.
//
// Each ratio is estimated as the gains are, from the log-ratios within the rounds that its own two arms share, with a
// 95 % interval. An arm without runs makes NaN of each estimate that needs it; arms that share no round give a ratio
// of means without an interval, as [Surface.Ratio] does.
//
// That what the layers keep multiplies up to what is left is the way of the POP metrics (Performance Optimisation and
// Productivity, pop-coe.eu, "List of Metrics"), here with measured ceilings in place of modelled ones.
func FindGaps(ideal int, base, hardware, goCeiling, measured []Observation) Gaps {
	one, hw, free, work := newSeries(base), newSeries(hardware), newSeries(goCeiling), newSeries(measured)
	g := Gaps{
		Ideal:    float64(ideal),
		Hardware: ratio(hw, one, DefaultConfidence),
		Go:       ratio(free, one, DefaultConfidence),
		Measured: ratio(work, one, DefaultConfidence),
		Runtime:  ratio(free, hw, DefaultConfidence),
		Program:  ratio(work, free, DefaultConfidence),
	}
	g.Machine = g.Hardware
	for _, x := range []*float64{&g.Machine.Value, &g.Machine.Lo, &g.Machine.Hi} {
		*x /= g.Ideal
	}
	return g
}
