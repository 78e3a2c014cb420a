package analysis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// Whatever passes come, each result keeps its own.
func TestPasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var p passes
		var want []int
		pass, each := rng.IntN(3), 1+rng.IntN(3)
		for range rng.IntN(12) {
			n := each
			if rng.IntN(8) == 0 {
				n = 1 + rng.IntN(4)
			}
			for n > 0 { // in several stretches
				some := 1 + rng.IntN(n)
				p.add(pass, len(want), some, 1000)
				for range some {
					want = append(want, pass)
				}
				n -= some
			}
			if pass++; rng.IntN(10) == 0 {
				pass++
			}
		}
		for i, w := range want {
			if got := p.at(i); got != w {
				t.Fatalf("result %d of %v is of pass %d: %+v", i, want, got, p)
			}
		}
	}
}

// What is read compactly is analysed as all else: repetitions by -count and by loops,
// parts that differ, several packages, units that are not always there, two axes.
func TestCompactIsAnalysedTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	sweep := func(loops, counts int, slower float64, name, more string) string {
		var b strings.Builder
		for range loops {
			for _, p := range []int{1, 2, 4, 8} {
				for range counts {
					fmt.Fprintf(&b, "Benchmark%s-%d 1000 %.1f ns/op%s\n", name, p, slower*1e4/float64(p)*(1+0.02*rng.Float64()), more)
				}
			}
		}
		return strings.ReplaceAll(b.String(), "-1 ", " ")
	}
	for name, text := range map[string]string{
		"counts":   sweep(1, 12, 1, "X", " 8 B/op") + sweep(1, 12, 1, "Y", ""),
		"loops":    sweep(12, 1, 1, "X", " 8 B/op"),
		"both":     sweep(5, 2, 1, "X", "") + sweep(5, 3, 1, "X", ""),
		"parts":    sweep(1, 5, 1, "X", "") + sweep(1, 5, 2, "X", ""),
		"packages": "pkg: a\n" + sweep(6, 1, 1, "X", "") + "pkg: b\n" + sweep(6, 1, 1, "X", ""),
		"units":    sweep(6, 1, 1, "X", "") + sweep(6, 1, 1, "X", " 8 B/op") + sweep(6, 1, 1, "X", " 500 req/s"),
		"two axes": sweep(7, 1, 1, "X/goroutines=1", "") + sweep(7, 1, 0.2, "X/goroutines=8", ""),
	} {
		whole := read(t, text)
		compact, err := resultfile.ReadCompact(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(Analyze(whole))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Analyze(compact))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %s, %v\nwhole: %s", name, got, err, want)
		}
	}
}

// What a loop around go test wrote is judged pass by pass, so that what the machine
// did meanwhile cancels out.
func TestPassesAreBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range 20 {
		speed := 1 + rng.Float64()
		for _, p := range []int{2, 4, 8} {
			fmt.Fprintf(&b, "BenchmarkX-%d 1000 %.1f ns/op\n", p, 1e6/speed/float64(p)*(1+0.001*rng.Float64()))
		}
	}
	w := only(t, b.String())
	if p := w.Laws[0].Points[2]; p.Runs != 20 || *p.Speedup.Hi-*p.Speedup.Lo > 0.01 {
		t.Errorf("%+v", p)
	}
}
