package io

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"runbench/workloads"
)

const (
	pipeBatch = 64

	// pipeHeader is how much of a message differs from all others: its number.
	pipeHeader = 8
)

var pipeSizes = workloads.Sizes{S: 1, W: 64, A: 1024}

// Pipe is a writer and a reader with the kernel between them.
var Pipe = workloads.Workload{
	Name:       "io/pipe",
	Isolates:   "handing bytes from one goroutine to another through the kernel: two system calls a message, and the netpoller where one side waits for the other",
	Expect:     "concurrency 1× or below: one goroutine that writes and reads in turns makes the same system calls, on memory that is still in its cache; parallelism between 1× and 2×: the two sides run side by side, but the kernel copies under one lock a pipe, and a side that finds the pipe empty or full is put aside and has to be woken",
	Definition: "a stream of 1 KiB messages through os.Pipe (pipe(2), non-blocking and in the netpoller on Unix), in the manner of lmbench's bw_pipe but inside one process; at one goroutine the same loop writes a message and reads it back; the reader compares every message; each batch has a pipe of its own",
	Advice:     "inside one process use a channel; where it must be a pipe or a socket, write large pieces (bufio), so that each wake-up moves more",
	Related:    []string{"sync/channel", "sched/pingpong", "io/tcp-echo"},
	Batch:      pipeBatch,
	Cooperates: true,
	Goroutines: func(workloads.Params) []int { return []int{1, 2} },
	Parameters: []workloads.Parameter{
		pipeSizes.Parameter("messages a task moves"),
		// At one goroutine a message must fit into the pipe, which on Windows
		// holds 4 KiB.
		workloads.IntParameter("bytes", 1<<10, pipeHeader, 4<<10, "length of a message"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		p := &pipeStream{
			messages: pipeBatch * pipeSizes.Of(env.Params),
			pattern:  bytes.Repeat([]byte("pipeline"), env.Params.Int("bytes")/8+1)[:env.Params.Int("bytes")],
		}
		return &workloads.Instance{
			Run:   p.run,
			Check: func(context.Context) error { return p.check() },
		}, nil
	},
}

// A pipeStream moves numbered messages through a pipe.
type pipeStream struct {
	messages int // of a batch
	pattern  []byte

	batches uint64 // checked so far
	read    int    // right messages of the batch under way
}

// run moves the messages of a batch through a new pipe.
func (p *pipeStream) run(ctx context.Context, goroutines int) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	if goroutines == 1 {
		return errors.Join(p.alternate(ctx, r, w), w.Close(), r.Close())
	}
	// Whoever ends first, with its work done or not, closes its end of the pipe,
	// and so ends the other's waiting.
	var writing, reading error
	var wg sync.WaitGroup
	wg.Go(func() { writing = errors.Join(p.write(ctx, w), w.Close()) })
	wg.Go(func() { reading = errors.Join(p.readAll(ctx, r), r.Close()) })
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(reading, writing)
}

// alternate writes and reads in turns, so that the pipe never holds more than one
// message and nothing ever waits.
func (p *pipeStream) alternate(ctx context.Context, r io.Reader, w io.Writer) error {
	out, in := p.buffers()
	for n := range p.messages {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.writeOne(w, out, n); err != nil {
			return err
		}
		if err := p.readOne(r, out, in); err != nil {
			return err
		}
		p.read++
	}
	return nil
}

func (p *pipeStream) write(ctx context.Context, w io.Writer) error {
	out, _ := p.buffers()
	for n := range p.messages {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.writeOne(w, out, n); err != nil {
			return err
		}
	}
	return nil
}

func (p *pipeStream) readAll(ctx context.Context, r io.Reader) error {
	want, in := p.buffers()
	read := 0
	defer func() { p.read = read }()
	for n := range p.messages {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.number(want, n)
		if err := p.readOne(r, want, in); err != nil {
			return err
		}
		read++
	}
	return nil
}

// buffers returns a message without its number, and room for one.
func (p *pipeStream) buffers() (message, room []byte) {
	return bytes.Clone(p.pattern), make([]byte, len(p.pattern))
}

// number makes message the n-th of the batch under way.
func (p *pipeStream) number(message []byte, n int) {
	binary.BigEndian.PutUint64(message, p.batches*uint64(p.messages)+uint64(n))
}

func (p *pipeStream) writeOne(w io.Writer, message []byte, n int) error {
	p.number(message, n)
	_, err := w.Write(message)
	return err
}

// readOne reads a message into in and compares it.
func (p *pipeStream) readOne(r io.Reader, want, in []byte) error {
	if _, err := io.ReadFull(r, in); err != nil {
		return err
	}
	if !bytes.Equal(in, want) {
		return fmt.Errorf("a message begins %x, want %x", in[:pipeHeader], want[:pipeHeader])
	}
	return nil
}

// check reports whether all messages of the batch were read.
func (p *pipeStream) check() error {
	read := p.read
	p.read = 0
	p.batches++
	if read != p.messages {
		return fmt.Errorf("%d messages were read, want %d", read, p.messages)
	}
	return nil
}
