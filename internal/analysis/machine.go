package analysis

import (
	"fmt"

	"runbench/internal/resultfile"
)

// A Machine is what a user says of where results were measured that do not say it
// themselves. The zero value says nothing.
type Machine struct {
	Cores    int // logical ones; 0 where unknown
	Physical int // 0 where unknown
}

// Check returns an error where m makes no sense, or is not what one of the sets
// says of the machine it was measured on.
func (m Machine) Check(sets ...*resultfile.Set) error {
	switch {
	case m == (Machine{}):
		return nil
	case m.Cores < 0:
		return fmt.Errorf("cores %d: expected a number above 0", m.Cores)
	case m.Physical < 0:
		return fmt.Errorf("physical %d: expected a number above 0", m.Physical)
	case m.Physical > 0 && m.Cores == 0:
		return fmt.Errorf("physical %d: expected the number of logical cores too (cores), which is at least as large", m.Physical)
	case m.Physical > m.Cores:
		return fmt.Errorf("physical %d: expected no more than the %d logical cores", m.Physical, m.Cores)
	}
	for _, set := range sets {
		series, _ := set.Series()
		for _, of := range series {
			if said := configInt(of.Config, "cores"); m.Cores > 0 && said > 0 && said != m.Cores {
				return fmt.Errorf("cores %d: the results say that they were measured on %d", m.Cores, said)
			}
		}
		if set.Manifest != nil {
			if said := physicalCores(set.Manifest.Host); m.Physical > 0 && said > 0 && said != m.Physical {
				return fmt.Errorf("physical %d: the results say that they were measured on %d", m.Physical, said)
			}
		}
	}
	return nil
}

// cores returns the logical cores of a configuration: what it says itself, or else
// what the user does.
func (m Machine) cores(config string) int {
	if n := configInt(config, "cores"); n > 0 {
		return n
	}
	return m.Cores
}
