//go:build unix

package child

import (
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// When a parent is killed, the guard kills the groups of its programs, whoever
// started what is in them.
func TestAGuardKillsGroups(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell at hand to start a process of its own")
	}
	p := begin(t, "guarded", nil)
	line, err := p.Out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ids [2]int
	if _, err := fmt.Sscan(line, &ids[0], &ids[1]); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	for _, id := range ids {
		if !gone(id) {
			t.Errorf("process %d lives on after its parent was killed", id)
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	}
}

// What a guard was told to forget lives on, and what it still watches when it is
// closed does not.
func TestAGuardForgets(t *testing.T) {
	g, err := NewGuard()
	if err != nil {
		t.Fatal(err)
	}
	var programs []*exec.Cmd
	for range 2 {
		cmd := exec.Command("sleep", "100")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Skip("no program at hand that waits: " + err.Error())
		}
		programs = append(programs, cmd)
		if err := g.Watch(cmd.Process.Pid); err != nil {
			t.Fatal(err)
		}
	}
	g.Forget(programs[0].Process.Pid)
	g.Close()
	if err := programs[1].Wait(); err == nil {
		t.Error("what was watched has ended by itself")
	}
	if err := syscall.Kill(programs[0].Process.Pid, 0); err != nil {
		t.Errorf("what was forgotten is gone: %v", err)
	}
	_ = programs[0].Process.Kill()
	_ = programs[0].Wait()
}
