// Package schedtrace reads execution traces of Go programs: facts about what the
// scheduler did, and timelines of who ran where and when.
//
// It reads with golang.org/x/exp/trace what runtime/trace, go test -trace and
// net/http/pprof write. Traces are read as a stream: what is kept does not grow
// with their length, but for one generation at a time (about a second of a trace)
// that the parser holds.
//
// A trace has no event for work stealing. That a goroutine was taken from another
// P shows in that it runs on another one than that on which it was created or made
// runnable.
package schedtrace
