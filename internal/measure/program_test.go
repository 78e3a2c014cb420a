package measure

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"runbench/bench/strategy"
)

// backwards is a strategy that only the extra ones hold.
type backwards struct{}

func (backwards) Name() string     { return "peer-backwards" }
func (backwards) Describe() string { return "from the last task to the first" }

func (backwards) Run(ctx context.Context, _, n int, task strategy.Task) error {
	for i := range n {
		if err := task(ctx, n-1-i); err != nil {
			return err
		}
	}
	return nil
}

// A program tells its strategies and measures under them; this test binary is
// one.
func TestProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := OpenProgram(t.Context(), self)
	if err != nil {
		t.Fatal(err)
	}
	want := Described{"peer-backwards", "from the last task to the first"}
	if len(program.Strategies) != 1 || program.Strategies[0] != want {
		t.Errorf("got %v, want %v", program.Strategies, want)
	}
	s := spec(t, "cpu/fine")
	s.Strategy = "peer-backwards"
	if o, err := program.Process(t.Context(), s, time.Minute); err != nil || o.Batches < 1 {
		t.Errorf("got %+v, %v", o, err)
	}
	s.Strategy, s.Scratch = "peer-unheard", t.TempDir()
	if _, err := program.Process(t.Context(), s, time.Minute); err == nil || !strings.Contains(err.Error(), "peer-backwards") {
		t.Errorf("got %v, want an error that lists the strategies", err)
	}
}

// What is no worker is refused with a line that says so.
func TestOpenProgramRefuses(t *testing.T) {
	_, err := OpenProgram(t.Context(), "no/such/program")
	if err == nil || !strings.Contains(err.Error(), "no/such/program") {
		t.Errorf("got %v", err)
	}
	ls := "/bin/ls"
	if _, err := os.Stat(ls); err != nil {
		t.Skip("no program at hand that is no worker")
	}
	if _, err := OpenProgram(t.Context(), ls); err == nil || !strings.Contains(err.Error(), "expected a worker of runbench") {
		t.Errorf("got %v", err)
	}
}

// A contest has the base, every strategy, and separate processes where the work
// computes on several cores.
func TestContestPlan(t *testing.T) {
	names := func(item string, p int) string {
		var names []string
		for _, c := range ContestPlan(selected(item)[0], []string{"pool", "static"}, 4, p, time.Minute, 1).Cells() {
			names = append(names, strings.Join(c.Parts()[1:], " "))
		}
		return strings.Join(names, "; ")
	}
	const base = "strategy=sequential goroutines=1 gomaxprocs=2; strategy=pool goroutines=4 gomaxprocs=2; strategy=static goroutines=4 gomaxprocs=2"
	if got, want := names("cpu/fine", 2), base+"; strategy=processes goroutines=2 gomaxprocs=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := names("io/waits", 2); got != base {
		t.Errorf("got %s, want %s", got, base)
	}
	if got := names("cpu/fine", 1); strings.Contains(got, "processes") {
		t.Errorf("got %s, want no processes beside one core", got)
	}
}
