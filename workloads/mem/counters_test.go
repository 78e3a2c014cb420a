package mem

import (
	"sync/atomic"
	"testing"
	"unsafe"
)

// lines returns the numbers of the cache lines of the given size on which
// counters lie.
func lines(counters []*atomic.Uint32, size uintptr) map[uintptr]int {
	on := make(map[uintptr]int)
	for _, c := range counters {
		on[uintptr(unsafe.Pointer(c))/size]++
	}
	return on
}

func TestCountersLieOnOneLineOrApart(t *testing.T) {
	for range 100 {
		for _, size := range []uintptr{64, 128} {
			if on := lines(oneLine(), size); len(on) != 1 {
				t.Errorf("the counters side by side are on %d lines of %d bytes", len(on), size)
			}
			if on := lines(apart(), size); len(on) != countersBatch {
				t.Errorf("the counters apart are on %d lines of %d bytes", len(on), size)
			}
		}
	}
}

func TestCountingCheckCatchesALostAndARepeatedAdd(t *testing.T) {
	for _, wrong := range []uint32{1, ^uint32(0)} {
		counters := apart()
		in := counting(counters, 10)
		do(t, in, countersBatch)
		counters[5].Add(wrong)
		if in.Check(t.Context()) == nil {
			t.Errorf("a counter that is off by %d passed the check", int32(wrong))
		}
	}
}
