package host

// Cores returns how many physical and how many logical CPUs this process can
// keep busy, affinity and quota taken into account. physical is 0 where it is
// unknown, and never more than logical.
func (h Host) Cores() (physical, logical int) {
	logical = h.Usable()
	if h.PhysicalCores != nil {
		physical = min(*h.PhysicalCores, logical)
	}
	return physical, logical
}
