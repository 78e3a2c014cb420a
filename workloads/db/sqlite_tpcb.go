package db

import (
	"context"
	"database/sql"
	"fmt"
)

// fillBank writes the tables of TPC-B with all balances at 0.
func fillBank(ctx context.Context, db *sql.DB, accountsPerBranch int) error {
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
	} {
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// A bank runs the transactions and keeps the books they are checked against.
type bank struct {
	db                *sql.DB
	accountsPerBranch int

	updateAccount, selectAccount, updateTeller, updateBranch, insertHistory *sql.Stmt

	batches int64
}

func newBank(ctx context.Context, db *sql.DB, accountsPerBranch int) (*bank, error) {
	b := &bank{db: db, accountsPerBranch: accountsPerBranch}
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

// transaction is pgbench's built-in TPC-B-like script.
func (b *bank) transaction(ctx context.Context, i int) error {
	t := draw(i, b.accountsPerBranch)
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.StmtContext(ctx, b.updateAccount).ExecContext(ctx, t.delta, t.account); err != nil {
		return err
	}
	var balance int
	if err := tx.StmtContext(ctx, b.selectAccount).QueryRowContext(ctx, t.account).Scan(&balance); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.updateTeller).ExecContext(ctx, t.delta, t.teller); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.updateBranch).ExecContext(ctx, t.delta, t.branch); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.insertHistory).ExecContext(ctx, t.teller, t.branch, t.account, t.delta); err != nil {
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
	var got ledger
	err := b.db.QueryRowContext(ctx, `SELECT
		(SELECT sum(abalance) FROM accounts WHERE aid IN (SELECT aid FROM history)), (SELECT sum(tbalance) FROM tellers),
		(SELECT sum(bbalance) FROM branches), (SELECT sum(delta) FROM history), (SELECT count(*) FROM history)`).
		Scan(&got.accounts, &got.tellers, &got.branches, &got.history, &got.rows)
	if err != nil {
		return err
	}
	return got.balance(ledger{}.after(b.batches, sqliteBatch, b.accountsPerBranch))
}
