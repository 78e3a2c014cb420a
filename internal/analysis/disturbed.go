package analysis

import (
	"fmt"
	"strings"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// disturbances says in words what of the noise seen in the sets may have changed the
// results, and in which rounds, where one file tells and it was not in all of them.
func disturbances(sum noise.Noise, sets []*resultfile.Set) []string {
	words := sum.Disturbed()
	if len(words) == 0 || len(sets) != 1 {
		return words
	}
	var hit []int
	rounds := sets[0].Rounds
	for _, r := range rounds {
		if r.Noise != nil && len(r.Noise.Disturbed()) > 0 {
			hit = append(hit, r.Round)
		}
	}
	if len(hit) == 0 || len(hit) == len(rounds) {
		return words
	}
	words[len(words)-1] += fmt.Sprintf(" (it was so in rounds %s of %d)", spans(hit), rounds[len(rounds)-1].Round)
	return words
}

// spans writes ascending numbers with those in a row taken together: 5–7, 9, 11–12.
func spans(ns []int) string {
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		part := fmt.Sprint(ns[i])
		if j > i {
			part += fmt.Sprintf("–%d", ns[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
