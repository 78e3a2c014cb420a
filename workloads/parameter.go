package workloads

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Parameter is a named setting of a workload.
type Parameter struct {
	Name    string
	Default string
	Meaning string // what it sets, with its unit

	check func(value string) error
}

// IntParameter returns a parameter that takes whole numbers from low to high.
func IntParameter(name string, def, low, high int, meaning string) Parameter {
	return Parameter{Name: name, Default: strconv.Itoa(def), Meaning: meaning, check: func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < low || n > high {
			return fmt.Errorf("expected a whole number from %d to %d", low, high)
		}
		return nil
	}}
}

// FloatParameter returns a parameter that takes numbers from low to high.
func FloatParameter(name string, def, low, high float64, meaning string) Parameter {
	return Parameter{Name: name, Default: strconv.FormatFloat(def, 'g', -1, 64), Meaning: meaning, check: func(v string) error {
		// Written so that NaN, which compares false with everything, fails.
		if f, err := strconv.ParseFloat(v, 64); err != nil || !(f >= low && f <= high) {
			return fmt.Errorf("expected a number from %v to %v", low, high)
		}
		return nil
	}}
}

// DurationParameter returns a parameter that takes durations such as "2ms",
// from low to high.
func DurationParameter(name string, def, low, high time.Duration, meaning string) Parameter {
	return Parameter{Name: name, Default: def.String(), Meaning: meaning, check: func(v string) error {
		if d, err := time.ParseDuration(v); err != nil || d < low || d > high {
			return fmt.Errorf("expected a duration from %v to %v", low, high)
		}
		return nil
	}}
}

// ChoiceParameter returns a parameter that takes one of a few words.
func ChoiceParameter(name, def string, choices []string, meaning string) Parameter {
	return Parameter{Name: name, Default: def, Meaning: meaning, check: func(v string) error {
		if !slices.Contains(choices, v) {
			return fmt.Errorf("expected one of %s", strings.Join(choices, ", "))
		}
		return nil
	}}
}

// Params are the values of a workload's parameters by name. The getters are for
// values that [Workload.Resolve] has checked, and panic on others.
type Params map[string]string

// Int returns the value of a parameter made by [IntParameter].
func (p Params) Int(name string) int {
	n, err := strconv.Atoi(p[name])
	if err != nil {
		panic(fmt.Sprintf("workloads: parameter %s=%q was not resolved", name, p[name]))
	}
	return n
}

// Float returns the value of a parameter made by [FloatParameter].
func (p Params) Float(name string) float64 {
	f, err := strconv.ParseFloat(p[name], 64)
	if err != nil {
		panic(fmt.Sprintf("workloads: parameter %s=%q was not resolved", name, p[name]))
	}
	return f
}

// Duration returns the value of a parameter made by [DurationParameter].
func (p Params) Duration(name string) time.Duration {
	d, err := time.ParseDuration(p[name])
	if err != nil {
		panic(fmt.Sprintf("workloads: parameter %s=%q was not resolved", name, p[name]))
	}
	return d
}

// Resolve returns a value for each parameter of w: the given one, or the
// default. It fails on a parameter that w does not have and on a value out of
// its range.
func (w Workload) Resolve(given Params) (Params, error) {
	p := make(Params, len(w.Parameters))
	for _, q := range w.Parameters {
		p[q.Name] = q.Default
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(w.Parameters, func(q Parameter) bool { return q.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s has no parameter %q (it has: %s)", w.Name, name, w.parameterNames())
		}
		if err := w.Parameters[i].check(given[name]); err != nil {
			return nil, fmt.Errorf("%s: parameter %s=%q: %w", w.Name, name, given[name], err)
		}
		p[name] = given[name]
	}
	return p, nil
}

// A Selected is a workload with what a user set of its parameters.
type Selected struct {
	Workload
	Given Params // only what differs from the defaults, as Changed returns it
}

// Changed returns those of the given parameters that differ from their defaults,
// nil where none does: two runs with equal results of Changed are runs of the
// same work. It fails where Resolve does.
func (w Workload) Changed(given Params) (Params, error) {
	if _, err := w.Resolve(given); err != nil {
		return nil, err
	}
	var changed Params
	for _, q := range w.Parameters {
		if v, ok := given[q.Name]; ok && v != q.Default {
			if changed == nil {
				changed = make(Params)
			}
			changed[q.Name] = v
		}
	}
	return changed, nil
}

func (w Workload) parameterNames() string {
	if len(w.Parameters) == 0 {
		return "none"
	}
	names := make([]string, len(w.Parameters))
	for i, q := range w.Parameters {
		names[i] = q.Name
	}
	return strings.Join(names, ", ")
}

// ParseSpec splits "name?key=value&key=value", as a user writes it, into the
// name and the parameters, which are nil where there are none.
func ParseSpec(spec string) (name string, given Params, err error) {
	name, rest, found := strings.Cut(spec, "?")
	if !found {
		return name, nil, nil
	}
	given = make(Params)
	for pair := range strings.SplitSeq(rest, "&") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || value == "" || strings.ContainsAny(value, "/ \t\n=") {
			return "", nil, fmt.Errorf("%q: expected name?parameter=value&…", spec)
		}
		if _, twice := given[key]; twice {
			return "", nil, fmt.Errorf("%q: parameter %s is given twice", spec, key)
		}
		given[key] = value
	}
	return name, given, nil
}
