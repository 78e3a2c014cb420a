package scaling

// widened returns e with the interval it has to have where others took a share of the machine's CPU time while it was
// measured. Which of the two throughputs of the ratio lost it is not known: had it been all from the one, the ratio
// would be too small by the factor 1−lost, from the other, too large by as much. A share of 1 leaves nothing known.
func (e Estimate) widened(lost float64) Estimate {
	if lost > 0 {
		e.Lo *= 1 - lost
		e.Hi /= 1 - lost
	}
	return e
}

// widened returns g with every interval as [Estimate.widened] has it.
func (g Gaps) widened(lost float64) Gaps {
	for _, e := range []*Estimate{&g.Hardware, &g.Go, &g.Measured, &g.Machine, &g.Runtime, &g.Program} {
		*e = e.widened(lost)
	}
	return g
}
