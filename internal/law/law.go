package law

import (
	"fmt"
	"math"
)

// A Sample is the throughput of one run.
type Sample struct {
	N     int     // GOMAXPROCS or goroutines, at least 1
	X     float64 // any rate, higher is better; positive and finite
	Round int     // runs with the same Round were measured together, in a block; 0: not blocked
}

// An Axis says what N is.
type Axis string

const (
	Gomaxprocs Axis = "gomaxprocs" // P, at a fixed number of goroutines or with the two equal
	Goroutines Axis = "goroutines" // C, at a fixed P
)

// A Segment is a stretch of the axis of GOMAXPROCS that one law may hold over.
type Segment string

const (
	Cores Segment = ""    // one hardware thread of each core
	SMT   Segment = "smt" // from all physical cores on to their further threads; nothing without both counts
)

// Options say what is known beside the samples. The zero value knows nothing.
type Options struct {
	Axis     Axis
	Segment  Segment  // of GOMAXPROCS
	Physical int      // cores; P above it up to Logical is SMT, above Logical oversubscribed; 0: unknown
	Logical  int      // hardware threads; 0: unknown
	Control  []Sample // share-nothing work at the same P, not used for SMT; nil where there is none
	// Lost is the share, 0 to 1, of the machine's CPU time that went to others meanwhile: intervals of problems that
	// grow are wider for it. Laws are not, since it is not known which N lost it.
	Lost float64
}

// HasSMT reports whether n is a GOMAXPROCS at which cores share their further threads.
func (o Options) HasSMT(n int) bool { return o.Physical > 0 && n > o.Physical && n <= o.Logical }

// An Estimate is a value with its 95 % interval. Bounds may be infinite; they are NaN where one run allows none.
type Estimate struct{ Value, Lo, Hi float64 }

// A Model is a law of scaling; "" where all of them are refused.
type Model string

const (
	Linear Model = "linear" // X = γN
	Amdahl Model = "amdahl" // X = γN / (1 + σ(N−1))
	USL    Model = "usl"    // X = γN / (1 + σ(N−1) + κN(N−1)), the Universal Scalability Law
)

// A Point is what was measured at one N. Nothing in it is corrected by the control arm.
type Point struct {
	N, Runs    int
	X          Estimate
	Speedup    Estimate  // X(N)/X(Base)
	Efficiency Estimate  // Speedup/(N/Base)
	KarpFlatt  *Estimate // see [KarpFlatt]; nil at N=1 and where Base is not 1
}

// A Peak is the N of the greatest throughput.
type Peak struct {
	N            Estimate
	Extrapolated bool // beyond the largest N measured, by up to twice
}

// A Fit is what samples tell about scaling.
type Fit struct {
	Axis   Axis
	Points []Point // by ascending N
	Base   int     // the smallest N, which speed-ups are relative to; 0 without samples
	Upto   int     // the largest N that the law was fitted to; 0 where there is none
	Model  Model
	// Gamma is the throughput that the law gives at N=1, Sigma the contention (the share of work that is done one
	// at a time), Kappa the coherency (cost of each pair that must agree, relative to a task). Nil where the model
	// has it not.
	Gamma, Sigma, Kappa *Estimate
	Peak                *Peak     // nil where none is claimed
	Limit               *Estimate // the greatest speed-up over Base that the law allows at any N; nil where not claimed
	Refused             string    // why no law, or no more than this model, is given; "" where nothing was refused
	LackOfFit           *float64  // p value of the law against the scatter of repeats; nil without repeats
	Notes               []string  // one line each: what was left out, corrected, not claimed
}

// note adds a line to f.
func (f *Fit) note(line string) {
	if line != "" {
		f.Notes = append(f.Notes, line)
	}
}

// refuse adds a reason to those of f.
func (f *Fit) refuse(reason string) {
	switch {
	case reason == "":
	case f.Refused == "":
		f.Refused = reason
	default:
		f.Refused += "; " + reason
	}
}

// Analyze returns speed-ups and the simplest law that samples, in any order, do not contradict. See the package
// documentation for how. Samples that are no measurements (N below 1; X not positive and finite) are left out and
// noted.
func Analyze(samples []Sample, opt Options) Fit {
	f := Fit{Axis: opt.Axis}
	levels, dropped := group(samples)
	f.note(droppedNote("", dropped))
	if opt.Segment == SMT {
		levels = smt(levels, opt)
	}
	if len(levels) == 0 {
		f.Refused = "no run with a positive, finite rate at an N of at least 1"
		return f
	}
	f.Base = levels[0].n
	f.Points = points(levels)

	var notes []string
	if opt.Segment == Cores {
		levels, notes = segment(levels, opt)
		for _, n := range notes {
			f.note(n)
		}
	}
	arm := uncontrolled(levels)
	if opt.Control != nil && opt.Segment == Cores {
		arm, notes = control(levels, opt)
		for _, n := range notes {
			f.note(n)
		}
	}
	f.Refused = refusal(len(arm.levels), opt)
	if n := len(arm.levels); n < minAmdahl || n > maxLevels {
		return f
	}
	if !alike(arm.levels) {
		f.Refused = fmt.Sprintf("no law: rates differ by a factor of more than %.0g", math.Exp(maxSpan))
		return f
	}
	if arm.divided {
		f.note(dividedNote)
	}
	f.Upto = arm.levels[len(arm.levels)-1].n
	newLadder(newCurve(arm)).describe(&f, opt)
	if opt.Segment == SMT {
		f.withinSMT(opt)
	}
	return f
}
