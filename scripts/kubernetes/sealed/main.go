// Sealed carries the results of a program through a log that may lose lines, so that
// a torn log is known to be torn. In a pod it runs the program:
//
//	sealed run runbench run -o - cpu/hash
//
// and prints what that prints between two marks, the second with a checksum. Where the
// log has been fetched, it takes the results out again:
//
//	kubectl logs POD | sealed open > results.txt
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage: sealed run PROGRAM [ARGUMENT…]
       sealed open < LOG > RESULTS

run starts the program and prints what it writes, line by line, between two marks:
standard output as it is, standard error behind "# ". The first mark has the node's
name, from NODE_NAME; the last one the exit status, which is also sealed's own, and
the number of lines and their SHA-256.

open prints the results in such a log, and to standard error the node's name, the exit
status, and the SHA-256 of what it printed. Its status is 0 where the log is whole, 1 where it is torn, with the
reason on standard error and what there is of the results on standard output, and 2
where nothing in it was sealed.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// command carries out one call and returns its exit status.
func command(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	switch {
	case len(args) >= 2 && args[0] == "run":
		status, err := seal(ctx, stdout, os.Getenv("NODE_NAME"), args[1:])
		if err != nil {
			fmt.Fprintln(stderr, "sealed:", err)
		}
		return status
	case len(args) == 1 && args[0] == "open":
		s, err := open(stdin, stdout)
		switch {
		case err != nil && s.Node == "":
			fmt.Fprintln(stderr, err)
			return 2
		case err != nil:
			fmt.Fprintln(stderr, s.Node, err)
			return 1
		}
		fmt.Fprintln(stderr, s.Node, s.Status, s.Sum)
		return 0
	}
	fmt.Fprint(stderr, usage)
	return 2
}
