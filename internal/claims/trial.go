package claims

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"runbench/internal/child"
	"runbench/internal/host"
)

// role is the name of a trial among the children of this program.
const role = "claim"

// trialTime is how long a trial may take. Those that work take a tenth of it.
const trialTime = 5 * time.Second

// A trial says which trial a child is to carry out.
type trial struct {
	Claim int `json:"claim"`
	Arm   int `json:"arm"`
	Cores int `json:"cores"`
}

// An answer is what a child says of its trial.
type answer struct {
	Sample Sample `json:"sample"`
	Error  string `json:"error,omitempty"`
}

// Register makes this program able to carry out trials. It is called before
// [child.Main].
func Register() { register(All()) }

func register(list []Claim) {
	child.Register(role, func(raw json.RawMessage, out io.Writer) error {
		var t trial
		if err := json.Unmarshal(raw, &t); err != nil {
			return err
		}
		for _, c := range list {
			if c.ID != t.Claim {
				continue
			}
			arms := c.Arms(t.Cores)
			if t.Arm < 0 || t.Arm >= len(arms) {
				return fmt.Errorf("claim %d has no arm %d", t.Claim, t.Arm)
			}
			// Less than the parent waits, so that what a trial waits for in vain
			// is told.
			ctx, cancel := context.WithTimeout(context.Background(), trialTime*9/10)
			defer cancel()
			sample, err := arms[t.Arm].Run(ctx)
			a := answer{Sample: sample}
			if err != nil {
				a.Error = err.Error()
			}
			return json.NewEncoder(out).Encode(a)
		}
		return fmt.Errorf("no claim %d", t.Claim)
	})
}

// run carries out a trial of the arm in a fresh process.
func (a Arm) run(ctx context.Context, t trial) (Sample, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, trialTime, fmt.Errorf("a trial took more than %v", trialTime))
	defer cancel()
	p, err := a.start(t)
	if err != nil {
		return nil, err
	}
	var said answer
	err = p.Answer(ctx, &said)
	switch {
	case said.Error != "":
		return nil, errors.New(said.Error)
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("a trial %w", err)
	}
	return said.Sample, nil
}

func (a Arm) start(t trial) (*child.Process, error) {
	env := a.Env
	if a.Procs > 0 {
		env = append(env[:len(env):len(env)], "GOMAXPROCS="+strconv.Itoa(a.Procs))
	}
	if a.Debug != "" {
		// What the user has set stays, but for what the arm is about: the last wins.
		settings := strings.Trim(os.Getenv("GODEBUG")+","+a.Debug, ",")
		env = append(env[:len(env):len(env)], "GODEBUG="+settings)
	}
	if a.OneCPU {
		p, pinned, err := child.StartOn(firstCPU(), "", role, t, env...)
		if err == nil && !pinned {
			p.Kill()
			return nil, errors.New("this system does not let a process be limited to one CPU")
		}
		return p, err
	}
	return child.Start(role, t, env...)
}

// firstCPU returns a CPU that this process may run on.
func firstCPU() int {
	if cpus := host.Spread(1); len(cpus) > 0 {
		return cpus[0]
	}
	return 0
}
