package compare

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// mergeMetadata joins the unit metadata of all inputs. Where two disagree the
// first holds, and a warning names the other.
func mergeMetadata(all []*samples) (merged benchfmt.UnitMetadataMap, warnings []string) {
	merged = make(benchfmt.UnitMetadataMap)
	for _, s := range all {
		for _, m := range s.metadata {
			have, ok := merged[m.UnitMetadataKey]
			if !ok {
				merged[m.UnitMetadataKey] = m
			} else if have.Value != m.Value {
				file, line := m.Pos()
				warnings = append(warnings, fmt.Sprintf("%s:%d: metadata %s of unit %s already set to %s", file, line, m.Key, m.OrigUnit, have.Value))
			}
		}
	}
	return merged, warnings
}

// chooseUnits returns the units to compare: of those that the inputs have, the
// ones asked for, or by default the ones in every input. Whatever it leaves
// out or sets apart, a warning names.
//
// A value of exactly 0 ns/op, or an infinite one, keeps its unit where the
// benchmark format's reader turns others into sec/op. benchstat gives such
// values a table of their own, and so the units chosen here keep the two
// apart; but either stands for both in deciding what is there and what was
// asked for.
func chooseUnits(all []*samples, labels, asked []string) (units, warnings []string, err error) {
	var present []string // in order of first appearance
	for _, s := range all {
		for _, u := range s.units {
			if !slices.Contains(present, u) {
				present = append(present, u)
			}
		}
	}

	if len(asked) > 0 {
		for _, a := range asked {
			found := false
			for _, u := range present {
				if tidied(u) == tidied(a) {
					found = true
					if !slices.Contains(units, u) {
						units = append(units, u)
					}
				}
			}
			if !found {
				return nil, nil, fmt.Errorf("unit %q: no result has it, only %s", a, strings.Join(present, ", "))
			}
		}
	} else {
		in := make([]map[string]bool, len(all))
		for i, s := range all {
			in[i] = make(map[string]bool)
			for _, u := range s.units {
				in[i][tidied(u)] = true
			}
		}
		for _, u := range present {
			missing := -1
			for i := range in {
				if !in[i][tidied(u)] {
					missing = i
				}
			}
			if missing < 0 {
				units = append(units, u)
			} else {
				warnings = append(warnings, fmt.Sprintf("unit %s is not compared: %s has none", u, labels[missing]))
			}
		}
	}

	for _, u := range units {
		if t := tidied(u); t != u {
			warnings = append(warnings, fmt.Sprintf("values of exactly 0 %s, or infinite, have a table apart from %s, as in benchstat", u, t))
		}
	}
	return units, warnings, nil
}

// tidied returns unit as the benchmark format's reader gives it for values
// other than 0: "sec/op" for "ns/op".
func tidied(unit string) string {
	_, t := benchunit.Tidy(1, unit)
	return t
}
