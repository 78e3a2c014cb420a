package pike

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// Latencies have the mean of the Pareto distribution with α=2, twice the
// shortest, less what the quantile in the middle of the last of 24 classes misses
// of the tail. The longest is √48 times the shortest.
func TestLatencies(t *testing.T) {
	first := latencies(0, 2*time.Millisecond)
	second := latencies(1, 2*time.Millisecond)
	if slices.Equal(first, second) {
		t.Error("two replicas are slow on the same queries")
	}
	slices.Sort(first)
	slices.Sort(second)
	if !slices.Equal(first, second) {
		t.Error("two replicas are not equally slow")
	}
	var sum time.Duration
	for _, d := range first {
		sum += d
	}
	for _, test := range []struct {
		name           string
		got, low, high time.Duration
	}{
		{"shortest", first[0], 2000 * time.Microsecond, 2050 * time.Microsecond},
		{"mean", sum / replicasBatch, 3700 * time.Microsecond, 4000 * time.Microsecond},
		{"longest", first[replicasBatch-1], 13856 * time.Microsecond, 13857 * time.Microsecond},
	} {
		if test.got < test.low || test.got > test.high {
			t.Errorf("the %s latency is %v, want one from %v to %v", test.name, test.got, test.low, test.high)
		}
	}
}

// With more replicas the first answers come sooner: in the mean, and the last of
// them too.
func TestMoreReplicasCutTheTail(t *testing.T) {
	mean, longest := time.Hour, time.Hour
	for _, n := range []int{1, 3, 9} {
		s := newReplicaSet(n, 2*time.Millisecond)
		var sum, most time.Duration
		for i := range replicasBatch {
			soonest := s.soonest(i)
			sum += soonest
			most = max(most, soonest)
		}
		if sum/replicasBatch >= mean || most >= longest {
			t.Errorf("%d replicas: mean %v and longest %v, want less than %v and %v", n, sum/replicasBatch, most, mean, longest)
		}
		mean, longest = sum/replicasBatch, most
	}
}

func TestReplicasCheckCatches(t *testing.T) {
	for name, spoil := range map[string]func(s *replicaSet){
		"nothing":                          nil,
		"a query without an answer":        func(s *replicaSet) { s.outcomes[7] = outcome{} },
		"the answer to another query":      func(s *replicaSet) { s.outcomes[7].answer = s.outcomes[8].answer },
		"an answer before it can be there": func(s *replicaSet) { s.outcomes[7].waited = s.soonest(7) - 1 },
		"a replica that was left behind":   func(s *replicaSet) { s.outcomes[7].ended-- },
		"the result of the batch before":   func(s *replicaSet) { s.check(t.Context()) },
	} {
		s := newReplicaSet(3, time.Nanosecond)
		for i := range replicasBatch {
			if err := s.task(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		if spoil == nil {
			if err := s.check(t.Context()); err != nil {
				t.Error(err)
			}
			continue
		}
		spoil(s)
		if s.check(t.Context()) == nil {
			t.Errorf("%s passed the check", name)
		}
	}
}

// The late ones are cancelled: a replica that would take an hour holds nobody up.
// So is a whole query whose caller gives up.
func TestReplicasAreCancelled(t *testing.T) {
	s := newReplicaSet(2, time.Microsecond)
	slow := make([]time.Duration, replicasBatch)
	for i := range slow {
		slow[i] = time.Hour
	}
	s.replicas[1].latency = slow
	if err := s.task(t.Context(), 0); err != nil || s.outcomes[0].ended != 2 {
		t.Errorf("error %v, outcome %+v", err, s.outcomes[0])
	}
	s.replicas[0].latency = slow
	why := errors.New("no longer wanted")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Millisecond, func() { cancel(why) })
	if err := s.task(ctx, 1); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}
