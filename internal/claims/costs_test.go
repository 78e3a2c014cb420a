package claims

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// alike returns the samples of three trials that found the same.
func alike(s Sample) []Sample { return []Sample{s, s, s} }

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
	for key, v := range alone {
		a[key] = v
	}
	for key, v := range contended {
		c[key] = v
	}
	return Trials{"alone": alike(a), "contended": alike(c)}
}

// collected returns trials of claim 18 at P = 1 and 2 in which so many collections
// ended, at P = 2 with this share of pauses, and without a collector.
func collected(one, two, pauses, off float64) Trials {
	sample := func(cycles, pauses float64) []Sample {
		s := Sample{"cycles": cycles, "pauses": pauses}
		if cycles > 0 {
			s["share"], s["assists"], s["longest-ns"] = 0.2, 0.02, 1e5
		}
		return alike(s)
	}
	return Trials{"P=1": sample(one, 0.01), "P=2": sample(two, pauses), "off": sample(off, 0)}
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
	for _, test := range []struct {
		claim  Claim
		what   string
		trials Trials
		want   Result
	}{
		{preemption, "two slices", preempted(20, 121), Holds},
		{preemption, "signals off in both arms", preempted(120, 121), Fails},
		{preemption, "signals make no difference", preempted(20, 20), Fails},
		{preemption, "in between", preempted(80, 121), Untold},

		{handOver, "ended by the other", blocked(1, 1), Holds},
		{handOver, "never ended", blocked(0, 0), Fails},
		{handOver, "not in the trace", blocked(1, 0), Fails},

		{poller, "two sleeps of the monitor", served(12, 15), Holds},
		{poller, "never", served(0, 0), Fails},
		{poller, "near the end", served(1, 240), Fails},
		{poller, "late", served(3, 80), Untold},

		{ownership, "as expected", owned(nil, nil), Holds},
		{ownership, "the mutex loses one", owned(Sample{"guarded": 799}, nil), Fails},
		{ownership, "the channel loses one", owned(Sample{"passed": 799}, nil), Fails},
		{ownership, "no guard is needed", owned(Sample{"neither": 800}, nil), Fails},
		{ownership, "a mutex that starves", owned(nil, Sample{"mutex-passes": passLimit}), Fails},
		{ownership, "a late waiter", owned(nil, Sample{"mutex-passes": 150}), Untold},
		{ownership, "a channel that is overtaken", owned(nil, Sample{"channel-passes": 8}), Untold},
		{ownership, "a cheap hand-over", owned(Sample{"ratio": 0.8}, nil), Fails},
		{ownership, "a hand-over like a lock", owned(Sample{"ratio": 1.4}, nil), Untold},

		{collector, "as expected", collected(20, 18, 0.02, 0), Holds},
		{collector, "turned off by the environment", collected(0, 0, 0, 0), Fails},
		{collector, "none at P=2", collected(20, 0, 0, 0), Fails},
		{collector, "not to be turned off", collected(20, 18, 0.02, 3), Fails},
		{collector, "a world that stands still", collected(20, 18, 0.6, 0), Fails},
		{collector, "long pauses", collected(20, 18, 0.3, 0), Untold},

		{spinning, "half as much again", spun(1.5, 2.8), Holds},
		{spinning, "the same", spun(1, 1), Fails},
		{spinning, "nobody is woken", spun(1.5, 1), Fails},
		{spinning, "little more time", spun(1.1, 2.8), Untold},
		{spinning, "few switches more", spun(1.5, 1.3), Untold},
		{spinning, "not told", Trials{"one": alike(Sample{}), "all": alike(Sample{})}, Untold},

		{latency, "grows", waited(200, 2000, 18000), Holds},
		{latency, "the same", waited(200, 200, 200), Fails},
		{latency, "hardly grows", waited(200, 300, 400), Untold},
		{latency, "out of order", waited(2000, 1000, 18000), Untold},
	} {
		got := test.claim.Judge(2, test.trials)
		if got.Result != test.want {
			t.Errorf("claim %d, %s: %q (%s), want %q", test.claim.ID, test.what, got.Result, got.Measured, test.want)
		}
		if (got.Why != "") != (got.Result == Untold) {
			t.Errorf("claim %d, %s: %q for the reason %q", test.claim.ID, test.what, got.Result, got.Why)
		}
	}
}

// TestCostTrials carries out one trial of every arm in a process of its own. How
// long anything took is for no test to say.
func TestCostTrials(t *testing.T) {
	const cores = 2
	for _, c := range []Claim{preemption, handOver, poller, ownership, collector, spinning, latency} {
		t.Run(fmt.Sprint(c.ID), func(t *testing.T) {
			t.Parallel()
			trials := make(Trials)
			for i, a := range c.Arms(cores) {
				sample, err := a.run(t.Context(), trial{Claim: c.ID, Arm: i, Cores: cores})
				if err != nil {
					t.Fatalf("arm %q: %v", a.Name, err)
				}
				trials[a.Name] = append(trials[a.Name], sample)
			}
			f := c.Judge(cores, trials)
			t.Logf("%s: %s", f.Result, f.Measured)
			if c.ID == spinning.ID && runtime.GOOS == "windows" {
				return // its CPU time is too coarse
			}
			for _, missing := range []string{"NaN", "unknown"} {
				if f.Measured == "" || strings.Contains(f.Measured, missing) {
					t.Errorf("a figure is missing: %q", f.Measured)
				}
			}
			structure(t, c, trials)
		})
	}
}

// structure checks what no load and no scheduling changes.
func structure(t *testing.T, c Claim, trials Trials) {
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
