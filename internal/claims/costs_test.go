package claims

import (
	"fmt"
	"testing"
)

// trialsOf returns the trials of an experiment with one arm.
func trialsOf(s Sample) Trials { return Trials{"": alike(s)} }

// preempted returns the trials of claim 14 in which so many ms of a loop of 120 ms
// were waited.
func preempted(on, off float64) Trials {
	sample := func(ms float64) []Sample {
		return alike(Sample{"wait-ns": ms * 1e6, "loop-ns": 120e6, "share": ms / 120})
	}
	return Trials{"on": sample(on), "off": sample(off)}
}

// owned returns trials of claim 17 that hold, but for what is given for each arm.
func owned(alone, contended Sample) Trials {
	a := Sample{
		"guarded": 800, "passed": 800, "neither": 100,
		"mutex-ns": 14, "buffered-ns": 50, "unbuffered-ns": 170, "ratio": 12,
	}
	c := Sample{"mutex-ns": 60, "channel-ns": 200, "mutex-passes": 11, "channel-passes": 0}
	return Trials{"alone": alike(a.with(alone)), "contended": alike(c.with(contended))}
}

// collected returns trials of claim 18 at P = 1 and 2 in which so many collections
// ended, at P = 1 with this share of pauses, and without a collector.
func collected(one, two, pauses, off float64) Trials {
	sample := func(cycles, pauses float64) []Sample {
		s := Sample{"cycles": cycles, "pauses": pauses}
		if cycles > 0 {
			s["share"], s["assists"], s["longest-ns"] = 0.2, 0.02, 1e5
		}
		return alike(s)
	}
	return Trials{"P=1": sample(one, pauses), "P=2": sample(two, 0.9), "off": sample(off, 0)}
}

// spun returns trials of claim 19 with these multiples of the CPU time and of the
// context switches.
func spun(times, switches float64) Trials {
	return Trials{
		"one": alike(Sample{"cpu-ns": 40e3, "switches": 1.5}),
		"all": alike(Sample{"cpu-ns": times * 40e3, "switches": switches * 1.5}),
	}
}

// waited returns trials of claim 20 with these mean waits, in µs.
func waited(means ...float64) Trials {
	s := Sample{}
	for i, load := range latencyLoads {
		for _, what := range []string{"mean", "p50", "p99"} {
			s[latencyKey(load, what)] = 1e3 * means[i]
		}
	}
	return trialsOf(s)
}

func TestCostJudges(t *testing.T) {
	blocked := func(ended, handed float64) Trials {
		return trialsOf(Sample{"ended": ended, "handed-over": handed, "call-ns": 20e6, "began-ns": 5e4})
	}
	served := func(n, ms float64) Trials {
		s := Sample{"served": n, "hog-ns": 250e6, "idle-ns": 2e4}
		if n > 0 {
			s["wait-ns"] = ms * 1e6
		}
		return trialsOf(s)
	}
	testJudges(t, []judgement{
		{"two slices", preemption, preempted(20, 121), Holds, ""},
		{"signals off in both arms", preemption, preempted(120, 121), Fails, ""},
		{"signals make no difference", preemption, preempted(20, 20), Fails, ""},
		{"in between", preemption, preempted(80, 121), Untold, ""},

		{"ended by the other", handOver, blocked(1, 1), Holds, ""},
		{"never ended", handOver, blocked(0, 0), Fails, ""},
		{"not in the trace", handOver, blocked(1, 0), Fails, ""},

		{"two sleeps of the monitor", poller, served(12, 15), Holds, ""},
		{"never", poller, served(0, 0), Fails, ""},
		{"near the end", poller, served(1, 240), Fails, ""},
		{"late", poller, served(3, 80), Untold, ""},

		{"as expected", ownership, owned(nil, nil), Holds, ""},
		{"the mutex loses one", ownership, owned(Sample{"guarded": 799}, nil), Fails, ""},
		{"the channel loses one", ownership, owned(Sample{"passed": 799}, nil), Fails, ""},
		{"no guard is needed", ownership, owned(Sample{"neither": 800}, nil), Fails, ""},
		{"a mutex that starves", ownership, owned(nil, Sample{"mutex-passes": passLimit}), Fails, ""},
		{"a late waiter", ownership, owned(nil, Sample{"mutex-passes": 150}), Untold, ""},
		{"a channel that is overtaken", ownership, owned(nil, Sample{"channel-passes": 8}), Untold, ""},
		{"a cheap hand-over", ownership, owned(Sample{"ratio": 0.8}, nil), Fails, ""},
		{"a hand-over like a lock", ownership, owned(Sample{"ratio": 1.4}, nil), Untold, ""},

		{"as expected", collector, collected(20, 18, 0.02, 0), Holds, ""},
		{"turned off by the environment", collector, collected(0, 0, 0, 0), Fails, ""},
		{"none at P=2", collector, collected(20, 0, 0, 0), Fails, ""},
		{"not to be turned off", collector, collected(20, 18, 0.02, 3), Fails, ""},
		{"a world that stands still", collector, collected(20, 18, 0.6, 0), Fails, ""},
		{"long pauses", collector, collected(20, 18, 0.3, 0), Untold, ""},

		{"half as much again", spinning, spun(1.5, 2.8), Holds, ""},
		{"the same", spinning, spun(1, 1), Fails, ""},
		{"nobody is woken", spinning, spun(1.5, 1), Fails, ""},
		{"little more time", spinning, spun(1.1, 2.8), Untold, ""},
		{"few switches more", spinning, spun(1.5, 1.3), Untold, ""},
		{"not told", spinning, Trials{"one": alike(Sample{}), "all": alike(Sample{})}, Untold, ""},

		{"grows", latency, waited(200, 2000, 18000), Holds, ""},
		{"the same", latency, waited(200, 200, 200), Fails, ""},
		{"hardly grows", latency, waited(200, 300, 400), Untold, ""},
		{"out of order", latency, waited(2000, 1000, 18000), Untold, ""},
	})
}

// TestCostTrials carries out one trial of every arm in a process of its own. How
// long anything took is for no test to say.
func TestCostTrials(t *testing.T) {
	for _, c := range []Claim{preemption, handOver, poller, ownership, collector, spinning, latency} {
		t.Run(fmt.Sprint(c.ID), func(t *testing.T) {
			t.Parallel()
			trials, _ := oneTrialOfEach(t, c)
			structure(t, c, trials)
		})
	}
}

// structure checks what no load and no scheduling changes.
func structure(t *testing.T, c Claim, trials Trials) {
	t.Helper()
	check := func(arm, key string, want float64) {
		t.Helper()
		if got := trials.Spread(arm, key).Median; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	switch c.ID {
	case handOver.ID:
		check("", "ended", 1)
	case ownership.ID:
		check("alone", "guarded", counters*countsEach)
		check("alone", "passed", counters*countsEach)
		if got := trials.Spread("alone", "neither").Median; got >= counters*countsEach {
			t.Errorf("nothing was lost without a guard: %v", got)
		}
	case collector.ID:
		check("off", "cycles", 0)
	}
}
