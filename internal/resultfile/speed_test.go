package resultfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// manyResults writes result lines as `go test -bench -benchmem` prints them: so many
// names, swept over four GOMAXPROCS, with so many repetitions, and all again as often
// as loops says.
func manyResults(w io.Writer, names, repetitions, loops int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	out := bufio.NewWriter(w)
	out.WriteString("goos: linux\ngoarch: amd64\npkg: example.com/foo\ncpu: Example CPU @ 2.00GHz\n")
	for i := range loops * names {
		i %= names
		name := fmt.Sprintf("BenchmarkFoo%d/size=%d", i/20, 10*(1+i%20/4))
		if p := 1 << (i % 4); p > 1 {
			name = fmt.Sprintf("%s-%d", name, p)
		}
		for range repetitions {
			fmt.Fprintf(out, "%s\t%8d\t%10.1f ns/op\t%8d B/op\t%8d allocs/op\n", name, 1000+rng.IntN(1e6), 50+5000*rng.Float64(), 8*rng.IntN(64), rng.IntN(9))
		}
	}
	return out.Flush()
}

// sweeps writes sweeps over four GOMAXPROCS as `go test -bench -cpu 1,2,4,8 -count`
// prints them, and all again as often as loops says.
func sweeps(w io.Writer, benchmarks, repetitions, loops int, memory bool) error {
	rng := rand.New(rand.NewPCG(1, 2))
	out := bufio.NewWriter(w)
	out.WriteString("goos: linux\ngoarch: amd64\npkg: example.com/foo\ncpu: Example CPU @ 2.00GHz\n")
	for range loops {
		for i := range benchmarks {
			for _, p := range []int{1, 2, 4, 8} {
				name := fmt.Sprintf("BenchmarkFoo%d", i)
				if p > 1 {
					name = fmt.Sprintf("%s-%d", name, p)
				}
				for range repetitions {
					fmt.Fprintf(out, "%s\t%7d\t%8.1f ns/op", name, 1000+rng.IntN(1e6), 9e4/float64(p)*(1+0.1*rng.Float64()))
					if memory {
						fmt.Fprintf(out, "\t%8d B/op\t%8d allocs/op", 8*rng.IntN(64), rng.IntN(9))
					}
					out.WriteByte('\n')
				}
			}
		}
	}
	return out.Flush()
}

// BenchmarkRead reads 100,000 lines, as -count repeats each name and as a loop around
// go test does.
func BenchmarkRead(b *testing.B) {
	for _, file := range []struct {
		name               string
		repetitions, loops int
	}{{"count", 100, 1}, {"loop", 1, 100}} {
		var text bytes.Buffer
		check(b, manyResults(&text, 1000, file.repetitions, file.loops))
		for _, door := range []struct {
			name string
			read func(io.Reader, string) (*Set, error)
		}{{"all", Read}, {"compact", ReadCompact}} {
			b.Run(file.name+"/"+door.name, func(b *testing.B) {
				b.SetBytes(int64(text.Len()))
				b.ReportAllocs()
				for b.Loop() {
					set, err := door.read(bytes.NewReader(text.Bytes()), "big.txt")
					check(b, err)
					if set.Len() != 100_000 {
						b.Fatalf("%d runs", set.Len())
					}
				}
			})
		}
	}
}

// A reader must not make garbage for each line.
func TestReadAllocatesByName(t *testing.T) {
	allocations := func(repetitions int) float64 {
		var text bytes.Buffer
		check(t, manyResults(&text, 100, repetitions, 1))
		return testing.AllocsPerRun(3, func() {
			if _, err := ReadCompact(bytes.NewReader(text.Bytes()), "r.txt"); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := allocations(10), allocations(1000)
	if more := many - few; more > 500 { // a chunk of 8192 runs is two, and the list of blocks grows with each name
		t.Errorf("99,000 lines more take %.0f allocations more", more)
	}
}

// writeBig writes two million result lines of so many names, all names as often as
// loops says, and returns the file's path.
func writeBig(t *testing.T, names, loops int) string {
	path := filepath.Join(t.TempDir(), "big.txt")
	f, err := os.Create(path)
	check(t, err)
	defer f.Close()
	check(t, manyResults(f, names, 2_000_000/names/loops, loops))
	return path
}
