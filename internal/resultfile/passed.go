package resultfile

import "fmt"

// Passed says how many lines of a file were passed over for one reason.
type Passed struct {
	Reason string // what they were
	Lines  int
	First  int // number of the first of them

	doubtful bool // somebody may have taken them for results
}

const (
	notTaken      = "neither a result nor a key"
	tooLong       = "longer than 65536 bytes"
	noEnd         = "a benchmark that was begun and has no result"
	cutAtEnd      = "a result cut off at the end of the file"
	cutUnit       = "a unit that is cut off"
	brokenNumber  = "a result broken across lines inside a number"
	noValueLeft   = "a result without a value that can be true"
	untrueValue   = "a value that is not finite, or below 0 where it cannot be (the rest of the line is used)"
	failedTest    = "a benchmark that failed"
	failedPackage = "a package that failed: results may be missing"
	badEvent      = "a #runbench line that holds no event"
	badJSON       = "no event of go test -json"
	strayKey      = "a key too long, or one too many"
)

// passOver counts a line that was passed over.
func (f *file) passOver(line int, reason string, doubtful bool) {
	for i := range f.set.Passed {
		if p := &f.set.Passed[i]; p.Reason == reason {
			p.Lines++
			return
		}
	}
	f.set.Passed = append(f.set.Passed, Passed{reason, 1, line, doubtful})
}

// warnings says in words what of doubtful lines was passed over.
func (f *file) warnings() []string {
	var out []string
	for _, p := range f.set.Passed {
		switch {
		case !p.doubtful:
		case p.Lines == 1:
			out = append(out, fmt.Sprintf("%s:%d: line passed over: %s", f.name, p.First, p.Reason))
		default:
			out = append(out, fmt.Sprintf("%s:%d: %d lines passed over, this one first: %s", f.name, p.First, p.Lines, p.Reason))
		}
	}
	return out
}
