package resultfile

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// plain returns what r gives as UTF-8 without a byte order mark, and how many
// bytes of r are not in it. Redirection in Windows PowerShell writes UTF-16
// with one; then the number is -1, since lengths have no relation.
func plain(r io.Reader) (text io.Reader, dropped int64, err error) {
	var mark [3]byte
	n, err := io.ReadFull(r, mark[:])
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, 0, err
	}
	begin := mark[:n]
	rest := func(from int) io.Reader { return io.MultiReader(bytes.NewReader(begin[from:]), r) }
	switch {
	case bytes.HasPrefix(begin, []byte{0xef, 0xbb, 0xbf}):
		return r, 3, nil
	case bytes.HasPrefix(begin, []byte{0xff, 0xfe}):
		return &utf16Reader{r: rest(2)}, -1, nil
	case bytes.HasPrefix(begin, []byte{0xfe, 0xff}):
		return &utf16Reader{r: rest(2), high: 1}, -1, nil
	}
	return rest(0), 0, nil
}

// A utf16Reader turns UTF-16 into UTF-8. What is no character becomes U+FFFD.
type utf16Reader struct {
	r    io.Reader
	high int // which byte of two is the lower one: 0 for little endian, 1 for big
	in   []byte
	half rune // first half of a pair whose second has not been read; 0 for none
	out  []byte
	err  error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 && u.err == nil {
		var buf [4096]byte
		n, err := u.r.Read(buf[:])
		u.in = append(u.in, buf[:n]...)
		u.err = err
		u.decode(err != nil)
	}
	if len(u.out) == 0 {
		return 0, u.err
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// decode turns what is in u.in into u.out, but for the last byte of an odd number.
func (u *utf16Reader) decode(last bool) {
	u.out = u.out[:0]
	for len(u.in) >= 2 {
		c := rune(u.in[u.high]) | rune(u.in[1-u.high])<<8
		u.in = u.in[2:]
		if u.half != 0 {
			if both := utf16.DecodeRune(u.half, c); both != utf8.RuneError {
				u.out, u.half = utf8.AppendRune(u.out, both), 0
				continue
			}
			u.out, u.half = utf8.AppendRune(u.out, utf8.RuneError), 0
		}
		if c >= 0xd800 && c < 0xdc00 {
			u.half = c
			continue
		}
		u.out = utf8.AppendRune(u.out, c) // U+FFFD for a second half alone
	}
	if last && (u.half != 0 || len(u.in) > 0) {
		u.out = utf8.AppendRune(u.out, utf8.RuneError)
		u.half, u.in = 0, nil
	}
}
