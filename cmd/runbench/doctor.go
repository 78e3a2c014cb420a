package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"runbench/internal/doctor"
	"runbench/internal/host"
	"runbench/internal/measure"
)

func newDoctor() *cobra.Command {
	var asJSON, quick bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say how fit this machine is to measure on, and what to change",
		Long: `Doctor looks at what disturbs measurements here, says what to change about each,
and measures the same thing twice, in turns, to see how far apart two equal
measurements lie: smaller differences say nothing. It takes about ten seconds.

The grade is very good (below 0.5 %), good (1 %), fair (2 %), poor (5 %) or not
fit to measure on, and a step lower for each thing that is bad. Where it is poor
or worse the exit status is 3.`,
		Example: `  runbench doctor
  runbench doctor --quick                   without measuring, in two seconds
  runbench doctor --json | jq .grade`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return examine(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON, quick)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON; unknown is null")
	cmd.Flags().BoolVar(&quick, "quick", false, "leave the A/A trial out")
	return cmd
}

func examine(ctx context.Context, stdout, stderr io.Writer, asJSON, quick bool) error {
	doing, done := statusLine(stderr)
	opt := doctor.Options{Run: measure.Process, Seed: rand.Uint64(), Progress: doing}
	if quick {
		opt.Run = nil
	}
	report, err := doctor.Examine(ctx, host.Collect(ctx), opt)
	done()
	switch {
	case ctx.Err() != nil:
		return &statusError{statusInterrupted, errors.New("interrupted; nothing can be said of this machine")}
	case err != nil:
		return &statusError{statusFailed, err}
	case asJSON:
		err = writeJSON(stdout, report)
	default:
		style := styleOf(stdout)
		err = report.WriteText(stdout, style.Width, style.Color)
	}
	if err == nil && !report.Grade.Fit() {
		return &statusError{statusInconclusive, fmt.Errorf("%s: results from here would be inconclusive", report.Grade.Word)}
	}
	return err
}
