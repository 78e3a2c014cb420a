//go:build !linux

package execsweep

import "errors"

const canPin = false

func pin([]int) error { return errors.ErrUnsupported }
