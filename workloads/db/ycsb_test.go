package db

import (
	"context"
	"math"
	"strings"
	"sync"
	"testing"
)

// Σ 1/r^θ over r = 1 … n by Euler and Maclaurin: the first million terms as they
// are, the rest as an integral and its first two corrections.
func TestZipfZeta(t *testing.T) {
	const m = 1_000_000
	var sum float64
	for r := m - 1; r >= 1; r-- {
		sum += math.Pow(float64(r), -zipfTheta)
	}
	f := func(r float64) float64 { return math.Pow(r, -zipfTheta) }
	slope := func(r float64) float64 { return -zipfTheta * math.Pow(r, -zipfTheta-1) }
	integral := (math.Pow(zipfItems, 1-zipfTheta) - math.Pow(m, 1-zipfTheta)) / (1 - zipfTheta)
	sum += integral + (f(m)+f(zipfItems))/2 + (slope(zipfItems)-slope(m))/12
	if math.Abs(sum-zipfZeta) > 1e-8 {
		t.Errorf("zeta is %.14f, the sum of the definition %.14f", zipfZeta, sum)
	}
}

// Over evenly spread u the first two ranks come as often as their definition says,
// ranks grow with u, and those after the second come about as often as they
// should: Gray's formula is an approximation there.
func TestZipfRank(t *testing.T) {
	const n = 1_000_000
	count := make(map[uint64]int)
	var last uint64
	for i := range n {
		rank := zipfRank((float64(i) + 0.5) / n)
		if rank < last || rank >= zipfItems {
			t.Fatalf("u=%v: rank %d after %d, want no less, and below %d", (float64(i)+0.5)/n, rank, last, int64(zipfItems))
		}
		last = rank
		count[rank]++
	}
	for rank := range uint64(2) {
		want := n * math.Pow(float64(rank+1), -zipfTheta) / zipfZeta
		if got := float64(count[rank]); math.Abs(got-want) > 1 {
			t.Errorf("rank %d came %v times, want %.1f", rank, got, want)
		}
	}
	for _, below := range []uint64{10, 1000, 1_000_000} {
		var got int
		for rank, c := range count {
			if rank < below {
				got += c
			}
		}
		var zeta float64
		for r := below; r >= 1; r-- {
			zeta += math.Pow(float64(r), -zipfTheta)
		}
		if share, want := float64(got)/n, zeta/zipfZeta; math.Abs(share-want) > 0.03 {
			t.Errorf("the first %d ranks get %.3f of the requests, want about %.3f", below, share, want)
		}
	}
}

// The first rank is one record's alone: of 1,000 records one gets a 26th of the
// requests and its share of the long tail. The hash is FNV-1a's of eight zeros.
func TestZipfKeyScatters(t *testing.T) {
	const n, records = 100_000, 1000
	count := make([]int, records)
	for i := range n {
		count[zipfKey((float64(i)+0.5)/n, records)]++
	}
	var fnv uint64 = 0xcbf29ce484222325
	for range 8 {
		fnv *= 0x100000001b3
	}
	signed := int64(fnv)
	first := int(max(signed, -signed) % records)
	if share := float64(count[first]) / n; share < 1/zipfZeta || share > 1.1/zipfZeta {
		t.Errorf("record %d gets %.4f of the requests, want a little more than %.4f", first, share, 1/zipfZeta)
	}
	for key, c := range count {
		if c > count[first] {
			t.Errorf("record %d gets %d requests, more than the first rank's %d", key, c, count[first])
		}
		if c == 0 {
			t.Errorf("record %d gets no request", key)
		}
	}
}

func TestMixes(t *testing.T) {
	for mix, want := range ycsbUpdates {
		var updates, all float64
		for _, task := range ycsbRequests(mix, 1000, 128, 100) {
			for _, r := range task {
				all++
				if r.update {
					updates++
				}
			}
		}
		if got := updates / all; math.Abs(got-want) > 0.01 {
			t.Errorf("mix %s: a share of %.3f are updates, want %v", mix, got, want)
		}
	}
}

// A field tells its version, and every byte of it counts.
func TestFieldVersion(t *testing.T) {
	b := make([]byte, ycsbFieldBytes)
	putField(b, 3, 4, 5)
	if v, err := fieldVersion(b, 3, 4); v != 5 || err != nil {
		t.Errorf("got version %d, %v, want 5", v, err)
	}
	if _, err := fieldVersion(b, 3, 5); err == nil {
		t.Error("a field passed for another of its record")
	}
	if _, err := fieldVersion(b, 4, 4); err == nil {
		t.Error("a field passed for another record's")
	}
	for i := range b {
		b[i] ^= 1
		if _, err := fieldVersion(b, 3, 4); err == nil {
			t.Errorf("byte %d is wrong, and the field passed", i)
		}
		b[i] ^= 1
	}
}

// memory is a store in memory. lose, if not nil, says whether the n-th update is to
// be lost, and old whether reads are to see the record as it was at first.
type memory struct {
	mu      sync.Mutex
	records [][]byte
	updates int
	lose    func(n int) bool
	old     bool
}

func newMemory(records int) *memory {
	m := &memory{}
	for key := range records {
		m.records = append(m.records, newRecord(key))
	}
	return m
}

func (m *memory) read(_ context.Context, key int, see func([]byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.old {
		return see(newRecord(key))
	}
	return see(m.records[key])
}

func (m *memory) modify(_ context.Context, key int, change func([]byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.updates++
	if m.lose != nil && m.lose(m.updates) {
		return change(append([]byte(nil), m.records[key]...))
	}
	return change(m.records[key])
}

// batch does all tasks and returns the first error of a task or of the check.
func batch(t *testing.T, y *ycsb) error {
	t.Helper()
	for i := range y.requests {
		if err := y.task(t.Context(), i); err != nil {
			return err
		}
	}
	return y.check(t.Context())
}

func TestYCSBChecks(t *testing.T) {
	const records, tasks, each = 1000, 128, 4
	start := func() (*memory, *ycsb) {
		m := newMemory(records)
		return m, newYCSB(m, ycsbRequests("a", records, tasks, each), records)
	}
	fails := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", what, err, want)
		}
	}

	m, y := start()
	for n := range 3 {
		if err := batch(t, y); err != nil {
			t.Fatalf("batch %d: %v", n, err)
		}
	}
	m.old = true
	fails("stale reads", batch(t, y), "lost or made twice")

	m, y = start()
	m.lose = func(n int) bool { return n == 77 }
	fails("a lost update", batch(t, y), "lost or made twice")

	_, y = start()
	for i := range tasks {
		if err := y.task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	if err := y.task(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	fails("a task done twice", y.check(t.Context()), "lost or made twice")

	m, y = start()
	if err := batch(t, y); err != nil {
		t.Fatal(err)
	}
	m.records[y.updated[0]][17] ^= 4
	fails("a damaged record", batch(t, y), "is not what its version")
}
