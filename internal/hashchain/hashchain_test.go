package hashchain

import "testing"

// Hashes as computed by a Python program written from the same definition.
func TestNth(t *testing.T) {
	for _, test := range []struct {
		n    int
		want uint64
	}{{0, 1}, {1, 0xe5fdc025e13eeed5}, {1000, 0xbdb3c70753a28059}} {
		if got := Nth(1, test.n); got != test.want {
			t.Errorf("hash %d of the chain from 1 is %#x, want %#x", test.n, got, test.want)
		}
	}
}
