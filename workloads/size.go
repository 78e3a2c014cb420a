package workloads

import (
	"fmt"
	"maps"
)

// Sizes are how much work a task is in each size class, in the manner of the NAS
// Parallel Benchmarks: S for tests, W (workstation) by default, A for big
// machines. A class changes the size of tasks and never their number.
type Sizes struct{ S, W, A int }

// sizeName is the name of the parameter that picks a class.
const sizeName = "size"

// Parameter returns the parameter that picks a class; what says what the numbers
// count, such as "rows of a matrix".
func (z Sizes) Parameter(what string) Parameter {
	return ChoiceParameter(sizeName, "W", []string{"S", "W", "A"}, fmt.Sprintf("%s: %d in class S, %d in W, %d in A", what, z.S, z.W, z.A))
}

// Of returns the number of the class that the parameters pick.
func (z Sizes) Of(p Params) int {
	switch p[sizeName] {
	case "S":
		return z.S
	case "A":
		return z.A
	}
	return z.W
}

// Sized reports whether w comes in size classes.
func (w Workload) Sized() bool {
	for _, p := range w.Parameters {
		if p.Name == sizeName {
			return true
		}
	}
	return false
}

// WithSize returns s in the given size class, unless it has none or the user has
// set it.
func (s Selected) WithSize(class string) (Selected, error) {
	if _, set := s.Given[sizeName]; set || !s.Sized() {
		return s, nil
	}
	given := maps.Clone(s.Given)
	if given == nil {
		given = make(Params)
	}
	given[sizeName] = class
	var err error
	s.Given, err = s.Changed(given)
	return s, err
}
