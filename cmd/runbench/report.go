package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"runbench/internal/htmlreport"
)

func newReport() *cobra.Command {
	f := &reportFlags{}
	cmd := &cobra.Command{
		Use:   "report FILE…",
		Short: "Write what result files say as one HTML page with pictures",
		Long: `Report writes one HTML file that opens from disk and asks nothing of the network:
verdicts in words, throughput over goroutines and cores as heat maps, speed-up with
its ceilings and the fitted law, latencies, where the speed-up went, strategies
ranked, the machine, its noise and the method. Every picture has its figures as a
table, values show under a pointer and under the keyboard, and the result file can be
taken out of the page again, byte for byte.

It takes what runbench wrote and the output of go test -bench of any project. Several
files, of machines or of commits, stand side by side; the first eight of them in full.
With --trace it draws execution traces too, of runbench trace --keep or of any Go
program.`,
		Example: `  runbench report results.txt
  runbench report results/*.txt -o report.html
  runbench report laptop.txt server.txt -o machines.html
  runbench report results.txt --trace trace-cpu-mandelbrot-p2.out
  go test -run '^$' -bench . -cpu 1,2,4 -count 10 | runbench report - -o report.html`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && len(f.traces) == 0 {
				return errors.New("report: expected result files, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, paths []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), paths)
		},
	}
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "write the page to this file; - for standard output (default beside the result file, named after it; report.html for several)")
	cmd.Flags().StringArrayVar(&f.traces, "trace", nil, "draw the execution trace in this file; several may be given")
	return cmd
}

// reportFlags are what a page is made of, besides the result files.
type reportFlags struct {
	output string
	traces []string
}

func (f *reportFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, paths []string) error {
	output := f.output
	if output == "" {
		output = pageOf(append(paths, f.traces...))
	}
	for _, path := range append(paths, f.traces...) {
		if same(path, output) {
			return fmt.Errorf("-o %s: it would be written over, and it is what the page is made from", output)
		}
	}
	var page htmlreport.Report
	runs := 0
	for i, path := range paths {
		file, err := readForPage(path)
		if err != nil {
			return err
		}
		if runs += file.Runs(); i >= htmlreport.MostInFull {
			file.Forget()
		}
		page.Files = append(page.Files, file)
		if ctx.Err() != nil {
			return &statusError{statusInterrupted, errors.New("interrupted; nothing was written")}
		}
	}
	for _, path := range f.traces {
		pic, err := (&traceFlags{from: path}).read(ctx, stdin, stderr)
		switch {
		case ctx.Err() != nil:
			return &statusError{statusInterrupted, errors.New("interrupted; nothing was written")}
		case err != nil:
			return err
		}
		page.Pictures = append(page.Pictures, htmlreport.Picture{Title: pic.title, Panels: pic.panels(), Cores: pic.cores})
	}
	if err := writePage(stdout, output, page); err != nil {
		return err
	}
	if len(paths) > 0 && runs == 0 {
		return &statusError{statusInconclusive, fmt.Errorf("%s: no run to judge", strings.Join(paths, ", "))}
	}
	return nil
}

// writePage writes a page to a file and says so, or to standard output.
func writePage(stdout io.Writer, output string, page htmlreport.Report) error {
	if output == "-" {
		return htmlreport.Write(stdout, page)
	}
	if err := writeFile(output, func(w io.Writer) error { return htmlreport.Write(w, page) }); err != nil {
		return fmt.Errorf("%s: %w", output, err)
	}
	_, err := fmt.Fprintln(stdout, output)
	return err
}

func readForPage(path string) (*htmlreport.File, error) {
	in, name, err := openResults(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return htmlreport.Read(in, name)
}

// pageOf returns the page's name: that of the one file, beside it, or one for all.
func pageOf(paths []string) string {
	if len(paths) != 1 || paths[0] == "-" {
		return inResults("report.html")
	}
	return beside(paths[0])
}

// beside returns the name of the page of a result file.
func beside(path string) string {
	if ext := filepath.Ext(path); ext != ".html" {
		path = strings.TrimSuffix(path, ext)
	}
	return path + ".html"
}

// same reports whether two paths name one file.
func same(a, b string) bool {
	if a == "-" || b == "-" {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// writePage writes the page of what was just measured, where it is wanted, and
// returns its name. Whatever goes wrong, the measurement stands: it is said, and ""
// is returned.
func (f *sweepFlags) writePage(stderr io.Writer) string {
	if !f.page {
		return ""
	}
	file, err := readForPage(f.output)
	if err == nil {
		err = writePage(io.Discard, beside(f.output), htmlreport.Report{Files: []*htmlreport.File{file}})
	}
	if err != nil {
		fmt.Fprintf(stderr, "runbench: no report was written: %v\n", err)
		return ""
	}
	return beside(f.output)
}
