// Package execsweep measures programs that are not ours: it runs a command again
// and again, at each number of cores and, where the command takes one, of
// goroutines, and judges what cores give it.
//
//  1. [New] makes a [Command] of the arguments: it finds the program, checks the
//     placeholders and, where CPUs are to be limited, which ones. No shell is
//     ever started.
//  2. [NewPlan] says which cells there are. A task is one run of the command, so
//     that a run of ours is a batch of one task; the goroutines of a cell are
//     those that the command is told, and 1 where it is told none.
//  3. [Command.Runner] is what [measure.Sweep] carries the plan out with, in
//     randomised rounds, until [Steer] finds every ratio known well enough.
//  4. [Judge] reads the result file and says what cores give, in words.
//
// What a run used is what the system charged the program and those of its
// children that it waited for (wait4(2)): user and system time, and the largest
// resident set of any one of them.
package execsweep
