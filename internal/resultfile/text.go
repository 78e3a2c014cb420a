package resultfile

import (
	"bytes"
	"errors"
	"io"
)

// maxBefore is how far into a file the first event of `go test -json` may be: builds
// may print before it.
const maxBefore = 64 << 10

// Text returns what r gives as `go test` prints it, for readers that take nothing
// else: UTF-16 as UTF-8, without a byte order mark, and of the events of `go test
// -json` what they print, that of a package in one piece. events says that there were
// any. The error is the reader's.
func Text(r io.Reader) (text io.Reader, events bool, err error) {
	r, _, err = plain(r)
	if err != nil {
		return nil, false, err
	}
	begin := make([]byte, maxBefore)
	n, err := io.ReadFull(r, begin)
	begin = begin[:n]
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		r = bytes.NewReader(begin)
	case err != nil:
		r = io.MultiReader(bytes.NewReader(begin), broken{err})
	default:
		r = io.MultiReader(bytes.NewReader(begin), r)
	}
	for line := range bytes.Lines(begin) {
		if bytes.HasPrefix(line, benchmarkPrefix) {
			break
		}
		if _, ok := testEventOf(line); ok {
			return &eventText{lines: newLineScanner(r), packages: make(map[string]*printing)}, true, nil
		}
	}
	return r, false, nil
}

// A broken reader gives an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// An eventText is the text of events. The package that came first is passed on as it
// comes; what others print meanwhile is kept until its end.
type eventText struct {
	lines    *lineScanner
	packages map[string]*printing
	order    []*printing // that have not been passed on whole; the first is open
	begun    bool        // an event has been seen
	out      []byte
	at       int  // what of out has been read
	open     bool // the last line of a package has no end yet
	ended    bool
}

// A printing is what a package has printed and nobody has read yet.
type printing struct {
	text []byte
	done bool
}

func (t *eventText) Read(p []byte) (int, error) {
	for t.at == len(t.out) {
		t.out, t.at = t.out[:0], 0
		if t.ended {
			return 0, t.end()
		}
		t.ended = !t.lines.next()
		if !t.ended {
			t.line(t.lines.text)
		}
		t.pass()
	}
	n := copy(p, t.out[t.at:])
	t.at += n
	return n, nil
}

func (t *eventText) end() error {
	if t.lines.err != nil {
		return t.lines.err
	}
	return io.EOF
}

// line takes a line of the file.
func (t *eventText) line(text []byte) {
	e, ok := testEventOf(text)
	switch {
	case !ok && !t.begun:
		t.out = append(append(t.out, text...), '\n')
		return
	case !ok:
		return
	}
	t.begun = true
	p := t.packages[e.Package]
	switch e.Action {
	case "output":
		if p == nil {
			p = &printing{}
			t.packages[e.Package] = p
			t.order = append(t.order, p)
		}
		p.text = append(p.text, e.Output...)
	case "pass", "fail", "skip":
		if e.Test == "" && p != nil { // the package itself has
			p.done = true
			delete(t.packages, e.Package) // and may be run again
		}
	}
}

// pass passes on what can be.
func (t *eventText) pass() {
	for len(t.order) > 0 {
		first := t.order[0]
		if n := len(first.text); n > 0 {
			t.out = append(t.out, first.text...)
			t.open = first.text[n-1] != '\n'
			first.text = first.text[:0]
		}
		if !first.done && !t.ended {
			return
		}
		if t.open { // it was stopped there
			t.out = append(t.out, '\n')
		}
		t.order, t.open = t.order[1:], false
	}
}
