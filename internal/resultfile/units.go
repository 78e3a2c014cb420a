package resultfile

import (
	"fmt"
	"strings"
)

// The units of a run. "op" is one batch.
const (
	NsPerOp         = "ns/op"            // wall time of a batch
	TasksPerSec     = "tasks/s"          // throughput
	CPUNsPerOp      = "cpu-ns/op"        // user and system time of the measured process
	P50Ns           = "p50-ns"           // median time of a task, where waiting is the point
	P99Ns           = "p99-ns"           // 99th percentile of the time of a task
	MeanNs          = "mean-ns"          // mean time of a task, where waiting is the point
	InFlight        = "in-flight"        // tasks in flight, averaged over the timed region
	WaitNsPerOp     = "wait-ns/op"       // achieved simulated wait of the tasks of a batch
	WorkNsPerOp     = "work-ns/op"       // time the tasks of a batch computed
	ServerCPUNs     = "server-cpu-ns/op" // CPU time of the server process
	Threads         = "threads"          // threads of the process that live at the end: the runtime keeps those it has started, but for those of goroutines that end while locked
	SwitchesPerOp   = "ctxsw/op"         // context switches, voluntary and not
	SchedP99Ns      = "sched-p99-ns"     // 99th percentile of the time goroutines were runnable before they ran
	BytesPerOp      = "B/op"             // bytes allocated
	AllocsPerOp     = "allocs/op"        // allocations
	GoroutinesPerOp = "goroutines/op"    // goroutines started
	BatchCV         = "batch-cv"         // standard deviation of the batch times over their mean, inside the run
	HarnessNsPerOp  = "harness-ns/op"    // wall time of a batch of empty tasks: what handing them out costs
)

// units declares how each unit is to be read. assume=nothing is the default and
// said all the same, so that the file explains itself.
var units = append([]unit{
	{NsPerOp, "lower"},
	{TasksPerSec, "higher"},
	{CPUNsPerOp, "lower"},
	{P50Ns, "lower"},
	{P99Ns, "lower"},
	{MeanNs, "lower"},
	{InFlight, "higher"},
	{WaitNsPerOp, "lower"},
	{WorkNsPerOp, "lower"},
	{ServerCPUNs, "lower"},
	{Threads, "lower"},
	{SwitchesPerOp, "lower"},
	{SchedP99Ns, "lower"},
	{BytesPerOp, "lower"},
	{AllocsPerOp, "lower"},
	{GoroutinesPerOp, "lower"},
	{BatchCV, "lower"},
	{HarnessNsPerOp, "lower"},
}, ownUnits...)

// ownUnits are those that some workloads count besides what the harness does of
// all; their files say how.
var ownUnits = []unit{
	{"missed/op", "lower"},       // deadlines missed
	{"late-p99-ns", "lower"},     // 99th percentile of how late events were served
	{"late-max-ns", "lower"},     // the latest of them
	{"queued/op", "lower"},       // requests that found all goroutines in use
	{"lag-p50-ns", "lower"},      // median of how late requests were sent
	{"lag-p99-ns", "lower"},      // 99th percentile of it
	{"timeouts/op", "lower"},     // requests that were not answered in time
	{"dials/op", "lower"},        // connections opened
	{"pool-wait-ns/op", "lower"}, // time spent waiting for a connection of a pool
	{"wasted-ns/op", "lower"},    // time replicas worked for an answer that came too late
	{"start-ns", "lower"},        // one start of a goroutine, with its end
	{"switch-ns", "lower"},       // one hand-over of a token
	{"load-mean", "lower"},       // pending requests of a worker, on average
	{"load-stddev", "lower"},     // their standard deviation over workers
	{"gc-cycles/op", "lower"},    // collections that ended
	{"assist-ns/op", "lower"},    // CPU time of goroutines made to help the collector
}

// A unit is the name of a unit and which direction is better, "lower" or "higher".
type unit struct{ name, better string }

// OwnUnits returns the units that only some workloads have, in the order in
// which to show them.
func OwnUnits() []string {
	var names []string
	for _, u := range ownUnits {
		names = append(names, u.name)
	}
	return names
}

// UnitLines returns the "Unit" lines of a result file, in the form the benchmark
// format defines (https://golang.org/design/14313-benchmark-format).
func UnitLines() string {
	var b strings.Builder
	for _, u := range units {
		fmt.Fprintf(&b, "Unit %s better=%s assume=nothing\n", u.name, u.better)
	}
	return b.String()
}
