package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"

	"runbench/internal/analysis"
	"runbench/internal/child"
	"runbench/internal/measure"
)

// hogRole is the name of a child that keeps one core busy.
const hogRole = "hog"

func init() {
	child.Register(hogRole, func(json.RawMessage, io.Writer) error {
		for {
			runtime.KeepAlive(0) // the loop is not to be taken for an idle one
		}
	})
}

// hog measures cpu/hash beside a program that keeps one core busy. The sweep must
// say so, and must not take what that does for the workload's own doing.
func hog(ctx context.Context, v *validation) error {
	busy, err := child.Start(hogRole, nil, "GOMAXPROCS=1")
	if err != nil {
		return err
	}
	defer busy.Kill()
	plan, err := v.plan("cpu/hash", measure.Options{Precision: 0.02, Ceilings: []int{v.cores()}})
	if err != nil {
		return err
	}
	sets, err := v.sweep(ctx, arm{name: "hog", plan: plan, steer: v.steer()})
	if err != nil {
		return err
	}
	a := analysis.Analyze(sets[0])
	v.report.holds(len(a.Disturbed) > 0, "the disturbance is said", "another program", strings.Join(a.Disturbed, "; "), "")
	for _, w := range a.Workloads {
		gain := func(g *analysis.Gain) string {
			if g == nil || g.Lo == nil {
				return "none"
			}
			return fmt.Sprintf("%.2f … %.2f", *g.Lo, *g.Hi)
		}
		c, p := w.ConcurrencyGain, w.ParallelismGain
		if c == nil || p == nil {
			return fmt.Errorf("%s has no gains", w.Name)
		}
		v.report.holds(c.Effect == "none" || c.Effect == "inconclusive", "effect of concurrency on "+w.Name, "none or inconclusive", fmt.Sprintf("%s (%.2f)", c.Effect, c.Value), gain(c))
		v.report.holds(p.Effect != "hurts" && p.Effect != "none", "effect of parallelism on "+w.Name, "helps or inconclusive", fmt.Sprintf("%s (%.2f)", p.Effect, p.Value), gain(p))
		v.report.note("Verdict beside the other program: %s: %s.", w.Verdict, w.Sentence)
	}
	return nil
}
