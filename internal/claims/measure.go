package claims

import (
	"context"
	"fmt"
	"strings"
	"time"

	"runbench/internal/noise"
)

// An Outcome is a claim with what came of it here.
type Outcome struct {
	ID        int           `json:"id"`
	Statement string        `json:"statement"`
	Expected  string        `json:"expected"`
	Measured  string        `json:"measured"` // "" where nothing was
	Result    Result        `json:"result"`
	Why       string        `json:"why,omitempty"` // where it cannot be told: the reason
	Lesson    string        `json:"lesson"`
	Trials    int           `json:"trials"` // fresh processes
	Took      time.Duration `json:"took_ns"`
	Samples   Trials        `json:"samples"` // of each arm, by name; null where none was taken
}

// attempts is how often an experiment is carried out at most: again where other
// load got in its way.
const attempts = 2

// Measure carries the claim's experiment out on a machine of which so many cores
// may be used. again says whether there is time to do it once more where other
// load got in its way. The error is ctx's only.
func (c Claim) Measure(ctx context.Context, cores int, again func() bool) (o Outcome, err error) {
	start := time.Now()
	o = Outcome{ID: c.ID, Statement: c.Statement, Expected: c.Expected, Lesson: c.Lesson, Result: Untold}
	defer func() { o.Took = time.Since(start) }()
	if cores < c.Cores {
		o.Why = fmt.Sprintf("it needs %d cores, and this process may use %d", c.Cores, cores)
		return o, nil
	}
	for attempt := 1; ; attempt++ {
		before := noise.Take()
		trials, n, err := c.trials(ctx, cores)
		o.Trials += n
		if ctx.Err() != nil {
			return o, context.Cause(ctx)
		}
		if err != nil {
			o.Why = err.Error()
			return o, nil
		}
		f := c.decide(cores, trials, noise.Between(before, noise.Take()))
		o.Result, o.Measured, o.Why, o.Samples = f.Result, f.Measured, f.Why, trials
		if f.Result != Untold || attempt == attempts || !again() {
			return o, nil
		}
	}
}

// trials carries out all trials, the arms in turns. n is how many were begun.
func (c Claim) trials(ctx context.Context, cores int) (t Trials, n int, err error) {
	t = make(Trials)
	arms := c.Arms(cores)
	for round := 0; ; round++ {
		more := false
		for i, a := range arms {
			if round >= a.trials() {
				continue
			}
			more = true
			n++
			sample, err := a.run(ctx, trial{Claim: c.ID, Arm: i, Cores: cores})
			if err != nil {
				return nil, n, err
			}
			t[a.Name] = append(t[a.Name], sample)
		}
		if !more {
			return t, n, nil
		}
	}
}

func (a Arm) trials() int {
	if a.Trials > 0 {
		return a.Trials
	}
	return defaultTrials
}

// decide judges the trials, with what happened on the machine meanwhile. Where that
// is not known, nothing is said not to hold that other load could make look so.
func (c Claim) decide(cores int, t Trials, meanwhile noise.Noise) Finding {
	f := c.Judge(cores, t)
	disturbed := meanwhile.Disturbed()
	switch {
	case f.Result == Untold || c.Disturbance == Immune:
		return f
	case len(disturbed) > 0 && (c.Disturbance == Swayed || f.Result == Fails):
		return untold(f.Measured, "meanwhile "+strings.Join(disturbed, "; "))
	case meanwhile.Foreign == nil && f.Result == Fails:
		return untold(f.Measured, "this system does not tell what other programs did meanwhile")
	}
	return f
}
