package cpu

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"

	"runbench/workloads"
)

const regexpBatch = 64

var regexpSizes = workloads.Sizes{S: 2, W: 100, A: 1600}

// logLine is a line in the Common Log Format of NCSA HTTPd, which Apache and
// others write to this day: host, identity, user, time, request, status, bytes.
var logLine = regexp.MustCompile(`^(\S+) \S+ (\S+) \[([^\]]+)\] "([A-Z]+) ([^ "]+) HTTP/[0-9.]+" ([0-9]{3}) ([0-9]+)$`)

// Regexp is what a service does to every line of a log.
var Regexp = workloads.Workload{
	Name:       "cpu/regexp",
	Isolates:   "matching text against a regular expression: an automaton that takes each byte in turn",
	Expect:     "concurrency 1×; parallelism close to the number of cores: goroutines share one compiled expression, whose state comes from a pool",
	Definition: "regexp of the standard library on a web server's log, one line at a time: FindSubmatch with seven groups of the Common Log Format, two numbers parsed and added up; 100 lines of some 90 bytes a task in class W, one in eight not in the format; one compiled expression for all tasks; FindSubmatch allocates its result for every line that matches, some 320 bytes; checked against what the lines were made from",
	Advice:     "compile an expression once and share it; where it is hot, cut the line by hand with bytes.Cut, which no number of cores makes up for",
	Related:    []string{"cpu/json", "cpu/hash", "mem/alloc"},
	Batch:      regexpBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		regexpSizes.Parameter("lines of a log"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		s := newServerLogs(regexpSizes.Of(env.Params))
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				var err error
				s.got[i], err = traffic(s.logs[i])
				return err
			},
			Check: func(context.Context) error { return s.check() },
		}, nil
	},
}

// serverLogs are logs and what is in them.
type serverLogs struct {
	logs      [][]byte
	got, want [regexpBatch]summary
}

// A summary is what a log tells.
type summary struct {
	lines   int // all there are
	matched int // those in the format
	failed  int // of those, replies with a status of 500 or above
	bytes   int // in all replies of lines in the format
}

// newServerLogs makes logs of n lines, and their summaries beside them.
func newServerLogs(n int) *serverLogs {
	s := new(serverLogs)
	for i := range regexpBatch {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		pick := func(from ...string) string { return from[rng.IntN(len(from))] }
		var log []byte
		sum := &s.want[i]
		for line := range n {
			if line > 0 {
				log = append(log, '\n')
			}
			sum.lines++
			log = fmt.Appendf(log, "192.0.2.%d - %s [%02d/Oct/2025:13:55:%02d +0000] ", rng.IntN(256), pick("-", "ada", "grace"), 1+rng.IntN(31), rng.IntN(60))
			if rng.IntN(8) == 0 {
				// What a server notes of a client that speaks TLS to it.
				log = append(log, `"\x16\x03\x01" 400 0`...)
				continue
			}
			status, size := []int{200, 200, 200, 304, 404, 500, 503}[rng.IntN(7)], rng.IntN(100_000)
			log = fmt.Appendf(log, `"%s /%s/%d?page=%d HTTP/1.1" %d %d`, pick("GET", "GET", "POST", "DELETE"), pick("orders", "customers", "static/images"), rng.IntN(1e6), rng.IntN(50), status, size)
			sum.matched++
			sum.bytes += size
			if status >= 500 {
				sum.failed++
			}
		}
		s.logs = append(s.logs, log)
	}
	return s
}

// traffic returns the summary of a log.
func traffic(log []byte) (summary, error) {
	var s summary
	for line := range bytes.SplitSeq(log, []byte("\n")) {
		s.lines++
		match := logLine.FindSubmatch(line)
		if match == nil {
			continue
		}
		status, err := strconv.Atoi(string(match[6]))
		if err != nil {
			return s, err
		}
		size, err := strconv.Atoi(string(match[7]))
		if err != nil {
			return s, err
		}
		s.matched++
		s.bytes += size
		if status >= 500 {
			s.failed++
		}
	}
	return s, nil
}

// check compares the summaries; the empty one, of a log that was left out, has no
// lines and is none of them.
func (s *serverLogs) check() error {
	for i, got := range s.got {
		if want := s.want[i]; got != want {
			return fmt.Errorf("log %d: %+v, want %+v", i, got, want)
		}
	}
	s.got = [regexpBatch]summary{}
	return nil
}
