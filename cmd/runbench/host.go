package main

import (
	"github.com/spf13/cobra"

	"runbench/internal/host"
	"runbench/internal/resultfile"
)

func newHost() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "host",
		Short: "Say what machine this is",
		Long: `Host prints what is known of this machine and of what the process may use of it.
A fact that cannot be got is said to be unknown.`,
		Example: `  runbench host
  runbench host --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h := host.Collect(cmd.Context())
			if !asJSON {
				return h.WriteText(cmd.OutOrStdout())
			}
			return writeJSON(cmd.OutOrStdout(), struct {
				SchemaVersion int `json:"schema_version"`
				host.Host
			}{resultfile.SchemaVersion, h})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the facts as JSON; unknown is null")
	return cmd
}
