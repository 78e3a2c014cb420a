package measure

import (
	"context"
	"errors"
	"fmt"

	"runbench/workloads"
)

// grow sets spec.Batches instances up and returns them as one, with a batch of
// theirs one after the other: work of the same kind, as many times as large.
//
// What the work does one at a time does not grow: the batch begins with the
// serial phase of one instance. Those of the others, whose results their tasks go
// on from, are run before the batch, outside the timed region.
func grow(ctx context.Context, w workloads.Workload, spec Spec) (*workloads.Instance, error) {
	if why := w.CannotGrow(); why != "" {
		return nil, fmt.Errorf("%s: %s", w.Name, why)
	}
	var parts []*workloads.Instance
	end := func() error {
		var errs []error
		for _, in := range parts {
			if in.Close != nil {
				errs = append(errs, in.Close())
			}
		}
		return errors.Join(errs...)
	}
	begun := func() error {
		for i := range spec.Batches {
			own, err := laneSpec(spec, i)
			if err != nil {
				return err
			}
			in, err := w.Start(ctx, own.env())
			if err != nil {
				return err
			}
			parts = append(parts, in)
			if in.Counters != nil || in.Figures != nil {
				return fmt.Errorf("%s: its batch cannot grow: what it counts is not that of one batch", w.Name)
			}
		}
		return ahead(ctx, parts[1:])
	}
	if err := begun(); err != nil {
		_ = end()
		return nil, err
	}
	return &workloads.Instance{
		Task: func(ctx context.Context, i int) error {
			return parts[i/w.Batch].Task(ctx, i%w.Batch)
		},
		Serial: parts[0].Serial,
		Check: func(ctx context.Context) error {
			for i, in := range parts {
				if err := in.Check(ctx); err != nil {
					return fmt.Errorf("part %d of %d: %w", i+1, len(parts), err)
				}
			}
			return ahead(ctx, parts[1:])
		},
		Notes: parts[0].Notes,
		Close: end,
	}, nil
}

// ahead runs the serial phases of instances, where they have one.
func ahead(ctx context.Context, parts []*workloads.Instance) error {
	for _, in := range parts {
		if in.Serial == nil {
			continue
		}
		if err := in.Serial(ctx); err != nil {
			return err
		}
	}
	return nil
}
