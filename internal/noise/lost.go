package noise

// Lost returns the share, 0 to 1, of the machine's CPU time that went to others
// and could have been missing to what was measured: to other programs and to the
// hypervisor. It is 0 as long as each stays below what [Noise.Disturbed] counts as
// a disturbance, and where nothing is known.
func (n Noise) Lost() float64 {
	lost := 0.0
	if above(n.Foreign, n.maxForeign()) && n.CPUs != nil && *n.CPUs > 0 {
		lost += *n.Foreign / float64(*n.CPUs)
	}
	if above(n.Steal, MaxSteal) {
		lost += *n.Steal
	}
	if above(n.Throttled, MaxThrottled) {
		lost = max(lost, *n.Throttled)
	}
	return min(lost, 1)
}
