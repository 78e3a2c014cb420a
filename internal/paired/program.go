package paired

import (
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"runbench/internal/execsweep"
	"runbench/internal/resultfile"
)

// A Kind says how a program is told to measure.
type Kind string

// The kinds of programs.
const (
	TestBinary Kind = "test binary"
	Runbench   Kind = "runbench"
)

// A Program is one of two that are measured in turns.
type Program struct {
	Path string // as it was given
	Kind Kind
	Dir  string // where it runs; "" for here

	// Is says which build of what it is, for the result file.
	Is resultfile.Program

	absolute string
}

// probeTime is how long a program may take to say whether it is a test binary.
const probeTime = 30 * time.Second

// Open finds out what the program at a path is. dir is where it will run. The error
// is about what was found in place of a program of either kind.
func Open(ctx context.Context, path, dir string) (Program, error) {
	p := Program{Path: path, Dir: dir}
	var err error
	if p.absolute, err = filepath.Abs(path); err != nil {
		return p, err
	}
	info, err := buildinfo.ReadFile(p.absolute)
	if err != nil {
		return p, fmt.Errorf("%s: expected a test binary (go test -c) or runbench, found: %w", path, innermost(err))
	}
	p.Is = resultfile.Program{Package: strings.TrimSuffix(info.Path, testSuffix), Go: info.GoVersion}
	if p.Is.SHA256, err = sum(p.absolute); err != nil {
		return p, err
	}
	p.Kind, err = p.kind(ctx, info.Path)
	return p, err
}

const (
	testSuffix = ".test"
	ownPackage = "runbench/cmd/runbench" // at the end of its import path
)

// kind tells the kind of a program whose main package is known. That of a test
// binary ends with ".test", unless it tests a package main: then it is that
// package, and only the program itself can tell. Runbench must be asked first, by
// what a test binary does not take: its own command line passes over all flags that
// begin with "-test.", and it would measure.
func (p Program) kind(ctx context.Context, main string) (Kind, error) {
	if strings.HasSuffix(main, testSuffix) {
		return TestBinary, nil
	}
	takes := func(flag string) bool {
		_, err := execsweep.Output(ctx, p.absolute, []string{flag}, p.Dir, probeTime)
		return err == nil
	}
	ours := main == ownPackage || strings.HasSuffix(main, "/"+ownPackage)
	isRunbench := ours && takes("--dry-run")
	isTest := !isRunbench && takes("-test.list=^$") && !takes("-test.no-such-flag")
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case isRunbench:
		return Runbench, nil
	case isTest:
		return TestBinary, nil
	}
	return "", fmt.Errorf("%s: expected a test binary (go test -c) or runbench, found the program of package %s", p.Path, main)
}

// sum returns the SHA-256 of a file, in hex.
func sum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// innermost returns the reason at the bottom of err, without the paths that
// wrappers put before it.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// A Pair is the same benchmarks built from something old and something new.
type Pair struct {
	Name     string // in messages; "" where there is one pair
	Programs [2]Program
}

// A Side is one of the two that are compared.
type Side int

// The sides.
const (
	Old Side = iota
	New
)

// Sides are both sides.
var Sides = [2]Side{Old, New}

func (s Side) String() string { return [2]string{"old", "new"}[s] }

// Find returns the pairs of two paths. Where both are programs there is one, which
// runs in dirs, "" for here. Where both are directories there is one for each test
// binary, named *.test, that both hold under the same path; each runs where it
// lies, as under go test, and alone are those that only one holds.
func Find(ctx context.Context, old, new string, dirs [2]string) (pairs []Pair, alone []string, err error) {
	paths := [2]string{old, new}
	var trees [2]bool
	for side, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: expected a program or a directory, found: %w", path, innermost(err))
		}
		trees[side] = info.IsDir()
	}
	switch {
	case trees[Old] != trees[New]:
		return nil, nil, fmt.Errorf("%s and %s: expected two programs or two directories, found one of each", old, new)
	case !trees[Old]:
		pair := Pair{}
		for side, path := range paths {
			if pair.Programs[side], err = Open(ctx, path, dirs[side]); err != nil {
				return nil, nil, err
			}
		}
		return []Pair{pair}, nil, pair.alike()
	case dirs != [2]string{}:
		return nil, nil, errors.New("--dir: expected two programs; those of directories run where they lie")
	}
	var names [2][]string
	for side, path := range paths {
		if names[side], err = testBinaries(path); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range names[Old] {
		if !slices.Contains(names[New], name) {
			alone = append(alone, filepath.Join(old, name))
			continue
		}
		pair := Pair{Name: name}
		for side, path := range paths {
			path = filepath.Join(path, name)
			if pair.Programs[side], err = Open(ctx, path, filepath.Dir(path)); err != nil {
				return nil, nil, err
			}
		}
		if err := pair.alike(); err != nil {
			return nil, nil, err
		}
		pairs = append(pairs, pair)
	}
	for _, name := range names[New] {
		if !slices.Contains(names[Old], name) {
			alone = append(alone, filepath.Join(new, name))
		}
	}
	if len(pairs) == 0 {
		return nil, nil, fmt.Errorf("%s and %s: expected test binaries (*.test) under the same path in both, found none", old, new)
	}
	return pairs, alone, nil
}

// alike refuses a pair of programs of two kinds.
func (p Pair) alike() error {
	if p.Programs[Old].Kind != p.Programs[New].Kind {
		return fmt.Errorf("%s is a %s and %s a %s: expected two of one kind", p.Programs[Old].Path, p.Programs[Old].Kind, p.Programs[New].Path, p.Programs[New].Kind)
	}
	return nil
}

// testBinaries returns the test binaries below a directory, by their paths there.
// Other files may be named alike: a project may have test scripts called so.
func testBinaries(tree string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == ".git" {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() || !strings.HasSuffix(strings.TrimSuffix(entry.Name(), ".exe"), testSuffix) {
			return nil
		}
		if _, err := buildinfo.ReadFile(path); err != nil {
			return nil
		}
		name, err := filepath.Rel(tree, path)
		names = append(names, name)
		return err
	})
	return names, err
}
