package cpu

import (
	"encoding/json"
	"testing"
)

// Texts are whole: none ends in bytes that no order filled, in any class.
func TestGzipTexts(t *testing.T) {
	for _, n := range []int{gzipSizes.S, gzipSizes.W} {
		a, err := newArchive(n, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range a.texts {
			if len(text) != n || text[n-1] == 0 {
				t.Errorf("text %d has %d bytes and ends in %q, want %d", i, len(text), text[n-1], n)
			}
		}
	}
	// A is only more of the same, as long as no order is shorter than assumed.
	for i, o := range orders(1, 1000) {
		if doc, err := json.Marshal(o); err != nil || len(doc) <= gzipOrder {
			t.Errorf("order %d takes %d bytes (error %v), want more than %d", i, len(doc), err, gzipOrder)
		}
	}
}

func TestGzipCheck(t *testing.T) {
	for _, pooled := range []bool{true, false} {
		a, err := newArchive(1024, pooled)
		if err != nil {
			t.Fatal(err)
		}
		batch := func() {
			for i := range gzipBatch {
				if err := a.compress(i); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 2 { // decompressed the first time, compared the second
			batch()
			if err := a.check(); err != nil {
				t.Fatal(err)
			}
		}
		for _, wrong := range []func(){
			func() { a.out[9].Bytes()[40] ^= 1 },
			func() { a.out[9].Truncate(a.out[9].Len() - 1) },
			func() { a.out[9].Reset() },
			func() { a.out[9] = a.out[8] },
		} {
			batch()
			wrong()
			if a.check() == nil {
				t.Error("a wrong output passed the check")
			}
		}
	}
}
