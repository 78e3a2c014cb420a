package words_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"runbench/bench"
	"runbench/bench/example/words"
)

func TestCount(t *testing.T) {
	got := words.Count("The one, the other; THE third")
	if want := map[string]int{"the": 3, "one": 1, "other": 1, "third": 1}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestIndex(t *testing.T) {
	var x words.Index
	x.Add("one two")
	x.Add("two three")
	if got := x.Total(); got != 4 {
		t.Errorf("%d words, want 4", got)
	}
	x.Reset()
	if got := x.Total(); got != 0 {
		t.Errorf("%d words after Reset, want none", got)
	}
}

// perText is how many words a text has, so that one takes some 100 µs.
const perText = 1000

// texts returns as many texts as a batch has tasks.
func texts() []string {
	texts := make([]string, bench.DefaultBatch)
	for i := range texts {
		var text strings.Builder
		for n := range perText {
			// Words without digits, with some that come again and again.
			fmt.Fprintf(&text, "%s%c%c ", "word", 'a'+n%26, 'a'+(n+i)%17)
		}
		texts[i] = text.String()
	}
	return texts
}

// BenchmarkCount sweeps work that computes and shares nothing: each task has a
// result of its own.
func BenchmarkCount(b *testing.B) {
	texts := texts()
	counts := make([]map[string]int, len(texts))
	bench.Sweep(b, func(_ context.Context, i int) error {
		counts[i] = words.Count(texts[i])
		return nil
	}, bench.Check(func() error {
		for i, c := range counts {
			total := 0
			for _, n := range c {
				total += n
			}
			if total != perText {
				return fmt.Errorf("text %d has %d words, want %d", i, total, perText)
			}
		}
		clear(counts)
		return nil
	}))
}

// BenchmarkIndex sweeps the same work into one index, whose lock every word
// takes.
func BenchmarkIndex(b *testing.B) {
	texts := texts()
	var x words.Index
	bench.Sweep(b, func(_ context.Context, i int) error {
		x.Add(texts[i])
		return nil
	}, bench.Check(func() error {
		if got, want := x.Total(), len(texts)*perText; got != want {
			return fmt.Errorf("%d words in the index, want %d", got, want)
		}
		x.Reset()
		return nil
	}))
}
