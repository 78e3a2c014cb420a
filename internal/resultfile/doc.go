// Package resultfile reads and writes result files, the only bridge between
// measuring and judging.
//
// A result file is in the Go benchmark format, so benchstat reads it as it is:
//
//  1. "key: value" lines say what makes results comparable (see [Config]).
//     Nothing that changes from run to run on one machine is among them.
//  2. "Unit" lines declare the units.
//  3. One "Benchmark" line a run, named as [Cell] says; the key "weak" marks batches
//     that have grown with the cores (see weak.go).
//  4. "#runbench {json}" lines, which other readers pass over, hold everything
//     else: the manifest, where rounds begin and end, what failed (see [Event]).
//
// Files are only ever appended to, a whole line at a time, and synced after each
// run: whenever the writer is killed, every finished run is in the file. A line
// without its end was being written at that moment and is dropped.
//
// What `go test -bench` and other tools wrote is read the same way; it has no
// events, and its rounds are counted by the repetitions of a name. [Read] takes the
// events of `go test -json` too, UTF-16, results between log lines, and results that
// were quoted, wrapped, or taken apart by what a benchmark printed. It differs from
// benchfmt, and so from benchstat, where that keeps apart what is not the same or
// together what is:
//
//   - Where a package ended, the next header replaces the keys of `go test` as a
//     whole; a new goos or goarch ends the cpu.
//   - Messages that have the form of a key ("coverage: 80.1% of statements") are none.
//   - Where the same names stand under several headings ("before", "after"), the
//     heading is the key "section".
//   - "-N" is no GOMAXPROCS where the other names tell that it is a size.
//   - Values that are not finite, or below 0 where they cannot be, are left out.
//
// Every line passed over is counted by reason ([Set.Passed]), and warned of where
// somebody may have taken it for a result. [ReadCompact] is for files of millions
// of lines.
package resultfile
