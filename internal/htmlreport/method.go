package htmlreport

// A ruleView is one of the twelve rules with where the page obeys it.
type ruleView struct{ Rule, Obeyed string }

// rules returns Hoefler & Belli's rules ("Scientific Benchmarking of Parallel
// Computing Systems", SC'15), with what of a page answers each: of one about files of
// runbench, which obey all, or about others' only.
func rules(own bool) []ruleView {
	if !own {
		return []ruleView{
			{"Speed-ups: say what the base is, and its absolute performance", "Every speed-up names its base and what the base does, in the unit of the file."},
			{"Intervals where measurements vary", "95 % intervals where a benchmark has several runs; where it has one, that is said, and differences within 10 % are taken for noise."},
			{"No mean of ratios; the geometric mean where it must be", "Speed-ups are ratios of geometric means, within repetitions where these are told apart."},
			{"Say what was left out", "“To know” counts what was passed over, with the reason."},
			{"Document the whole environment", "What the file’s header says; it says no more."},
			{"Plot as much as is needed, and say what lines mean", "Points are what was measured; lines join them for the eye only."},
		}
	}
	return []ruleView{
		{"Speed-ups: say what the base is, and its absolute performance", "“One at a time” is the throughput of one goroutine on one core, a plain loop; every gain and every picture names it."},
		{"Say why a subset of a benchmark was used", "“To know” has the sizes that were capped; runbench explain NAME says what a workload departs from."},
		{"Arithmetic mean for costs, harmonic for rates", "A run’s throughput is its tasks over its time, the harmonic mean of its batches’ rates; over runs logs are averaged, since ratios are what is asked for."},
		{"No mean of ratios; the geometric mean where it must be", "Gains are differences of logs within rounds. There is no score over workloads."},
		{"Say whether measurements are deterministic; intervals where they are not", "They are not: beside every figure stands its 95 % interval, and “every run” shows what it is made of."},
		{"No normality without a check", "Intervals are of log ratios; their coverage is shown by simulation on skewed noise too (METHOD.md)."},
		{"Compare nondeterministic data soundly", "A gain helps or hurts where its whole interval lies on one side of 1, and has no effect where it lies inside ±5 %; else nothing is said."},
		{"Look beyond the mean where it matters", "p50 and p99 of tasks where waiting is the point, and p99 of the wait for a core."},
		{"Document factors, levels and the whole environment", "“The machine” has host, Go, GOGC, GODEBUG, plan and seed; “Noise” has what disturbed each round."},
		{"Parallel time: say how it was measured, synchronised and summarised", "Only the strategy’s own work is timed, by one clock; ceilings start behind a gate and count where all overlap; each run is a process of its own, in random order within a round."},
		{"Show upper bounds", "Ideal, the hardware ceiling (separate processes) and the Go ceiling (goroutines that share nothing), where they were measured."},
		{"Plot as much as is needed, and say what lines mean", "Points are what was measured; lines join them for the eye only, and bands are intervals. A law is drawn where one was fitted."},
	}
}
