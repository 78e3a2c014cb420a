// Package timetext writes times for people.
package timetext

import "fmt"

// Nanoseconds writes a time given in nanoseconds with three digits, in the unit that
// fits: "8.23 µs".
func Nanoseconds(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
	return fmt.Sprintf("%.3g s", ns/1e9)
}
