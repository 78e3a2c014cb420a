// Package paired measures two builds of the same benchmarks in turns, so that what
// the machine does meanwhile is in neither's favour.
//
//  1. [Find] pairs programs up: two of them, or those of two directories that have
//     the same path there. A [Program] is the test binary of any Go project, as
//     `go test -c` writes it, or runbench itself, built from some commit.
//  2. [Session.Prepare] asks both programs of a pair what they can measure, and runs
//     test binaries once for nothing, so that what cannot work is known at once.
//  3. [Session.Do] goes through rounds. In each, a pair is measured by a fresh
//     process of the one program and, right after it, one of the other. Which comes
//     first is drawn by lot for every other round, and the other way round in the
//     next. Pairs known to the precision asked for are left out of later rounds.
//  4. A process prints Go benchmark output, whatever the kind of program: that is
//     the one interface, and it is stable over commits. It is read by package
//     resultfile and appended, with its round, to the result file of its side.
//
// The two files are ordinary result files. Since rounds of both have the same
// numbers and never overlap with earlier ones, the gate of package compare judges
// differences within rounds.
package paired
