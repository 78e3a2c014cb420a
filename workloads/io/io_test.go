package io

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"runbench/internal/child"
	"runbench/workloads"
)

func TestMain(m *testing.M) {
	child.Main()
	goleak.VerifyTestMain(m)
}

// start sets a workload up for one goroutine, in class S.
func start(t *testing.T, w workloads.Workload) *workloads.Instance {
	t.Helper()
	params := workloads.Params{}
	if w.Sized() {
		params["size"] = "S"
	}
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: params, Dir: t.TempDir(), Shared: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if in.Close == nil {
			return
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

// tasks does the tasks of a batch one after the other, and those in again a
// second time.
func tasks(t *testing.T, w workloads.Workload, in *workloads.Instance, again ...int) {
	t.Helper()
	for i := range w.Batch {
		if err := in.Task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range again {
		if err := in.Task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
}

// fails checks that err is an error with the given words in it.
func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}

// A context that ends before its task does ends the task.
func TestTasksEndWithTheirContext(t *testing.T) {
	why := errors.New("no longer wanted")
	for _, w := range []workloads.Workload{FileFsync, FileRead, Blocking, TCPEcho, Timeout} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		if err := start(t, w).Task(ctx, 0); !errors.Is(err, why) {
			t.Errorf("%s: got %v, want %v", w.Name, err, why)
		}
	}
	for _, w := range []workloads.Workload{Pipe, HTTPOpen} {
		for _, c := range []int{1, 2} {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(why)
			if err := start(t, w).Run(ctx, c); !errors.Is(err, why) {
				t.Errorf("%s, C=%d: got %v, want %v", w.Name, c, err, why)
			}
		}
	}
}
