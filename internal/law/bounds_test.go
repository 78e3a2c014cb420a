package law

import (
	"math"
	"testing"
)

func TestGustafson(t *testing.T) {
	for serial, want := range map[float64]float64{0: 1024, 1: 1, 0.004: 1019.908} {
		if got := Gustafson(serial, 1024); !near(got, want, 1e-9) {
			t.Errorf("Gustafson(%v, 1024) = %v, want %v", serial, got, want)
		}
	}
}

func TestWorkSpan(t *testing.T) {
	least, most := WorkSpan(100, 10, 4)
	if !near(least, 100.0/35, 1e-9) || most != 4 {
		t.Errorf("4 processors: %v to %v, want 2.857 to 4", least, most)
	}
	if least, most = WorkSpan(100, 10, 1000); !near(least, 100/10.1, 1e-9) || most != 10 {
		t.Errorf("1000 processors: %v to %v, want 9.9 to 10", least, most)
	}
}

func TestCOST(t *testing.T) {
	single := []Sample{{1, 100, 1}, {1, 102, 2}, {1, 98, 3}}
	at := func(n int, x float64) []Sample {
		return []Sample{{n, x, 1}, {n, x * 1.03, 2}, {n, x * 0.98, 3}}
	}
	slow := append(at(1, 30), at(2, 55)...)
	if n, r := COST(single, slow); n != 0 || !near(r.Value, 0.55, 0.02) {
		t.Errorf("never: %d, %+v", n, r)
	}
	if n, r := COST(single, append(append(slow, at(4, 101)...), at(8, 190)...)); n != 8 || !(r.Lo > 1.8) {
		t.Errorf("8 is the first certainly faster: %d, %+v", n, r)
	}
	if n, _ := COST(single[:1], []Sample{{2, 99, 1}, {4, 101, 1}}); n != 4 {
		t.Errorf("single runs: %d, want 4", n)
	}
	if n, r := COST(nil, slow); n != 0 || !math.IsNaN(r.Value) {
		t.Errorf("nothing to beat: %d, %+v", n, r)
	}
}
