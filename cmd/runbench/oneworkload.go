package main

import (
	"fmt"

	"runbench/workloads"
	"runbench/workloads/all"
)

// oneWorkload returns the one workload that spec names, which must be able to run
// here.
func oneWorkload(spec string) (workloads.Selected, error) {
	selected, err := all.Select([]string{spec})
	if err != nil {
		return workloads.Selected{}, err
	}
	if len(selected) != 1 {
		return workloads.Selected{}, fmt.Errorf("%s: expected the name of one workload, found %d that match", spec, len(selected))
	}
	if missing := selected[0].Missing(); missing != "" {
		return selected[0], fmt.Errorf("%s: %s", selected[0].Name, missing)
	}
	return selected[0], nil
}
