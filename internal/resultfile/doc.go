// Package resultfile reads and writes result files, the only bridge between
// measuring and judging.
//
// A result file is in the Go benchmark format, so benchstat reads it as it is:
//
//  1. "key: value" lines say what makes results comparable (see [Config]).
//     Nothing that changes from run to run on one machine is among them.
//  2. "Unit" lines declare the units.
//  3. One "Benchmark" line a run, named as [Cell] says.
//  4. "#runbench {json}" lines, which other readers pass over, hold everything
//     else: the manifest, where rounds begin and end, what failed (see [Event]).
//
// Files are only ever appended to, a whole line at a time, and synced after each
// run: whenever the writer is killed, every finished run is in the file. A line
// without its end was being written at that moment and is dropped.
//
// What `go test -bench` and other tools wrote is read the same way; it has no
// events, and its rounds are counted by the repetitions of a name.
package resultfile
