// Package db holds the workloads whose work is a database's.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver: SQLite in Go, no cgo

	"runbench/workloads"
	"runbench/workloads/internal/filesystem"
)

const (
	sqliteBatch = branches // scale ≥ goroutines, because C ≤ K

	sqliteRequests = 4 // of YCSB, a task

	// sqliteRecordsPer is how many records YCSB has for each account a branch of
	// the bank has: 1,000, YCSB's default, in class W.
	sqliteRecordsPer = 10
)

var sqliteSizes = workloads.Sizes{S: 10, W: 100, A: 1000}

// SQLite is a database file with one writer at a time: a bank, or YCSB's table.
var SQLite = workloads.Workload{
	Name:       "db/sqlite",
	Isolates:   "an embedded database with one writer: transactions wait for the file's lock",
	Expect:     "concurrency and parallelism about 1× or below: only one transaction can write, and the others do not queue but look again after 1 to 100 ms (SQLite's busy handler), so that the lock stands free at times; reads alone (mix=c) overlap on several cores, by less than their number",
	Definition: "TPC-B-like as pgbench defines it (3 updates, 1 select, 1 insert a transaction) on modernc.org/sqlite through database/sql; WAL, synchronous=NORMAL, BEGIN IMMEDIATE; scale 128 with 100 accounts a branch instead of 100,000; warm; mix=a, b, c: 4 requests a task of YCSB's core workloads A, B, C (Cooper et al., SoCC 2010; zipfian 0.99, 1,000 records of 10×100 bytes), updates as read-modify-write",
	Advice:     "one connection for writing (pool=1 shows it: database/sql queues for it in order), or batch several writes into a transaction; concurrency pays for reads",
	Related:    []string{"db/bbolt", "db/postgres", "sync/mutex"},
	Batch:      sqliteBatch,
	Settles:    60 * time.Millisecond, // the first 20 ms take a seventh longer
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("mix", "tpcb", []string{"tpcb", "a", "b", "c"}, "what a task does: a TPC-B transaction, or 4 requests of YCSB's mix A (half updates), B (5 % updates) or C (reads only)"),
		poolParameter,
		workloads.ChoiceParameter("sync", "normal", []string{"off", "normal", "full"}, "PRAGMA synchronous: normal syncs at checkpoints, full at every commit"),
		sqliteSizes.Parameter("accounts a branch of the bank, and a tenth of YCSB's records"),
	},
	Setup: setupSQLite,
}

func setupSQLite(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
	mix, accounts := env.Params["mix"], sqliteSizes.Of(env.Params)
	records := accounts * sqliteRecordsPer
	name, fill := fmt.Sprintf("sqlite-tpcb-%d.db", accounts), func(db *sql.DB) error { return fillBank(ctx, db, accounts) }
	if mix != "tpcb" {
		name, fill = fmt.Sprintf("sqlite-ycsb-%d.db", records), func(db *sql.DB) error { return fillRecords(ctx, db, records) }
	}
	template, err := workloads.SharedFile(env.Shared, name, func(path string) error { return makeSQLite(ctx, path, fill) })
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	path := filepath.Join(env.Dir, name)
	if err := copyFile(path, template); err != nil {
		return nil, err
	}
	db, err := openSQLite(path, env.Params["sync"])
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(poolSize(env))
	db.SetMaxIdleConns(poolSize(env))
	in := &workloads.Instance{
		Notes: append([]string{"the database lies on " + filesystem.Name(env.Dir)}, poolNote(env)...),
		Close: db.Close,
	}
	if env.Params.Int("pool") > 0 {
		in.Counters = func() (map[string]float64, error) {
			return map[string]float64{poolWait: float64(db.Stats().WaitDuration)}, nil
		}
	}
	if mix == "tpcb" {
		var b *bank
		if b, err = newBank(ctx, db, accounts); err == nil {
			in.Task, in.Check = b.transaction, b.check
		}
	} else {
		var store *sqliteRecords
		if store, err = newSQLiteRecords(ctx, db, records); err == nil {
			y := newYCSB(store, ycsbRequests(mix, records, sqliteBatch, sqliteRequests), records)
			in.Task, in.Check = y.task, y.check
		}
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return in, nil
}

// openSQLite opens a database file. Transactions take the write lock when they
// begin: taking it later, after a read, would fail instead of wait.
func openSQLite(path, sync string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(wal)&_pragma=synchronous("+sync+")")
}

// makeSQLite writes a new database file, which has all in it once it is closed.
func makeSQLite(ctx context.Context, path string, fill func(db *sql.DB) error) error {
	db, err := openSQLite(path, "off")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := fill(db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
