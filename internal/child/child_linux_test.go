package child

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A child lives on when a thread ends that its parent happened to be on when it
// started it.
func TestAChildOutlivesThreads(t *testing.T) {
	type start struct {
		thread int
		child  *Process
	}
	for range 20 {
		started := make(chan start)
		go func() {
			runtime.LockOSThread() // ends with this goroutine
			p, err := Start("stay", nil)
			if err != nil {
				t.Error(err)
			}
			started <- start{unix.Gettid(), p}
		}()
		s := <-started
		if s.child == nil {
			return
		}
		if _, err := s.child.Out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if s.thread != os.Getpid() { // the runtime parks the main thread instead
			awaitEnd(t, s.thread)
		}
		if err := syscall.Kill(s.child.Pid(), 0); err != nil {
			t.Errorf("the child has ended with the thread: %v", err)
		}
		s.child.Kill()
	}
}

// awaitEnd waits until a thread of this process has ended, which nothing tells.
func awaitEnd(t *testing.T, thread int) {
	t.Helper()
	path := fmt.Sprintf("/proc/self/task/%d", thread)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(path); err != nil {
			return
		}
	}
	t.Fatalf("thread %d lives on", thread)
}

// The network poller waits for descriptors that do not block, and for no others.
func TestInputOfAMeasuringChildBlocks(t *testing.T) {
	for role, polled := range map[string]bool{"input": true, "input measuring": false} {
		p := begin(t, role, nil)
		line, err := p.Out.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintln(polled); line != want {
			t.Errorf("%s: does not block: %s, want %s", role, line, want)
		}
		p.Stop()
	}
}

func init() {
	input := func(_ json.RawMessage, out io.Writer) error {
		flags, err := unix.FcntlInt(0, unix.F_GETFL, 0)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, flags&unix.O_NONBLOCK != 0)
		return err
	}
	Register("input", input)
	RegisterMeasuring("input measuring", input)
}
