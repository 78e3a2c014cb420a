//go:build unix

package child

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Register("echo", func(spec json.RawMessage, out io.Writer) error {
		_, err := fmt.Fprintf(out, "%s\n", strings.TrimSpace(string(spec)))
		return err
	})
	Register("panic", func(json.RawMessage, io.Writer) error { panic("out of pages") })
	Register("fail", func(json.RawMessage, io.Writer) error { return errors.New("no such table") })
	stay := func(_ json.RawMessage, out io.Writer) error {
		fmt.Fprintln(out, os.Getpid())
		select {}
	}
	Register("stay", stay)
	RegisterMeasuring("stay measuring", stay)
	Register("gated", func(_ json.RawMessage, out io.Writer) error {
		fmt.Fprintln(out, "waiting")
		<-Released()
		fmt.Fprintln(out, "released")
		<-Relieved()
		_, err := fmt.Fprintln(out, "relieved")
		return err
	})
	Register("cpus", func(_ json.RawMessage, out io.Writer) error {
		_, err := fmt.Fprintln(out, runtime.NumCPU())
		return err
	})
	// A parent of a program in a group of its own, which a guard watches, and tells its
	// process id and that of what the program has started.
	Register("guarded", func(_ json.RawMessage, out io.Writer) error {
		g, err := NewGuard()
		if err != nil {
			return err
		}
		program := exec.Command("sh", "-c", "sleep 100 & echo $! $$; wait")
		program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		ids, err := program.StdoutPipe()
		if err != nil {
			return err
		}
		if err := program.Start(); err != nil {
			return err
		}
		if err := g.Watch(program.Process.Pid); err != nil {
			return err
		}
		line, err := bufio.NewReader(ids).ReadString('\n')
		if err != nil {
			return err
		}
		fmt.Fprint(out, line)
		select {}
	})
	// A parent that has a child of its own, and tells its process id.
	Register("parent", func(_ json.RawMessage, out io.Writer) error {
		p, err := Start("stay", nil)
		if err != nil {
			return err
		}
		line, err := p.Out.ReadString('\n')
		if err != nil {
			return err
		}
		fmt.Fprint(out, line)
		select {}
	})
	Main()
	os.Exit(m.Run())
}

func begin(t *testing.T, role string, task any) *Process {
	t.Helper()
	p, err := Start(role, task)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// gone waits until there is no process of that id, or it is a zombie that only
// waits for whoever adopted it.
func gone(pid int) bool {
	for range 500 {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestTheTaskArrives(t *testing.T) {
	p := begin(t, "echo", map[string]int{"n": 7})
	line, err := p.Out.ReadString('\n')
	if err != nil || line != "{\"n\":7}\n" {
		t.Errorf("got %q, %v", line, err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func TestHowAChildEnded(t *testing.T) {
	for role, want := range map[string]string{
		"panic":  "exit status 2: panic: out of pages",
		"fail":   "exit status 1: no such table",
		"nobody": `no child role "nobody"`,
	} {
		p := begin(t, role, nil)
		_, _ = io.Copy(io.Discard, p.Out)
		if err := p.Wait(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", role, err, want)
		}
	}
}

func TestStopAndKill(t *testing.T) {
	for name, end := range map[string]func(*Process){"stop": (*Process).Stop, "kill": (*Process).Kill} {
		p := begin(t, "stay", nil)
		if _, err := p.Out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		end(p)
		if !gone(p.Pid()) {
			t.Errorf("%s left the child running", name)
		}
	}
}

// A child ends by itself when its standard input does, whatever waits for that.
func TestAChildEndsWithItsInput(t *testing.T) {
	for _, role := range []string{"stay", "stay measuring"} {
		p := begin(t, role, nil)
		if _, err := p.Out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		p.in.Close()
		late := time.AfterFunc(10*time.Second, p.Signal)
		if err := p.Wait(); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		late.Stop()
	}
}

// Ctrl-C reaches the whole group; only the parent acts on it.
func TestAChildIgnoresInterrupts(t *testing.T) {
	p := begin(t, "stay", nil)
	defer p.Kill()
	if _, err := p.Out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if err := syscall.Kill(p.Pid(), signal); err != nil {
			t.Fatal(err)
		}
	}
	// A child that obeyed would end its output; this one ends it when told to.
	ended := make(chan struct{})
	go func() {
		_, _ = bufio.NewReader(p.Out).ReadByte()
		close(ended)
	}()
	select {
	case <-ended:
		t.Error("the child ended")
	case <-time.After(100 * time.Millisecond):
	}
}

// A child of a parent that was killed does not live on.
func TestChildrenOfTheKilledEnd(t *testing.T) {
	p := begin(t, "parent", nil)
	line, err := p.Out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var grandchild int
	if _, err := fmt.Sscan(line, &grandchild); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	if !gone(grandchild) {
		t.Errorf("process %d lives on after its parent was killed", grandchild)
		_ = syscall.Kill(grandchild, syscall.SIGKILL)
	}
}

// Children wait behind the gate until they are released, work until they are
// relieved, and go with their parent when they never are.
func TestRelease(t *testing.T) {
	var children []*Process
	for range 3 {
		p := begin(t, "gated", nil)
		defer p.Stop()
		children = append(children, p)
		if line, err := p.Out.ReadString('\n'); err != nil || line != "waiting\n" {
			t.Fatalf("got %q, %v", line, err)
		}
	}
	for _, p := range children[:2] {
		if n := p.Out.Buffered(); n > 0 {
			t.Errorf("%d bytes from a child behind the gate", n)
		}
		if err := p.Release(); err != nil {
			t.Fatal(err)
		}
		if line, err := p.Out.ReadString('\n'); err != nil || line != "released\n" {
			t.Errorf("got %q, %v", line, err)
		}
	}
	if err := children[0].Relieve(); err != nil {
		t.Fatal(err)
	}
	if line, err := children[0].Out.ReadString('\n'); err != nil || line != "relieved\n" {
		t.Errorf("got %q, %v", line, err)
	}
	for i, p := range children[1:] { // one that was never relieved, one never released
		pid := p.Pid()
		p.Stop()
		if !gone(pid) {
			t.Errorf("child %d is still there", i+1)
		}
	}
}

// A child on one CPU sees one, and the parent has kept its own.
func TestStartOn(t *testing.T) {
	before := runtime.NumCPU()
	p, pinned, err := StartOn(0, "", "cpus", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	line, err := p.Out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(line); pinned && got != "1" {
		t.Errorf("pinned to one CPU, the child counts %s", got)
	}
	if !pinned {
		t.Logf("skipped: this system does not pin processes")
	}
	again := begin(t, "cpus", nil)
	defer again.Stop()
	if line, err := again.Out.ReadString('\n'); err != nil || strings.TrimSpace(line) != fmt.Sprint(before) {
		t.Errorf("the next child counts %q CPUs, %v; want %d", line, err, before)
	}
}

// A child that ends before it reads its task, however long, has been started; how
// it ended is told by Wait.
func TestAChildThatReadsNothing(t *testing.T) {
	const program = "/bin/false"
	if _, err := os.Stat(program); err != nil {
		t.Skip("no program at hand that only fails: " + err.Error())
	}
	p, err := StartProgram(program, "none", strings.Repeat("x", 1<<20)) // more than a pipe holds
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(p.Out); err != nil || len(got) > 0 {
		t.Errorf("it wrote %q, %v", got, err)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %v, want its exit status", err)
	}
}
