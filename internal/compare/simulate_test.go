package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
)

// A made file is a default sweep as runbench writes it, with known truth: three rounds
// of every cell in short runs, then the cells that the gains need, and the control arm
// in every round.
type made struct {
	seed      uint64
	rounds    int
	cpu       string
	cores     int
	speed     float64 // of the machine, 0 for 1
	workloads []madeWorkload
	start     time.Time
	every     time.Duration // from round to round; with turns of two files twice a round's time
	unended   bool
}

// A madeWorkload has gains that are known.
type madeWorkload struct {
	class, name              string
	rate                     float64 // of one goroutine on one core, tasks/s
	concurrency, parallelism float64
	noise                    float64 // standard deviation of the log rate from run to run
}

// usual are the workloads of a quiet machine: run noise between 0.3 and 1 %.
func usual() []madeWorkload {
	return []madeWorkload{
		{"CPU", "hash", 34e3, 1, 1.95, 0.003},
		{"CPU", "mandelbrot", 29e3, 1, 1.9, 0.005},
		{"Mem", "triad", 15e3, 0.99, 1.5, 0.01},
		{"Sync", "mutex", 21e3, 1, 1.3, 0.01},
		{"IO", "latency", 450, 7.9, 1, 0.004},
		{"Mixed", "fetch-parse", 340, 4.5, 1.4, 0.008},
	}
}

// alike returns the usual workloads with one noise.
func alike(noise float64) []madeWorkload {
	ws := usual()
	for i := range ws {
		ws[i].noise = noise
	}
	return ws
}

// changed returns workloads of which the one called name is another.
func changed(ws []madeWorkload, name string, change func(*madeWorkload)) []madeWorkload {
	for i := range ws {
		if ws[i].name == name {
			change(&ws[i])
		}
	}
	return ws
}

const choiceRounds = 3

// text writes the file.
func (m made) text() []byte {
	rng := rand.New(rand.NewPCG(m.seed, 11))
	if m.speed == 0 {
		m.speed = 1
	}
	if m.cores == 0 {
		m.cores = 2
	}
	var b bytes.Buffer
	event := func(e resultfile.Event) {
		line, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "#runbench %s\n", line)
	}
	event(resultfile.Event{Manifest: &resultfile.Manifest{
		SchemaVersion: 1, Started: m.start, Host: json.RawMessage(`{}`),
		Plan: resultfile.Plan{Seed: m.seed, Procs: []int{1, m.cores}, Precision: 0.02, ChoiceRounds: choiceRounds},
	}})
	fmt.Fprintf(&b, "goos: linux\ngoarch: amd64\npkg: runbench/bench\ncpu: %s\ncores: %d\ngo: go1.26.8\n\n", m.cpu, m.cores)
	run := func(c resultfile.Cell, rate, noise, drift float64) {
		x := m.speed * rate * math.Exp(drift+noise*rng.NormFloat64())
		fmt.Fprintf(&b, "Benchmark%s 10 %.10g ns/op %.10g tasks/s\n", c.Name(), 64e9/x, x)
	}
	for round := 1; round <= m.rounds; round++ {
		end := m.start.Add(time.Duration(round) * m.every)
		event(resultfile.Event{Round: &resultfile.Round{Round: round, Start: end.Add(-time.Second)}})
		drift := 0.005 * rng.NormFloat64()
		for _, w := range m.workloads {
			noise := w.noise
			counts := []int{1, 2, 8}
			if round <= choiceRounds {
				noise *= math.Sqrt2 // runs half as long
			} else {
				counts = counts[:2]
			}
			for _, c := range counts {
				for _, p := range []int{1, m.cores} {
					if round > choiceRounds && c == 1 && p > 1 {
						continue
					}
					cell := resultfile.Cell{Class: w.class, Workload: w.name, Strategy: "pool", Goroutines: c, Gomaxprocs: p}
					x := w.rate
					if c == 1 {
						cell.Strategy = resultfile.Sequential
					} else {
						x *= w.concurrency
						if p > 1 {
							x *= w.parallelism
						}
					}
					run(cell, x, noise, drift)
				}
			}
		}
		run(resultfile.Cell{Class: "Known", Workload: "control", Strategy: resultfile.Sequential, Goroutines: 1, Gomaxprocs: 1}, 12e3, 0.003, drift)
		run(resultfile.Cell{Class: "Known", Workload: "control", Strategy: "pool", Goroutines: m.cores, Gomaxprocs: m.cores}, 12e3*0.98*float64(m.cores), 0.003, drift)
		event(resultfile.Event{RoundEnd: &resultfile.RoundEnd{Round: round, End: end, Wall: time.Second}})
	}
	if !m.unended {
		event(resultfile.Event{End: &resultfile.End{End: m.start.Add(time.Hour), Rounds: m.rounds}})
	}
	return b.Bytes()
}

// set reads the file.
func (m made) set(t testing.TB) *resultfile.Set {
	t.Helper()
	set, err := resultfile.Read(bytes.NewReader(m.text()), "made.txt")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// twoFiles returns two files of one machine, measured in turns or one after the other.
func twoFiles(seed uint64, rounds int, paired bool, old, new []madeWorkload) (before, after made) {
	before = made{seed: 2 * seed, rounds: rounds, cpu: "Example", workloads: old, start: midnight, every: 4 * time.Second}
	after = before
	after.seed, after.workloads, after.start = 2*seed+1, new, midnight.Add(2*time.Second)
	if !paired {
		after.start = midnight.Add(time.Hour)
	}
	return before, after
}

// textSource is a file with a text.
func textSource(name, text string) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func (m made) source(name string) Source { return textSource(name, string(m.text())) }

func readText(t testing.TB, text string) *resultfile.Set {
	t.Helper()
	set, err := resultfile.Read(strings.NewReader(text), "text.txt")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// madeOnOneCore is a sweep over goroutines only.
func madeOnOneCore(t testing.TB) *resultfile.Set {
	var b strings.Builder
	for i := range 6 {
		fmt.Fprintf(&b, "BenchmarkCPU/workload=hash/strategy=sequential/goroutines=1/gomaxprocs=1 10 %d ns/op\n", 1000+i)
		fmt.Fprintf(&b, "BenchmarkCPU/workload=hash/strategy=pool/goroutines=8/gomaxprocs=1 10 %d ns/op\n", 1001+i)
	}
	return readText(t, b.String())
}
