// Command runbench measures what concurrency gives Go code on this machine, and
// what parallelism adds.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"runbench/internal/child"
	"runbench/internal/claims"
	"runbench/internal/measure"
	"runbench/workloads/all"
)

func main() {
	registerChildren()
	child.Main() // does not return in a worker or a server

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// registerChildren makes this program able to be its own children.
func registerChildren() {
	measure.RegisterWorker(all.Find)
	claims.Register()
}

// The exit statuses.
const (
	statusFine         = 0
	statusFailed       = 1 // a run failed, a gate tripped, a claim did not hold
	statusUsage        = 2 // bad usage or unreadable input
	statusInconclusive = 3 // too noisy, or not comparable
	statusInterrupted  = 130
)

// A statusError ends the command with a status. Its text, if any, has not been
// printed yet.
type statusError struct {
	status int
	err    error // nil where everything has been said
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// Main runs the command line args and returns the exit status. Every error that
// is not given a status is one of usage or input.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return statusFine
	}
	status := statusUsage
	var withStatus *statusError
	if errors.As(err, &withStatus) {
		status = withStatus.status
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(stderr, "runbench:", advised(text, root))
	}
	return status
}

// exclusive is what cobra says of flags that do not go together.
var exclusive = regexp.MustCompile(`^if any flags in the group \[.*\] are set none of the others can be; \[(.*)\] were all set$`)

// advised adds to what cobra says of a command line what to do about it.
func advised(text string, root *cobra.Command) string {
	if m := exclusive.FindStringSubmatch(text); m != nil {
		return "--" + strings.ReplaceAll(m[1], " ", " and --") + " do not go together: give one of them"
	}
	name, ofCommand := strings.CutPrefix(text, "unknown command \"")
	name, _, _ = strings.Cut(name, "\"")
	switch {
	case ofCommand && isFile(name):
		return text + " (to read the file: runbench analyze " + name + ")"
	case ofCommand && strings.Contains(name, "/"):
		return text + " (to measure it: runbench run " + name + ")"
	case ofCommand && len(root.SuggestionsFor(name)) > 0:
		return text + " (nearest: " + strings.Join(root.SuggestionsFor(name), ", ") + ")"
	case ofCommand || strings.HasPrefix(text, "unknown flag") || strings.HasPrefix(text, "unknown shorthand"):
		return text + " (runbench --help lists what there is)"
	}
	return text
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	sweep := &sweepFlags{}
	root := &cobra.Command{
		Use:   "runbench",
		Short: "Concurrency versus parallelism, measured on this machine",
		Long: `runbench measures real Go work over goroutines × GOMAXPROCS and says how much
concurrency gives, how much parallelism adds on top, and how many goroutines and
cores the work should get.

Without a command it sweeps ten telling workloads, which takes up to two minutes
on two cores, prints the verdicts, keeps the measurements in a file that benchstat
reads, and writes a page with pictures beside it.`,
		Example: `  runbench                                  the default sweep
  runbench run 'cpu/*' -o cpu.txt           some workloads, into a file
  runbench analyze cpu.txt                  what a file says
  runbench report cpu.txt                   the same as a page with pictures
  runbench compare before.txt after.txt     two files side by side
  runbench history results/*.txt            the commits at which something changed
  runbench explain io/http                  one workload
  runbench strategies cpu/mandelbrot        which worker pool is best
  runbench claims                           what is said of the scheduler, tested here
  runbench trace cpu/mandelbrot             who ran where and when`,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runSweep(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), sweep, nil)
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SuggestionsMinimumDistance = 2
	// Flags are explained at length, on lines that a terminal can show.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "FlagUsages", "FlagUsagesWrapped 100"))
	sweep.register(root, true)
	root.AddCommand(newRun(), newList(), newExplain(), newHost(), newDoctor(), newAnalyze(), newCompare(), newStrategies(), newClaims(), newTrace(), newExec(), newHistory(), newReport())
	refuseStrangers(root)
	return root
}

// refuseStrangers has the commands that cobra adds refuse what they do not know; they
// would pass it over and print their help.
func refuseStrangers(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			topic := cmd.Run
			cmd.Run, cmd.RunE = nil, func(c *cobra.Command, args []string) error {
				if _, left, err := root.Find(args); err != nil || len(left) > 0 {
					return fmt.Errorf("no help for %q (runbench --help lists what there is)", strings.Join(args, " "))
				}
				topic(c, args)
				return nil
			}
		case "completion":
			cmd.RunE = func(c *cobra.Command, _ []string) error { return c.Help() } // what runs has its arguments checked
		}
	}
}
