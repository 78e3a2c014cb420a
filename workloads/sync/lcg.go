package sync

// Knuth's MMIX generator (TAOCP vol. 2, 3.3.4, table 1, line 26).
const (
	lcgA = 6364136223846793005
	lcgC = 1442695040888963407
)

// lcg makes n steps.
func lcg(x uint64, n int) uint64 {
	for range n {
		x = lcgA*x + lcgC
	}
	return x
}

// lcgSkip makes n steps in about log₂ n multiplications (F. Brown, "Random
// number generation with arbitrary strides", 1994).
func lcgSkip(x uint64, n uint64) uint64 {
	a, c := lcgStride(n)
	return a*x + c
}

// lcgStride returns a and c for which a·x + c is n steps from x.
func lcgStride(n uint64) (a, c uint64) {
	a, c = 1, 0
	stepA, stepC := uint64(lcgA), uint64(lcgC)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			a, c = a*stepA, c*stepA+stepC
		}
		stepA, stepC = stepA*stepA, stepC*(stepA+1)
	}
	return a, c
}

// pick returns one of n by the high bits of x, the random ones of such a
// generator (Lemire, "Fast random integer generation in an interval", 2019,
// without the correction that n far below 2³² does not need).
func pick(x uint64, n int) int {
	return int(x >> 32 * uint64(n) >> 32)
}
