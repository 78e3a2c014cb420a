package io

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"runbench/workloads"
)

const (
	findBatch = 1000
	findTopic = "Go" // every item's description has it
)

var (
	findItems = workloads.Sizes{S: 1, W: 1, A: 16}

	// findReads are how long reading a document takes, in microseconds. It is
	// Kennedy's in W and A. A wait this short comes out as about 1.08 ms on Linux,
	// where the runtime's poller rounds up, so the other workloads wait for 2 ms or
	// more; here it is kept, for the figures he published. S does not wait, because
	// a thousand waits, however short, would take a second.
	findReads = workloads.Sizes{S: 0, W: 1000, A: 1000}
)

// The parts of a document, a news feed in RSS, around and with its items.
const (
	findHead = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
	<channel>
		<title>Notes of a workshop</title>
		<link>https://example.org/notes</link>
		<description>What was built, and what it taught.</description>`
	findItem = `
		<item>
			<title>A scheduler at work</title>
			<pubDate>Mon, 02 Nov 2026 09:00:00 +0000</pubDate>
			<link>https://example.org/notes/scheduler</link>
			<description>How Go puts many goroutines onto few threads.</description>
		</item>`
	findTail = `
	</channel>
</rss>`
)

// A feed is what a document is decoded into.
type feed struct {
	Channel struct {
		Title       string `xml:"title"`
		Link        string `xml:"link"`
		Description string `xml:"description"`
		Items       []struct {
			Title       string `xml:"title"`
			PubDate     string `xml:"pubDate"`
			Link        string `xml:"link"`
			Description string `xml:"description"`
		} `xml:"item"`
	} `xml:"channel"`
}

// Find searches documents for a topic. Reading one is waiting; decoding it takes
// a few per cent of that, which is all that remains once the waits overlap.
var Find = workloads.Workload{
	Name:       "io/find",
	Isolates:   "many short waits, each with a little decoding behind it",
	Expect:     "concurrency by the number of goroutines, until decoding fills a core at about (wait+CPU)/CPU; parallelism 1× with few goroutines, more once there are that many",
	Definition: "find in Kennedy, \"Scheduling In Go: Part III – Concurrency\" (Ardan Labs, 2018): 1,000 documents, each time.Sleep for 1 ms in place of the disk, encoding/xml, then strings.Contains on the description of every item; a feed of our own in the shape of his; the achieved wait is recorded as wait-ns/op",
	Advice:     "start many more goroutines than cores; when a core is full, make decoding cheaper or add cores",
	Related:    []string{"io/latency", "io/http", "mixed/fetch-parse"},
	Batch:      findBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		findItems.Parameter("items of each document, which in class S takes no time to read"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		items := findItems.Of(env.Params)
		read := time.Duration(findReads.Of(env.Params)) * time.Microsecond
		document := findHead + strings.Repeat(findItem, items) + findTail
		type result struct {
			waited time.Duration
			hits   int
		}
		results := make([]result, findBatch)
		var total time.Duration
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				start := time.Now()
				time.Sleep(read)
				waited := time.Since(start)
				var doc feed
				if err := xml.Unmarshal([]byte(document), &doc); err != nil {
					return err
				}
				hits := 0
				for _, item := range doc.Channel.Items {
					if strings.Contains(item.Description, findTopic) {
						hits++
					}
				}
				results[i] = result{waited, hits}
				return nil
			},
			Check: func(context.Context) error {
				for i, r := range results {
					if r.hits != items || r.waited < read {
						return fmt.Errorf("document %d: %d items found after %v, want %d after at least %v", i, r.hits, r.waited, items, read)
					}
					total += r.waited
				}
				clear(results)
				return nil
			},
			Counters: func() (map[string]float64, error) {
				return map[string]float64{"wait-ns/op": float64(total)}, nil
			},
		}, nil
	},
}
