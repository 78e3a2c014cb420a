package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Sleep is what a short wait really takes.
type Sleep struct {
	Kind   string        `json:"kind"`      // "sleep" or "timer"
	Asked  time.Duration `json:"asked_ns"`  // ns
	Median time.Duration `json:"median_ns"` // ns
	P99    time.Duration `json:"p99_ns"`    // ns
}

// The waits of a kind end after sleepRepeats or after sleepBudget.
const (
	sleepRepeats = 100
	sleepBudget  = 300 * time.Millisecond
)

// measureSleeps takes at most 0.9 s. The error is ctx's.
func measureSleeps(ctx context.Context) ([]Sleep, error) {
	timer := func(d time.Duration) { <-time.NewTimer(d).C }
	kinds := []struct {
		Sleep
		wait func(time.Duration)
	}{
		{Sleep{Kind: "sleep", Asked: 100 * time.Microsecond}, time.Sleep},
		{Sleep{Kind: "sleep", Asked: time.Millisecond}, time.Sleep},
		{Sleep{Kind: "timer", Asked: 2 * time.Millisecond}, timer},
	}
	var sleeps []Sleep
	for _, k := range kinds {
		var took []time.Duration
		for begin := time.Now(); len(took) == 0 || len(took) < sleepRepeats && time.Since(begin) < sleepBudget; {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			start := time.Now()
			k.wait(k.Asked)
			took = append(took, time.Since(start))
		}
		k.Median, k.P99 = quantiles(took)
		sleeps = append(sleeps, k.Sleep)
	}
	return sleeps, nil
}

// How late one wait in a hundred may be.
const (
	goodLate = time.Millisecond
	badLate  = 5 * time.Millisecond
)

// sleeping looks at how exact short waits are. On Linux the Go runtime rounds
// what is left of a wait below 1 ms up to 1 ms (runtime/netpoll_epoll.go).
func (f facts) sleeping() Finding {
	r := Finding{
		Level: Good, Subject: "sleeping",
		Meaning: "waits are simulated by sleeping: what was achieved is recorded and used, not what was asked for",
	}
	var parts []string
	for _, s := range f.sleeps {
		parts = append(parts, fmt.Sprintf("%s of %s takes %s (99 %% below %s)", s.Kind, short(s.Asked), short(s.Median), short(s.P99)))
		switch late := s.P99 - max(s.Asked, time.Millisecond); {
		case late > badLate:
			r.Level = Warning
		case late > goodLate && r.Level == Good:
			r.Level = Note
		}
	}
	r.Found = strings.Join(parts, ", ")
	if r.Level != Good {
		r.Meaning = "goroutines that wait wake up late: gains of waiting work are lower, and scatter more, than they should"
		r.Change = "stop what else runs here; on a virtual machine nothing else can be done from inside"
	}
	return r
}
