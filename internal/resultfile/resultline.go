package resultfile

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A problem says why a line is no result; "" where it is one.
type problem string

const (
	noCount       problem = "a benchmark's name without an iteration count behind it"
	badCount      problem = "an iteration count that is no whole number"
	noMeasurement problem = "an iteration count without a measurement behind it"
	badNumber     problem = "a measurement that is no number"
	noUnit        problem = "a measurement without a unit"
)

// A lineParser reads result lines as benchfmt does, but a few times faster, since
// it makes neither copies nor units in other scales. What it found is in its fields
// until the next call.
type lineParser struct {
	count  int
	units  []string
	values []float64 // one for each unit, as written

	columns []string // the unit last seen in each column, as a first guess
	known   map[string]string
}

// maxColumns is how many columns have a guess.
const maxColumns = 64

var benchmarkPrefix = []byte("Benchmark")

// counted reads what stands behind the name: "12  9315167 ns/op  …".
func (p *lineParser) counted(line []byte) problem {
	field, line := nextField(line)
	if len(field) == 0 {
		return noCount
	}
	n, ok := parseCount(field)
	if !ok {
		return badCount
	}
	p.count = n
	p.units, p.values = p.units[:0], p.values[:0]
	for {
		field, line = nextField(line)
		if len(field) == 0 {
			if len(p.units) == 0 {
				return noMeasurement
			}
			return ""
		}
		x, ok := parseNumber(field)
		if !ok {
			return badNumber
		}
		field, line = nextField(line)
		if len(field) == 0 {
			return noUnit
		}
		p.values = append(p.values, x)
		p.units = append(p.units, p.unit(len(p.units), field))
	}
}

// unit returns the unit in a column, the same string each time.
func (p *lineParser) unit(column int, text []byte) string {
	if column < len(p.columns) && p.columns[column] == string(text) {
		return p.columns[column]
	}
	unit, ok := p.known[string(text)]
	if !ok {
		unit = string(text)
		p.known[unit] = unit
	}
	switch {
	case column < len(p.columns):
		p.columns[column] = unit
	case column < maxColumns:
		p.columns = append(p.columns, unit)
	}
	return unit
}

// glued reads a result at the end of a line that begins with other text, as where a
// benchmark printed something without a line end.
func (p *lineParser) glued(line []byte) bool {
	fields := bytes.Fields(line)
	first := len(fields) // of the pairs
	for first >= 3 {
		if _, ok := parseNumber(fields[first-2]); !ok {
			break
		}
		if _, ok := parseNumber(fields[first-1]); ok {
			break // a number is no unit
		}
		first -= 2
	}
	if first == len(fields) || first == 0 {
		return false
	}
	return p.counted(bytes.Join(fields[first-1:], []byte(" "))) == "" && p.perSomething()
}

// perSomething reports whether a unit is a rate or a cost, as those of benchmarks
// are: text that happens to have numbers in the right places rarely has one.
func (p *lineParser) perSomething() bool {
	for _, unit := range p.units {
		if strings.Contains(unit, "/") {
			return true
		}
	}
	return false
}

// nextField splits line behind its first field and the space that follows.
// Space is what Unicode says it is.
func nextField(line []byte) (field, rest []byte) {
	i := 0
	for i < len(line) {
		c := line[i]
		if c > ' ' && c < utf8.RuneSelf {
			i++
			continue
		}
		space, size := spaceAt(line[i:])
		if space {
			break
		}
		i += size
	}
	field = line[:i]
	for i < len(line) {
		if line[i] == ' ' {
			i++
			continue
		}
		space, size := spaceAt(line[i:])
		if !space {
			break
		}
		i += size
	}
	return field, line[i:]
}

// spaceAt reports whether b begins with space, and how many bytes its first
// character takes.
func spaceAt(b []byte) (space bool, size int) {
	if c := b[0]; c < utf8.RuneSelf {
		return c == ' ' || c-'\t' <= '\r'-'\t', 1
	}
	r, size := utf8.DecodeRune(b)
	return unicode.IsSpace(r), size
}

// exactDigits is how many decimal digits always fit into a float64's 53 bits.
const exactDigits = 15

// powersOfTen are those that a float64 holds exactly and that numbers of
// exactDigits digits need.
var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseNumber returns the float64 nearest to what is written. Up to exactDigits
// digits it is one whole number divided by another, both exact, so that IEEE
// division rounds right; strconv does the rest.
func parseNumber(text []byte) (float64, bool) {
	var digits uint64
	n, point := 0, -1
	for i, c := range text {
		switch {
		case c-'0' <= 9 && n < exactDigits:
			digits = 10*digits + uint64(c-'0')
			n++
		case c == '.' && point < 0:
			point = i
		default:
			x, err := strconv.ParseFloat(string(text), 64)
			return x, err == nil
		}
	}
	switch {
	case n == 0:
		return 0, false
	case point < 0:
		return float64(digits), true
	}
	return float64(digits) / powersOfTen[len(text)-1-point], true
}

func parseCount(text []byte) (int, bool) {
	n := 0
	for i, c := range text {
		if c-'0' > 9 || i == 9 {
			n, err := strconv.Atoi(string(text))
			return n, err == nil
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
