package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"runbench/internal/report"
	"runbench/workloads/all"
)

// terminal reports whether w is one, and how wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil
}

// styleOf returns what w can show. NO_COLOR (no-color.org) and TERM=dumb turn
// colour off.
func styleOf(w io.Writer) report.Style {
	width, ok := terminal(w)
	return report.Style{Width: width, Color: ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// wantArgs takes from low to high arguments, which are what says.
func wantArgs(low, high int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < low || len(args) > high {
			return fmt.Errorf("%s: expected %s, found %d arguments", cmd.Name(), what, len(args))
		}
		return nil
	}
}

// completeWorkloads completes names of the catalogue on the shell.
func completeWorkloads(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, w := range all.Everything() {
		if strings.HasPrefix(w.Name, prefix) {
			names = append(names, w.Name+"\t"+w.Isolates)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// statusLine returns what tells on w what is going on: on a terminal a line
// that done takes away, elsewhere a line each.
func statusLine(w io.Writer) (doing func(string), done func()) {
	if _, live := terminal(w); live {
		const erase = "\r\x1b[K"
		return func(text string) { fmt.Fprint(w, erase+text) }, func() { fmt.Fprint(w, erase) }
	}
	return func(text string) { fmt.Fprintln(w, text) }, func() {}
}
