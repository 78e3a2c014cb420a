package execsweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"runbench/internal/child"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// A usage is what one run took.
type usage struct {
	wall   time.Duration // from before the program is started until it has ended
	cpu    time.Duration // user and system time of the program and of those it waited for
	peak   int64         // bytes; 0 where it is not known
	figure float64       // where one was asked for
}

// A FailedError says that the program could be started and then failed.
type FailedError struct{ reason string }

func (e *FailedError) Error() string { return e.reason }

// Runner returns what [measure.Sweep] carries runs out with.
func (c *Command) Runner() measure.Runner {
	return func(ctx context.Context, spec measure.Spec, timeout time.Duration) (measure.Outcome, error) {
		u, err := c.run(ctx, spec.Goroutines, spec.Gomaxprocs, timeout, false)
		if err != nil {
			return measure.Outcome{}, err
		}
		return measure.Outcome{Batches: 1, Values: c.values(u), Measured: u.wall}, nil
	}
}

// Try runs the command once, and nothing of it is kept: for files to be read into
// memory, and to see that it works at all.
func (c *Command) Try(ctx context.Context, goroutines, procs int, timeout time.Duration) error {
	_, err := c.run(ctx, goroutines, procs, timeout, true)
	return err
}

// Close ends what watches over the runs, none of which may be under way.
func (c *Command) Close() {
	if c.guard != nil {
		c.guard.Close()
		c.guard = nil
	}
}

// values returns what is written of a run.
func (c *Command) values(u usage) []resultfile.Value {
	rate := 1 / u.wall.Seconds()
	if c.Figure != nil {
		rate = c.Figure.rate(u.figure)
	}
	values := []resultfile.Value{
		{Unit: resultfile.NsPerOp, Value: float64(u.wall)},
		{Unit: resultfile.TasksPerSec, Value: rate},
		{Unit: resultfile.CPUNsPerOp, Value: float64(u.cpu)},
		{Unit: resultfile.CoresUsed, Value: float64(u.cpu) / float64(u.wall)},
	}
	if u.peak > 0 {
		values = append(values, resultfile.Value{Unit: resultfile.PeakBytes, Value: float64(u.peak)})
	}
	switch {
	case c.Figure == nil:
	case c.Figure.lower:
		values = append(values, resultfile.Value{Unit: resultfile.OwnCost, Value: u.figure})
	default:
		values = append(values, resultfile.Value{Unit: resultfile.OwnRate, Value: u.figure})
	}
	return values
}

// run runs the command once. With all its standard output counts for messages too;
// without, it goes nowhere unless a figure is to be found in it, since whoever
// reads a pipe takes time from one of the cores.
func (c *Command) run(ctx context.Context, goroutines, procs int, timeout time.Duration, all bool) (usage, error) {
	cmd := exec.Command(c.path, c.arguments(goroutines, procs)...)
	cmd.Args[0] = c.Args[0]
	cmd.Dir, cmd.Env = c.Dir, c.environment(procs)
	if c.Stdin != "" {
		file, err := os.Open(c.Stdin)
		if err != nil {
			return usage{}, err
		}
		defer file.Close()
		cmd.Stdin = file
	}
	if c.guard == nil {
		var err error
		if c.guard, err = child.NewGuard(); err != nil {
			return usage{}, err
		}
	}
	out := &output{ends: c.Figure != nil}
	u, watched, err := carryOut(ctx, cmd, c.guard, c.cpus[procs], out, all || c.Figure != nil, timeout)
	if !watched { // somebody has killed the guard
		c.Close()
	}
	if err != nil {
		return usage{}, failed(err, out, all || c.Figure != nil)
	}
	if c.Figure != nil {
		if u.figure, err = c.Figure.of(out.end()); err != nil {
			return usage{}, &FailedError{err.Error()}
		}
	}
	return u, nil
}

// carryOut runs cmd, on those CPUs if any are given, and has its standard error
// written to said, and with all its standard output too. It and all it has started,
// as far as they stay in its process group, are gone when carryOut returns, and when
// this process is killed before that: watched says whether the guard sees to it.
func carryOut(ctx context.Context, cmd *exec.Cmd, guard *child.Guard, cpus []int, said *output, all bool, timeout time.Duration) (u usage, watched bool, err error) {
	limit, cancel := context.WithTimeoutCause(ctx, timeout, measure.ErrHung)
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		return usage{}, true, err
	}
	defer r.Close()
	// An *os.File, so that waiting for the program is not waiting for the pipe.
	cmd.Stderr, cmd.SysProcAttr = w, ownGroup()
	if all {
		cmd.Stdout = w
	}
	p, err := start(cmd, cpus)
	w.Close()
	if err != nil {
		return usage{}, true, fmt.Errorf("start %s: %w", cmd.Args[0], err)
	}
	watched = guard.Watch(cmd.Process.Pid) == nil
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(said, r)
	}()
	stop := context.AfterFunc(limit, func() { killGroup(cmd.Process) })
	u, err = p.wait()
	stop()
	// What the program has left running would disturb the next run.
	killGroup(cmd.Process)
	guard.Forget(cmd.Process.Pid)
	select {
	case <-read:
	case <-time.After(time.Second): // whoever left the group has the pipe open
	}
	switch {
	case ctx.Err() != nil:
		return usage{}, watched, context.Cause(ctx)
	case limit.Err() != nil && err != nil:
		return usage{}, watched, fmt.Errorf("%w: killed after %v", measure.ErrHung, timeout)
	}
	return u, watched, err
}

// failed says how the program failed, and what it said; kept, that its standard
// output is in that.
func failed(err error, out *output, kept bool) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	said := out.said()
	switch {
	case said != "":
		said = ": " + said
	case !kept:
		said = " (nothing on standard error; standard output is kept in warm-up runs only)"
	}
	return &FailedError{exit.String() + said}
}

// A process is a program that runs. Linux kills it when the thread that started it
// ends, and its CPUs are those of that thread: it has one of its own, which ends
// with it.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	release func()
}

// start starts the program, on those CPUs if any are given.
func start(cmd *exec.Cmd, cpus []int) (*process, error) {
	p := &process{cmd: cmd}
	var err error
	p.release, err = child.OnOwnThread(func() error {
		if cpus != nil {
			if err := pin(cpus); err != nil {
				return err
			}
		}
		p.started = time.Now()
		return cmd.Start()
	})
	return p, err
}

// wait waits until the program has ended, and says what it took.
func (p *process) wait() (usage, error) {
	err := p.cmd.Wait()
	wall := time.Since(p.started)
	p.release()
	if err != nil {
		return usage{}, err
	}
	state := p.cmd.ProcessState
	u := usage{wall: max(wall, 1), cpu: state.UserTime() + state.SystemTime()}
	if bytes, ok := peak(state); ok {
		u.peak = bytes
	}
	return u, nil
}
