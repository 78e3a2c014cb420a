package io

import (
	"context"
	"errors"
	"testing"
)

func TestGatherAll(t *testing.T) {
	got, err := gather(t.Context(), 5, 5, func(context.Context, int) error { return nil })
	if got != 5 || err != nil {
		t.Errorf("got %d, %v, want all 5", got, err)
	}
}

// The first answer ends the others' waiting, whose errors then do not matter.
func TestGatherTheFirst(t *testing.T) {
	got, err := gather(t.Context(), 5, 1, func(ctx context.Context, j int) error {
		if j == 3 {
			return nil
		}
		<-ctx.Done() // ended by the answer, or this would hang
		return ctx.Err()
	})
	if got != 1 || err != nil {
		t.Errorf("got %d, %v, want the one", got, err)
	}
}

func TestGatherFails(t *testing.T) {
	want := errors.New("no reply")
	// One failure is too many where all are needed: the others are given up.
	_, err := gather(t.Context(), 5, 5, func(ctx context.Context, j int) error {
		if j == 3 {
			return want
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, want) {
		t.Errorf("all: got %v, want %v", err, want)
	}
	// Where the first will do, all must fail.
	got, err := gather(t.Context(), 5, 1, func(_ context.Context, j int) error {
		if j == 4 {
			return nil
		}
		return want
	})
	if got != 1 || err != nil {
		t.Errorf("first: got %d, %v, want the one that did not fail", got, err)
	}
	if _, err := gather(t.Context(), 5, 1, func(context.Context, int) error { return want }); !errors.Is(err, want) {
		t.Errorf("first: got %v, want %v", err, want)
	}
}
