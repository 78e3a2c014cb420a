package resultfile

import (
	"bytes"
	"fmt"
	"io"
)

// maxLine is the longest line that readers of the benchmark format take
// (bufio.MaxScanTokenSize). Longer ones are passed over, and only their
// beginning is ever kept.
const maxLine = 64 << 10

// maxEmptyReads is how often in a row a reader may return nothing, not even an
// error, before it is given up.
const maxEmptyReads = 100

// A lineScanner splits what r gives into lines. It copies nothing: a line is
// good until the next call.
type lineScanner struct {
	r io.Reader

	text []byte // of the line, without its end
	line int    // its number, from 1
	long bool   // text is only the beginning of the line
	open bool   // the line has no end, so it is the last one

	read  int64 // bytes read
	whole int64 // bytes up to the end of the last line that has one
	err   error // why there are no more lines; nil at the end of the input

	buf      []byte
	pos, end int  // buf[pos:end] has been read and not been returned
	zeros    bool // a zero byte has been read
	head     []byte
}

// A binaryError says that the input is not text.
type binaryError struct{ line int }

func (e *binaryError) Error() string { return fmt.Sprintf("line %d holds binary data", e.line) }

func newLineScanner(r io.Reader) *lineScanner {
	return &lineScanner{r: r, buf: make([]byte, 4*maxLine)}
}

// next goes to the next line and reports whether there is one.
func (s *lineScanner) next() bool {
	s.long, s.open = false, false
	searched := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+searched:s.end], '\n'); i >= 0 {
			n := searched + i
			text := s.buf[s.pos : s.pos+n]
			s.pos += n + 1
			s.whole = s.read - int64(s.end-s.pos)
			if n >= maxLine-1 {
				text, s.long = text[:maxLine-1], true
			}
			return s.found(text)
		}
		searched = s.end - s.pos
		if searched >= maxLine-1 {
			return s.skip()
		}
		if !s.fill() {
			if searched == 0 || s.err != nil {
				return false
			}
			text := s.buf[s.pos:s.end]
			s.pos, s.open = s.end, true
			return s.found(text)
		}
	}
}

// skip goes over a line too long to be kept.
func (s *lineScanner) skip() bool {
	s.long = true
	s.head = append(s.head[:0], s.buf[s.pos:s.pos+maxLine-1]...)
	s.pos = s.end
	for {
		if !s.fill() {
			s.open = true
			return s.err == nil && s.found(s.head)
		}
		i := bytes.IndexByte(s.buf[:s.end], '\n')
		if s.zeros && bytes.IndexByte(s.buf[:s.end], 0) >= 0 {
			s.err = &binaryError{s.line + 1}
			return false
		}
		if i >= 0 {
			s.pos = i + 1
			s.whole = s.read - int64(s.end-s.pos)
			return s.found(s.head)
		}
		s.pos = s.end
	}
}

func (s *lineScanner) found(text []byte) bool {
	s.line++
	if s.zeros && bytes.IndexByte(text, 0) >= 0 {
		s.err = &binaryError{s.line}
		return false
	}
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	s.text = text
	return true
}

// fill reads more and reports whether there was any.
func (s *lineScanner) fill() bool {
	if s.err != nil {
		return false
	}
	s.end = copy(s.buf, s.buf[s.pos:s.end])
	s.pos = 0
	for range maxEmptyReads {
		n, err := s.r.Read(s.buf[s.end:])
		s.zeros = s.zeros || bytes.IndexByte(s.buf[s.end:s.end+n], 0) >= 0
		s.end += n
		s.read += int64(n)
		switch {
		case n > 0:
			return true // an error comes again
		case err == io.EOF:
			return false
		case err != nil:
			s.err = err
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}
