package cpu

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"runbench/workloads"
)

const jsonBatch = 64

var jsonSizes = workloads.Sizes{S: 2, W: 60, A: 960}

// JSON is what a back end does with a request and its reply.
var JSON = workloads.Workload{
	Name:       "cpu/json",
	Isolates:   "parsing and printing JSON by reflection: branches and small allocations",
	Expect:     "concurrency about 1×; parallelism below cpu/hash, as the garbage collector takes its share of the cores",
	Definition: "encoding/json as the Go release has it: a task decodes an array of orders into structs of its own and encodes them again, 60 orders of some 280 bytes in class W; nothing is pooled, so a task allocates every struct, string and slice anew, as a handler does; GOGC as the environment sets it; right if the bytes that come out are those that went in",
	Advice:     "decode only the fields in use and reuse buffers before adding cores; look at the collector's share with GODEBUG=gctrace=1",
	Related:    []string{"cpu/sort", "cpu/gzip", "mem/alloc", "mixed/fetch-parse"},
	Batch:      jsonBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		jsonSizes.Parameter("orders in a document"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		t, err := newTranscripts(jsonSizes.Of(env.Params))
		if err != nil {
			return nil, err
		}
		return &workloads.Instance{
			Task:  func(_ context.Context, i int) error { return t.transcribe(i) },
			Check: func(context.Context) error { return t.check() },
		}, nil
	},
}

// An order is one record of a document, with a bit of each kind of value.
type order struct {
	ID       int64             `json:"id"`
	Customer string            `json:"customer"`
	Email    string            `json:"email"`
	Paid     bool              `json:"paid"`
	Coupon   *string           `json:"coupon"`
	Items    []item            `json:"items"`
	Labels   map[string]string `json:"labels"`
	Total    float64           `json:"total"`
}

type item struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

// orders returns n orders, always the same for the same seed.
func orders(seed uint64, n int) []order {
	rng := rand.New(rand.NewPCG(1, seed))
	pick := func(from ...string) string { return from[rng.IntN(len(from))] }
	list := make([]order, n)
	for i := range list {
		first := pick("Ada", "Barbara", "Edsger", "Grace", "José", "Kathleen", "Leslie", "Tony")
		o := order{
			ID:       rng.Int64N(1e12),
			Customer: first + " " + pick("Allen", "Dijkstra", "Hoare", "Lamport", "Liskov", "O'Neil", "Sørensen"),
			Email:    fmt.Sprintf("customer.%d@example.com", rng.IntN(1e6)),
			Paid:     rng.IntN(4) > 0,
			Labels:   map[string]string{"channel": pick("web", "app", "shop <b>"), "region": pick("north", "south", "east", "west")},
		}
		if rng.IntN(3) == 0 {
			coupon := pick("SPRING", "SUMMER", "\"WINTER\"")
			o.Coupon = &coupon
		}
		cents := 0
		for range 1 + rng.IntN(3) {
			quantity, price := 1+rng.IntN(9), 1+rng.IntN(99999)
			cents += quantity * price
			o.Items = append(o.Items, item{SKU: fmt.Sprintf("%c-%05d", 'A'+rng.IntN(26), rng.IntN(1e5)), Quantity: quantity, Price: float64(price) / 100})
		}
		o.Total = float64(cents) / 100
		list[i] = o
	}
	return list
}

// transcripts are documents and what comes out when each is decoded and encoded.
type transcripts struct {
	in, out [][]byte
}

func newTranscripts(n int) (*transcripts, error) {
	t := &transcripts{in: make([][]byte, jsonBatch), out: make([][]byte, jsonBatch)}
	for i := range t.in {
		doc, err := json.Marshal(orders(uint64(i), n))
		if err != nil {
			return nil, err
		}
		t.in[i] = doc
	}
	return t, nil
}

func (t *transcripts) transcribe(i int) error {
	var list []order
	if err := json.Unmarshal(t.in[i], &list); err != nil {
		return err
	}
	out, err := json.Marshal(list)
	t.out[i] = out
	return err
}

func (t *transcripts) check() error {
	for i, got := range t.out {
		if !bytes.Equal(got, t.in[i]) {
			return fmt.Errorf("task %d made %d bytes that are not the %d it began with", i, len(got), len(t.in[i]))
		}
	}
	clear(t.out)
	return nil
}
