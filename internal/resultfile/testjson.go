package resultfile

import (
	"bytes"
	"encoding/json"
)

// A testEvent is a line of `go test -json` (go doc cmd/test2json).
type testEvent struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// testEventOf returns the event that a line is, if it is one.
func testEventOf(line []byte) (e testEvent, ok bool) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return e, false
	}
	return e, json.Unmarshal(line, &e) == nil && e.Action != ""
}

// A printed is the output of one package: what its events hold, put together to
// lines again. Those of several packages come mixed, and a result line comes in
// several events.
type printed struct {
	stream
	rest []byte // the beginning of a line
	from int    // the line of the event that it began in
	long bool   // only the beginning of rest is kept
}

// take takes an event's output.
func (p *printed) take(output []byte, line int) {
	for len(output) > 0 {
		if len(p.rest) == 0 {
			p.from = line
		}
		part, rest, whole := bytes.Cut(output, []byte("\n"))
		room := maxLine - 1 - len(p.rest)
		p.long = p.long || len(part) >= room
		p.rest = append(p.rest, part[:min(len(part), room)]...)
		if !whole {
			return
		}
		p.endLine()
		output = rest
	}
}

// endLine deals with a line that is complete.
func (p *printed) endLine() {
	text := bytes.TrimSuffix(p.rest, []byte("\r"))
	if p.long {
		p.longLine(text, p.from)
	} else {
		p.line(text, p.from)
	}
	p.rest, p.long = p.rest[:0], false
}

// testEvent takes a line of `go test -json`.
func (f *file) testEvent(line []byte, n int) {
	e, ok := testEventOf(line)
	switch {
	case len(bytes.TrimSpace(line)) == 0:
	case !ok:
		f.passOver(n, badJSON, true)
	case e.Action == "output":
		p := f.packages[e.Package]
		if p == nil {
			p = &printed{stream: stream{file: f}}
			f.packages[e.Package] = p
			f.order = append(f.order, p)
		}
		p.take([]byte(e.Output), n)
	}
}
