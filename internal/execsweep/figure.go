package execsweep

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// A Figure is a number that a program prints about itself, such as requests per
// second.
type Figure struct {
	pattern *regexp.Regexp // with one group, which is the number
	lower   bool           // the smaller, the better: a cost and not a rate
}

// NewFigure returns the figure that the one group of pattern stands for (package
// regexp has the syntax). better is "higher" or "lower".
func NewFigure(pattern, better string) (*Figure, error) {
	re, err := regexp.Compile(pattern)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--metric: %w", err)
	case re.NumSubexp() != 1:
		return nil, fmt.Errorf("--metric %s: expected one group, around the number, as in 'Requests/sec: ([0-9.]+)', found %d", pattern, re.NumSubexp())
	case better != "higher" && better != "lower":
		return nil, fmt.Errorf("--metric-better %s: expected higher or lower", better)
	}
	return &Figure{re, better == "lower"}, nil
}

// of returns the figure in an output: the last match, since programs print their
// sums at the end.
func (f *Figure) of(output []byte) (float64, error) {
	matches := f.pattern.FindAllSubmatch(output, -1)
	if len(matches) == 0 {
		return 0, fmt.Errorf("--metric %s: expected it in the output, found no match", f.pattern)
	}
	text := string(matches[len(matches)-1][1])
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("--metric %s: expected a number above 0, found %q", f.pattern, text)
	}
	return v, nil
}

// rate returns the figure as a rate, of which more is better.
func (f *Figure) rate(v float64) float64 {
	if f.lower {
		return 1 / v
	}
	return v
}

func (f *Figure) String() string {
	if f.lower {
		return "1 over what " + f.pattern.String() + " finds"
	}
	return "what " + f.pattern.String() + " finds"
}
