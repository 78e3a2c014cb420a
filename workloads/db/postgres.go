package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"runbench/workloads"
)

const (
	postgresBatch    = 32
	postgresAccounts = 100 // a branch

	// postgresServer names the environment variable that says where the server
	// is, in any form that pgx reads.
	postgresServer = "RUNBENCH_POSTGRES"

	// postgresPatience is how long a connection or a transaction may take: far
	// longer than any does that ends, and soon enough for whoever waits for a
	// server that is gone.
	postgresPatience = 10 * time.Second
)

var postgresSizes = workloads.Sizes{S: 1, W: 4, A: 32}

// Postgres is a bank on a database server, which has cores of its own.
var Postgres = workloads.Workload{
	Name:       "db/postgres",
	Isolates:   "a database server: the client waits for round trips and commits, which overlap with those of other connections",
	Expect:     "concurrency above 1×, until the server's cores are full, and more with sync=on, where one write to disk commits several transactions; parallelism little above 1×: the client computes little",
	Definition: "TPC-B-like as pgbench defines it (3 updates, 1 select, 1 insert a transaction, 7 round trips), or its select-only script, through pgxpool with prepared statements; scale 128 with 100 accounts a branch instead of 100,000; 4 transactions a task; synchronous_commit off by default; warm",
	Advice:     "keep a pool of a few connections for each of the server's cores, send fewer round trips, and keep transactions short; more cores for the client do little",
	Related:    []string{"db/sqlite", "io/http", "io/latency"},
	Batch:      postgresBatch,
	Waits:      true,
	Needs:      postgresNeeds,
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("mix", "tpcb", []string{"tpcb", "select"}, "pgbench's script: the TPC-B-like transaction, or a select of one account"),
		poolParameter,
		workloads.ChoiceParameter("sync", "off", []string{"off", "on"}, "synchronous_commit: whether a commit waits until the disk has it (set size=S then: a batch in W may take a second)"),
		postgresSizes.Parameter("transactions a task"),
	},
	Setup: setupPostgres,
}

// postgresNeeds says what is missing where no server is named.
func postgresNeeds() string {
	if os.Getenv(postgresServer) != "" {
		return ""
	}
	return postgresServer + ` names no PostgreSQL server: eval "$(scripts/postgres up)" starts a throw-away one, or set it to a connection string`
}

func setupPostgres(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
	if lacks := postgresNeeds(); lacks != "" {
		return nil, errors.New(lacks)
	}
	config, err := pgxpool.ParseConfig(os.Getenv(postgresServer))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", postgresServer, oneLine{err})
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = postgresPatience
	}
	config.ConnConfig.RuntimeParams["synchronous_commit"] = env.Params["sync"]
	mix := env.Params["mix"]
	claim, err := claimSchema(ctx, config.ConnConfig, env.Shared, mix)
	if err != nil {
		return nil, oneLine{err}
	}
	config.MaxConns = int32(poolSize(env))
	config.ConnConfig.RuntimeParams["search_path"] = claim.name
	config.ConnConfig.RuntimeParams["application_name"] = claim.name
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		claim.release()
		return nil, oneLine{err}
	}
	b := &postgresBank{pool: pool, each: postgresSizes.Of(env.Params), done: make([]bool, postgresBatch)}
	in := &workloads.Instance{
		Notes: append([]string{claim.note + "; synchronous_commit " + env.Params["sync"]}, poolNote(env)...),
		Task:  b.selects,
		Check: func(context.Context) error { return workloads.CheckDone(b.done) },
		Close: func() error {
			pool.Close()
			claim.release()
			return nil
		},
	}
	if env.Params.Int("pool") > 0 {
		in.Counters = func() (map[string]float64, error) {
			return map[string]float64{poolWait: float64(pool.Stat().EmptyAcquireWaitTime())}, nil
		}
	}
	if mix == "tpcb" {
		in.Task, in.Check = b.transfers, b.check
		if b.opened, err = b.ledger(ctx); err != nil {
			in.Close()
			return nil, oneLine{err}
		}
	}
	return in, nil
}

// A postgresBank runs the transactions and keeps the books they are checked
// against.
type postgresBank struct {
	pool *pgxpool.Pool
	each int    // transactions a task
	done []bool // by task, for selects, which leave nothing to be checked

	opened  ledger // the books when the run began
	batches int64
}

// transfers does a task's transactions, pgbench's built-in TPC-B-like script.
func (b *postgresBank) transfers(ctx context.Context, i int) error {
	for n := i * b.each; n < (i+1)*b.each; n++ {
		if err := b.transfer(ctx, draw(n, postgresAccounts)); err != nil {
			return fmt.Errorf("transaction %d: %w", n, oneLine{err})
		}
	}
	return nil
}

func (b *postgresBank) transfer(ctx context.Context, t transfer) error {
	ctx, cancel := context.WithTimeout(ctx, postgresPatience)
	defer cancel()
	return pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE accounts SET abalance = abalance + $1 WHERE aid = $2`, t.delta, t.account); err != nil {
			return err
		}
		var balance int64
		if err := tx.QueryRow(ctx, `SELECT abalance FROM accounts WHERE aid = $1`, t.account).Scan(&balance); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE tellers SET tbalance = tbalance + $1 WHERE tid = $2`, t.delta, t.teller); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE branches SET bbalance = bbalance + $1 WHERE bid = $2`, t.delta, t.branch); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)`, t.teller, t.branch, t.account, t.delta)
		return err
	})
}

// selects does a task's transactions, pgbench's built-in select-only script. The
// balances are those the accounts were opened with.
func (b *postgresBank) selects(ctx context.Context, i int) error {
	for n := i * b.each; n < (i+1)*b.each; n++ {
		account := draw(n, postgresAccounts).account
		balance, err := b.account(ctx, account)
		if err != nil {
			return fmt.Errorf("transaction %d: %w", n, oneLine{err})
		}
		if want := openingBalance(account); balance != want {
			return fmt.Errorf("account %d has a balance of %d, want %d", account, balance, want)
		}
	}
	b.done[i] = true
	return nil
}

func (b *postgresBank) account(ctx context.Context, account int) (balance int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, postgresPatience)
	defer cancel()
	err = b.pool.QueryRow(ctx, `SELECT abalance FROM accounts WHERE aid = $1`, account).Scan(&balance)
	return balance, err
}

// check reports whether the books balance: each batch has added the same sum to
// the accounts, to the tellers and to the branches, and its transactions to the
// history.
func (b *postgresBank) check(ctx context.Context) error {
	b.batches++
	got, err := b.ledger(ctx)
	if err != nil {
		return oneLine{err}
	}
	return got.balance(b.opened.after(b.batches, postgresBatch*b.each, postgresAccounts))
}

func (b *postgresBank) ledger(ctx context.Context) (ledger, error) {
	ctx, cancel := context.WithTimeout(ctx, postgresPatience)
	defer cancel()
	var l ledger
	err := b.pool.QueryRow(ctx, `SELECT
		(SELECT sum(abalance)::bigint FROM accounts), (SELECT sum(tbalance)::bigint FROM tellers),
		(SELECT sum(bbalance)::bigint FROM branches), (SELECT coalesce(sum(delta), 0)::bigint FROM history), (SELECT count(*) FROM history)`).
		Scan(&l.accounts, &l.tellers, &l.branches, &l.history, &l.rows)
	return l, err
}

// oneLine is an error whose text has no line breaks, as pgx's have where a host has
// several addresses, and says what running into our own patience means.
type oneLine struct{ error }

func (e oneLine) Error() string {
	text := strings.Join(strings.Fields(e.error.Error()), " ")
	if errors.Is(e.error, context.DeadlineExceeded) {
		return fmt.Sprintf("the server did not answer within %v: %s", postgresPatience, text)
	}
	return text
}

func (e oneLine) Unwrap() error { return e.error }
