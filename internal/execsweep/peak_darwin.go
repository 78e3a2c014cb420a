package execsweep

// peakUnit is what the largest resident set is counted in (macOS, man 2
// getrusage), in bytes.
const peakUnit = 1
