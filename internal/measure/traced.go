package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/trace"
	"strconv"
	"sync/atomic"
	"time"

	"runbench/internal/child"
	"runbench/internal/schedtrace"
	"runbench/workloads"
)

// traceRole is the name of a child that runs a cell under the execution tracer.
// That slows what schedules much about twofold, so nothing is measured there.
const traceRole = "tracer"

// A TraceSpec says what is to be traced.
type TraceSpec struct {
	Spec
	Batches int    `json:"batches"` // 0: as many as fill RunTime, one at least
	Path    string `json:"path"`    // the file to write the trace into
}

// Traced says how a cell was traced.
type Traced struct {
	Batches int    `json:"batches"`
	Created int    `json:"created"` // goroutines started meanwhile, as runtime/metrics counts them; -1 for unknown
	Error   string `json:"error,omitempty"`
}

// mostTrace is how large a trace may grow before no further batch is begun.
const mostTrace = 64 << 20

// Trace traces a cell in a process of its own.
func Trace(ctx context.Context, spec TraceSpec, timeout time.Duration) (Traced, error) {
	limit, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w: killed after %v without a trace", ErrHung, timeout))
	defer cancel()
	p, err := child.Start(traceRole, spec, "GOMAXPROCS="+strconv.Itoa(spec.Gomaxprocs))
	if err != nil {
		return Traced{}, err
	}
	var traced Traced
	err = p.Answer(limit, &traced)
	switch {
	case traced.Error != "":
		return Traced{}, fmt.Errorf("%s: %s", spec.Workload, traced.Error)
	case err != nil:
		return Traced{}, fmt.Errorf("%s: %w", spec.Workload, err)
	}
	return traced, nil
}

// serveTrace traces the cell in this process.
func serveTrace(w workloads.Workload, spec TraceSpec, out io.Writer) error {
	traced, err := traceCell(context.Background(), w, spec)
	if err != nil {
		traced = Traced{Error: err.Error()}
	}
	return json.NewEncoder(out).Encode(traced)
}

func traceCell(ctx context.Context, w workloads.Workload, spec TraceSpec) (traced Traced, err error) {
	s, err := StrategyOf(w, spec.Strategy)
	if err != nil {
		return Traced{}, err
	}
	in, stop, err := begin(ctx, w, spec.Spec)
	if err != nil {
		return Traced{}, err
	}
	defer func() {
		if stopErr := stop(); err == nil {
			err = stopErr
		}
	}()
	m := NewMeter(in, s, spec.Goroutines, w.Batch, false)
	debug.FreeOSMemory() // as before runs that are measured
	// A first batch opens connections and starts threads, a second one shows how
	// long one takes.
	if _, err := m.discard(ctx); err != nil {
		return Traced{}, err
	}
	start := time.Now()
	if err := m.run(ctx); err != nil {
		return Traced{}, err
	}
	n := spec.Batches
	if n == 0 {
		n = max(1, int(math.Ceil(float64(spec.RunTime)/float64(time.Since(start)))))
	}
	if err := m.check(ctx); err != nil {
		return Traced{}, err
	}
	runtime.GC()
	return traceBatches(ctx, m, n, spec.Path)
}

// traceBatches runs n batches under the tracer, or fewer where the trace gets too
// long, each with its check.
func traceBatches(ctx context.Context, m *Meter, n int, path string) (traced Traced, err error) {
	f, err := os.Create(path)
	if err != nil {
		return Traced{}, err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	out := &countedWriter{w: f}
	if err := trace.Start(out); err != nil {
		return Traced{}, err
	}
	defer trace.Stop()
	before := goroutinesCreated()
	schedtrace.Begin()
	for traced.Batches < n {
		if err := m.run(ctx); err != nil {
			return Traced{}, err
		}
		schedtrace.Mark()
		traced.Batches++
		if err := m.check(ctx); err != nil {
			return Traced{}, err
		}
		if out.bytes.Load() > mostTrace {
			break
		}
	}
	schedtrace.End()
	traced.Created = -1
	if after := goroutinesCreated(); before >= 0 && after >= before {
		traced.Created = after - before
	}
	return traced, nil
}

// A countedWriter counts what is written: asking the file for its size would be a system
// call, which the trace would show.
type countedWriter struct {
	w     io.Writer
	bytes atomic.Int64
}

func (c *countedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// goroutinesCreated returns how many goroutines this process has started, -1
// where the runtime does not tell.
func goroutinesCreated() int {
	s := samplesOf(metricStarts)
	metrics.Read(s)
	if n := number(s[0].Value); !math.IsNaN(n) {
		return int(n)
	}
	return -1
}
