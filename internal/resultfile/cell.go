package resultfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"runbench/workloads"
)

// The keys of a result name that are ours. Every other key is a parameter of
// the workload.
const (
	keyWorkload   = "workload"
	keyStrategy   = "strategy"
	keyGoroutines = "goroutines"
	keyGomaxprocs = "gomaxprocs"
)

// A Cell says what was measured: one workload with its parameters, put onto
// goroutines by one strategy, at one C and one P.
type Cell struct {
	Class      string            `json:"class"`            // base name, such as "CPU"
	Workload   string            `json:"workload"`         // without the class, such as "hash"; "" where a name has no such key
	Params     map[string]string `json:"params,omitempty"` // what differs from the defaults
	Strategy   string            `json:"strategy"`
	Goroutines int               `json:"goroutines"` // C; 0 where the name does not say
	Gomaxprocs int               `json:"gomaxprocs"` // P; 0 where the name does not say
}

// Name returns the cell's benchmark name, without "Benchmark":
//
//	CPU/workload=hash/strategy=pool/goroutines=8/gomaxprocs=2
//
// Parameters come behind the workload, in the order of their names.
func (c Cell) Name() string { return c.Class + "/" + strings.Join(c.Parts(), "/") }

// Parts returns the "key=value" parts of the cell's name, in order.
func (c Cell) Parts() []string {
	var parts []string
	if c.Workload != "" {
		parts = append(parts, keyWorkload+"="+c.Workload)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Params)) {
		parts = append(parts, key+"="+c.Params[key])
	}
	return append(parts,
		keyStrategy+"="+c.Strategy,
		keyGoroutines+"="+strconv.Itoa(c.Goroutines),
		keyGomaxprocs+"="+strconv.Itoa(c.Gomaxprocs))
}

// Subject returns the cell's name without strategy and axes, and so what its
// surface X(C, P) is drawn for: "CPU/workload=hash".
func (c Cell) Subject() string {
	parts := []string{c.Class}
	if c.Workload != "" {
		parts = append(parts, keyWorkload+"="+c.Workload)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Params)) {
		parts = append(parts, key+"="+c.Params[key])
	}
	return strings.Join(parts, "/")
}

// ControlArm is the Spec of the control arm's cells.
const ControlArm = "known/control"

// Spec returns the cell's workload as a user writes it, parameters included:
// "io/latency?wait=5ms". It is the subject where a name has no workload.
func (c Cell) Spec() string {
	if c.Workload == "" {
		return c.Subject()
	}
	spec := c.Catalogued()
	for i, key := range slices.Sorted(maps.Keys(c.Params)) {
		spec += string("?&"[min(i, 1)]) + key + "=" + c.Params[key]
	}
	return spec
}

// Catalogued returns the name that the catalogue has for the cell's workload:
// "io/latency".
func (c Cell) Catalogued() string { return workloads.ClassDir(c.Class) + "/" + c.Workload }

// Compare orders cells by class, workload, parameters, strategy, C and P.
func (c Cell) Compare(d Cell) int {
	return cmp.Or(
		cmp.Compare(c.Subject(), d.Subject()),
		cmp.Compare(c.Strategy, d.Strategy),
		cmp.Compare(c.Goroutines, d.Goroutines),
		cmp.Compare(c.Gomaxprocs, d.Gomaxprocs))
}

// ParseCell reads a benchmark name, ours or not. Of a name that is not ours, the
// base name becomes the class, "-N" the P, and the parts without a key are kept
// in the class. It fails only on a goroutines or gomaxprocs that is not a whole
// number above 0.
func ParseCell(name benchfmt.Name) (Cell, error) {
	base, parts := name.Parts()
	c := Cell{Class: string(base)}
	for _, part := range parts {
		if err := c.take(string(part)); err != nil {
			return Cell{}, err
		}
	}
	return c, nil
}

// foreignCell reads a name that need not be ours: what does not count goroutines or
// GOMAXPROCS is a part of the name as any other. suffix says that "-N" is P.
func foreignCell(name string, suffix bool) Cell {
	base, parts := benchfmt.Name(name).Parts()
	c := Cell{Class: string(base)}
	for i, part := range parts {
		s := string(part)
		if !suffix && i == 0 && s[0] == '-' {
			c.Class += s
			continue
		}
		if !suffix && i+1 < len(parts) && parts[i+1][0] == '-' {
			s += string(parts[i+1])
			parts[i+1] = nil
		}
		if s == "" || c.take(s) == nil {
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(s, "/"), "=")
		if !ok {
			c.Class += s
			continue
		}
		c.setParam(key, value)
	}
	return c
}

// take takes a part of a name: "-8", "/key=value" or "/text".
func (c *Cell) take(part string) (err error) {
	if n, ok := strings.CutPrefix(part, "-"); ok {
		c.Gomaxprocs, err = positive("-N", n)
		return err
	}
	key, value, ok := strings.Cut(strings.TrimPrefix(part, "/"), "=")
	switch {
	case !ok:
		c.Class += part
	case key == keyWorkload:
		c.Workload = value
	case key == keyStrategy:
		c.Strategy = value
	case key == keyGoroutines:
		c.Goroutines, err = positive(key, value)
	case key == keyGomaxprocs:
		c.Gomaxprocs, err = positive(key, value)
	default:
		c.setParam(key, value)
	}
	return err
}

func (c *Cell) setParam(key, value string) {
	if c.Params == nil {
		c.Params = make(map[string]string)
	}
	c.Params[key] = value
}

func positive(key, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s=%q: expected a whole number above 0", key, s)
	}
	return n, nil
}
