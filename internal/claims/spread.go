package claims

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Spread is what the trials of an arm found of one thing: three to a few
// processes are too few for an interval, so it is shown as what it is.
type Spread struct {
	Median, Min, Max float64
	N                int
}

// Spread returns the spread of what the samples of an arm have under key. Samples
// without the key are left out; where none has it all figures are NaN.
func (t Trials) Spread(arm, key string) Spread {
	var values []float64
	for _, s := range t[arm] {
		if v, ok := s[key]; ok {
			values = append(values, v)
		}
	}
	return spreadOf(values)
}

func spreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{Median: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return Spread{Median: (values[(n-1)/2] + values[n/2]) / 2, Min: values[0], Max: values[n-1], N: n}
}

// Text writes the median and the range with format applied to each figure:
// "1.98× (1.95× to 1.99×)", or the median alone where all are written alike.
func (s Spread) Text(format func(float64) string) string {
	if s.N == 0 {
		return "unknown"
	}
	median, low, high := format(s.Median), format(s.Min), format(s.Max)
	if low == high {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, low, high)
}

// The formats of figures.

// number returns a format with a fixed number of decimals and a unit behind it:
// number(2, "×"), number(0, " threads").
func number(decimals int, unit string) func(float64) string {
	return func(v float64) string { return fmt.Sprintf("%.*f%s", decimals, v, unit) }
}

// percent formats a share of 1.
func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

// since returns the nanoseconds since start, as samples hold them.
func since(start time.Time) float64 { return float64(time.Since(start)) }
