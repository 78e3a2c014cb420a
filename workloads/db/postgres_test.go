package db

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"runbench/bench/strategy"
	"runbench/workloads"
)

// skip skips t, unless RUNBENCH_REQUIRE=all demands that every test is run.
func skip(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("RUNBENCH_REQUIRE") == "all" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// startPostgres sets db/postgres up on the server that the environment names.
func startPostgres(t *testing.T, goroutines int, params workloads.Params) *workloads.Instance {
	t.Helper()
	if lacks := postgresNeeds(); lacks != "" {
		skip(t, lacks)
	}
	given := workloads.Params{"size": "S"}
	for k, v := range params {
		given[k] = v
	}
	in, err := Postgres.Start(t.Context(), workloads.Env{Goroutines: goroutines, Params: given, Dir: t.TempDir(), Shared: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func runPostgres(t *testing.T, in *workloads.Instance, goroutines int) error {
	t.Helper()
	s := strategy.Default
	if goroutines == 1 {
		s = strategy.Sequential
	}
	if err := s.Run(t.Context(), goroutines, postgresBatch, in.Task); err != nil {
		return err
	}
	return in.Check(t.Context())
}

func TestPostgres(t *testing.T) {
	for _, test := range []struct {
		name       string
		goroutines int
		params     workloads.Params
	}{
		{"one", 1, nil},
		{"eight", 8, nil},
		{"all on two connections", postgresBatch, workloads.Params{"pool": "2"}},
		{"select", 8, workloads.Params{"mix": "select"}},
		{"synchronous", 8, workloads.Params{"sync": "on"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := startPostgres(t, test.goroutines, test.params)
			for range 2 {
				if err := runPostgres(t, in, test.goroutines); err != nil {
					t.Fatal(err)
				}
			}
			if in.Counters != nil {
				counters, err := in.Counters()
				if err != nil || counters[poolWait] <= 0 {
					t.Errorf("counters %v, %v; want a wait for connections", counters, err)
				}
			}
		})
	}
}

func TestPostgresChecks(t *testing.T) {
	in := startPostgres(t, 1, nil)
	if err := runPostgres(t, in, 1); err != nil {
		t.Fatal(err)
	}
	for i := range postgresBatch - 1 {
		if err := in.Task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	if in.Check(t.Context()) == nil {
		t.Error("a batch without its last task passed the check")
	}

	in = startPostgres(t, 1, nil)
	if err := in.Task(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if err := runPostgres(t, in, 1); err == nil {
		t.Error("a task that was done twice passed the check")
	}

	in = startPostgres(t, 1, workloads.Params{"mix": "select"})
	for i := range postgresBatch - 1 {
		if err := in.Task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	if in.Check(t.Context()) == nil {
		t.Error("selects without the last task passed the check")
	}
}

// Two runs of a sweep may go on at once: each has tables of its own. Those of a
// sweep that is over are dropped by the next.
func TestPostgresSchemas(t *testing.T) {
	if lacks := postgresNeeds(); lacks != "" {
		skip(t, lacks)
	}
	shared, err := os.MkdirTemp(t.TempDir(), "shared")
	if err != nil {
		t.Fatal(err)
	}
	claim := func(dir string) *schema {
		t.Helper()
		config, err := pgx.ParseConfig(os.Getenv(postgresServer))
		if err != nil {
			t.Fatal(err)
		}
		s, err := claimSchema(t.Context(), config, dir, "tpcb")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b := claim(shared), claim(shared)
	if a.name == b.name {
		t.Errorf("both got %s", a.name)
	}
	a.release()
	again := claim(shared)
	if again.name != a.name {
		t.Errorf("got %s, want %s, which was free again", again.name, a.name)
	}
	b.release()
	again.release()
	if err := os.RemoveAll(shared); err != nil {
		t.Fatal(err)
	}
	other := claim(t.TempDir())
	defer other.release()
	var left int
	if err := other.conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_namespace WHERE nspname IN ($1, $2)`, a.name, b.name).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Errorf("%d schemas of a sweep that is over are left", left)
	}
}

// A server that ends the connections makes the run fail, with the reason and soon.
func TestPostgresDies(t *testing.T) {
	in := startPostgres(t, 4, nil)
	if err := runPostgres(t, in, 4); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), postgresPatience)
	defer cancel()
	conn, err := pgx.Connect(ctx, os.Getenv(postgresServer))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	// Connections that are made anew are ended too, for as long as the batches go on.
	var name string
	for _, word := range strings.FieldsFunc(in.Notes[0], func(r rune) bool { return r == ' ' || r == ',' }) {
		if strings.HasPrefix(word, "runbench_") {
			name = word
		}
	}
	failed := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if err := strategy.Default.Run(ctx, 4, postgresBatch, in.Task); err != nil {
				failed <- err
				return
			}
		}
		failed <- errors.New("no batch failed")
	}()
	for {
		if _, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'`, name); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-failed:
			if text := err.Error(); !strings.Contains(text, "transaction") || strings.Contains(text, "\n") {
				t.Errorf("got %q, want one line that says which transaction failed", text)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Without a server, or with none where the environment says, there is one line that
// says what to do.
func TestPostgresNoServer(t *testing.T) {
	for _, server := range []string{"", "host=/nonexistent user=nobody dbname=postgres", "host=127.0.0.1,::1 port=1 user=nobody", "no=such setting"} {
		t.Setenv(postgresServer, server)
		_, err := Postgres.Start(t.Context(), workloads.Env{Goroutines: 1, Dir: t.TempDir(), Shared: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), postgresServer) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want one line that names %s", server, err, postgresServer)
		}
	}
}
