package measure

import (
	"math"
	"runtime/metrics"
	"testing"

	"runbench/internal/resultfile"
)

func BenchmarkReadSpent(b *testing.B) {
	b.ReportAllocs()
	a := newAccount()
	for b.Loop() {
		a.open()
		a.close()
	}
}

// Reading allocates nothing that would be counted for the batch.
func TestAccountAllocatesNothing(t *testing.T) {
	a := newAccount()
	if n := testing.AllocsPerRun(100, func() { a.open(); a.close() }); n > 0 {
		t.Errorf("reading allocates %v times", n)
	}
}

func TestAccount(t *testing.T) {
	const n = 100
	a := newAccount()
	var kept [n][]byte
	for i := range kept {
		a.open()
		kept[i] = make([]byte, 64<<10)
		done := make(chan struct{})
		go close(done)
		<-done
		a.close()
		_ = make([]byte, 1<<20) // between batches
	}
	values := resultfile.Run{Values: a.values(n)}
	if v, ok := values.Value(resultfile.BytesPerOp); !ok || v < 64<<10 || v > 128<<10 {
		t.Errorf("allocated %v bytes a batch, %v, want those of one slice", v, ok)
	}
	if v, ok := values.Value(resultfile.GoroutinesPerOp); !ok || v < 1 {
		t.Errorf("started %v goroutines a batch, %v, want 1", v, ok)
	}
	if v, ok := values.Value(resultfile.MutexWaitNsPerOp); !ok || v < 0 {
		t.Errorf("waited %v ns for mutexes, %v", v, ok)
	}
	both, ok := values.Value(resultfile.SwitchesPerOp)
	voluntary, okVoluntary := values.Value(resultfile.VoluntaryPerOp)
	involuntary, okInvoluntary := values.Value(resultfile.InvoluntaryPerOp)
	if ok != okVoluntary || ok != okInvoluntary || math.Abs(voluntary+involuntary-both) > 1e-9*(1+both) {
		t.Errorf("%v and %v switches are not %v", voluntary, involuntary, both)
	}
	for _, b := range kept {
		if len(b) == 0 {
			t.Fatal("a slice is gone")
		}
	}
}

// What a runtime does not tell is left out.
func TestUnknownMetricsAreLeftOut(t *testing.T) {
	samples := samplesOf("/no/such:metric", "/gc/heap/allocs:bytes")
	metrics.Read(samples)
	if v := number(samples[0].Value); !math.IsNaN(v) {
		t.Errorf("a metric that is not there is %v", v)
	}
	if v := number(samples[1].Value); !(v > 0) {
		t.Errorf("%v bytes were allocated", v)
	}
	a := newAccount()
	for i := range a.samples {
		a.samples[i].Name = "/no/such:metric"
	}
	a.open()
	a.close()
	run := resultfile.Run{Values: a.values(1)}
	for _, unit := range []string{resultfile.BytesPerOp, resultfile.AllocsPerOp, resultfile.GoroutinesPerOp, resultfile.MutexWaitNsPerOp} {
		if v, ok := run.Value(unit); ok {
			t.Errorf("%s is %v", unit, v)
		}
	}
	p := period{samplesOf("a", "b", "c", "d", "e", "f"), samplesOf("a", "b", "c", "d", "e", "f")}
	p.begin()
	p.end()
	if values := p.values(); len(values) > 0 {
		t.Errorf("of a period that nothing is known of: %v", values)
	}
}
