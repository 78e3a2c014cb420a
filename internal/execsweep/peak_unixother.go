//go:build unix && !linux && !darwin

package execsweep

// peakUnit is what the largest resident set is counted in (FreeBSD, man 2
// getrusage), in bytes.
const peakUnit = 1 << 10
