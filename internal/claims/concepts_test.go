package claims

import (
	"fmt"
	"testing"
	"time"

	"runbench/internal/hashchain"
)

func TestJudgeConcepts(t *testing.T) {
	composed := func(inFlight, running, cores, contrast float64) Trials {
		return Trials{
			"P=1": alike(Sample{"in-flight-tasks": inFlight, "running-goroutines": running, "used-cores": cores}),
			"P=2": alike(Sample{"in-flight-tasks": inFlight, "running-goroutines": contrast, "used-cores": 1.9}),
		}
	}
	// What P=2 and P=4 show on two cores; the best of the trials counts.
	together := func(running2, used2, running4, used4 float64) Trials {
		return Trials{
			"P=2": {{"running-goroutines": running2, "used-cores": used2}, {"running-goroutines": 2, "used-cores": 0.8}, {"running-goroutines": 2, "used-cores": 0.7}},
			"P=4": alike(Sample{"running-goroutines": running4, "used-cores": used4}),
		}
	}
	served := func(hash, over float64, missed ...float64) Trials {
		t := Trials{
			"overload": {{"handled-events": 192, "missed-events": over, "latest-ns": 200e6, "used-cores": 1}},
			"P=1":      {{"pipeline-hash": 7, "loop-hash": 7}, {"pipeline-hash": 7, "loop-hash": 7}},
			"P=2":      {{"pipeline-hash": 7, "loop-hash": 7}, {"pipeline-hash": hash, "loop-hash": 7}},
			"P=4":      {{"pipeline-hash": 7, "loop-hash": 7}, {"pipeline-hash": 7, "loop-hash": 7}},
		}
		for _, m := range missed {
			t["devices"] = append(t["devices"], Sample{"handled-events": 192, "missed-events": m, "latest-ns": 9e6, "used-cores": 0.2})
		}
		return t
	}
	crowded := served(7, 150, 1, 3, 2)
	crowded["overload"][0]["used-cores"] = 0.6
	waited := func(gain float64) Trials {
		return Trials{"": alike(Sample{"gain": gain, "sequential-ns": 130e6, "concurrent-ns": 130e6 / gain})}
	}
	computed := func(gain, contrast float64) Trials {
		return Trials{"P=1": alike(Sample{"gain": gain}), "P=2": alike(Sample{"gain": contrast})}
	}
	lived := func(threads, bytes, locked, factor float64) Trials {
		return Trials{
			"live":    alike(Sample{"live-goroutines": 100_003, "live-threads": threads, "each-bytes": bytes}),
			"threads": alike(Sample{"goroutine-cpu-ns": 400, "thread-cpu-ns": 400 * factor, "start-factor": factor, "locked-threads": locked}),
		}
	}
	blocked := func(reads, sleepers, sockets, running float64) Trials {
		return Trials{
			"reads":    alike(Sample{"threads": reads, "running-goroutines": running}),
			"sleepers": alike(Sample{"threads": sleepers, "running-goroutines": 2}),
			"sockets":  alike(Sample{"threads": sockets, "running-goroutines": 2}),
		}
	}

	testJudges(t, []judgement{
		{"one at a time", composition, composed(64, 1, 0.99, 2), Holds, "at P=1 64 in flight, at most 1 running, CPU/wall 0.99; at P=2 2 running"},
		{"under load", composition, composed(64, 1, 0.4, 2), Holds, ""},
		{"two run at P=1", composition, composed(64, 2, 0.99, 2), Fails, "at most 2 running"},
		{"two cores used at P=1", composition, composed(64, 1, 1.9, 2), Fails, ""},
		{"not all in flight", composition, composed(60, 1, 0.99, 2), Fails, ""},
		{"never two in the trace", composition, composed(64, 1, 0.99, 1), Untold, ""},
		{"a little more than one core", composition, composed(64, 1, 1.3, 2), Untold, ""},

		{"all at once", simultaneous, together(2, 1.95, 4, 1.99), Holds, "P=2: 2 running, CPU/wall 0.80 (0.70 to 1.95); P=4: 4 running, CPU/wall 1.99"},
		{"one runs", simultaneous, together(1, 1.95, 1, 1.99), Fails, "P=4: 1 running"},
		{"one core", simultaneous, together(2, 1, 4, 1), Fails, "CPU/wall 1.00"},
		{"not quite two cores", simultaneous, together(2, 1.5, 4, 1.6), Untold, ""},
		{"more than two cores", simultaneous, together(2, 1.99, 4, 3.9), Untold, ""},

		{"in time", devices, served(7, 100, 0, 0, 0), Holds, "0 missed of 192 events, 0.20 of a core, latest after 9 ms; at load 2 100 missed; 1 result at P=1 to 4"},
		{"one trial stalled", devices, served(7, 100, 0, 3, 0), Holds, "0 (0 to 3) missed"},
		{"two trials stalled", devices, served(7, 100, 1, 3, 0), Untold, ""},
		{"late in all", devices, served(7, 100, 1, 3, 2), Fails, ""},
		{"late in all, without a core", devices, crowded, Untold, ""},
		{"two results", devices, served(8, 100, 0, 0, 0), Fails, "2 results in 6 trials; 0 missed"},
		{"overload in time", devices, served(7, 0, 0, 0, 0), Untold, ""},

		{"overlaps", waitingOverlaps, waited(30), Holds, "30.0× as fast at P=1: 130 ms one after the other, 4.33 ms together"},
		{"one after the other", waitingOverlaps, waited(1), Fails, ""},
		{"overlaps a little", waitingOverlaps, waited(4), Untold, ""},

		{"no gain", computingDoesNot, computed(1.01, 1.97), Holds, "1.01× as fast at P=1; 1.97× at P=2"},
		{"slower", computingDoesNot, computed(0.8, 1.9), Holds, ""},
		{"a gain", computingDoesNot, computed(1.9, 1.9), Fails, ""},
		{"some gain", computingDoesNot, computed(1.3, 1.9), Untold, ""},
		{"no gain at all", computingDoesNot, computed(1, 1.1), Untold, ""},

		{"few threads", notThreads, lived(6, 2690, 104, 75), Holds, "6 threads for 100,000, 2690 B each; start 400 ns, with a thread 30 µs: 75×; 104 threads for 100 locked ones"},
		{"a thread each", notThreads, lived(100_005, 2690, 104, 75), Fails, ""},
		{"large stacks", notThreads, lived(6, 70_000, 104, 75), Fails, ""},
		{"starts as dear as those of threads", notThreads, lived(6, 2690, 104, 1.1), Fails, ""},
		{"starts a little cheaper", notThreads, lived(6, 2690, 104, 3), Untold, ""},
		{"threads not counted", notThreads, lived(6, 2690, 6, 75), Untold, ""},

		{"a thread for a read", blockingThreads, blocked(67, 5, 6, 2), Holds, "67 threads for 64 blocking reads, with 2 running Go code at P=2; 5 for as many sleepers, 6 for sockets"},
		{"no thread for a read", blockingThreads, blocked(5, 5, 6, 2), Fails, ""},
		{"a thread for a sleeper", blockingThreads, blocked(67, 67, 6, 2), Fails, ""},
		{"a thread for a socket", blockingThreads, blocked(67, 5, 67, 2), Fails, ""},
		{"Go code on more threads", blockingThreads, blocked(67, 5, 6, 8), Fails, ""},
		{"a thread for some sockets", blockingThreads, blocked(67, 5, 40, 2), Untold, ""},
	})
}

// Where there is no second core, no load can hide a gain from it.
func TestJudgeComputingOnOneCore(t *testing.T) {
	got := computingDoesNot.Judge(1, Trials{"P=1": alike(Sample{"gain": 1})})
	if want := "1.00× as fast at P=1"; got.Result != Holds || got.Measured != want {
		t.Errorf("%s: %q, want %s with %q", got.Result, got.Measured, Holds, want)
	}
}

func TestSimultaneousProcs(t *testing.T) {
	for cores, want := range map[int]string{1: "[2]", 2: "[2 4]", 3: "[2 3 6]", 8: "[2 4 8 16]", 24: "[2 4 24 48]", 128: "[2 16 128 256]"} {
		if got := fmt.Sprint(simultaneousProcs(cores)); got != want {
			t.Errorf("%d cores: %s, want %s", cores, got, want)
		}
	}
}

// One trial of every arm finds what the judge asks for, and what must be so however
// busy the machine is.
func TestConceptTrials(t *testing.T) {
	for _, c := range []Claim{composition, simultaneous, devices, waitingOverlaps, computingDoesNot, blockingThreads} {
		t.Run(fmt.Sprint(c.ID), func(t *testing.T) {
			trials, _ := oneTrialOfEach(t, c)
			switch c.ID {
			case composition.ID:
				if s := trials["P=1"][0]; s["in-flight-tasks"] != compositionTasks || s["running-goroutines"] != 1 {
					t.Errorf("found %v", s)
				}
			case simultaneous.ID:
				if s := trials["P=4"][0]; s["running-goroutines"] < 1 || s["running-goroutines"] > 4 {
					t.Errorf("found %v", s)
				}
			case devices.ID:
				for _, name := range []string{"P=1", "P=2", "P=4"} {
					if s := trials[name][0]; s["pipeline-hash"] != s["loop-hash"] {
						t.Errorf("%s: found %v", name, s)
					}
				}
				if s := trials["devices"][0]; s["handled-events"] != 192 {
					t.Errorf("found %v", s)
				}
			case blockingThreads.ID:
				for name, samples := range trials {
					threads, running := samples[0]["threads"], samples[0]["running-goroutines"]
					if (name == "reads") != (threads >= blockedGoroutines) || running < 1 || running > blockingProcs {
						t.Errorf("%s: found %v", name, samples[0])
					}
				}
			}
		})
	}
}

// fewerThreads is notThreads with as many goroutines as the race detector allows.
var fewerThreads = func() Claim {
	c := notThreads
	c.ID = 1000
	c.Arms = func(int) []Arm {
		return []Arm{{Name: "live", Run: keepAlive(2000)}, {Name: "threads", Run: besideThreads(20_000, 50)}}
	}
	return c
}()

func TestNotThreadsTrials(t *testing.T) {
	trials, _ := oneTrialOfEach(t, fewerThreads)
	if s := trials["live"][0]; s["live-goroutines"] < 2000 || s["each-bytes"] < 2048 {
		t.Errorf("found %v", s)
	}
	if s := trials["threads"][0]; s["locked-threads"] < lockedLive {
		t.Errorf("found %v", s)
	}
}

func TestSpin(t *testing.T) {
	start := time.Now()
	spinFor(2 * time.Millisecond)
	if took := time.Since(start); took < 2*time.Millisecond {
		t.Errorf("ended after %v", took)
	}
	if units := calibrate(time.Millisecond); units < 1 {
		t.Errorf("%d units in a millisecond", units)
	}
	// A unit is the chain of the workloads, as its own package computes it.
	if got, want := spinUnit(1), hashchain.Nth(1, unitSteps); got != want {
		t.Errorf("a unit of work ends at %#x, want %#x", got, want)
	}
}
