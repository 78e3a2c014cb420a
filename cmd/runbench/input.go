package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"runbench/internal/resultfile"
)

// openResults opens a result file, and returns by which name to speak of it; "-" is
// standard input.
func openResults(path string) (in io.ReadCloser, name string, err error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), "standard input", nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, "", unreadable(path, err)
	}
	return file, path, nil
}

// readFile reads a result file; "-" is standard input.
func readFile(path string) (*resultfile.Set, error) {
	in, name, err := openResults(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return resultfile.Read(in, name)
}

// unreadable says in one line why a file cannot be read.
func unreadable(path string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("%s: expected a file with benchmark results, found: %w", path, err)
}

// interruptible returns in as a reader that ends with ctx, while in may have to wait.
// stop must be called when no more is read.
func interruptible(ctx context.Context, in io.Reader) (r io.Reader, stop func()) {
	pipe, into := io.Pipe()
	go func() {
		_, err := io.Copy(into, in)
		into.CloseWithError(err)
	}()
	end := context.AfterFunc(ctx, func() { into.CloseWithError(context.Cause(ctx)) })
	return pipe, func() {
		end()
		pipe.Close()
	}
}
