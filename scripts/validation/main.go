// Command validation holds what runbench says against what must be true, on the
// machine it runs on, and writes down both.
//
// Each section measures workloads whose answer is known: equal things, things
// made slower by a known share, work with a known serial fraction or a known
// wait. It goes through the same sweep, file and judgement as the runbench
// command does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"runbench/internal/child"
	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/noise"
	"runbench/workloads/all"
)

// A section is one part of the validation.
type section struct {
	name  string
	about string
	run   func(ctx context.Context, v *validation) error
	extra bool // only when named: it takes long
}

var sections = []section{
	{"aa", "A/A and power: equal sweeps, and sweeps with a slowdown", power, false},
	{"serial", "Serial fractions given back", serial, false},
	{"ceiling", "cpu/hash against its hardware ceiling", ceiling, false},
	{"waiting", "Wait ceilings and Little's law", waiting, false},
	{"doors", "`go test -bench` against the command, and against a plain benchmark", doors, false},
	{"kennedy", "Kennedy's `add` and `find` (\"Scheduling In Go\", part III)", kennedy, false},
	{"shapes", "What each mechanism does to its workload", shapes, false},
	{"hog", "A busy machine is said to be busy", hog, false},
	{"gotest", "Sweeps in a quarter of the time of `go test -bench -count=10` and benchstat", goTest, true},
}

// A validation is what the sections share.
type validation struct {
	machine   host.Host
	dir       string // for result files, removed at the end
	door      string // test binary of ./bench
	reference string // test binary of this package
	trials    int
	workload  string // that is slowed
	budget    time.Duration
	patterns  []string // of workloads, for the gotest section
	report    *report
}

func main() {
	measure.RegisterWorker(all.Find)
	child.Main()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "validation:", err)
		var usage usageError
		if errors.As(err, &usage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("validate", flag.ExitOnError)
	only := flags.String("only", "", "sections to run, with commas between (default all but the last)")
	output := flags.String("o", "", "file to write (default results/validation-<host>.md)")
	v := &validation{machine: host.Collect(ctx)}
	flags.IntVar(&v.trials, "trials", 20, "A/A pairs, and trials of each slowdown")
	flags.StringVar(&v.workload, "workload", "cpu/mandelbrot", "workload that is slowed; one whose tasks may be done twice")
	flags.DurationVar(&v.budget, "budget", measure.DefaultBudget(1, []int{1, 2}), "budget of a sweep in a trial")
	flags.Func("select", "workloads of the gotest section, with spaces between (default those of a default sweep)", func(text string) error {
		v.patterns = strings.Fields(text)
		return nil
	})
	keep := flags.String("keep", "", "existing directory to leave the result files of the last sweeps in (default none)")
	flags.StringVar(&v.door, "door", "", "test binary of ./bench")
	flags.StringVar(&v.reference, "reference", "", "test binary of ./scripts/validation")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: scripts/validate [flags]\nsections:")
		for _, s := range sections {
			fmt.Fprintf(flags.Output(), "  %-10s%s\n", s.name, s.about)
		}
		flags.PrintDefaults()
	}
	_ = flags.Parse(args) // exits on an error
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("expected flags only, found %q", flags.Arg(0)))
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if *output == "" {
		name := "validation-" + slug(v.machine) + ".md"
		if *only != "" {
			// A part is not to stand in the place of the whole.
			name = strings.ReplaceAll(*only, ",", "-") + "-" + name
		}
		*output = filepath.Join("results", name)
	}
	if v.dir = *keep; v.dir == "" {
		v.dir, err = os.MkdirTemp("", "runbench-validation-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(v.dir)
	}
	v.report = &report{path: *output, machine: v.machine, started: time.Now()}

	before := noise.Take()
	for _, s := range chosen {
		fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format("15:04:05"), s.about)
		start := time.Now()
		v.report.begin(s.about)
		err := s.run(ctx, v)
		v.report.took(time.Since(start))
		if ctx.Err() != nil {
			return errors.Join(errors.New("interrupted; what was measured is written"), v.report.write())
		}
		if err != nil {
			v.report.failed(err)
		}
		// Written after each section, so that nothing is lost.
		if err := v.report.write(); err != nil {
			return err
		}
	}
	v.report.noise = noise.Between(before, noise.Take())
	if err := v.report.write(); err != nil {
		return err
	}
	fmt.Print(v.report.text())
	if n := v.report.missed(); n > 0 {
		return fmt.Errorf("%d lines do not hold; see %s", n, *output)
	}
	return nil
}

// A usageError is a mistake on the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

// choose returns the sections named, all but the extra ones where none is.
func choose(only string) ([]section, error) {
	var chosen []section
	names := strings.FieldsFunc(only, func(r rune) bool { return r == ',' || r == ' ' })
	for _, s := range sections {
		if slices.Contains(names, s.name) || only == "" && !s.extra {
			chosen = append(chosen, s)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name == s.name })
	}
	if len(names) > 0 {
		return nil, usageError(fmt.Sprintf("no section is called %s; --help lists them", strings.Join(names, ", ")))
	}
	return chosen, nil
}

// slug names the machine in a file name.
func slug(m host.Host) string {
	text := fmt.Sprintf("%s-%d-cores-%s", m.CPUModel, m.Usable(), m.GoVersion)
	return strings.Trim(regexp.MustCompile(`[^a-z0-9.]+`).ReplaceAllString(strings.ToLower(text), "-"), "-")
}
