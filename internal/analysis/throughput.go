package analysis

import (
	"math"
	"slices"
	"strings"
)

// A yardstick is the unit a group's throughput is taken from.
type yardstick struct {
	unit  string // as the file has it
	cost  bool   // lower is better: throughput is scale over the value
	scale float64
	rate  string // what throughput is in

	preference int // 0 where it tells nothing of throughput; the highest is taken
}

// opsPerSec is what throughput by the time of an op is in.
const opsPerSec = "ops/s"

func (y *yardstick) of(v float64) float64 {
	if y.cost {
		return y.scale / v
	}
	return v
}

// countable are the things of which a rate is a throughput. Other rates, such as
// errors/s, say nothing of how fast the work goes.
var countable = []string{
	"tasks", "ops", "op", "req", "reqs", "requests", "msg", "msgs", "messages", "events", "items", "rows", "records", "queries", "jobs", "lines",
	"tx", "txs", "txns", "transactions", "calls", "pkts", "packets", "frames", "keys", "docs", "documents", "lookups", "iters", "iterations",
	"inserts", "reads", "writes", "gets", "puts", "sets", "conns", "files", "pages", "blocks", "hashes", "tokens", "units",
}

// byteRates are throughputs too, but go test computes MB/s from ns/op, so the
// time itself is preferred to them.
var byteRates = []string{"mb/s", "kb/s", "gb/s", "b/s", "bytes/s", "mib/s", "kib/s", "gib/s"}

// seconds are the units of time, in seconds.
var secondsOf = map[string]float64{"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "sec": 1}

// yardstickOf returns how to read a unit as throughput, and how it is preferred:
// 0 where it cannot be read so, and the higher the better.
func yardstickOf(unit string) (y yardstick, preference int) {
	lower := strings.ToLower(unit)
	lower = strings.TrimSuffix(lower, "ec") // "/sec"
	if slices.Contains([]string{"qps", "rps", "tps", "ops"}, lower) {
		return yardstick{unit: unit, rate: unit}, 3
	}
	thing, ok := strings.CutSuffix(lower, "/s")
	if ok && slices.Contains(byteRates, lower) {
		return yardstick{unit: unit, rate: unit}, 1
	}
	if prefix := strings.TrimLeft(thing, "kmg"); ok && (slices.Contains(countable, thing) || slices.Contains(countable, prefix)) {
		return yardstick{unit: unit, rate: unit}, 3
	}
	time, per, ok := strings.Cut(unit, "/")
	if scale, known := secondsOf[time]; ok && known && per == "op" {
		return yardstick{unit: unit, cost: true, scale: 1 / scale, rate: opsPerSec}, 2
	}
	return yardstick{}, 0
}

// gauge returns which of the units of a result tells most of its throughput, and how
// to read it; where none does, the first one, with a yardstick without a rate.
func gauge(units []string, known map[string]*yardstick) (best *yardstick, column int) {
	for i, unit := range units {
		y := known[unit]
		if y == nil {
			read, preference := yardstickOf(unit)
			read.unit, read.preference = unit, preference
			y = &read
			known[unit] = y
		}
		if best == nil || y.preference > best.preference {
			best, column = y, i
		}
	}
	if best == nil {
		best = &yardstick{unit: "none"}
	}
	return best, column
}

// chooseYardstick returns the one by which most results can be read, of equal ones
// the first. It returns false, and the units that there are, where none tells
// throughput.
func chooseYardstick(ps []*placed) (y *yardstick, units []string, ok bool) {
	count := make(map[*yardstick]int)
	for _, p := range ps {
		if count[p.gauge] == 0 {
			units = append(units, p.gauge.unit)
		}
		count[p.gauge] += p.Len()
	}
	for _, p := range ps {
		if p.gauge.preference > 0 && (y == nil || count[p.gauge] > count[y]) {
			y = p.gauge
		}
	}
	return y, units, y != nil
}

// throughput reads a result by a yardstick. The reason is "" where it can be used.
func (p *placed) throughput(result int, y *yardstick) (x float64, reason string) {
	if p.gauge != y || y.preference == 0 {
		return 0, "no " + y.unit
	}
	v := p.value(result)
	switch {
	case v == 0:
		return 0, "0 " + y.unit + ", which is too short to have been measured"
	case !(v > 0) || math.IsInf(v, 0) || math.IsInf(y.of(v), 0):
		return 0, y.unit + " is not a positive number"
	}
	return y.of(v), ""
}
