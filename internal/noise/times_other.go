//go:build !linux && !darwin

package noise

// systemTimes knows nothing: without the CPU time of children, which these
// systems do not add up, that of the machine would say nothing either.
func systemTimes() (cpuTimes, bool) { return cpuTimes{}, false }
