package main

import (
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/internal/resultfile"
)

// commitFlags say which commit a sweep measures, for runbench history. Without them
// it is the one that the go command put into the program as it built it.
type commitFlags struct {
	commit, time, label string

	program string // the measured program; "" for this one
}

func (f *commitFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.commit, "commit", "", "the commit that is measured, for runbench history (default the one the program was built from)")
	flags.StringVar(&f.time, "commit-time", "", "when that was committed, as git show -s --format=%cI prints it")
	flags.StringVar(&f.label, "label", "", "a name for what is measured, such as a branch")
}

// check refuses what cannot be written down.
func (f *commitFlags) check() error {
	if _, err := f.when(); err != nil {
		return err
	}
	for _, flag := range []struct{ name, value string }{{"commit", f.commit}, {"label", f.label}} {
		if len(flag.value) > 200 || strings.ContainsAny(flag.value, "\r\n") {
			return fmt.Errorf("--%s: expected one line of 200 characters at most", flag.name)
		}
	}
	return nil
}

func (f *commitFlags) when() (time.Time, error) {
	if f.time == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, f.time)
	if err != nil {
		return t, fmt.Errorf("--commit-time %s: expected a time such as 2026-11-29T15:04:05+09:00, as git show -s --format=%%cI prints it", f.time)
	}
	return t, nil
}

// put writes into a manifest what is known.
func (f *commitFlags) put(m *resultfile.Manifest) {
	m.Label = f.label
	built := f.built()
	switch {
	case f.commit == "":
		m.Commit = built
	case built != nil && strings.HasPrefix(built.Revision, f.commit):
		m.Commit = built
	default:
		m.Commit = &resultfile.Commit{Revision: f.commit}
	}
	if t, _ := f.when(); m.Commit != nil && !t.IsZero() { // checked
		m.Commit.Time = t
	}
}

// built returns the commit that the go command built the measured program from; nil
// where it does not say, as in programs of go run and go test.
func (f *commitFlags) built() *resultfile.Commit {
	info, ok := debug.ReadBuildInfo()
	if f.program != "" {
		var err error
		info, err = buildinfo.ReadFile(f.program)
		ok = err == nil // most programs are not Go's
	}
	if !ok {
		return nil
	}
	var c resultfile.Commit
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			c.Revision = s.Value
		case "vcs.time":
			c.Time, _ = time.Parse(time.RFC3339, s.Value)
		case "vcs.modified":
			c.Modified = s.Value == "true"
		}
	}
	if c.Revision == "" {
		return nil
	}
	return &c
}
