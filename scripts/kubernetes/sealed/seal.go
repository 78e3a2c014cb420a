package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The marks around what was sealed. Readers of benchmark results pass over them, and
// over what stands behind remark, so that a log can also be read as it is.
const (
	remark    = "# "
	beginMark = "# sealed begin"
	endMark   = "# sealed end"
)

// nodeName is what a node may be called: a DNS subdomain (RFC 1123), as Kubernetes
// demands, which is also harmless as a file's name.
var nodeName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// grace is how long a program may take to end after SIGTERM. A pod has 30 s.
const grace = 25 * time.Second

// A sealer writes whole lines to a log and takes their checksum. It is safe for
// concurrent use.
type sealer struct {
	mu    sync.Mutex
	w     io.Writer
	sum   hash.Hash
	lines int
	err   error // the first that w had
}

// copy writes the lines of r, each behind prefix. A last line without an end gets one.
func (s *sealer) copy(prefix string, r io.Reader) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			s.line(prefix, bytes.TrimSuffix(line, []byte("\n")))
		}
		if err != nil {
			return
		}
	}
}

func (s *sealer) line(prefix string, text []byte) {
	line := append([]byte(prefix), text...)
	line = append(line, '\n')
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.Write(line)
	s.lines++
	if _, err := s.w.Write(line); s.err == nil {
		s.err = err
	}
}

// seal runs a program and writes what it prints, sealed, to w. It returns the
// program's exit status: as a shell has it, 128 and the number of the signal that
// ended it, and 127 with an error where it did not start. When ctx ends the program
// gets SIGTERM.
func seal(ctx context.Context, w io.Writer, node string, argv []string) (int, error) {
	if !nodeName.MatchString(node) {
		return 2, fmt.Errorf("NODE_NAME: expected the name of a node, found %q", node)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 127, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 127, err
	}
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	if _, err := fmt.Fprintf(w, "%s node=%s\n", beginMark, node); err != nil {
		_ = cmd.Cancel()
		return 1, errors.Join(err, cmd.Wait())
	}
	s := &sealer{w: w, sum: sha256.New()}
	var reading sync.WaitGroup
	reading.Go(func() { s.copy("", stdout) })
	reading.Go(func() { s.copy(remark, stderr) })
	reading.Wait()
	err = cmd.Wait()
	if cmd.ProcessState == nil {
		return 1, err
	}
	status := exitStatus(cmd.ProcessState)
	if s.err != nil {
		return 1, s.err
	}
	_, err = fmt.Fprintf(w, "%s node=%s status=%d lines=%d sha256=%x\n", endMark, node, status, s.lines, s.sum.Sum(nil))
	return status, err
}

// exitStatus returns a process's exit status as a shell has it.
func exitStatus(state *os.ProcessState) int {
	if sys, ok := state.Sys().(syscall.WaitStatus); ok && sys.Signaled() {
		return 128 + int(sys.Signal())
	}
	return state.ExitCode()
}

// Sealed is what the marks of a log say.
type Sealed struct {
	Node   string // "" where no mark was found
	Status int    // the program's exit status
	Sum    string // SHA-256 of the results as they were written, in hex; "" where the log is torn
}

var (
	beginLine = regexp.MustCompile(`^` + beginMark + ` node=(\S+)$`)
	endLine   = regexp.MustCompile(`^` + endMark + ` node=(\S+) status=(\d+) lines=(\d+) sha256=([0-9a-f]{64})$`)
)

// open writes the results that were sealed in a log to w, without what the program
// wrote to standard error. Where the log is torn it returns an error that says how,
// after it has written what there is.
func open(log io.Reader, w io.Writer) (Sealed, error) {
	var (
		s     Sealed
		begun bool
		sum   = sha256.New()
		lines int
		taken = sha256.New()
		out   = bufio.NewWriter(io.MultiWriter(w, taken))
		in    = bufio.NewReader(log)
	)
	torn := func(format string, args ...any) (Sealed, error) {
		return s, errors.Join(fmt.Errorf("its log is torn: "+format, args...), out.Flush())
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return s, err
		}
		if err == io.EOF {
			switch {
			case s.Node == "":
				return s, errors.New("nothing in its log was sealed")
			case line != "":
				return torn("it ends in the middle of a line, %d lines after its beginning", lines)
			default:
				return torn("it has no end, %d lines after its beginning", lines)
			}
		}
		text := strings.TrimSuffix(line, "\n")
		if m := endLine.FindStringSubmatch(text); m != nil && nodeName.MatchString(m[1]) {
			s.Node = m[1]
			if !begun {
				return torn("its beginning is missing")
			}
			if want := fmt.Sprintf("lines=%d sha256=%x", lines, sum.Sum(nil)); !strings.HasSuffix(text, " "+want) {
				return torn("%s lines were sealed, these are %d, or they are not the same", m[3], lines)
			}
			if _, err := fmt.Sscan(m[2], &s.Status); err != nil {
				return s, err
			}
			err := out.Flush()
			s.Sum = fmt.Sprintf("%x", taken.Sum(nil))
			return s, err
		}
		if m := beginLine.FindStringSubmatch(text); m != nil && !begun && nodeName.MatchString(m[1]) {
			s.Node, begun = m[1], true
			continue
		}
		if begun {
			sum.Write([]byte(line))
			lines++
		}
		if !begun || strings.HasPrefix(line, remark) {
			continue
		}
		if _, err := out.WriteString(line); err != nil {
			return s, err
		}
	}
}
