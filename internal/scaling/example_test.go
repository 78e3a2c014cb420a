package scaling_test

import (
	"fmt"

	"runbench/internal/scaling"
)

func ExampleJudge() {
	// One run a round; every cell was slower in round 1.
	run := func(rates ...float64) (obs []scaling.Observation) {
		for round, rate := range rates {
			obs = append(obs, scaling.Observation{Round: round, Rate: rate})
		}
		return obs
	}
	j, err := scaling.Judge(scaling.Surface{
		{Goroutines: 1, Gomaxprocs: 1}: run(460, 400, 461, 458),
		{Goroutines: 8, Gomaxprocs: 1}: run(3640, 3170, 3650, 3630),
		{Goroutines: 8, Gomaxprocs: 2}: run(3650, 3180, 3640, 3640),
	}, scaling.Options{Cores: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("concurrency %.1f× [%.2f, %.2f] %s\n", j.Concurrency.Value, j.Concurrency.Lo, j.Concurrency.Hi, j.Concurrency.Effect)
	fmt.Printf("parallelism %.2f× %s\n", j.Parallelism.Value, j.Parallelism.Effect)
	fmt.Printf("%s: %s\n", j.Verdict, j.Sentence)
	fmt.Printf("use %d goroutines on %d core\n", j.Recommend.Goroutines, j.Recommend.Gomaxprocs)
	// Output:
	// concurrency 7.9× [7.91, 7.93] helps
	// parallelism 1.00× none
	// concurrency: needs goroutines, not cores: the work waits
	// use 8 goroutines on 1 core
}
