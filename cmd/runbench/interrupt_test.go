package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Ctrl-C ends analyze while it waits for its input.
func TestAnalyzeInterrupted(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer func(stdin *os.File) { os.Stdin = stdin }(os.Stdin)
	os.Stdin = r
	if _, err := w.WriteString("BenchmarkX 1 5 ns/op\nBenchmarkX-2 1 5 ns/op\n"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	var out, errs bytes.Buffer
	if status := Main(ctx, []string{"analyze", "-"}, &out, &errs); status != statusInterrupted || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
		t.Errorf("status %d, %q on standard error, %q on standard output", status, errs.String(), out.String())
	}
}

// A trace that was interrupted is not left where whole ones are kept.
func TestTraceInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("kept", 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if files, _ := filepath.Glob("kept/*"); len(files) > 0 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var out, errs bytes.Buffer
	args := []string{"trace", "cpu/hash", "--procs", "1", "--batches", "1000000", "--keep", "kept"}
	if status := Main(ctx, args, &out, &errs); status != statusInterrupted {
		t.Errorf("status %d, %q on standard error", status, errs.String())
	}
	if files, _ := filepath.Glob("kept/*"); len(files) > 0 {
		t.Errorf("%q are left", files)
	}
}
