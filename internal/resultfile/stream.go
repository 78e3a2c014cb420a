package resultfile

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A stream is the output of one test binary, or a file of several after one
// another, line by line. It takes what benchfmt takes, and puts together results
// that programs, terminals and people have taken apart:
//
//	BenchmarkX-8   	some log …          what the benchmark printed stands between
//	     100	        12 ns/op              the name and the rest, on lines or not
//
//	BenchmarkX-8   1873369   637.8 ns/      a terminal wrapped the line
//	op
//
//	    BenchmarkX-8   100   12 ns/op       it was quoted in a text
type stream struct {
	*file
	keys
	config  uint32 // of the keys, where they are settled
	heading uint32

	name  []byte // of a benchmark whose result has not come yet; nil for none
	begun int    // its line
	doubt problem
	more  bool // more than the name stood on its line

	held  []byte // a line that may go on on the next one; nil for none
	at    int    // its number
	lacks problem
}

// cut is what a held line lacks whose last unit may go on.
const cut problem = cutUnit

// line takes a line.
func (s *stream) line(text []byte, n int) {
	if s.held != nil && s.joined(text) {
		return
	}
	if bytes.HasPrefix(text, benchmarkPrefix) {
		s.benchmark(text, n)
		return
	}
	s.other(text, n)
}

// longLine takes the beginning of a line too long to be kept. It may hold a name
// whose result comes behind what made it long.
func (s *stream) longLine(begin []byte, n int) {
	s.release()
	s.passOver(n, tooLong, true)
	if bytes.HasPrefix(begin, benchmarkPrefix) {
		if name, rest := nextField(begin[len(benchmarkPrefix):]); len(rest) > 0 && benchmarkName(name) {
			s.forget()
			s.name, s.begun, s.more, s.doubt = bytes.Clone(name), n, false, ""
		}
	}
}

// end says that there are no more lines; open, that the last one had no end.
func (s *stream) end(open bool) {
	if s.held != nil && s.lacks == cut && open {
		s.passOver(s.at, cutAtEnd, true)
		s.held = nil
	}
	if s.held != nil && s.lacks != cut {
		s.passOver(s.at, cutAtEnd, true)
		s.held = nil
		return
	}
	s.release()
	if s.name != nil && !s.more && !s.ended {
		s.passOver(s.begun, noEnd, true)
		s.name = nil
	}
	s.forget()
}

// benchmark takes a line that begins with "Benchmark".
func (s *stream) benchmark(text []byte, n int) {
	name, rest := nextField(text[len(benchmarkPrefix):])
	if len(rest) == 0 && len(text) == len(benchmarkPrefix)+len(name) {
		// `go test -v` says so what it begins.
		s.forget()
		if benchmarkName(name) {
			s.name, s.begun, s.more = bytes.Clone(name), n, false
		}
		return
	}
	problem := s.parser.counted(rest)
	switch {
	case problem == "" && s.mayGoOn():
		s.hold(text, n, cut)
	case problem == "":
		s.result(name, n)
	case !benchmarkName(name):
		s.prose(text, n)
	case problem == noMeasurement, problem == noUnit:
		s.hold(text, n, problem)
	case s.parser.glued(rest):
		s.result(name, n)
	default:
		s.forget()
		s.name, s.begun, s.more, s.doubt = bytes.Clone(name), n, true, problem
	}
}

// benchmarkName reports whether package testing may have called a benchmark so:
// what follows "Benchmark" does not begin with a lower-case letter.
func benchmarkName(name []byte) bool {
	r, _ := utf8.DecodeRune(name)
	return len(name) > 0 && !unicode.IsLower(r)
}

// units that package testing prints.
var testingUnits = []string{NsPerOp, "MB/s", BytesPerOp, AllocsPerOp}

func testingUnit(unit string) bool {
	for _, u := range testingUnits {
		if u == unit {
			return true
		}
	}
	return false
}

// mayGoOn reports whether the last unit of the line just read is the beginning of
// one, and has not been seen to stand for itself.
func (s *stream) mayGoOn() bool {
	unit := s.parser.units[len(s.parser.units)-1]
	for _, u := range testingUnits {
		if len(unit) < len(u) && u[:len(unit)] == unit {
			return !s.whole[unit]
		}
	}
	return false
}

func (s *stream) hold(text []byte, n int, lacks problem) {
	s.held, s.at, s.lacks = bytes.Clone(text), n, lacks
}

// joined reports whether the line belongs to the one held, and takes both then.
// A join is certain where a unit becomes whole, or where space stood at the break;
// a number may have been broken anywhere.
func (s *stream) joined(text []byte) bool {
	held, n := s.held, s.at
	first, rest := nextField(bytes.TrimLeft(text, " \t"))
	second, _ := nextField(rest)
	_, isNumber := parseNumber(first)
	var glue []byte
	switch {
	case s.lacks == cut && len(text) > 0 && bytes.HasPrefix(text, first) && testingUnit(lastField(held)+string(first)):
	case s.lacks == noUnit && testingUnit(string(first)):
		glue = []byte(" ")
	case s.lacks == noMeasurement && isNumber && testingUnit(string(second)) && spaceBetween(held, text):
		glue = []byte(" ")
	case s.lacks != cut && isNumber && testingUnit(string(second)) && !spaceBetween(held, text):
		s.held = nil
		s.passOver(n, brokenNumber, true)
		return true
	default:
		s.release()
		return false
	}
	s.held = nil
	whole := bytes.Join([][]byte{held, text}, glue)
	if len(whole) >= maxLine {
		s.passOver(n, tooLong, true)
		return true
	}
	s.benchmark(whole, n)
	return true
}

func lastField(line []byte) string {
	fields := bytes.Fields(line)
	return string(fields[len(fields)-1])
}

func spaceBetween(a, b []byte) bool {
	return bytes.HasSuffix(a, []byte(" ")) || bytes.HasSuffix(a, []byte("\t")) ||
		bytes.HasPrefix(b, []byte(" ")) || bytes.HasPrefix(b, []byte("\t"))
}

// release takes the held line for what it is alone.
func (s *stream) release() {
	if s.held == nil {
		return
	}
	text, n := s.held, s.at
	s.held = nil
	name, rest := nextField(text[len(benchmarkPrefix):])
	problem := s.parser.counted(rest)
	if problem != "" {
		// A log line may begin with a number or two.
		s.forget()
		s.name, s.begun, s.more, s.doubt = bytes.Clone(name), n, true, problem
		return
	}
	if unit := s.parser.units[len(s.parser.units)-1]; !strings.HasSuffix(unit, "/") {
		s.whole[unit] = true
		s.result(name, n)
		return
	}
	s.passOver(n, cutUnit, true)
}

// forget gives up the benchmark whose result has not come.
func (s *stream) forget() {
	if s.name != nil && s.more {
		s.passOver(s.begun, string(s.doubt), true)
	}
	s.name = nil
}

// other takes a line that does not begin with "Benchmark".
func (s *stream) other(text []byte, n int) {
	trimmed := bytes.TrimLeft(text, " \t")
	if len(trimmed) == 0 {
		return
	}
	if s.name != nil && (trimmed[0]-'0' <= 9 && s.parser.counted(trimmed) == "" && s.parser.perSomething() || s.parser.glued(trimmed)) {
		name := s.name
		s.name = nil
		s.result(name, s.begun)
		return
	}
	if event, ok := bytes.CutPrefix(text, []byte(eventPrefix)); ok {
		s.event(event, n)
		return
	}
	key, value, ok := keyLine(text)
	switch {
	case ok && message(key, value):
		s.prose(text, n)
	case ok:
		if !s.put(key, value) {
			s.passOver(n, strayKey, true)
		}
	case s.ofGoTest(text, n):
	case !s.quoted(trimmed, n):
		s.prose(text, n)
	}
}

// ofGoTest takes the lines that `go test` prints around results.
func (s *stream) ofGoTest(text []byte, n int) bool {
	word, rest := nextField(text)
	switch string(word) {
	case "PASS", "ok":
		s.forget()
		s.ended = true
	case "FAIL":
		s.forget()
		s.ended = true
		if len(rest) > 0 { // the line "FAIL" alone comes before one that names the package
			s.passOver(n, failedPackage, true)
		}
	case "---", "===":
		what, who := nextField(rest)
		if string(what) == "FAIL:" && bytes.HasPrefix(who, benchmarkPrefix) {
			s.name = nil
			s.failed = append(s.failed, string(nextWord(who)))
			s.passOver(n, failedTest, true)
		}
		if string(what) == "SKIP:" && bytes.HasPrefix(who, benchmarkPrefix) {
			s.name = nil
		}
	case "?", "Unit":
	default:
		return false
	}
	return true
}

func nextWord(text []byte) []byte {
	word, _ := nextField(text)
	return word[:min(len(word), maxHeadingBytes)]
}

// quoted takes a result or a key of `go test` that stands indented, or behind the
// marks that e-mail, Markdown and comments put before a line.
func (s *stream) quoted(text []byte, n int) bool {
	text = bytes.TrimLeft(text, " \t>*/|")
	if bytes.HasPrefix(text, benchmarkPrefix) {
		name, rest := nextField(text[len(benchmarkPrefix):])
		problem := s.parser.counted(rest)
		if problem == "" && benchmarkName(name) {
			s.benchmark(text, n)
			return true
		}
		return false
	}
	if key, value, ok := keyLine(text); ok {
		switch string(key) {
		case keyGoos, keyGoarch, keyPkg, keyCPU:
			return s.put(key, value)
		}
	}
	return false
}

// prose takes a line that says nothing about results but may head some.
func (s *stream) prose(text []byte, n int) {
	s.passOver(n, notTaken, false)
	if h := heading(text); h != nil {
		s.heading = s.headingOf(h)
	}
}

// result takes the result that the parser has read.
func (s *stream) result(name []byte, n int) {
	s.name, s.fresh = nil, false
	if !s.settled {
		s.settle()
		s.config = s.configOf(s.text)
	}
	p := &s.parser
	for i := 0; i < len(p.values); i++ {
		if v := p.values[i]; v-v == 0 && (v >= 0 || !neverNegative(p.units[i])) { // v-v is NaN for what is not finite
			continue
		}
		if len(p.values) == 1 {
			s.passOver(n, noValueLeft, true)
			return
		}
		s.passOver(n, untrueValue, true)
		p.values = append(p.values[:i], p.values[i+1:]...)
		p.units = append(p.units[:i], p.units[i+1:]...)
		i--
	}
	s.store.add(name, s.config, s.heading, p.units, p.values, p.count, place{n, s.round})
}

func neverNegative(unit string) bool { return unit == TasksPerSec || testingUnit(unit) }

// event takes a line that runbench wrote.
func (f *file) event(text []byte, n int) {
	f.own = true
	var event Event
	if err := json.Unmarshal(text, &event); err != nil {
		f.passOver(n, badEvent, true)
		return
	}
	s := f.set
	switch {
	case event.Manifest != nil:
		s.Manifest = event.Manifest
	case event.Round != nil:
		f.round = event.Round.Round
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
