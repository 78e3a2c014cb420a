//go:build !linux

package sysfs

import "errors"

// Affinity returns an error that wraps [errors.ErrUnsupported]: only on Linux
// is the set of CPUs told.
func Affinity() (CPUs, error) { return nil, errors.ErrUnsupported }
