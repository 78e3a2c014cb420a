package execsweep

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"runbench/internal/child"
)

// The test binary is also the program that is measured: its first argument says
// what it does.
func TestMain(m *testing.M) {
	child.Main() // the guard
	if len(os.Args) > 2 && os.Args[1] == "program" {
		program(os.Args[2], os.Args[3:])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func program(mode string, args []string) {
	switch mode {
	case "compute": // on as many goroutines as GOMAXPROCS
		var wg sync.WaitGroup
		n := runtime.GOMAXPROCS(0)
		for range n {
			wg.Go(func() { spin(work / n) })
		}
		wg.Wait()
	case "single":
		spin(work)
	case "sleep":
		time.Sleep(20 * time.Millisecond)
	case "show":
		in, _ := io.ReadAll(os.Stdin)
		dir, _ := os.Getwd()
		set, ok := os.LookupEnv("GOMAXPROCS")
		if !ok {
			set = "unset"
		}
		fmt.Printf("args=%v GOMAXPROCS=%s cpus=%d stdin=%q dir=%q\n", args, set, runtime.NumCPU(), in, dir)
	case "print":
		for _, text := range args {
			fmt.Println(text)
		}
	case "fail":
		fmt.Println("on standard output")
		fmt.Fprint(os.Stderr, args[0])
		os.Exit(3)
	case "hang":
		select {}
	case "sweep": // another program, as runbench does
		c, err := New(append([]string{os.Args[0], "program"}, args...), Options{})
		if err != nil {
			panic(err)
		}
		_, _ = c.run(context.Background(), 1, 1, time.Hour, true)
	case "stay": // as itself, until it is killed
		time.Sleep(time.Hour)
	case "leave": // starts one that stays, tells its id and ends
		cmd := exec.Command(os.Args[0], "program", "stay")
		cmd.Stderr = os.Stderr // so that the pipe stays open too
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		if err := os.WriteFile(args[0], []byte(strconv.Itoa(cmd.Process.Pid)), 0o644); err != nil {
			panic(err)
		}
		if len(args) > 1 {
			_ = cmd.Wait()
		}
	}
}

// work takes some milliseconds.
const work = 5_000_000

var sink sync.Map

func spin(n int) {
	x := uint64(n)
	for range n {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink.Store(x, true)
}

// command returns the test binary as a command in a mode.
func command(t *testing.T, opt Options, mode string, args ...string) *Command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(append([]string{self, "program", mode}, args...), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func figure(t *testing.T, pattern, better string) *Figure {
	t.Helper()
	f, err := NewFigure(pattern, better)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
