package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/child"
)

// strategiesRole is the name of the child that tells a program's extra strategies.
const strategiesRole = "strategies"

// openTime is how long a program may take to tell them.
const openTime = 10 * time.Second

// A Program is another program that can be a worker, because it calls
// [RegisterWorker] as this one does. It has strategies that this one lacks.
type Program struct {
	Strategies []Described

	path string
}

// Described is a strategy as its program describes it.
type Described struct {
	Name     string `json:"name"`
	Describe string `json:"describe"`
}

func describe(strategies []strategy.Strategy) []Described {
	described := []Described{}
	for _, s := range strategies {
		described = append(described, Described{s.Name(), s.Describe()})
	}
	return described
}

// OpenProgram asks the program at path for its strategies.
func OpenProgram(ctx context.Context, path string) (Program, error) {
	// A path without a slash would be looked up on PATH.
	path, err := filepath.Abs(path)
	if err != nil {
		return Program{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	p, err := child.StartProgram(path, strategiesRole, nil)
	if err != nil {
		return Program{}, err
	}
	defer p.Kill()
	defer context.AfterFunc(ctx, p.Signal)()
	program := Program{path: path}
	if err := json.NewDecoder(p.Out).Decode(&program.Strategies); err != nil || len(program.Strategies) == 0 {
		return Program{}, fmt.Errorf("%s: expected a worker of runbench with strategies of its own, found a program that tells none", path)
	}
	return program, nil
}

// Process is [Process] for a worker of the program.
func (p Program) Process(ctx context.Context, spec Spec, timeout time.Duration) (Outcome, error) {
	return process(ctx, p.path, spec, timeout)
}
