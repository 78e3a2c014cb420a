package cpu

import "testing"

// Entries are those that the definition of a product gives, where a block is one
// tile and where it is four.
func TestMatmulProduct(t *testing.T) {
	for _, n := range []int{64, 384} {
		p := newProduct(n)
		edge := n / matmulGrid
		for _, i := range []int{0, 10, matmulBatch - 1} {
			p.block(i)
			for r := i / matmulGrid * edge; r < (i/matmulGrid+1)*edge; r += 3 {
				for c := i % matmulGrid * edge; c < (i%matmulGrid+1)*edge; c++ {
					var want float64
					for k := range n {
						want += p.a[r*n+k] * p.b[k*n+c]
					}
					if got := p.c[r*n+c]; got != want {
						t.Fatalf("n=%d: entry %d,%d is %v, want %v", n, r, c, got, want)
					}
				}
			}
		}
	}
}

func TestMatmulCheck(t *testing.T) {
	p := newProduct(64)
	for _, wrong := range []func(){
		func() { p.c[100]++ },
		func() { p.c[0], p.c[1] = p.c[1], p.c[0] },
		func() { clear(p.c[63*64+56:]) },
	} {
		for i := range matmulBatch {
			p.block(i)
		}
		wrong()
		if p.check() == nil {
			t.Error("a wrong product passed the check")
		}
	}
}
