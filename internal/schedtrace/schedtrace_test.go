package schedtrace

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/trace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// record traces f, and returns what is read of it.
func record(t *testing.T, opt Options, f func()) *Trace {
	t.Helper()
	read, err := Read(t.Context(), bytes.NewReader(raw(t, f)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// raw returns the trace of f.
func raw(t *testing.T, f func()) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		t.Skipf("cannot trace while tests are traced: %v", err)
	}
	f()
	trace.Stop()
	return buf.Bytes()
}

// at runs f with GOMAXPROCS set.
func at(procs int, f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	f()
}

//go:noinline
func work(n int) (x uint64) {
	for i := range n {
		x = x*6364136223846793005 + uint64(i)
	}
	return x
}

var sink uint64

// workers starts n goroutines that compute, and waits for them.
func workers(n int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range n {
		wg.Go(func() {
			x := work(200_000)
			mu.Lock()
			sink += x
			mu.Unlock()
		})
	}
	wg.Wait()
}

func startedByRuntime() int {
	s := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}

func TestFactsAgreeWithTheRuntime(t *testing.T) {
	for _, procs := range []int{1, 2, 4} {
		at(procs, func() {
			var started int
			trace := record(t, Options{}, func() {
				before := startedByRuntime()
				Begin()
				workers(40)
				End()
				started = startedByRuntime() - before
			})
			f := trace.Facts
			// What the runtime starts itself is in its own count and not in ours.
			if f.Created < 40 || f.Created > started {
				t.Errorf("GOMAXPROCS=%d: %d goroutines created by the trace, %d by runtime/metrics, want 40 and what the runtime starts", procs, f.Created, started)
			}
			if f.MaxRunning > procs || f.MaxRunning < 1 {
				t.Errorf("GOMAXPROCS=%d: %d running at once", procs, f.MaxRunning)
			}
			if f.Procs != procs || len(trace.Procs.Lanes) != procs {
				t.Errorf("GOMAXPROCS=%d: %d Ps, %d lanes", procs, f.Procs, len(trace.Procs.Lanes))
			}
			if f.Starts < 40 {
				t.Errorf("GOMAXPROCS=%d: %d first starts, want 40", procs, f.Starts)
			}
			if procs == 1 && (f.StartsElsewhere > 0 || f.WakesElsewhere > 0 || f.Moved > 0) {
				t.Errorf("one P only, and still %d started, %d woke and %d moved elsewhere", f.StartsElsewhere, f.WakesElsewhere, f.Moved)
			}
			var sum time.Duration
			for _, d := range f.Running {
				sum += d
			}
			if sum != f.Span {
				t.Errorf("GOMAXPROCS=%d: the times with 0, 1, … running add up to %v, want %v", procs, sum, f.Span)
			}
		})
	}
}

func TestLanesNeverHoldMoreThanTheTime(t *testing.T) {
	at(2, func() {
		trace := record(t, Options{Columns: 64}, func() { Begin(); workers(8); End() })
		for _, timeline := range []Timeline{trace.Procs, trace.Goroutines} {
			for _, lane := range timeline.Lanes {
				if len(lane.Cells) > 64 {
					t.Fatalf("lane %d: %d columns, want 64 at most", lane.ID, len(lane.Cells))
				}
				for i, cell := range lane.Cells {
					var sum time.Duration
					for _, s := range cell {
						sum += s.Time
					}
					if sum > timeline.Column {
						t.Errorf("lane %d, column %d: %v of %v", lane.ID, i, sum, timeline.Column)
					}
				}
			}
		}
		// What ran by the lanes is what ran by the facts.
		var lanes, facts time.Duration
		for _, lane := range trace.Procs.Lanes {
			for _, cell := range lane.Cells {
				for _, s := range cell {
					if s.State == Running {
						lanes += s.Time
					}
				}
			}
		}
		for n, d := range trace.Facts.Running {
			facts += time.Duration(n) * d
		}
		facts += trace.Facts.GC.Workers
		if lanes != facts {
			t.Errorf("goroutines ran %v by the lanes of the Ps, %v by the facts", lanes, facts)
		}
	})
}

func TestReasonsAndGoroutinesHaveNames(t *testing.T) {
	trace := record(t, Options{}, func() {
		Begin()
		done := make(chan bool)
		go blockOn(done)
		time.Sleep(2 * time.Millisecond)
		close(done)
		time.Sleep(time.Millisecond)
		End()
	})
	reasons := ""
	for _, b := range trace.Facts.Blocked {
		reasons += b.Reason + " "
	}
	for _, want := range []string{"chan receive", "sleep"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("goroutines waited for %q, want %q among it", reasons, want)
		}
	}
	found := false
	for _, name := range trace.Names {
		found = found || strings.HasSuffix(name, ".blockOn")
	}
	if !found {
		t.Errorf("no goroutine is called blockOn: %v", trace.Names)
	}
}

func blockOn(done chan bool) { <-done }

func TestCollectorIsCounted(t *testing.T) {
	trace := record(t, Options{}, func() { Begin(); runtime.GC(); End() })
	gc := trace.Facts.GC
	if gc.Cycles < 1 || gc.Active <= 0 || gc.Pauses < 1 || gc.MaxPause > gc.Pause {
		t.Errorf("a collection shows as %+v", gc)
	}
}

// Coroutines run the program's code, though a function of the runtime starts them.
func TestCoroutinesAreTheProgramsOwn(t *testing.T) {
	// A collection that another test has left under way would be the runtime's own
	// work beside them.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	trace := record(t, Options{}, func() {
		Begin()
		next, stop := iter.Pull(func(yield func(int) bool) {
			for yield(int(work(1000))) {
			}
		})
		for range 100 {
			next()
		}
		stop()
		End()
	})
	if f := trace.Facts; f.Created < 1 || f.Ran < 2 || f.Wakes < 100 || f.GC.Workers > f.Span/2 {
		t.Errorf("100 turns of a coroutine show as %+v", f)
	}
}

func TestSystemCallsFromBeforeAreNotCounted(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = in.Fd() // makes its reads block a thread
	ended := make(chan bool)
	go func() {
		_, _ = in.Read(make([]byte, 1))
		close(ended)
	}()
	time.Sleep(20 * time.Millisecond)
	trace := record(t, Options{}, func() { sink += work(1000) })
	out.Close()
	<-ended
	in.Close()
	if f := trace.Facts; f.SyscallsHandedOver > f.Syscalls {
		t.Errorf("%d system calls, of which %d lost their P", f.Syscalls, f.SyscallsHandedOver)
	}
}

func TestTornTracesTellWhatTheyHold(t *testing.T) {
	whole := raw(t, func() { workers(4) })
	for _, n := range []int{0, 5, 16, 40, len(whole) / 2, len(whole) - 1} {
		read, err := Read(t.Context(), bytes.NewReader(whole[:n]), Options{})
		switch {
		case err == nil && read.Cut == "" && n < len(whole)-1:
			t.Errorf("%d of %d bytes read like a whole trace", n, len(whole))
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("%d bytes: the error has several lines: %q", n, err)
		}
	}
}

func TestOtherVersionsAreRefused(t *testing.T) {
	for head, want := range map[string]string{
		"go 1.99 trace\x00\x00\x00": "go 1.99",
		"PK\x03\x04 not a trace…":   "expected an execution trace",
		"":                          "expected an execution trace",
	} {
		_, err := Read(t.Context(), strings.NewReader(head), Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", head, err, want)
		}
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	whole := raw(t, func() { workers(4) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, bytes.NewReader(whole), Options{}); err != context.Canceled {
		t.Errorf("the error is %v, want that of the context", err)
	}
}

func TestBuckets(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 7, 8, 9, 15, 16, 17, 1000, 12345, time.Hour, 1<<63 - 1} {
		b := bucket(d)
		high := upper(b)
		if d > high || bucket(high) != b || high < 1<<62 && bucket(high+1) != b+1 {
			t.Errorf("%d is in bucket %d, which ends at %d", d, b, high)
		}
		if float64(high-d) > float64(d)/8 {
			t.Errorf("%d: its bucket ends at %d, more than 1/8 above", d, high)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(rng.ExpFloat64() * 1e6)
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.5, 0.9, 0.99} {
		exact := all[int(q*10_000)-1]
		if got := h.quantile(q); got < exact || float64(got) > 1.125*float64(exact) {
			t.Errorf("quantile %v: %v, want %v to 1/8 above", q, got, exact)
		}
	}
}

func TestBinsKeepTimes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	b := newBins(16)
	var want, at time.Duration
	for range 1000 {
		at += time.Duration(rng.IntN(500))
		d := time.Duration(rng.IntN(3000))
		b.add(1, at, at+d, int64(rng.IntN(3)), Running)
		at += d
		want += d
	}
	timeline := b.timeline(0, at, nil)
	var got time.Duration
	for _, cell := range timeline.Lanes[0].Cells {
		for _, s := range cell {
			got += s.Time
		}
	}
	if got != want || len(timeline.Lanes[0].Cells) > 16 {
		t.Errorf("%v in %d columns, want %v in 16 at most", got, len(timeline.Lanes[0].Cells), want)
	}
}

// A P may have been idle for long at the end.
func TestTimelinesOfIdleLanesAreShort(t *testing.T) {
	b := newBins(16)
	b.add(1, 0, 5*time.Microsecond, 1, Running)
	timeline := b.timeline(0, time.Hour, nil)
	if n := len(timeline.Lanes[0].Cells); n > 16 || timeline.Column*time.Duration(n) < time.Hour {
		t.Errorf("%d columns of %v for an hour", n, timeline.Column)
	}
	b.add(1, 1<<62, 1<<63-1, 1, Running) // ends, and does not overflow
}

func FuzzRead(f *testing.F) {
	var buf bytes.Buffer
	if err := trace.Start(&buf); err == nil {
		workers(2)
		trace.Stop()
	}
	f.Add(buf.Bytes())
	f.Add([]byte("go 1.26 trace\x00\x00\x00"))
	f.Add([]byte("go 1.21 trace\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Read(context.Background(), bytes.NewReader(data), Options{Columns: 32})
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Fatal(fmt.Errorf("several lines: %w", err))
		}
	})
}
