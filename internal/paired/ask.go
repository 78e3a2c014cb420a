package paired

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"runbench/internal/execsweep"
	"runbench/internal/resultfile"
)

// once is the benchtime of runs that do not count.
const once = "1x"

// testArguments returns the arguments with which a test binary measures.
func testArguments(bench, benchtime string, cpu []int) []string {
	args := []string{"-test.run=^$", "-test.bench=" + bench, "-test.benchmem=true", "-test.benchtime=" + benchtime, "-test.count=1"}
	if len(cpu) > 0 {
		args = append(args, "-test.cpu="+commas(cpu))
	}
	return args
}

// runbenchArguments returns the arguments with which runbench measures every cell
// once. The seed decides their order, and is the same on both sides.
func runbenchArguments(workloads []string, runTime time.Duration, cells int, cpu []int, seed uint64) []string {
	// It keeps an eighth of its budget for what is outside of runs.
	budget := time.Duration(cells) * runTime * 8 / 7
	args := []string{"run", "--output=-", "--rounds=1", "--precision=0", "--budget=" + budget.String(), "--seed=" + strconv.FormatUint(seed, 10)}
	if len(cpu) > 0 {
		args = append(args, "--procs="+commas(cpu))
	}
	return append(append(args, "--"), workloads...)
}

func commas(ns []int) string {
	var texts []string
	for _, n := range ns {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}

// A plan is a pair with what its programs are told.
type plan struct {
	Pair
	bench string // of test binaries
	cells int    // of runbench
}

// Prepare asks the programs of all pairs what they can measure. A pair that has
// nothing to compare is left out, which the warnings say, with all else that the
// user must know. The error is about what was asked for, or a
// [*execsweep.FailedError] about a new program that fails altogether: that must
// never pass for nothing to compare.
func (s *Session) Prepare(ctx context.Context) (warnings []string, err error) {
	if s.Output == nil {
		s.Output = execsweep.Output
	}
	for _, pair := range s.Pairs {
		p := plan{Pair: pair, bench: s.Bench}
		var told []string
		var ok bool
		if pair.Programs[Old].Kind == Runbench {
			ok, told, err = true, nil, s.askRunbench(ctx, &p)
		} else {
			ok, told, err = s.askTests(ctx, &p)
		}
		if err != nil {
			return warnings, err
		}
		warnings = append(warnings, told...)
		if ok {
			s.plans = append(s.plans, p)
		}
	}
	if len(s.plans) == 0 {
		return warnings, fmt.Errorf("nothing to compare: no benchmark that both sides have matches %q", s.Bench)
	}
	return warnings, nil
}

// askRunbench has both programs say which cells they would measure.
func (s *Session) askRunbench(ctx context.Context, p *plan) error {
	if _, err := time.ParseDuration(s.Benchtime); err != nil {
		return fmt.Errorf("--benchtime %s: expected a duration for runbench, such as 200ms", s.Benchtime)
	}
	for _, side := range Sides {
		program := p.Programs[side]
		args := append([]string{"run", "--dry-run"}, runbenchArguments(s.Workloads, time.Second, 1, s.CPU, 1)[1:]...)
		out, err := s.Output(ctx, program.absolute, args, program.Dir, probeTime)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return fmt.Errorf("%s does not measure this: %s", program.Path, err.Error())
		}
		p.cells = max(p.cells, bytes.Count(out, []byte("/gomaxprocs=")))
	}
	return nil
}

// askTests runs what both test binaries have in common once.
func (s *Session) askTests(ctx context.Context, p *plan) (ok bool, warnings []string, err error) {
	if len(s.Workloads) > 0 {
		return false, nil, fmt.Errorf("%s: expected no workload for test binaries, which take --bench, found %s", p.Programs[Old].Path, strings.Join(s.Workloads, " "))
	}
	// Which benchmarks there are below a name only running it tells.
	if !strings.Contains(s.Bench, "/") {
		var names [2][]string
		for _, side := range Sides {
			program := p.Programs[side]
			out, err := s.Output(ctx, program.absolute, []string{"-test.list=" + s.Bench}, program.Dir, probeTime)
			if ctx.Err() != nil {
				return false, nil, context.Cause(ctx)
			}
			if err != nil {
				return false, nil, fmt.Errorf("%s: %w", program.Path, err)
			}
			names[side] = listed(out)
		}
		common := slices.DeleteFunc(slices.Clone(names[Old]), func(name string) bool { return !slices.Contains(names[New], name) })
		for _, side := range Sides {
			only := slices.DeleteFunc(slices.Clone(names[side]), func(name string) bool { return slices.Contains(common, name) })
			if len(only) > 0 {
				warnings = append(warnings, fmt.Sprintf("only in %s, so not compared: %s", p.Programs[side].Path, strings.Join(only, ", ")))
			}
		}
		if len(common) == 0 {
			return false, append(warnings, p.leftOut("no benchmark in common matches "+strconv.Quote(s.Bench))), nil
		}
		if len(common) < max(len(names[Old]), len(names[New])) {
			p.bench = "^(" + strings.Join(common, "|") + ")$"
		}
	}
	for _, side := range Sides {
		program := p.Programs[side]
		out, failed := s.Output(ctx, program.absolute, testArguments(p.bench, once, s.CPU), program.Dir, s.Timeout)
		if ctx.Err() != nil {
			return false, nil, context.Cause(ctx)
		}
		set, readErr := resultfile.Read(bytes.NewReader(out), program.Path)
		switch {
		case failed != nil && readErr != nil && side == New:
			return false, nil, fmt.Errorf("%s gives no result: %w", program.Path, failed)
		case failed != nil && readErr != nil:
			return false, append(warnings, p.leftOut(fmt.Sprintf("%s gives no result: %v", program.Path, failed))), nil
		case failed != nil:
			warnings = append(warnings, fmt.Sprintf("%s fails in part: %v", program.Path, failed))
		case readErr != nil:
			var input *resultfile.InputError
			if !errors.As(readErr, &input) {
				return false, nil, readErr
			}
			return false, append(warnings, p.leftOut(fmt.Sprintf("%s has no benchmark that matches %q", program.Path, s.Bench))), nil
		}
		if set != nil {
			warnings = append(warnings, set.Warnings...)
		}
	}
	return true, warnings, nil
}

// leftOut says that the pair is, and why.
func (p *plan) leftOut(why string) string {
	if p.Name == "" {
		return why
	}
	return p.Name + " is left out: " + why
}

// listed returns the benchmarks that -test.list printed.
func listed(out []byte) []string {
	var names []string
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSpace(line); strings.HasPrefix(name, "Benchmark") {
			names = append(names, name)
		}
	}
	return names
}

// failuresIn returns the benchmarks that a test binary says have failed, each with
// what it logged. One that fails at its first iteration has a line of its own; later
// the line has begun with its name, as for a result.
func failuresIn(out []byte) []resultfile.Failure {
	var failures []resultfile.Failure
	open := false // lines that belong to the last one may follow
	for line := range strings.Lines(string(out)) {
		before, name, ok := strings.Cut(line, "--- FAIL: Benchmark")
		if ok && (before == "" || strings.HasPrefix(before, "Benchmark") && strings.HasSuffix(before, "\t")) {
			name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
			failures = append(failures, resultfile.Failure{Cell: name})
			open = true
			continue
		}
		if open = open && strings.HasPrefix(line, "    "); open {
			last := &failures[len(failures)-1]
			if last.Reason != "" {
				last.Reason += "; "
			}
			last.Reason += strings.TrimSpace(line)
		}
	}
	// One fails too where its sub-benchmarks do, which have said why.
	return slices.DeleteFunc(slices.Clone(failures), func(f resultfile.Failure) bool {
		return f.Reason == "" && slices.ContainsFunc(failures, func(sub resultfile.Failure) bool { return strings.HasPrefix(sub.Cell, f.Cell+"/") })
	})
}
