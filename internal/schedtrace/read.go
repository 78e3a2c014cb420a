package schedtrace

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// Options say how to read a trace. Zero values stand for the defaults.
type Options struct {
	// Progress, if not nil, is called now and then with how many bytes have been
	// read.
	Progress func(bytes int64)

	// From and For choose the span of the timelines, from the beginning of what
	// is counted. For 0 is all the rest. Facts are of everything.
	From, For time.Duration

	// Columns is how many columns a timeline has at most, 2 at least.
	Columns int
}

// The defaults.
const (
	defaultColumns = 2048

	// mostGoroutines is how many goroutines have a lane of their own at most: the
	// first ones that are seen to do anything.
	mostGoroutines = 128
)

// A Trace is what there is to know of an execution trace. It is for reading.
type Trace struct {
	Facts      Facts
	Procs      Timeline         // who ran on each P
	Goroutines Timeline         // what each goroutine did; the first of them only
	Marks      []time.Duration  // ns, from the beginning of what is counted
	Names      map[int64]string // the functions that goroutines were started with, of the first thousands

	// Cut says why the trace could not be read to its end, where it could not;
	// everything else is of what came before. "" where it could.
	Cut string
}

// oldLimit is how large traces of Go before 1.22 may be: the parser holds these
// in memory as a whole.
const oldLimit = 32 << 20

// longest is how long a trace may be. Time stamps that are further apart are broken,
// and nothing could be drawn from one to the other.
const longest = 30 * 24 * time.Hour

// Read reads a trace. It fails on what is no trace, or one of a Go version that is
// not known, or one that breaks off before anything is told. The errors have one
// line. It stops when ctx ends.
func Read(ctx context.Context, r io.Reader, opt Options) (t *Trace, err error) {
	// The parser panics on some broken traces.
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, fmt.Errorf("the trace is broken: %s", firstLine(fmt.Sprint(p)))
		}
	}()
	if opt.Columns == 0 {
		opt.Columns = defaultColumns
	}
	counted := &counter{r: r}
	in := bufio.NewReaderSize(counted, 1<<16)
	old, err := checkHeader(in)
	if err != nil {
		return nil, err
	}
	if old {
		counted.limit = oldLimit
	}
	reader, err := trace.NewReader(in)
	if err != nil {
		return nil, errors.New(firstLine(err.Error()))
	}
	k := newTracker(opt)
	var first trace.Time
	for n := 0; !k.ended; n++ {
		if n%(1<<16) == 0 {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if opt.Progress != nil {
				opt.Progress(counted.n)
			}
		}
		ev, err := reader.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if !k.begun {
				return nil, fmt.Errorf("the trace is broken: %s", firstLine(err.Error()))
			}
			k.cut = firstLine(err.Error())
			break
		}
		if ev.Kind() == trace.EventSync {
			continue
		}
		if !k.begun {
			first = ev.Time()
		}
		if d := ev.Time().Sub(first); d < 0 || d > longest {
			k.cut = "the trace is broken: its time stamps are further apart than a trace can be long"
			break
		}
		k.event(ev)
	}
	if !k.begun {
		return nil, errors.New("the trace is empty: expected at least one event")
	}
	return k.trace(), nil
}

// checkHeader looks at the first bytes: "go 1.26 trace" and three zeros. old is
// for the format that Go had before 1.22.
func checkHeader(in *bufio.Reader) (old bool, err error) {
	head, _ := in.Peek(16)
	var minor int
	if _, err := fmt.Sscanf(string(head), "go 1.%d trace\x00\x00\x00", &minor); err != nil {
		return false, errors.New("expected an execution trace of a Go program (runtime/trace, go test -trace), found something else")
	}
	return minor < 22, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// A counter counts the bytes read, up to a limit if there is one.
type counter struct {
	r     io.Reader
	n     int64
	limit int64
}

func (c *counter) Read(p []byte) (int, error) {
	if c.limit > 0 && c.n > c.limit {
		return 0, fmt.Errorf("expected at most %d MB of a trace of Go before 1.22, which must be held in memory as a whole", c.limit>>20)
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
