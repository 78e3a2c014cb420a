package resultfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"runbench/internal/noise"
)

// A Run is one result line.
type Run struct {
	Cell    Cell
	Name    string  // as written, without "Benchmark"; "" where the run was not read from a file
	Config  string  // the keys it was measured under, as "key: value" joined by "; "
	Round   int     // from 1
	Batches int     // iterations of the line
	Values  []Value // as written, not tidied
	Line    int
}

// Value returns the run's measurement in unit.
func (r Run) Value(unit string) (float64, bool) {
	for _, v := range r.Values {
		if v.Unit == unit {
			return v.Value, true
		}
	}
	return 0, false
}

// FullName returns the run's benchmark name without "Benchmark", with every axis.
func (r Run) FullName() string {
	if r.Name == "" {
		return r.Cell.Name()
	}
	return r.Name
}

// BaseName returns the benchmark name without what says C and P: "-8", "/gomaxprocs=8"
// and "/goroutines=8". Runs that have it in common differ only along the axes.
func (r Run) BaseName() string {
	name := r.FullName()
	if r.Cell.Gomaxprocs > 0 {
		name = strings.TrimSuffix(name, "-"+strconv.Itoa(r.Cell.Gomaxprocs))
		name = cutPart(name, keyGomaxprocs)
	}
	if r.Cell.Goroutines > 0 {
		name = cutPart(name, keyGoroutines)
	}
	return name
}

// cutPart returns name without the parts "/key=value".
func cutPart(name, key string) string {
	for {
		before, after, ok := strings.Cut(name, "/"+key+"=")
		if !ok {
			return name
		}
		if i := strings.IndexByte(after, '/'); i >= 0 {
			before += after[i:]
		}
		name = before
	}
}

// A Set is what a result file holds.
type Set struct {
	Manifest *Manifest // nil for files of other tools
	Runs     []Run
	Failures []Failure
	Notes    []Note
	Marks    []Mark
	Rounds   []RoundEnd
	End      *End // nil for a file that was not finished
	Torn     bool // the last line had no end and was dropped

	// Warnings are about lines that were passed over, each with file and line, and
	// about what was read in another way than it may have been meant.
	Warnings []string

	// Passed counts all lines that were passed over, by reason: those of the
	// warnings, and those that nobody would take for results.
	Passed []Passed

	whole   int64 // bytes up to the end of the last whole line
	encoded bool  // not in UTF-8
	store   *store
}

// All yields the runs, of a set from [ReadCompact] as of any other. Where it is
// from there, a run's Values are good only until the next run.
func (s *Set) All() iter.Seq[Run] {
	if s.store != nil {
		return s.store.all()
	}
	return slices.Values(s.Runs)
}

// Len returns the number of runs that All yields.
func (s *Set) Len() int {
	if s.store != nil {
		return s.store.runs
	}
	return len(s.Runs)
}

// Noise returns what the watch saw in each round that was watched.
func (s *Set) Noise() []noise.Noise {
	var seen []noise.Noise
	for _, r := range s.Rounds {
		if r.Noise != nil {
			seen = append(seen, *r.Noise)
		}
	}
	return seen
}

// An InputError says that a file cannot be used.
type InputError struct {
	File     string
	Line     int // 0 where it is about the file as a whole
	Expected string
	Found    string
	Empty    bool // the file holds nothing at all
}

func (e *InputError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s: expected %s, found %s", where, e.Expected, e.Found)
}

const expectedResults = "benchmark results (lines that begin with \"Benchmark\")"

// Read reads a result file, of runbench or of anything else that prints benchmarks:
// the output of `go test -bench`, with whatever stands between its lines, or that of
// `go test -json`. name is for messages. The error is an *InputError where the
// content is at fault: nothing there, not text, or no result in it. Lines that
// cannot be read are passed over, counted and warned of.
func Read(r io.Reader, name string) (*Set, error) {
	set, err := ReadCompact(r, name)
	if err != nil {
		return nil, err
	}
	set.Runs, set.store = set.store.take(), nil
	return set, nil
}

// ReadCompact reads as [Read] does but leaves Runs empty: All and Series give the
// results. In a file of millions of lines a run with three values takes about 30
// bytes so, and over 200 in Runs.
func ReadCompact(r io.Reader, name string) (*Set, error) {
	text, dropped, err := plain(r)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return nil, &InputError{File: name, Expected: expectedResults, Found: "a directory"}
	case err != nil:
		return nil, err
	}
	f := &file{name: name, set: &Set{store: &store{}}}
	f.set.encoded = dropped < 0
	dropped = max(0, dropped)
	lines := newLineScanner(text)
	if err := f.read(lines); err != nil {
		return nil, err
	}
	s := f.set
	s.whole = lines.whole + dropped
	s.Warnings = append(f.warnings(), f.told...)
	switch {
	case lines.read == 0:
		return nil, &InputError{File: name, Expected: expectedResults, Found: "an empty file", Empty: true}
	case s.Len() == 0 && s.Manifest == nil && !s.Torn:
		return nil, &InputError{File: name, Expected: expectedResults, Found: f.found(lines.line)}
	}
	return s, nil
}

// A file is what is known of a file while it is being read.
type file struct {
	name   string
	set    *Set
	parser lineParser
	store  *store

	round  int             // the one under way, by the last event; 0 where none says
	own    bool            // an event has been seen
	whole  map[string]bool // units that look cut off and are not
	failed []string        // benchmarks

	packages map[string]*printed // of `go test -json`
	order    []*printed

	bytes int      // of configurations
	told  []string // warnings that are about no line
}

// read reads all lines.
func (f *file) read(lines *lineScanner) error {
	f.store = f.set.store
	f.parser.known = make(map[string]string)
	f.whole = make(map[string]bool)
	f.packages = make(map[string]*printed)
	plain := &stream{file: f}
	plain.headingOf(nil)
	asJSON, open := false, false
	for lines.next() {
		if lines.open && f.torn(lines) {
			f.set.Torn = true
			f.told = append(f.told, fmt.Sprintf("%s:%d: the last line has no end and was dropped: its writer was stopped there", f.name, lines.line))
			break
		}
		if !asJSON && f.store.runs == 0 && len(lines.text) > 0 && lines.text[0] == '{' {
			// What a build printed may stand before the first event.
			_, asJSON = testEventOf(lines.text)
		}
		open = lines.open
		switch {
		case lines.long && asJSON:
			f.passOver(lines.line, tooLong, true)
		case lines.long:
			plain.longLine(lines.text, lines.line)
		case asJSON:
			f.testEvent(lines.text, lines.line)
		default:
			plain.line(lines.text, lines.line)
		}
		if f.bytes > maxConfigBytes {
			return &InputError{File: f.name, Line: lines.line, Expected: "results under configurations of 64 MiB in all", Found: "more: is this a log?"}
		}
	}
	if lines.err != nil {
		var binary *binaryError
		if errors.As(lines.err, &binary) {
			return &InputError{File: f.name, Line: binary.line, Expected: expectedResults, Found: "binary data"}
		}
		return fmt.Errorf("%s:%d: %w", f.name, lines.line+1, lines.err)
	}
	plain.end(open)
	for _, p := range f.order {
		cut := len(p.rest) > 0
		if cut {
			p.endLine()
		}
		p.stream.end(cut)
	}
	for _, text := range f.store.finish() {
		f.told = append(f.told, f.name+": "+text)
	}
	return nil
}

// torn reports whether the last line, which has no end, was being written when its
// writer was stopped. In a file that is not ours it may be all right: text that was
// copied.
func (f *file) torn(lines *lineScanner) bool {
	return f.own || bytes.HasPrefix([]byte(eventPrefix), lines.text) || bytes.HasPrefix(lines.text, []byte(eventPrefix))
}

// found says what is in a file without results.
func (f *file) found(lines int) string {
	text := fmt.Sprintf("%d lines without one", lines)
	if lines == 1 {
		text = "1 line without one"
	}
	if n := len(f.failed); n > 0 {
		text += fmt.Sprintf(", and %d that failed, the first of them %q", n, f.failed[0])
	}
	for _, p := range f.set.Passed {
		if p.doubtful && p.Reason != failedTest && p.Reason != failedPackage {
			return text + fmt.Sprintf("; line %d is %s", p.First, p.Reason)
		}
	}
	return text
}

func (f *file) configOf(text []byte) uint32 {
	n := len(f.store.configs.texts)
	id := f.store.configs.of(text)
	if len(f.store.configs.texts) > n {
		f.bytes += len(text)
	}
	return id
}

func (f *file) headingOf(text []byte) uint32 { return f.store.headings.of(text) }
