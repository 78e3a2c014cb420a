package resultfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"runbench/internal/noise"
)

// A Run is one result line.
type Run struct {
	Cell    Cell
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

	// Warnings are about lines that were passed over, each with file and line.
	Warnings []string

	whole int64 // bytes up to the end of the last whole line
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

// maxWarnings bounds how many warnings of a file are kept; the rest is counted.
const maxWarnings = 20

// Read reads a result file. name is for messages. The error is an *InputError
// where the content is at fault: nothing there, not text, or no result in it.
// Lines that cannot be read are passed over with a warning.
func Read(r io.Reader, name string) (*Set, error) {
	lines := &lineReader{r: r}
	reader := benchfmt.NewReader(lines, name)
	s := &Set{}
	seen := make(map[string]int) // runs of a cell so far, where no event gives the round
	config := newConfigText()
	round, skipped := 0, 0
	warn := func(format string, args ...any) {
		if len(s.Warnings) < maxWarnings {
			s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
		} else {
			skipped++
		}
	}
	apply := func(upTo int) {
		for _, e := range lines.take(upTo) {
			var event Event
			if err := json.Unmarshal(e.text, &event); err != nil {
				warn("%s:%d: #runbench line passed over: %v", name, e.line, err)
				continue
			}
			switch {
			case event.Manifest != nil:
				s.Manifest = event.Manifest
			case event.Round != nil:
				round = event.Round.Round
			case event.RoundEnd != nil:
				s.Rounds = append(s.Rounds, *event.RoundEnd)
			case event.Failed != nil:
				s.Failures = append(s.Failures, *event.Failed)
			case event.Note != nil:
				s.Notes = append(s.Notes, *event.Note)
			case event.Mark != nil:
				s.Marks = append(s.Marks, *event.Mark)
			case event.End != nil:
				s.End = event.End
			}
		}
	}
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			warn("%s: line passed over", rec.Error())
		case *benchfmt.Result:
			_, line := rec.Pos()
			apply(line)
			cell, err := ParseCell(rec.Name)
			if err != nil {
				warn("%s:%d: line passed over: %v", name, line, err)
				continue
			}
			run := Run{Cell: cell, Config: config.of(rec), Round: round, Batches: rec.Iters, Line: line}
			if round == 0 {
				key := string(rec.Name) + "\x00" + run.Config
				seen[key]++
				run.Round = seen[key]
			}
			for _, v := range rec.Values {
				if v.OrigUnit != "" {
					run.Values = append(run.Values, Value{v.OrigUnit, v.OrigValue})
				} else {
					run.Values = append(run.Values, Value{v.Unit, v.Value})
				}
			}
			s.Runs = append(s.Runs, run)
		}
	}
	if err := reader.Err(); err != nil {
		var binary *binaryError
		if errors.As(err, &binary) {
			return nil, &InputError{File: name, Line: binary.line, Expected: expectedResults, Found: "binary data"}
		}
		return nil, err
	}
	apply(int(^uint(0) >> 1))
	s.Torn, s.whole = lines.torn, lines.whole
	for _, line := range lines.long {
		warn("%s:%d: line passed over: longer than %d bytes", name, line, maxLine)
	}
	if s.Torn {
		warn("%s:%d: the last line has no end and was dropped: its writer was stopped there", name, lines.line+1)
	}
	if skipped > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%s: %d more warnings", name, skipped))
	}
	switch {
	case lines.read == 0:
		return nil, &InputError{File: name, Expected: expectedResults, Found: "an empty file", Empty: true}
	case len(s.Runs) == 0 && s.Manifest == nil && !s.Torn:
		return nil, &InputError{File: name, Expected: expectedResults, Found: fmt.Sprintf("%d lines without one", lines.line)}
	}
	return s, nil
}

// configText turns the keys of results into text, once for each set of keys.
type configText struct {
	keys []benchfmt.Config
	text string
}

func newConfigText() *configText { return &configText{} }

func (c *configText) of(r *benchfmt.Result) string {
	same := slices.EqualFunc(c.keys, r.Config, func(a, b benchfmt.Config) bool {
		return a.Key == b.Key && bytes.Equal(a.Value, b.Value)
	})
	if !same || c.text == "" {
		c.keys = c.keys[:0]
		var pairs []string
		for _, kv := range r.Config {
			c.keys = append(c.keys, benchfmt.Config{Key: kv.Key, Value: bytes.Clone(kv.Value)})
			pairs = append(pairs, kv.Key+": "+string(kv.Value))
		}
		slices.Sort(pairs)
		c.text = strings.Join(pairs, "; ")
	}
	return c.text
}
