package measure

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
)

func spec(t *testing.T, workload string) Spec {
	return Spec{
		Workload: workload, Strategy: "pool", Goroutines: 2, Gomaxprocs: 2,
		RunTime: time.Millisecond, Scratch: t.TempDir(), Shared: t.TempDir(),
	}
}

func value(o Outcome, unit string) (float64, bool) {
	return resultfile.Run{Values: o.Values}.Value(unit)
}

func TestProcessMeasures(t *testing.T) {
	o, err := Process(t.Context(), spec(t, "io/waits"), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if o.Batches < 1 || o.Measured <= 0 || !slices.Equal(o.Notes, []string{"a note"}) {
		t.Errorf("got %+v", o)
	}
	for _, unit := range []string{
		resultfile.NsPerOp, resultfile.TasksPerSec, resultfile.P50Ns, resultfile.P99Ns, resultfile.Threads,
		resultfile.BytesPerOp, resultfile.AllocsPerOp, resultfile.HarnessNsPerOp,
	} {
		if v, ok := value(o, unit); !ok || v < 0 {
			t.Errorf("%s is %v, %v", unit, v, ok)
		}
	}
	ns, _ := value(o, resultfile.NsPerOp)
	rate, _ := value(o, resultfile.TasksPerSec)
	if got := 8 / ns * 1e9; got < rate*0.999 || got > rate*1.001 {
		t.Errorf("8 tasks in %v ns/op are %v tasks/s, the run says %v", ns, got, rate)
	}
	fine, err := Process(t.Context(), spec(t, "cpu/fine"), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := value(fine, resultfile.P50Ns); ok {
		t.Error("a workload that does not wait has latencies")
	}
}

// A workload whose goroutines work together is asked for a number of them and no
// tasks are handed out. Its figures are those of the measured batches.
func TestProcessMeasuresWhatCooperates(t *testing.T) {
	s := spec(t, "sched/pair")
	if _, err := Process(t.Context(), s, time.Minute); err == nil || !strings.Contains(err.Error(), "puts its tasks onto goroutines itself") {
		t.Errorf("under the pool: %v", err)
	}
	s.Strategy = resultfile.Own
	o, err := Process(t.Context(), s, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if asked, _ := value(o, "asked/op"); asked != 2 {
		t.Errorf("asked for %v goroutines, want 2", asked)
	}
	if seen, _ := value(o, "batches-seen"); seen != float64(o.Batches) {
		t.Errorf("figures of %v batches, want those of the %d measured ones", seen, o.Batches)
	}
	if _, ok := value(o, resultfile.HarnessNsPerOp); ok {
		t.Error("there is a cost of handing tasks out, although nobody does")
	}
}

// The GOMAXPROCS inside the timed region is the one that was asked for.
func TestProcessSetsGomaxprocs(t *testing.T) {
	for _, p := range []int{1, 2, 3} {
		s := spec(t, "cpu/procs")
		s.Gomaxprocs = p
		o, err := Process(t.Context(), s, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := value(o, "procs-"+string(rune('0'+p))+"-seen"); !ok {
			t.Errorf("asked for GOMAXPROCS=%d, the task saw another: %+v", p, o.Values)
		}
	}
}

func TestProcessSaysWhatWentWrong(t *testing.T) {
	for _, test := range []struct{ workload, want string }{
		{"cpu/crash", "panic: no such page"},
		{"cpu/fails", "no such row"},
		{"cpu/wrong", "check failed: the sum is 7, want 8"},
		{"cpu/setup", "cpu/setup: setup: no such file"},
		{"cpu/exit", "exit status 7"},
		{"cpu/nowhere", `no workload "cpu/nowhere"`},
	} {
		_, err := Process(t.Context(), spec(t, test.workload), time.Minute)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", test.workload, err, test.want)
		}
	}
}

func TestProcessKillsWhatHangs(t *testing.T) {
	for _, workload := range []string{"cpu/hang", "cpu/spin"} {
		_, err := Process(t.Context(), spec(t, workload), 200*time.Millisecond)
		if !errors.Is(err, ErrHung) {
			t.Errorf("%s: got %v, want %v", workload, err, ErrHung)
		}
	}
}

func TestProcessEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("interrupted")
	time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
	if _, err := Process(ctx, spec(t, "cpu/hang"), time.Minute); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestRunCellRefusesAnotherGomaxprocs(t *testing.T) {
	s := spec(t, "cpu/fine")
	s.Gomaxprocs = 63
	w, _ := find(s.Workload)
	if _, err := RunCell(t.Context(), w, s); err == nil {
		t.Error("a run at another GOMAXPROCS than its name says was measured")
	}
}
