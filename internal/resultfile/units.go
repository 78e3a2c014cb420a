package resultfile

import (
	"fmt"
	"strings"
)

// The units of a run. "op" is one batch.
const (
	NsPerOp        = "ns/op"            // wall time of a batch
	TasksPerSec    = "tasks/s"          // throughput
	CPUNsPerOp     = "cpu-ns/op"        // user and system time of the measured process
	P50Ns          = "p50-ns"           // median time of a task, where waiting is the point
	P99Ns          = "p99-ns"           // 99th percentile of the time of a task
	MeanNs         = "mean-ns"          // mean time of a task, where waiting is the point
	InFlight       = "in-flight"        // tasks in flight, averaged over the timed region
	WaitNsPerOp    = "wait-ns/op"       // achieved simulated wait of the tasks of a batch
	WorkNsPerOp    = "work-ns/op"       // time the tasks of a batch computed
	ServerCPUNs    = "server-cpu-ns/op" // CPU time of the server process
	Threads        = "threads"          // threads of the process at the end: the runtime keeps those it has started
	SwitchesPerOp  = "ctxsw/op"         // context switches, voluntary and not
	SchedP99Ns     = "sched-p99-ns"     // 99th percentile of the time goroutines were runnable before they ran
	BytesPerOp     = "B/op"             // bytes allocated
	AllocsPerOp    = "allocs/op"        // allocations
	BatchCV        = "batch-cv"         // standard deviation of the batch times over their mean, inside the run
	HarnessNsPerOp = "harness-ns/op"    // wall time of a batch of empty tasks: what handing them out costs
)

// units declares how each unit is to be read. assume=nothing is the default and
// said all the same, so that the file explains itself.
var units = []struct{ unit, better string }{
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
	{BatchCV, "lower"},
	{HarnessNsPerOp, "lower"},
}

// UnitLines returns the "Unit" lines of a result file, in the form the benchmark
// format defines (https://golang.org/design/14313-benchmark-format).
func UnitLines() string {
	var b strings.Builder
	for _, u := range units {
		fmt.Fprintf(&b, "Unit %s better=%s assume=nothing\n", u.unit, u.better)
	}
	return b.String()
}
