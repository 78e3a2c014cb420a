package db

import (
	"fmt"

	"runbench/workloads"
)

// poolWait is the unit of the time goroutines queued for a connection.
const poolWait = "pool-wait-ns/op"

// poolParameter sets how many connections a pool has. With fewer than there are
// goroutines these queue for a connection before they queue for anything in the
// database, which is what most services do under load.
var poolParameter = workloads.IntParameter("pool", 0, 0, 1024, "connections in the pool; 0: as many as goroutines; with fewer than goroutines these queue for a connection, as "+poolWait)

// poolSize returns how many connections a run may have open.
func poolSize(env workloads.Env) int {
	if n := env.Params.Int("pool"); n > 0 {
		return n
	}
	return env.Goroutines
}

// poolNote says that goroutines queue for connections; it is empty where each has
// one.
func poolNote(env workloads.Env) []string {
	if n := poolSize(env); n < env.Goroutines {
		return []string{fmt.Sprintf("%d goroutines share %d connections and queue for them", env.Goroutines, n)}
	}
	return nil
}
