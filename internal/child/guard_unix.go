//go:build unix

package child

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
)

// A Guard is a process beside this one that kills process groups when this one ends,
// however it ends. Programs that are not ours do not end with their standard input,
// and the kernel kills only those that this process has started itself, not those
// that these have started. Its methods may be called by several goroutines.
type Guard struct {
	mu   sync.Mutex
	cmd  *exec.Cmd
	told io.WriteCloser
}

// guardRole is the role of a guard. It is none of the others since it has no task
// and must outlive its parent for a moment.
const guardRole = "guard"

// NewGuard starts a guard. It takes no part in what this process's group and
// terminal are told.
func NewGuard() (*Guard, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start a guard: %w", err)
	}
	g := &Guard{cmd: exec.Command(path)}
	g.cmd.Env = append(os.Environ(), roleEnv+"="+guardRole, "GOMAXPROCS=1")
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if g.told, err = g.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start a guard: %w", err)
	}
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a guard: %w", err)
	}
	return g, nil
}

// Watch has the guard kill a process group if this process ends before Forget is
// called. The group is that of a process that has not been waited for.
func (g *Guard) Watch(group int) error { return g.tell(group) }

// Forget takes a group away again, before its number may become another's.
func (g *Guard) Forget(group int) { _ = g.tell(-group) }

func (g *Guard) tell(group int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, err := fmt.Fprintln(g.told, group); err != nil {
		return fmt.Errorf("tell the guard: %w", err)
	}
	return nil
}

// Close ends the guard. What is still watched is killed.
func (g *Guard) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told.Close()
	_ = g.cmd.Wait()
}

// guard is what a guard does: it reads the numbers of groups, negative ones of those
// that are to be forgotten, and kills what is left when they end.
func guard(in io.Reader) {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	groups := make(map[int]bool)
	for lines := bufio.NewScanner(in); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		switch {
		case err != nil: // cut off
		case n > 1:
			groups[n] = true
		default:
			delete(groups, -n)
		}
	}
	for group := range groups {
		_ = syscall.Kill(-group, syscall.SIGKILL)
	}
}
