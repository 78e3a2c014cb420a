// Package strategy holds the ways to put a batch of tasks onto goroutines.
//
// All of them keep the same promises: at most the asked number of tasks is in
// flight; the first error wins, ends the context the tasks were given and stops
// the batch; every goroutine started has ended when Run returns. Package
// strategytest checks them.
package strategy

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A Task does task i of a batch and returns early when ctx ends.
type Task = func(ctx context.Context, i int) error

// A Strategy runs the tasks 0 … n-1 with at most goroutines of them in flight
// and returns when all are done or the first has failed. The error is that
// first task's, or the cause of ctx's end. Strategies have no state: one value
// may run many batches, also at once.
type Strategy interface {
	// Name is how the strategy is written in a result name: lower case, without
	// digits behind a dash, which readers would take for GOMAXPROCS.
	Name() string

	// Describe says in one line what the strategy does, for help texts.
	Describe() string

	Run(ctx context.Context, goroutines, n int, task Task) error
}

// PeerPrefix begins the names of the strategies that are pools of other people's,
// in the module bench/peers.
const PeerPrefix = "peer-"

// Sequential is the strategy of every cell with one goroutine, and the base of
// all others.
var Sequential Strategy = sequential{}

// Default is the strategy a sweep uses where none is asked for: the cheapest of
// those that hand tasks out one by one, as workers become free.
var Default Strategy = pool{}

// All returns the strategies: the base first, then from the most common idiom
// for handing tasks out one by one to the cheapest, then those that deal shares
// or chunks, then those that add goroutines or threads.
func All() []Strategy {
	return []Strategy{
		sequential{},
		semaphore{},
		group{},
		channel{},
		pool{},
		static{},
		cyclic{},
		dynamic{},
		pipeline{},
		forkJoin{},
		balancer{},
		locked{},
	}
}

// ByName returns the strategy of that name, of all there are here and the extra
// ones.
func ByName(name string, extra ...Strategy) (Strategy, error) {
	var names []string
	for _, s := range append(All(), extra...) {
		if s.Name() == name {
			return s, nil
		}
		names = append(names, s.Name())
	}
	return nil, fmt.Errorf("unknown strategy %q (known: %s)", name, strings.Join(names, ", "))
}

// errGoroutines is what Run returns for a goroutine count below 1.
var errGoroutines = errors.New("strategy: goroutines must be at least 1")
