//go:build !unix

package noise

import "time"

// ownTime is unknown: the system does not add up the CPU time of children.
func ownTime() (time.Duration, bool) { return 0, false }
