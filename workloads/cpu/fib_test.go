package cpu

import (
	"context"
	"errors"
	"testing"
)

// Fibonacci numbers 0, 1, 10 and 20 with the next ones (OEIS A000045), without
// forks and with a fork wherever there is a token.
func TestFibNumbers(t *testing.T) {
	for n, want := range map[int]fibonacci{0: {0, 1}, 1: {1, 1}, 10: {55, 89}, 20: {6765, 10946}} {
		if got := fib(n); got != want {
			t.Errorf("fib(%d) is %v, want %v", n, got, want)
		}
		for _, tokens := range []int{1, 2, 31} {
			r := forking{cutoff: 2, tokens: make(chan struct{}, tokens)}
			if got := r.fib(n); got != want {
				t.Errorf("fib(%d) with %d tokens is %v, want %v", n, tokens, got, want)
			}
			if len(r.tokens) > 0 {
				t.Errorf("fib(%d) kept %d of %d tokens", n, len(r.tokens), tokens)
			}
		}
	}
}

func TestFibCheck(t *testing.T) {
	f := &forest{n: 18, cutoff: 16}
	for _, wrong := range []func(){
		func() { f.results[31].leaves-- },
		func() { f.results[0].value++ },
		func() { f.results[7] = fibonacci{} },
	} {
		if err := f.run(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		wrong()
		if f.check() == nil {
			t.Error("a wrong result passed the check")
		}
	}
}

func TestFibEndsWithItsContext(t *testing.T) {
	for _, goroutines := range []int{1, 3} {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("no longer wanted")
		cancel(why)
		if err := (&forest{n: 18, cutoff: 16}).run(ctx, goroutines); !errors.Is(err, why) {
			t.Errorf("C=%d: error %v, want %v", goroutines, err, why)
		}
	}
}
