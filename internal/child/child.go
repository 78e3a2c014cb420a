// Package child runs parts of this program in processes of their own: workers
// that measure, and servers that workloads talk to.
//
// The program starts itself again and says in the environment which role the
// new process has. A child's standard input carries one line of JSON, its task,
// and then stays open for as long as the parent lives: when it ends, however
// the parent ended, the child ends too. On Linux the kernel is asked to kill
// the child as well, for a child too busy or too stuck to notice.
package child

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// roleEnv names the environment variable that makes a process a child.
const roleEnv = "RUNBENCH_CHILD"

// A Role is what a child does: it reads its task from spec and writes what its
// parent is to know to out, then returns. An error is printed on standard error
// and makes the exit status 1.
type Role func(spec json.RawMessage, out io.Writer) error

// An entry is a role that is known.
type entry struct {
	role     Role
	measures bool
}

var roles = map[string]entry{}

// Register makes a role known under a name. It is called from init functions
// and from main before [Main].
func Register(name string, role Role) { roles[name] = entry{role: role} }

// RegisterMeasuring is Register for a role that measures work on several cores: its
// process waits for the end of its parent in a read, and so in a thread, as all
// children do but on Linux, and not in the network poller.
//
// Where a goroutine waits for a descriptor or a timer, the runtime leaves one idle
// thread in the poller, where it is not found when work starts: another is woken,
// which may have run last on the very core that is busy. Since 6.0 Linux looks for
// no idle core where those with a common cache have been busy (SIS_UTIL in its
// scheduler); it has both threads share one until it balances its load, 4 to 16 ms
// later. cpu/hash lost 2 % to that on two cores, in batches of 36 ms.
func RegisterMeasuring(name string, role Role) { roles[name] = entry{role: role, measures: true} }

// released and relieved are closed when the parent calls Release and Relieve.
var released, relieved = make(chan struct{}), make(chan struct{})

// Released returns a channel that is closed once the parent has called
// [Process.Release]: a gate behind which several children can wait, so that
// they begin together. It is for children.
func Released() <-chan struct{} { return released }

// Relieved returns a channel that is closed once the parent has called
// [Process.Relieve]: several children can go on until then, so that none of them
// works alone at the end. It is for children.
func Relieved() <-chan struct{} { return relieved }

// Main must be called first in every main function and TestMain whose program
// starts children. In a child it runs the role and exits; in any other process
// it returns at once.
func Main() {
	name := os.Getenv(roleEnv)
	if name == "" {
		return
	}
	if name == guardRole {
		guard(os.Stdin)
		os.Exit(0)
	}
	// A child of this child asks for a role of its own.
	os.Unsetenv(roleEnv)
	// Ctrl-C reaches the whole process group; the parent decides what it means.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)

	role, ok := roles[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "runbench: no child role %q in this program\n", name)
		os.Exit(2)
	}
	stdin := os.Stdin
	if !role.measures {
		stdin = polledInput()
	}
	in := bufio.NewReader(stdin)
	spec, err := in.ReadBytes('\n')
	if err != nil {
		os.Exit(0) // the parent was gone before it said what to do
	}
	go func() {
		for _, said := range []chan struct{}{released, relieved} {
			if _, err := in.ReadBytes('\n'); err != nil {
				break
			}
			close(said)
		}
		_, _ = io.Copy(io.Discard, in)
		os.Exit(0)
	}()
	if err := role.role(spec, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// A Process is a child that was started. Its methods are for one goroutine.
type Process struct {
	Out *bufio.Reader // what the child writes to its standard output

	cmd     *exec.Cmd
	in      io.WriteCloser
	stderr  head
	release func() // lets the child's thread go
}

// Start starts a child with the given role, task (any value JSON can carry) and
// environment beyond the parent's own.
func Start(role string, task any, env ...string) (*Process, error) {
	return StartProgram("", role, task, env...)
}

// StartProgram is Start for a child that is the program at a path and not this
// one; it must call [Main] too. "" stands for this program.
func StartProgram(path, role string, task any, env ...string) (*Process, error) {
	return start((*exec.Cmd).Start, path, role, task, env)
}

// StartOn is StartProgram for a child that may run on one CPU only, where the
// system allows that; pinned says whether it does.
func StartOn(cpu int, path, role string, task any, env ...string) (p *Process, pinned bool, err error) {
	p, err = start(func(cmd *exec.Cmd) error {
		var startErr error
		pinned = onCPU(cpu, func() { startErr = cmd.Start() })
		if !pinned {
			return cmd.Start()
		}
		return startErr
	}, path, role, task, env)
	return p, pinned, err
}

func start(begin func(*exec.Cmd) error, path, role string, task any, env []string) (*Process, error) {
	spec, err := json.Marshal(task)
	if err != nil {
		return nil, err
	}
	if path == "" {
		if path, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("start %s: %w", role, err)
		}
	}
	p := &Process{cmd: exec.Command(path)}
	p.cmd.Env = append(os.Environ(), append(env, roleEnv+"="+role)...)
	p.cmd.Stderr = &p.stderr
	p.cmd.SysProcAttr = sysProcAttr()
	p.cmd.WaitDelay = 2 * time.Second // a grandchild must not hold Wait up
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.begin(begin); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	p.in, p.Out = in, bufio.NewReader(out)
	// Writing fails only where the child has ended before it read its task. How it
	// ended is told where any other end is, by Out and Wait.
	_, _ = in.Write(append(spec, '\n'))
	return p, nil
}

// begin starts the child on a thread of its own, which stays until the child has
// ended: Linux kills a child when the thread that started it ends, and a thread
// ends with a goroutine that has locked it, as those of some workloads have.
func (p *Process) begin(begin func(*exec.Cmd) error) error {
	release, err := OnOwnThread(func() error { return begin(p.cmd) })
	p.release = sync.OnceFunc(release)
	return err
}

// OnOwnThread calls begin, which starts a process, on a thread of its own, and keeps
// that until release is called: Linux may be asked to kill a process when the thread
// that started it ends, and a process inherits that thread's affinity. With an error
// of begin there is nothing to keep, and release does nothing.
func OnOwnThread(begin func() error) (release func(), err error) {
	ended, begun := make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends here
		err := begin()
		begun <- err
		if err == nil {
			<-ended
		}
	}()
	return func() { close(ended) }, <-begun
}

// reap waits until the child has ended, and lets its thread go.
func (p *Process) reap() error {
	err := p.cmd.Wait()
	p.release()
	return err
}

// Release opens the gate that the child waits behind; see [Released].
func (p *Process) Release() error { return p.say() }

// Relieve tells the child, after Release, that it may end its work; see [Relieved].
func (p *Process) Relieve() error { return p.say() }

// say writes an empty line, the next thing that the child waits for.
func (p *Process) say() error {
	_, err := p.in.Write([]byte{'\n'})
	return err
}

// Pid returns the child's process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Wait waits until the child has ended and says how, with the beginning of what it
// wrote to standard error. Everything wanted from Out must have been read.
func (p *Process) Wait() error {
	err := p.reap()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return fmt.Errorf("%s%s", exit.ProcessState, p.said())
	default:
		return err
	}
}

// Answer reads the one value that the child writes, as JSON, into v, and waits for
// its end. The child is killed when ctx ends, and the error is then the cause of
// that; else it says how the child ended without an answer, or after it.
func (p *Process) Answer(ctx context.Context, v any) error {
	stop := context.AfterFunc(ctx, p.Signal)
	defer stop()
	decodeErr := json.NewDecoder(p.Out).Decode(v)
	waitErr := p.Wait()
	switch {
	case decodeErr == nil && waitErr == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case waitErr != nil:
		return fmt.Errorf("crashed: %w", waitErr)
	}
	return fmt.Errorf("ended without a result: %w", decodeErr)
}

// Stop tells the child that it is no longer needed, by closing its standard
// input, gives it a moment to end, and kills it if it does not.
func (p *Process) Stop() {
	p.in.Close()
	timer := time.AfterFunc(2*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_, _ = io.Copy(io.Discard, p.Out)
	_ = p.reap()
}

// Kill ends the child at once and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.reap()
}

// Signal kills the child without waiting; it may be called while another
// goroutine is in Wait or reads from Out.
func (p *Process) Signal() { _ = p.cmd.Process.Kill() }

func (p *Process) said() string {
	s := p.stderr.String()
	if s == "" {
		return ""
	}
	return ": " + s
}

// head keeps the beginning of what is written to it: a Go crash says first what
// went wrong and then where every goroutine stood.
type head struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const headBytes = 4096

func (t *head) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := headBytes - t.buf.Len(); room > 0 {
		t.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// String returns the first lines as one, short enough for a message.
func (t *head) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.Lines(t.buf.String()) {
		if line = strings.TrimSpace(line); line == "" {
			if len(lines) > 0 {
				break // what follows is the goroutine dump
			}
			continue
		}
		lines = append(lines, line)
	}
	s := strings.Join(lines, "; ")
	if len(s) > 300 {
		s = s[:300] + "…"
	}
	return s
}
