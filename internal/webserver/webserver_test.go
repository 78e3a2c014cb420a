package webserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runbench/internal/child"
)

func TestMain(m *testing.M) {
	child.Main()
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, spec Spec) (*Server, *Client) {
	t.Helper()
	s, err := Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(s, 2)
	t.Cleanup(func() {
		c.Close()
		s.Stop()
	})
	return s, c
}

func TestPages(t *testing.T) {
	_, c := start(t, Spec{Bytes: 100})
	for _, task := range []int{0, 7, 123} {
		if got, err := c.Get(t.Context(), task); err != nil || !bytes.Equal(got, Page(task, 100)) || len(got) != 100 {
			t.Errorf("page %d: %q, %v", task, got, err)
		}
	}
	if c.Dials() != 1 {
		t.Errorf("%d connections for one request after the other, want 1", c.Dials())
	}
	if _, err := c.Get(t.Context(), -1); err == nil {
		t.Error("there is a page -1")
	}
}

func TestDocuments(t *testing.T) {
	_, c := start(t, Spec{Records: 5})
	got, err := c.Get(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	var doc Document
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	if err := doc.Check(3, 5); err != nil {
		t.Error(err)
	}
	if doc.Check(4, 5) == nil {
		t.Error("a document passes for that of another task")
	}
}

// One number of each block is slow, not always the same place, and the same ones
// whenever asked.
func TestSlow(t *testing.T) {
	const every = 10
	places := make(map[int]bool)
	for block := range 20 {
		slow := 0
		for task := block * every; task < (block+1)*every; task++ {
			if Slow(task, every) {
				slow++
				places[task%every] = true
			}
		}
		if slow != 1 {
			t.Errorf("%d slow replies in block %d, want 1", slow, block)
		}
	}
	if len(places) < 2 {
		t.Errorf("slow replies are always at the same place in a block: %v", places)
	}
	if Slow(0, 0) {
		t.Error("a reply is slow where none shall be")
	}
}

// The reply that is slow takes its time, the one beside it does not: a context
// ends the wait for the first only.
func TestSlowReplies(t *testing.T) {
	_, c := start(t, Spec{Bytes: 10, SlowEvery: 2, SlowBy: time.Hour})
	slow := 0
	if !Slow(slow, 2) {
		slow = 1
	}
	if _, err := c.Get(t.Context(), 1-slow); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the slow reply: got %v, want %v", err, context.DeadlineExceeded)
	}
}
