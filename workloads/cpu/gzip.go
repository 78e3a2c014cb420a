package cpu

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"runbench/workloads"
)

const (
	gzipBatch = 64

	// gzipOrder is fewer bytes than any order takes in a document.
	gzipOrder = 180
)

var gzipSizes = workloads.Sizes{S: 1 << 10, W: 16 << 10, A: 256 << 10}

// Gzip is what a server does to every reply it compresses.
var Gzip = workloads.Workload{
	Name:       "cpu/gzip",
	Isolates:   "compression: table look-ups and matching in some 800 KB of state for each writer at work",
	Expect:     "concurrency 1×; parallelism close to the number of cores while each core's own cache holds a writer, less with writer=new, which keeps the garbage collector at work",
	Definition: "compress/gzip at the default level on 16 KiB of JSON a task (class W), into a buffer that is kept; writers come from a sync.Pool and are Reset, so a task allocates next to nothing, or with writer=new are made anew, some 800 KB of garbage a task; checked by decompressing, and output that is the same byte for byte as what was decompressed before is not decompressed again",
	Advice:     "reuse writers with Reset, and take a lower level before more cores",
	Related:    []string{"cpu/json", "cpu/sort", "mem/alloc"},
	Batch:      gzipBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		gzipSizes.Parameter("bytes to compress"),
		workloads.ChoiceParameter("writer", "pooled", []string{"pooled", "new"}, "where a task has its gzip.Writer from: pooled, or new for every task"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		a, err := newArchive(gzipSizes.Of(env.Params), env.Params["writer"] == "pooled")
		if err != nil {
			return nil, err
		}
		return &workloads.Instance{
			Task:  func(_ context.Context, i int) error { return a.compress(i) },
			Check: func(context.Context) error { return a.check() },
		}, nil
	},
}

// An archive is texts and what they were compressed to.
type archive struct {
	pooled  bool
	writers sync.Pool
	texts   [][]byte
	out     [gzipBatch]bytes.Buffer
	known   [gzipBatch][]byte // what was decompressed and found right
}

func newArchive(n int, pooled bool) (*archive, error) {
	a := &archive{pooled: pooled, texts: make([][]byte, gzipBatch)}
	a.writers.New = func() any { return gzip.NewWriter(nil) }
	for i := range a.texts {
		doc, err := json.Marshal(orders(uint64(i), 1+n/gzipOrder))
		if err != nil {
			return nil, err
		}
		a.texts[i] = doc[:n:n]
	}
	return a, nil
}

func (a *archive) compress(i int) error {
	out := &a.out[i]
	out.Reset()
	var w *gzip.Writer
	if a.pooled {
		w = a.writers.Get().(*gzip.Writer)
		defer a.writers.Put(w)
		w.Reset(out)
	} else {
		w = gzip.NewWriter(out)
	}
	if _, err := w.Write(a.texts[i]); err != nil {
		return err
	}
	return w.Close()
}

func (a *archive) check() error {
	for i := range a.out {
		got := a.out[i].Bytes()
		if a.known[i] == nil || !bytes.Equal(got, a.known[i]) {
			text, err := decompress(got)
			if err != nil {
				return fmt.Errorf("task %d: decompressing its %d bytes: %w", i, len(got), err)
			}
			if !bytes.Equal(text, a.texts[i]) {
				return fmt.Errorf("task %d: its output decompresses to %d bytes that are not the %d it was given", i, len(text), len(a.texts[i]))
			}
			a.known[i] = bytes.Clone(got)
		}
		a.out[i].Reset()
	}
	return nil
}

func decompress(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
