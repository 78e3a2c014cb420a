package pike

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runbench/workloads"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, w workloads.Workload, p workloads.Params) *workloads.Instance {
	t.Helper()
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: p})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// The numbers of gophers are the talk's.
func TestDesignsHaveTheirGophers(t *testing.T) {
	want := map[string]int{
		"one": 1, "two-one-cart": 2, "two-carts": 2, "doubled": 2, "three": 3, "four": 4,
		"eight": 8, "pile": 2, "pile-doubled": 4, "pile-four": 8, "sixteen": 16,
	}
	if len(designs) != len(want) {
		t.Errorf("there are %d designs, want %d", len(designs), len(want))
	}
	for _, d := range designs {
		if d.count() != want[d.name] {
			t.Errorf("design %s has %d gophers, want %d", d.name, d.count(), want[d.name])
		}
	}
}

// Every design burns the same books, whether steps compute or wait, with all its
// gophers and with one. Waits are next to none here.
func TestEveryDesignBurnsTheBooks(t *testing.T) {
	for _, d := range designs {
		for _, handle := range []step{{hashes: 100}, {hashes: 2, wait: 2 * time.Nanosecond}} {
			y := newYard(d, handle)
			for _, c := range Gophers.Goroutines(workloads.Params{"design": d.name}) {
				for range 2 {
					if err := y.run(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					if err := y.check(t.Context()); err != nil {
						t.Errorf("design %s, %+v, %d goroutines: %v", d.name, handle, c, err)
					}
				}
			}
		}
	}
}

func TestGophersCheckCatches(t *testing.T) {
	for _, d := range designs {
		for name, spoil := range map[string]func(y *yard){
			"a book that was not burnt":    func(y *yard) { y.burnt[77] = 0 },
			"a book that was burnt twice":  func(y *yard) { y.burnt[77] = 2 },
			"a load that was not unloaded": func(y *yard) { y.ashes[5] = 0 },
			"a cart that was not returned": func(y *yard) { y.returned[d.legs-1][5] = 0 },
			"the result of another batch":  func(y *yard) { y.check(t.Context()) },
		} {
			y := newYard(d, step{hashes: 100})
			if err := y.run(t.Context(), d.count()); err != nil {
				t.Fatal(err)
			}
			spoil(y)
			if y.check(t.Context()) == nil {
				t.Errorf("design %s: %s passed the check", d.name, name)
			}
		}
	}
}

// Gophers go home when the day is over, wherever they stand.
func TestGophersEndWithTheContext(t *testing.T) {
	why := errors.New("the fire is out")
	for _, d := range designs {
		for _, c := range []int{1, d.count()} {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Millisecond, func() { cancel(why) })
			if err := newYard(d, step{hashes: 2, wait: time.Minute}).run(ctx, c); !errors.Is(err, why) {
				t.Errorf("design %s, %d goroutines: got %v, want %v", d.name, c, err, why)
			}
		}
	}
}

func TestCountsThatNoDesignHas(t *testing.T) {
	for _, w := range []workloads.Workload{Gophers, Balancer} {
		if err := start(t, w, nil).Run(t.Context(), 5); err == nil || !strings.Contains(err.Error(), "want 1 or ") {
			t.Errorf("%s on 5 goroutines: got %v, want an error that says which counts there are", w.Name, err)
		}
	}
}
