package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"runbench/bench/strategy"
	"runbench/internal/measure"
)

// The values of --peers that are no path.
const (
	peersAuto = "auto"
	peersNone = "none"
)

// openPeers returns the program that holds the peers, without strategies where
// there is none. With auto it builds the program if it can, and says on stderr if
// it cannot. asked are the strategies to measure, all where it is empty. release
// removes what was built.
func openPeers(ctx context.Context, peers string, asked []string, stderr io.Writer) (program measure.Program, release func(), err error) {
	wanted := len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return strings.HasPrefix(s, strategy.PeerPrefix) })
	switch {
	case peers == peersNone || !wanted:
		return measure.Program{}, func() {}, nil
	case peers != peersAuto:
		program, err := measure.OpenProgram(ctx, peers)
		if err != nil {
			err = fmt.Errorf("--peers %s: %w", peers, err)
		}
		return program, func() {}, err
	}
	dir, err := os.MkdirTemp("", "runbench-peers-")
	if err != nil {
		return measure.Program{}, nil, err
	}
	release = func() { os.RemoveAll(dir) }
	program, err = buildPeers(ctx, dir, stderr)
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(stderr, "runbench: the pools people use are left out: %v\n", err)
	}
	return program, release, nil
}

// buildPeers builds bench/peers into the directory and opens it.
func buildPeers(ctx context.Context, into string, stderr io.Writer) (measure.Program, error) {
	source, err := peersSource()
	if err != nil {
		return measure.Program{}, err
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return measure.Program{}, errors.New("building them needs the go command, which is not on PATH")
	}
	fmt.Fprintf(stderr, "building %s\n", source)
	path := filepath.Join(into, "peers"+executableSuffix())
	build := exec.CommandContext(ctx, goCommand, "build", "-o", path, ".")
	build.Dir = source
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return measure.Program{}, fmt.Errorf("go build: %w: %s", err, lastLine(out))
	}
	// Another Go would be part of what is compared.
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return measure.Program{}, err
	}
	if info.GoVersion != runtime.Version() {
		return measure.Program{}, fmt.Errorf("the go command is %s, and this program was built with %s", info.GoVersion, runtime.Version())
	}
	return measure.OpenProgram(ctx, path)
}

// peersSource returns the directory bench/peers of the source tree that this is
// run in.
func peersSource() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		source := filepath.Join(dir, "bench", "peers")
		if isModule(dir, "runbench") && isModule(source, "runbench/bench/peers") {
			return source, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("their source is not at hand; run this inside the source tree of runbench, or give --peers a built bench/peers")
		}
		dir = parent
	}
}

// isModule reports whether the directory is the root of the Go module.
func isModule(dir, module string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == "module "+module {
			return true
		}
	}
	return false
}

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// lastLine returns the last line of what a command printed, which with the go
// command is the reason.
func lastLine(out []byte) string {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return string(bytes.TrimSpace(lines[len(lines)-1]))
}
