package resultfile

import (
	"bytes"
	"fmt"
	"io"
)

// maxLine is the longest line that readers of the benchmark format take
// (bufio.MaxScanTokenSize).
const maxLine = 64 << 10

// A lineReader passes the whole lines of r on and keeps the "#runbench" ones
// aside, with their numbers. Lines too long for the benchmark format's reader
// become empty ones, so that they do not end the reading. A last line without
// its end is passed on only in files without events: there it may be all right
// (text that was copied), while in ours it was being written.
type lineReader struct {
	r    io.Reader
	line int   // whole lines seen
	read int64 // bytes read from r

	whole  int64 // bytes up to the end of the last whole line
	torn   bool
	long   []int
	events []eventLine

	rest   []byte       // the beginning of a line whose end has not been read
	open   int64        // bytes of that line, those dropped included
	drop   bool         // the line is too long; its bytes are dropped
	ready  bytes.Buffer // whole lines to pass on
	buf    [32 << 10]byte
	hasOwn bool
	err    error
}

type eventLine struct {
	line int
	text []byte // behind the prefix
}

// A binaryError says that the input is not text.
type binaryError struct{ line int }

func (e *binaryError) Error() string { return fmt.Sprintf("line %d holds binary data", e.line) }

// take removes and returns the events before a line.
func (l *lineReader) take(before int) []eventLine {
	n := 0
	for n < len(l.events) && l.events[n].line < before {
		n++
	}
	taken := l.events[:n]
	l.events = l.events[n:]
	return taken
}

func (l *lineReader) Read(p []byte) (int, error) {
	for l.ready.Len() == 0 && l.err == nil {
		n, err := l.r.Read(l.buf[:])
		l.read += int64(n)
		l.split(l.buf[:n])
		if err == io.EOF {
			l.finish()
		}
		if err != nil && l.err == nil {
			l.err = err
		}
	}
	if l.ready.Len() == 0 {
		return 0, l.err
	}
	return l.ready.Read(p)
}

func (l *lineReader) split(chunk []byte) {
	for len(chunk) > 0 && l.err == nil {
		end := bytes.IndexByte(chunk, '\n')
		part := chunk
		if end >= 0 {
			part = chunk[:end]
		}
		l.open += int64(len(part))
		if !l.drop {
			l.rest = append(l.rest, part...)
			if len(l.rest) >= maxLine-1 {
				l.rest, l.drop = l.rest[:0], true
			}
		}
		if end < 0 {
			return
		}
		chunk = chunk[end+1:]
		l.endLine()
	}
}

// endLine passes on the line that has come to its end.
func (l *lineReader) endLine() {
	l.line++
	if l.drop {
		l.long, l.drop = append(l.long, l.line), false
	}
	if bytes.IndexByte(l.rest, 0) >= 0 {
		l.err = &binaryError{l.line}
		return
	}
	if text, ok := bytes.CutPrefix(l.rest, []byte(eventPrefix)); ok {
		l.hasOwn = true
		l.events = append(l.events, eventLine{l.line, bytes.Clone(text)})
	}
	l.ready.Write(l.rest)
	l.ready.WriteByte('\n')
	l.rest, l.open = l.rest[:0], 0
}

// finish deals with a last line that has no end.
func (l *lineReader) finish() {
	l.whole = l.read - l.open
	switch {
	case l.open == 0:
	case l.hasOwn, l.drop, bytes.HasPrefix([]byte(eventPrefix), l.rest), bytes.HasPrefix(l.rest, []byte(eventPrefix)):
		l.torn = true
	default:
		l.endLine()
	}
}
