package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/internal/claims"
	"runbench/internal/host"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

func newClaims() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "claims [N…]",
		Short: "Test what is said of concurrency, parallelism and the Go scheduler, here and now",
		Long: `Claims carries out a real experiment for each of twenty statements, in fresh
processes, and says whether it holds on this machine, with this version of Go, in
this environment: the figures measured with their spread, and what was expected.
It takes less than a minute. With numbers it tests those only.

Where the trials cannot tell, because other programs get in the way or the machine
has too few cores, it says so and does not guess. The exit status is 1 where a
statement does not hold.

A P is one of the GOMAXPROCS slots in which Go code runs, each with a queue of
goroutines that are ready; the poller is what waits for the network.

What is set in the environment counts: GODEBUG=asyncpreemptoff=1 runbench claims 14
finds that goroutines no longer make way.`,
		Example: `  runbench claims
  runbench claims 12 14
  runbench claims explain 12                the experiment, and where it is said
  runbench claims --json | jq '.claims[] | select(.result != "holds")'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeClaims,
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := chosenClaims(args)
			if err != nil {
				return err
			}
			return testClaims(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), list, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the outcomes as JSON")
	cmd.AddCommand(newClaimsExplain())
	return cmd
}

func newClaimsExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain N…",
		Short: "Tell a claim's experiment, how it is decided, and where the claim comes from",
		Example: `  runbench claims explain 12
  runbench claims explain 9 10 11`,
		Args:              wantArgs(1, math.MaxInt, "the numbers of claims, such as 12"),
		ValidArgsFunction: completeClaims,
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := chosenClaims(args)
			if err != nil {
				return err
			}
			return report.ExplainClaims(cmd.OutOrStdout(), list, styleOf(cmd.OutOrStdout()))
		},
	}
}

// chosenClaims returns the claims with the given numbers, all without one.
func chosenClaims(args []string) ([]claims.Claim, error) {
	list := claims.All()
	if len(args) == 0 {
		return list, nil
	}
	var chosen []claims.Claim
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		i := slices.IndexFunc(list, func(c claims.Claim) bool { return c.ID == n })
		if err != nil || i < 0 {
			return nil, fmt.Errorf("claim %q: expected a number from 1 to %d", arg, list[len(list)-1].ID)
		}
		if !slices.ContainsFunc(chosen, func(c claims.Claim) bool { return c.ID == n }) {
			chosen = append(chosen, list[i])
		}
	}
	return chosen, nil
}

func completeClaims(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var numbers []string
	for _, c := range claims.All() {
		if n := strconv.Itoa(c.ID); strings.HasPrefix(n, prefix) {
			numbers = append(numbers, n+"\t"+c.Statement)
		}
	}
	return numbers, cobra.ShellCompDirectiveNoFileComp
}

// environment returns the settings of the environment that the runtime heeds.
func environment() []string {
	set := []string{}
	for _, name := range []string{"GOMAXPROCS", "GODEBUG", "GOGC", "GOMEMLIMIT"} {
		if v, ok := os.LookupEnv(name); ok && v != "" {
			set = append(set, name+"="+v)
		}
	}
	return set
}

// retryTime is for how long experiments that other load got in the way of are
// carried out once more.
const retryTime = 45 * time.Second

func testClaims(ctx context.Context, stdout, stderr io.Writer, list []claims.Claim, asJSON bool) error {
	machine := host.Collect(ctx)
	cores := machine.Usable()
	style := styleOf(stdout)
	if !asJSON {
		fmt.Fprintf(stdout, "%s\n", machine.Summary())
		if set := environment(); len(set) > 0 {
			fmt.Fprintf(stdout, "set in the environment: %s\n", strings.Join(set, " "))
		}
		fmt.Fprintf(stdout, "P: one of the GOMAXPROCS slots in which Go code runs, each with a queue of goroutines that are ready\n\n")
	}
	start := time.Now()
	again := func() bool { return time.Since(start) < retryTime }
	doing, done := statusLine(stderr)
	var outcomes []claims.Outcome
	for _, c := range list {
		doing(fmt.Sprintf("%d of %d: claim %d", len(outcomes)+1, len(list), c.ID))
		o, err := c.Measure(ctx, cores, again)
		if err != nil {
			done()
			return &statusError{statusInterrupted, fmt.Errorf("interrupted; %d of %d claims were tested", len(outcomes), len(list))}
		}
		outcomes = append(outcomes, o)
		if !asJSON {
			done() // takes the line of progress away before a result is printed over it
			if err := report.Claim(stdout, o, style); err != nil {
				return err
			}
		}
	}
	done()
	if asJSON {
		err := writeJSON(stdout, struct {
			SchemaVersion int              `json:"schema_version"`
			Host          string           `json:"host"`
			Environment   []string         `json:"environment"` // what is set that the runtime heeds
			Claims        []claims.Outcome `json:"claims"`
		}{resultfile.SchemaVersion, machine.Summary(), environment(), outcomes})
		if err != nil {
			return err
		}
	} else if err := report.ClaimsSummary(stdout, outcomes, time.Since(start), style); err != nil {
		return err
	}
	if slices.ContainsFunc(outcomes, func(o claims.Outcome) bool { return o.Result == claims.Fails }) {
		return &statusError{statusFailed, errors.New("a claim does not hold")}
	}
	return nil
}
