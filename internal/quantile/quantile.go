// Package quantile says which value a share of others does not exceed.
package quantile

import "math"

// Of returns the smallest of the sorted values, of which there must be one at
// least, that at least a share q of them does not exceed (Hyndman & Fan 1996,
// definition 1).
func Of[T any](sorted []T, q float64) T {
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}
