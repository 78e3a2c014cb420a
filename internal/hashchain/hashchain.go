// Package hashchain is computing that nothing but a core limits: a chain of hashes
// that stays in registers.
package hashchain

// Nth returns the n-th hash of the chain that begins at h; each hash is that
// of the one before it, so no part of the chain can be had early. It is the
// 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64
// (Steele, Lea & Flood, OOPSLA 2014).
//
// It touches no memory, not even the stack, whose alignment differs between
// goroutines and would show. It is kept from being inlined so that a step is the
// same machine code, and costs the same, wherever it is made.
//
//go:noinline
func Nth(h uint64, n int) uint64 {
	for range n {
		h += 0x9e3779b97f4a7c15
		h = (h ^ h>>33) * 0xff51afd7ed558ccd
		h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
		h ^= h >> 33
	}
	return h
}
