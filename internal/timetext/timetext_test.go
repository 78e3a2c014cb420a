package timetext

import "testing"

func TestNanoseconds(t *testing.T) {
	for ns, want := range map[float64]string{
		0: "0 ns", 5.174: "5.17 ns", 999: "999 ns", 1000: "1 µs", 8234: "8.23 µs", 20_200_000: "20.2 ms", 1e9: "1 s", 61.25e9: "61.2 s",
	} {
		if got := Nanoseconds(ns); got != want {
			t.Errorf("%v ns: %q, want %q", ns, got, want)
		}
	}
}
