package db

import (
	"encoding/binary"
	"hash/fnv"
	"math"
)

// The parameters of YCSB's zipfian requests: rank r of zipfItems is asked for with
// probability 1/(r^theta·zeta). YCSB draws from so many items, whatever the number
// of records, so that zeta need not be summed up for each number of them.
const (
	zipfTheta = 0.99
	zipfItems = 10_000_000_000
	zipfZeta  = 26.46902820178302 // Σ 1/r^theta over r = 1 … zipfItems, as YCSB has it
)

var (
	zipfTwo = 1 + math.Pow(0.5, zipfTheta) // the same sum over the first two ranks
	zipfEta = (1 - math.Pow(2.0/zipfItems, 1-zipfTheta)) / (1 - zipfTwo/zipfZeta)
)

// zipfRank returns the rank, from 0, that the uniform number 0 ≤ u < 1 stands for
// (Gray et al., "Quickly Generating Billion-Record Synthetic Databases", SIGMOD
// 1994, section 3.2). The first two ranks are exact, the others approximate.
func zipfRank(u float64) uint64 {
	switch uz := u * zipfZeta; {
	case uz < 1:
		return 0
	case uz < zipfTwo:
		return 1
	}
	return uint64(zipfItems * math.Pow(zipfEta*u-zipfEta+1, 1/(1-zipfTheta)))
}

// zipfKey returns the record that u stands for. Ranks are scattered over the
// records by a hash, FNV-1a as in YCSB's ScrambledZipfianGenerator, so that those
// asked for most do not lie side by side.
func zipfKey(u float64, records int) int {
	var rank [8]byte
	binary.LittleEndian.PutUint64(rank[:], zipfRank(u))
	hash := fnv.New64a()
	hash.Write(rank[:])
	// YCSB takes the absolute value of the hash, a signed number in Java.
	signed := int64(hash.Sum64())
	return int(max(signed, -signed) % int64(records))
}
