package mem

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// collectorRoom is by how much the process may grow without the garbage
// collector, in bytes. It is little enough for any machine and takes dozens of
// batches to fill.
const collectorRoom = 256 << 20

// collector is the one state that instances share: the process has one garbage
// collector, and where several instances run at once it must stay paused until
// the last of them is closed.
var collector collectorSwitch

// A collectorSwitch pauses the garbage collector for as long as anyone asks.
type collectorSwitch struct {
	mu      sync.Mutex
	pauses  int   // not yet resumed
	percent int   // GOGC before the first of them
	limit   int64 // the memory limit before the first of them
}

// pause turns the collector off, but for a memory limit, which it returns. Each
// call is to be followed by one of resume.
func (s *collectorSwitch) pause() (limit int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses++
	if s.pauses > 1 {
		// Room for each: instances side by side must not bring the collector back.
		debug.SetMemoryLimit(min(s.limit, debug.SetMemoryLimit(-1)+collectorRoom))
	} else {
		s.percent = debug.SetGCPercent(-1)
		// What the limit is compared with; see debug.SetMemoryLimit.
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.limit = debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(s.limit, int64(m.Sys-m.HeapReleased)+collectorRoom))
	}
	return debug.SetMemoryLimit(-1)
}

// resume undoes one call of pause. The last one brings the former settings back.
func (s *collectorSwitch) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pauses--; s.pauses == 0 {
		debug.SetGCPercent(s.percent)
		debug.SetMemoryLimit(s.limit)
	}
}
