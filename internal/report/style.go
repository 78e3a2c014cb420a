package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// A Style says what the output can show.
type Style struct {
	Color bool
	Width int // columns; 0 for 100
}

const defaultWidth = 100

func (s Style) width() int {
	if s.Width <= 0 {
		return defaultWidth
	}
	return s.Width
}

// The few attributes used (ECMA-48, SGR).
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	amber = "33"
)

func (s Style) paint(attr, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + attr + "m" + text + "\x1b[0m"
}

// Inert makes text from a file inert: control characters, which could move the
// cursor or change the title of a terminal, become visible.
func Inert(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == utf8.RuneError {
			return '�'
		}
		return r
	}, text)
}

// pad fills text with spaces to n columns, counting characters.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(text)))
}

// padLeft fills from the left.
func padLeft(text string, n int) string {
	return strings.Repeat(" ", max(0, n-utf8.RuneCountInString(text))) + text
}

// quantity writes a positive number with three significant digits at least, and
// thin groups of three: 0.0123, 1.23, 12.3, 123, 1 230, 1 234 567.
func quantity(v float64) string {
	switch {
	case v >= 1e15 || v < 1e-6:
		return fmt.Sprintf("%.3g", v)
	case v < 1:
		return fmt.Sprintf("%.3g", v)
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	digits := fmt.Sprintf("%.0f", v)
	if len(digits) > 4 { // three digits tell enough of large numbers
		n := len(digits) - 4
		scale := 1.0
		for range n {
			scale *= 10
		}
		digits = fmt.Sprintf("%.0f", float64(int64(v/scale+0.5))*scale)
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// seconds writes a duration for people.
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	default:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
}

// Plural writes a number with what it counts.
func Plural(n int, one string) string {
	ending := "s"
	if strings.HasSuffix(one, "ch") {
		ending = "es"
	}
	if n == 1 {
		ending = ""
	}
	return fmt.Sprintf("%d %s%s", n, one, ending)
}
