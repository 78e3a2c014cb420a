package schedtrace

import "time"

// Facts are what a trace tells of a span of time. Goroutines of the runtime's own,
// such as those that collect garbage, are counted nowhere but under GC; one that
// ran before the trace says what it is counts as the program's until then.
type Facts struct {
	Span time.Duration `json:"span"` // ns; from the first to the last moment counted

	// Procs is GOMAXPROCS: the largest number of Ps that there were at once.
	Procs int `json:"procs"`
	// Threads is how many threads ran Go code or sat in a system call.
	Threads int `json:"threads"`

	// Created is how many goroutines were started, Ended how many came to their end.
	Created int `json:"created"`
	Ended   int `json:"ended"`

	// MaxRunning is the largest number of goroutines that were running Go code at
	// once, and Running[n] for how long exactly n were. MeanRunning is the average.
	MaxRunning  int             `json:"max_running"`
	Running     []time.Duration `json:"running"` // ns
	MeanRunning float64         `json:"mean_running"`

	// Starts are the first times that goroutines created within the span ran, and
	// StartsElsewhere those of them that were on another P than the one they were
	// created on: stolen, or taken from the global queue. A start whose creator had
	// no P is in neither.
	Starts          int `json:"starts"`
	StartsElsewhere int `json:"starts_elsewhere"`

	// Wakes are the times that goroutines ran after something had made them
	// runnable again, and WakesElsewhere those on another P than the one that did.
	// WakesByPoller are those that no P made runnable, but the network poller or a
	// timer called by a thread without one; they are in neither.
	Wakes          int `json:"wakes"`
	WakesElsewhere int `json:"wakes_elsewhere"`
	WakesByPoller  int `json:"wakes_by_poller"`

	// Preempted is how often a running goroutine was made to give way, and
	// PreemptedElsewhere how often it then went on on another P. Yielded is how
	// often one gave way itself.
	Preempted          int `json:"preempted"`
	PreemptedElsewhere int `json:"preempted_elsewhere"`
	Yielded            int `json:"yielded"`

	// Moved is how many of the goroutines ran on more than one P, and Ran how
	// many ran at all.
	Ran   int `json:"ran"`
	Moved int `json:"moved"`

	// RunnableWait is how long goroutines were runnable before they ran, every
	// time they were.
	RunnableWait Distribution `json:"runnable_wait"`
	// RunSlice is how long goroutines ran at a stretch.
	RunSlice Distribution `json:"run_slice"`

	// Blocked says what goroutines waited for, the longest total first.
	Blocked []Blocked `json:"blocked"`

	// Syscalls is how many system calls were seen to begin, SyscallsHandedOver those
	// of them whose P was taken away meanwhile: because they lasted, because they
	// gave it up at once, or because the world was stopped.
	Syscalls           int           `json:"syscalls"`
	SyscallsHandedOver int           `json:"syscalls_handed_over"`
	SyscallTime        time.Duration `json:"syscall_time"` // ns; of all goroutines together

	GC GC `json:"gc"`
}

// A Distribution is what is known of many durations. Quantiles are upper bounds,
// at most 1/8 above the true ones.
type Distribution struct {
	Count int           `json:"count"`
	Total time.Duration `json:"total"` // ns
	P50   time.Duration `json:"p50"`   // ns
	P90   time.Duration `json:"p90"`   // ns
	P99   time.Duration `json:"p99"`   // ns
	Max   time.Duration `json:"max"`   // ns
}

// Blocked is what goroutines waited for, as the runtime calls it: "chan receive",
// "sync", "network", "sleep".
type Blocked struct {
	Reason string        `json:"reason"`
	Count  int           `json:"count"`
	Total  time.Duration `json:"total"` // ns; of all goroutines together
}

// GC is what the garbage collector did in the span.
type GC struct {
	Cycles   int           `json:"cycles"`    // that ended
	Active   time.Duration `json:"active"`    // ns during which a cycle was under way
	Workers  time.Duration `json:"workers"`   // ns that the runtime's own goroutines ran
	Assists  int           `json:"assists"`   // times that a goroutine which allocates had to help
	Assist   time.Duration `json:"assist"`    // ns of these
	Pauses   int           `json:"pauses"`    // times that the world was stopped, whatever for
	Pause    time.Duration `json:"pause"`     // ns of these
	MaxPause time.Duration `json:"max_pause"` // ns of the longest
}
