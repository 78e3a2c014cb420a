package mixed

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	pipelineBatch  = 128
	pipelineStages = 4
	pipelineSlow   = 2 // the stage that takes longest

	// pipelineBuffer is how many items a channel holds, so that stages need not
	// meet for every item.
	pipelineBuffer = 4
)

// pipelineCosts are what the stages take, in units; the slowest takes 6 of the 10.
var pipelineCosts = [pipelineStages]int{1, 2, 6, 1}

var pipelineSizes = workloads.Sizes{S: 50, W: 3000, A: 60_000}

// pipelineWant is, by the steps of a unit, the sum of what becomes of the items, as
// computed by a C program written from the same definition.
var pipelineWant = map[int]uint64{50: 0x9e1bd4fffe133ece, 3000: 0xff0943035bedb2db, 60_000: 0x2d447ee6da7e5cfe}

// Pipeline is a chain of stages, one of which takes longer than all others
// together.
var Pipeline = workloads.Workload{
	Name:       "mixed/pipeline",
	Isolates:   "a pipeline with stages of uneven cost: it is as fast as its slowest stage",
	Expect:     "concurrency 1×; parallelism at most 10/6 = 1.67× with a goroutine a stage, however many cores; with fan=out close to the number of cores, up to 10/2 = 5×, where the next stage is the slowest",
	Definition: "four stages over channels of 4 items (Ajmani, \"Go Concurrency Patterns: Pipelines and cancellation\", The Go Blog, 2014) that take 1, 2, 6 and 1 units of 3,000 steps of the hash chain of cpu/hash; 128 items; fan=out: all goroutines beyond one for each other stage do the slow one; one goroutine: all stages in a loop",
	Advice:     "find the slowest stage and give it several goroutines; if the items are independent, do all stages of an item in one goroutine instead",
	Related:    []string{"sync/channel", "cpu/hash", "mixed/fetch-parse"},
	Batch:      pipelineBatch,
	Cooperates: true,
	Goroutines: func(p workloads.Params) []int {
		if p["fan"] == "out" {
			return []int{1, pipelineStages, 2 * pipelineStages}
		}
		return []int{1, pipelineStages}
	},
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("fan", "none", []string{"none", "out"}, "none: a goroutine a stage; out: several for the slow stage"),
		pipelineSizes.Parameter("steps of the hash chain in a unit"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		p := &pipeline{unit: pipelineSizes.Of(env.Params), fan: env.Params["fan"] == "out"}
		return &workloads.Instance{Run: p.run, Check: p.check}, nil
	},
}

// A pipeline is what the stages work with and what comes out at their end.
type pipeline struct {
	unit int // steps
	fan  bool

	items int
	sum   uint64
}

// work is what a stage does to an item.
func (p *pipeline) work(stage int, item uint64) uint64 {
	return hashchain.Nth(item+uint64(stage), pipelineCosts[stage]*p.unit)
}

// run sends the items of a batch through the stages.
func (p *pipeline) run(ctx context.Context, goroutines int) error {
	slow := goroutines - (pipelineStages - 1)
	switch {
	case goroutines == 1:
		p.loop(ctx)
	case slow < 1 || slow > 1 && !p.fan:
		return fmt.Errorf("the pipeline runs on 1 goroutine, on %d, or with fan=out on more, found %d", pipelineStages, goroutines)
	default:
		p.stages(ctx, slow)
	}
	return context.Cause(ctx)
}

// loop does all stages of one item after the other.
func (p *pipeline) loop(ctx context.Context) {
	for i := range pipelineBatch {
		if ctx.Err() != nil {
			return
		}
		item := uint64(i)
		for stage := range pipelineStages {
			item = p.work(stage, item)
		}
		p.sum += item
		p.items++
	}
}

// stages runs a goroutine a stage, and so many for the slow one.
func (p *pipeline) stages(ctx context.Context, slow int) {
	// What stage s is done with goes through links[s].
	var links [pipelineStages - 1]chan uint64
	for i := range links {
		links[i] = make(chan uint64, pipelineBuffer)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(links[0])
		for i := range pipelineBatch {
			if !send(ctx, links[0], p.work(0, uint64(i))) {
				return
			}
		}
	})
	for stage := 1; stage < pipelineStages-1; stage++ {
		width := 1
		if stage == pipelineSlow {
			width = slow
		}
		var left atomic.Int32
		left.Store(int32(width))
		for range width {
			wg.Go(func() {
				defer func() {
					if left.Add(-1) == 0 {
						close(links[stage])
					}
				}()
				for item := range links[stage-1] {
					if !send(ctx, links[stage], p.work(stage, item)) {
						return
					}
				}
			})
		}
	}
	wg.Go(func() {
		var sum uint64
		items := 0
		for item := range links[pipelineStages-2] {
			sum += p.work(pipelineStages-1, item)
			items++
		}
		p.sum, p.items = sum, items
	})
	wg.Wait()
}

// send returns false when ctx ends before the item is taken.
func send(ctx context.Context, to chan<- uint64, item uint64) bool {
	select {
	case to <- item:
		return true
	case <-ctx.Done():
		return false
	}
}

// check reports whether all items have come out, each once and with the work of all
// stages done on it.
func (p *pipeline) check(context.Context) error {
	items, sum := p.items, p.sum
	p.items, p.sum = 0, 0
	if want := pipelineWant[p.unit]; items != pipelineBatch || sum != want {
		return fmt.Errorf("%d items came out with a sum of %#x, want %d with %#x", items, sum, pipelineBatch, want)
	}
	return nil
}
