package compare

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"

	"runbench/internal/resultfile"
)

// samples holds the values of one input by configuration, benchmark name and
// unit.
type samples struct {
	configs  []*configSamples // in order of first appearance
	names    []string         // benchmark names over all configs, likewise
	units    []string         // likewise
	metadata []*benchfmt.UnitMetadata
	warnings []string

	byConfig map[string]*configSamples // by Config.key
	current  *configSamples            // of the latest result
	inOrder  []benchfmt.Config         // copy of the latest result's Config
	hasName  map[string]struct{}
	hasUnit  map[string]struct{}
}

// configSamples holds the values measured under one configuration.
type configSamples struct {
	config Config
	rows   map[string]*rowSamples // by full benchmark name
}

// rowSamples holds the values of one benchmark. A benchmark has a handful of
// units, so that looking through a slice is quicker than a map.
type rowSamples struct {
	units []unitSamples
}

type unitSamples struct {
	unit   string
	values []float64
}

// values returns the values in unit, or nil.
func (r *rowSamples) values(unit string) []float64 {
	for i := range r.units {
		if r.units[i].unit == unit {
			return r.units[i].values
		}
	}
	return nil
}

// maxSyntaxWarnings is how many lines of one input are named in warnings
// before the rest are only counted.
const maxSyntaxWarnings = 10

// readSamples reads in to its end and groups what filter lets through.
func readSamples(ctx context.Context, in Input, label string, filter *benchproc.Filter) (*samples, error) {
	s := &samples{
		byConfig: make(map[string]*configSamples),
		hasName:  make(map[string]struct{}),
		hasUnit:  make(map[string]struct{}),
	}
	src := &source{ctx: ctx}
	if err := ctx.Err(); err != nil {
		return nil, src.readError(in.Name, err)
	}
	// What analyze reads of a file, compare reads too.
	var err error
	src.r, src.events, err = resultfile.Text(bufio.NewReaderSize(in.Data, 256<<10))
	if err != nil {
		return nil, src.readError(in.Name, err)
	}
	name := in.Name
	if src.events {
		name = "output of " + name // which line numbers are of
	}
	var reader benchfmt.Reader
	reader.Reset(src, name, ".file", label)

	results, bad := 0, 0
	var firstBad *benchfmt.SyntaxError
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.Result:
			results++
			if ok, _ := filter.Apply(rec); ok {
				s.add(rec)
			}
		case *benchfmt.UnitMetadata:
			s.metadata = append(s.metadata, rec)
		case *benchfmt.SyntaxError:
			if bad++; bad == 1 {
				firstBad = rec
			}
			if bad <= maxSyntaxWarnings {
				s.warnings = append(s.warnings, rec.Error())
			}
		}
	}
	if bad > maxSyntaxWarnings {
		s.warnings = append(s.warnings, fmt.Sprintf("%s: %d more lines could not be understood", in.Name, bad-maxSyntaxWarnings))
	}
	if err := reader.Err(); err != nil {
		return nil, src.readError(in.Name, err)
	}
	if results == 0 {
		return nil, src.noResultError(in.Name, firstBad)
	}
	return s, nil
}

// add puts the values of res into their samples. It keeps no reference to res,
// which the reader uses again.
func (s *samples) add(res *benchfmt.Result) {
	if s.current == nil || !sameConfig(s.inOrder, res.Config) {
		s.setConfig(res.Config)
	}
	row := s.current.rows[string(res.Name)]
	if row == nil {
		name := string(res.Name)
		row = new(rowSamples)
		s.current.rows[name] = row
		if _, ok := s.hasName[name]; !ok {
			s.hasName[name] = struct{}{}
			s.names = append(s.names, name)
		}
	}
values:
	for _, v := range res.Values {
		for i := range row.units {
			if u := &row.units[i]; u.unit == v.Unit {
				u.values = append(u.values, v.Value)
				continue values
			}
		}
		row.units = append(row.units, unitSamples{v.Unit, []float64{v.Value}})
		if _, ok := s.hasUnit[v.Unit]; !ok {
			s.hasUnit[v.Unit] = struct{}{}
			s.units = append(s.units, v.Unit)
		}
	}
}

// setConfig makes the samples of configuration cfgs the current ones.
func (s *samples) setConfig(cfgs []benchfmt.Config) {
	s.inOrder = s.inOrder[:0]
	for _, cfg := range cfgs {
		cfg.Value = bytes.Clone(cfg.Value)
		s.inOrder = append(s.inOrder, cfg)
	}
	config := newConfig(cfgs)
	key := config.key()
	s.current = s.byConfig[key]
	if s.current == nil {
		s.current = &configSamples{config: config, rows: make(map[string]*rowSamples)}
		s.byConfig[key] = s.current
		s.configs = append(s.configs, s.current)
	}
}

// sameConfig reports whether a and b are the same keys and values in the same
// order.
func sameConfig(a, b []benchfmt.Config) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key != b[i].Key || !bytes.Equal(a[i].Value, b[i].Value) {
			return false
		}
	}
	return true
}

// A source passes an input on to the benchmark reader, stops when ctx is done,
// and keeps what a message about unusable input needs to know.
type source struct {
	ctx    context.Context
	r      io.Reader
	events bool   // the input is that of go test -json
	lines  int    // line ends passed on
	head   []byte // beginning of the input
	last   byte
}

// headLen is how much of an input is looked at to tell what it is.
const headLen = 64

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	if n > 0 {
		s.lines += bytes.Count(p[:n], []byte{'\n'})
		s.last = p[n-1]
		if room := headLen - len(s.head); room > 0 {
			s.head = append(s.head, p[:min(n, room)]...)
		}
	}
	return n, err
}

// readError is the InputError for err, met in the midst of the input. The
// scanner asks for more only when all complete lines have been used, so the
// line at fault is the one after the last line end.
func (s *source) readError(name string, err error) *InputError {
	e := &InputError{File: name, Err: err}
	if !s.events {
		e.Line = s.lines + 1
	}
	if errors.Is(err, bufio.ErrTooLong) {
		e.Expected = fmt.Sprintf("lines of less than %d bytes", bufio.MaxScanTokenSize)
		e.Found = "a longer one"
		return e
	}
	e.Expected = "Go benchmark output"
	if errors.Is(err, syscall.EISDIR) {
		e.Line, e.Found = 0, "a directory"
		return e
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	e.Found = "a read error: " + err.Error()
	return e
}

// noResultError is the InputError for an input read to its end without meeting
// a benchmark result. firstBad is the first line that began like one, or nil.
func (s *source) noResultError(name string, firstBad *benchfmt.SyntaxError) *InputError {
	e := &InputError{
		File:     name,
		Expected: `Go benchmark output, with lines like "BenchmarkName 100 12345 ns/op"`,
	}
	lines := s.lines
	if len(s.head) > 0 && s.last != '\n' {
		lines++
	}
	switch {
	case len(s.head) == 0 && s.events:
		e.Found = "events of go test -json without any output"
	case len(s.head) == 0:
		e.Found = "an empty file"
	case bytes.HasPrefix(bytes.TrimSpace(s.head), []byte{'{'}):
		e.Found = "JSON that is not the output of go test -json"
	case firstBad != nil:
		if !s.events {
			e.Line = firstBad.Line
		}
		e.Found = "only lines that cannot be understood, the first for: " + firstBad.Msg
	case lines == 1:
		e.Found = "1 line without a benchmark result"
	default:
		e.Found = fmt.Sprintf("%d lines without a benchmark result", lines)
	}
	return e
}
