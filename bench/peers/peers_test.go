package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"runbench/bench/strategy"
	"runbench/bench/strategy/strategytest"
	"runbench/internal/child"
	"runbench/internal/measure"
	"runbench/workloads/all"
)

// The test binary is the worker too.
func TestMain(m *testing.M) {
	measure.RegisterWorker(all.Find, All()...)
	child.Main()
	os.Exit(m.Run())
}

func TestPromises(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name(), func(t *testing.T) {
			if !strings.HasPrefix(s.Name(), strategy.PeerPrefix) {
				t.Errorf("the name does not begin with %s", strategy.PeerPrefix)
			}
			strategytest.Promises(t, s)
		})
	}
}

// The program tells its strategies and measures them.
func TestWorker(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := measure.OpenProgram(t.Context(), self)
	if err != nil {
		t.Fatal(err)
	}
	if len(program.Strategies) != len(All()) {
		t.Errorf("it tells of %v", program.Strategies)
	}
	for _, s := range program.Strategies {
		o, err := program.Process(t.Context(), measure.Spec{
			Workload: "known/control", Strategy: s.Name, Goroutines: 2, Gomaxprocs: 2,
			RunTime: time.Millisecond, Scratch: t.TempDir(), Shared: t.TempDir(),
		}, time.Minute)
		if err != nil || o.Batches < 1 {
			t.Errorf("%s: %+v, %v", s.Name, o, err)
		}
	}
}

// BenchmarkHandOut is what each peer costs for a task that does nothing, beside
// the default strategy.
func BenchmarkHandOut(b *testing.B) {
	const n = 512
	for _, s := range append(All(), strategy.Default) {
		for c := 1; c <= 4; c++ {
			b.Run(fmt.Sprintf("strategy=%s/goroutines=%d", s.Name(), c), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := s.Run(b.Context(), c, n, func(context.Context, int) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/n, "ns/task")
			})
		}
	}
}
