package measure

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"runbench/workloads"
)

// setupGarbage is what setting cpu/unpolled up leaves behind, in bytes.
const setupGarbage = 64 << 20

var sink []byte

func init() {
	testWorkloads = append(testWorkloads, workloads.Workload{
		Name: "cpu/unpolled", Batch: 8,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			sink = make([]byte, setupGarbage)
			for i := range sink {
				sink[i] = 1
			}
			sink = nil
			return &workloads.Instance{Task: noPoller, Check: right}, nil
		},
	})
}

// noPoller fails where the harness gives the runtime cause to leave a thread in the
// network poller: an input that does not block, or memory to be given back.
func noPoller(context.Context, int) error {
	flags, err := unix.FcntlInt(0, unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	if flags&unix.O_NONBLOCK != 0 {
		return errors.New("standard input does not block")
	}
	free := samplesOf("/memory/classes/heap/free:bytes")
	metrics.Read(free)
	if n := number(free[0].Value); n > setupGarbage/2 {
		return fmt.Errorf("%v bytes are free and not given back", n)
	}
	return nil
}

func TestAWorkerLeavesThePollerAlone(t *testing.T) {
	if _, err := Process(t.Context(), spec(t, "cpu/unpolled"), time.Minute); err != nil {
		t.Error(err)
	}
}
