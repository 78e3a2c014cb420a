// Package db holds the workloads whose work is a database's.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver: SQLite in Go, no cgo

	"runbench/workloads"
)

// The sizes of TPC-B as pgbench has them, but for the accounts: pgbench has
// 100,000 a branch, which would take longer to make than to measure.
const (
	sqliteBatch       = 128
	branches          = sqliteBatch // scale ≥ goroutines, because C ≤ K
	tellersPerBranch  = 10
	accountsPerBranch = 100
)

// SQLite is a bank on one database file with one writer at a time.
var SQLite = workloads.Workload{
	Name:       "db/sqlite",
	Isolates:   "an embedded database with one writer: transactions queue at the file's lock",
	Expect:     "concurrency and parallelism about 1× or below: only one transaction can write",
	Definition: "TPC-B-like as pgbench defines it (3 updates, 1 select, 1 insert a transaction) on modernc.org/sqlite through database/sql; WAL, synchronous=NORMAL, BEGIN IMMEDIATE; scale 128 with 100 accounts a branch instead of 100,000; warm",
	Advice:     "one connection for writing, or batch several writes into a transaction; concurrency pays for reads",
	Batch:      sqliteBatch,
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("sync", "normal", []string{"off", "normal", "full"}, "PRAGMA synchronous: normal syncs at checkpoints, full at every commit"),
	},
	Setup: setupSQLite,
}

func setupSQLite(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
	template, err := workloads.SharedFile(env.Shared, "sqlite-tpcb.db", func(path string) error {
		return makeBank(ctx, path)
	})
	if err != nil {
		return nil, fmt.Errorf("make the bank: %w", err)
	}
	path := filepath.Join(env.Dir, "bank.db")
	if err := copyFile(path, template); err != nil {
		return nil, err
	}
	db, err := openBank(path, env.Params["sync"])
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(env.Goroutines)
	db.SetMaxIdleConns(env.Goroutines)
	b, err := newBank(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &workloads.Instance{
		Notes: []string{"the database lies on " + fileSystem(env.Dir)},
		Task:  b.transaction,
		Check: b.check,
		Close: db.Close,
	}, nil
}

// openBank opens a database file. Transactions take the write lock when they
// begin: taking it later, after a read, would fail instead of wait.
func openBank(path, sync string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(wal)&_pragma=synchronous("+sync+")")
}

// makeBank writes a new database with all balances at 0.
func makeBank(ctx context.Context, path string) error {
	db, err := openBank(path, "off")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, stmt := range []string{
		`CREATE TABLE branches (bid INTEGER PRIMARY KEY, bbalance INTEGER NOT NULL, filler TEXT)`,
		`CREATE TABLE tellers (tid INTEGER PRIMARY KEY, bid INTEGER NOT NULL, tbalance INTEGER NOT NULL, filler TEXT)`,
		`CREATE TABLE accounts (aid INTEGER PRIMARY KEY, bid INTEGER NOT NULL, abalance INTEGER NOT NULL, filler TEXT)`,
		`CREATE TABLE history (tid INTEGER, bid INTEGER, aid INTEGER, delta INTEGER, mtime TEXT, filler TEXT)`,
		`BEGIN`,
		// pgbench fills the rows up to 88, 84 and 84 characters.
		fmt.Sprintf(`WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i < %d) INSERT INTO branches SELECT i, 0, printf('%%88s', '') FROM s`, branches),
		fmt.Sprintf(`WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM s WHERE i < %d) INSERT INTO tellers SELECT i+1, i/%d+1, 0, printf('%%84s', '') FROM s`, branches*tellersPerBranch-1, tellersPerBranch),
		fmt.Sprintf(`WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM s WHERE i < %d) INSERT INTO accounts SELECT i+1, i/%d+1, 0, printf('%%84s', '') FROM s`, branches*accountsPerBranch-1, accountsPerBranch),
		`COMMIT`,
		`PRAGMA wal_checkpoint(TRUNCATE)`,
	} {
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// A bank runs the transactions and keeps the books they are checked against.
type bank struct {
	db *sql.DB

	updateAccount, selectAccount, updateTeller, updateBranch, insertHistory *sql.Stmt

	batches int64
}

func newBank(ctx context.Context, db *sql.DB) (*bank, error) {
	b := &bank{db: db}
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&b.updateAccount, `UPDATE accounts SET abalance = abalance + ? WHERE aid = ?`},
		{&b.selectAccount, `SELECT abalance FROM accounts WHERE aid = ?`},
		{&b.updateTeller, `UPDATE tellers SET tbalance = tbalance + ? WHERE tid = ?`},
		{&b.updateBranch, `UPDATE branches SET bbalance = bbalance + ? WHERE bid = ?`},
		{&b.insertHistory, `INSERT INTO history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)`},
	} {
		stmt, err := db.PrepareContext(ctx, s.text)
		if err != nil {
			return nil, err
		}
		*s.stmt = stmt
	}
	return b, nil
}

// draw returns the random choices of a task, the same ones in every batch, with
// pgbench's ranges.
func draw(i int) (aid, bid, tid, delta int) {
	rng := rand.New(rand.NewPCG(uint64(i), 7))
	return rng.IntN(branches*accountsPerBranch) + 1, rng.IntN(branches) + 1, rng.IntN(branches*tellersPerBranch) + 1, rng.IntN(10001) - 5000
}

// transaction is pgbench's built-in TPC-B-like script.
func (b *bank) transaction(ctx context.Context, i int) error {
	aid, bid, tid, delta := draw(i)
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.StmtContext(ctx, b.updateAccount).ExecContext(ctx, delta, aid); err != nil {
		return err
	}
	var balance int
	if err := tx.StmtContext(ctx, b.selectAccount).QueryRowContext(ctx, aid).Scan(&balance); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.updateTeller).ExecContext(ctx, delta, tid); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.updateBranch).ExecContext(ctx, delta, bid); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.insertHistory).ExecContext(ctx, tid, bid, aid, delta); err != nil {
		return err
	}
	return tx.Commit()
}

// check reports whether the books balance: each batch has added the same sum to
// the accounts that its history names, to the tellers and to the branches, and K
// rows to the history. The other accounts are not looked at: reading all of them
// would take as long as a batch.
func (b *bank) check(ctx context.Context) error {
	b.batches++
	var deltas int64
	for i := range sqliteBatch {
		_, _, _, delta := draw(i)
		deltas += int64(delta)
	}
	var accounts, tellers, branches, history, rows int64
	err := b.db.QueryRowContext(ctx, `SELECT
		(SELECT sum(abalance) FROM accounts WHERE aid IN (SELECT aid FROM history)), (SELECT sum(tbalance) FROM tellers),
		(SELECT sum(bbalance) FROM branches), (SELECT sum(delta) FROM history), (SELECT count(*) FROM history)`).
		Scan(&accounts, &tellers, &branches, &history, &rows)
	if err != nil {
		return err
	}
	want := deltas * b.batches
	if accounts != want || tellers != want || branches != want || history != want || rows != sqliteBatch*b.batches {
		return fmt.Errorf("after %d batches: accounts %d, tellers %d, branches %d, history %d, want %d each; %d rows of history, want %d",
			b.batches, accounts, tellers, branches, history, want, rows, sqliteBatch*b.batches)
	}
	return nil
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
