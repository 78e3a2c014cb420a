package resultfile

import (
	"fmt"
	"strings"
)

// The units of a run. "op" is one batch.
const (
	NsPerOp            = "ns/op"                // wall time of a batch
	TasksPerSec        = "tasks/s"              // throughput
	CPUNsPerOp         = "cpu-ns/op"            // user and system time of the measured process
	P50Ns              = "p50-ns"               // median time of a task, where waiting is the point
	P99Ns              = "p99-ns"               // 99th percentile of the time of a task
	MeanNs             = "mean-ns"              // mean time of a task, where waiting is the point
	InFlight           = "in-flight"            // tasks in flight, averaged over the timed region
	WaitNsPerOp        = "wait-ns/op"           // achieved simulated wait of the tasks of a batch
	WorkNsPerOp        = "work-ns/op"           // time the tasks of a batch computed
	ServerCPUNs        = "server-cpu-ns/op"     // CPU time of the server process
	Threads            = "threads"              // threads of the process that live at the end, the one that waits for its parent's end among them: the runtime keeps those it has started, but for those of goroutines that end while locked
	SwitchesPerOp      = "ctxsw/op"             // context switches of the process, voluntary and not
	VoluntaryPerOp     = "vol-ctxsw/op"         // those in which a thread had to wait for something
	InvoluntaryPerOp   = "invol-ctxsw/op"       // those in which the kernel gave a thread's CPU to another
	MutexWaitNsPerOp   = "mutex-wait-ns/op"     // time goroutines were blocked on a sync.Mutex, an RWMutex or a lock of the runtime, added up: an estimate from one in eight, without spinning and the way back to a core
	SchedP50Ns         = "sched-p50-ns"         // median of the time goroutines were runnable before they ran, of one time in eight
	SchedP99Ns         = "sched-p99-ns"         // 99th percentile of it
	SchedMaxNs         = "sched-max-ns"         // the longest, rounded up to the end of its bucket
	GCShare            = "gc-share"             // share of the CPU time used that the garbage collector took, 0 to 1, up to the last cycle that ended in the run; 0 where none did
	RunnableGoroutines = "runnable-goroutines"  // goroutines ready to run and not running, on average over looks at the discarded first batch, the collector's among them while they work; these four are not there where it allowed too few looks
	RunningGoroutines  = "running-goroutines"   // goroutines running
	WaitingGoroutines  = "waiting-goroutines"   // goroutines blocked on one another, timers or the network
	NotInGoGoroutines  = "not-in-go-goroutines" // goroutines in system calls
	BytesPerOp         = "B/op"                 // bytes allocated
	AllocsPerOp        = "allocs/op"            // allocations
	GoroutinesPerOp    = "goroutines/op"        // goroutines started
	BatchCV            = "batch-cv"             // standard deviation of the batch times over their mean, inside the run
	HarnessNsPerOp     = "harness-ns/op"        // wall time of a batch of empty tasks: what handing them out costs
	CoresUsed          = "cores-used"           // CPU time over wall time of a program of runbench exec
	PeakBytes          = "peak-bytes"           // largest resident set of it and of those it waited for; not there where it is hidden by runbench's own
	OwnRate            = "own-rate"             // the program's own figure, of which more is better
	OwnCost            = "own-cost"             // the program's own figure, of which less is better
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
	{VoluntaryPerOp, "lower"},
	{InvoluntaryPerOp, "lower"},
	{MutexWaitNsPerOp, "lower"},
	{SchedP50Ns, "lower"},
	{SchedP99Ns, "lower"},
	{SchedMaxNs, "lower"},
	{GCShare, "lower"},
	{RunnableGoroutines, "lower"},
	{RunningGoroutines, "lower"},
	{WaitingGoroutines, "lower"},
	{NotInGoGoroutines, "lower"},
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
	{CoresUsed, "higher"},
	{PeakBytes, "lower"},
	{OwnRate, "higher"},
	{OwnCost, "lower"},
}

// A unit is the name of a unit and which direction is better, "lower" or "higher".
type unit struct{ name, better string }

// SchedulerUnits returns the units that tell what the Go scheduler, the collector and
// the kernel did, in the order in which to show them.
func SchedulerUnits() []string {
	return []string{
		Threads, GoroutinesPerOp, RunningGoroutines, RunnableGoroutines, WaitingGoroutines, NotInGoGoroutines,
		SchedP50Ns, SchedP99Ns, SchedMaxNs, VoluntaryPerOp, InvoluntaryPerOp, MutexWaitNsPerOp, GCShare,
	}
}

// OwnUnits returns the units that only some workloads have, in the order in
// which to show them.
func OwnUnits() []string {
	var names []string
	for _, u := range ownUnits {
		names = append(names, u.name)
	}
	return names
}

// Better returns which way each unit is better: +1 higher, −1 lower. It has those that runbench declares and those of
// go test.
func Better() map[string]int {
	better := map[string]int{"MB/s": +1}
	for _, u := range units {
		better[u.name] = -1
		if u.better == "higher" {
			better[u.name] = +1
		}
	}
	return better
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
