package db

import (
	"fmt"
	"math/rand/v2"
)

// The sizes of TPC-B as pgbench has them, but for the accounts: pgbench has
// 100,000 a branch, which would take longer to make than to measure. A branch is
// what transactions meet at, so there are at least as many as may be in flight.
const (
	branches         = 128
	tellersPerBranch = 10
)

// A transfer is the random choices of a transaction.
type transfer struct{ account, branch, teller, delta int }

// draw returns the choices of transaction i, the same ones in every batch, with
// pgbench's ranges for a bank that has so many accounts a branch.
func draw(i, accountsPerBranch int) transfer {
	rng := rand.New(rand.NewPCG(uint64(i), 7))
	account, branch := rng.IntN(branches*accountsPerBranch)+1, rng.IntN(branches)+1
	teller, delta := rng.IntN(branches*tellersPerBranch)+1, rng.IntN(10001)-5000
	return transfer{account: account, branch: branch, teller: teller, delta: delta}
}

// A ledger is the sums that transactions change alike: the balances of all
// accounts, of all tellers and of all branches, the deltas in the history, and
// how many rows this has.
type ledger struct{ accounts, tellers, branches, history, rows int64 }

// after returns what the ledger must say after n more batches of the given number
// of transactions.
func (l ledger) after(n int64, transactions, accountsPerBranch int) ledger {
	var sum int64
	for i := range transactions {
		sum += int64(draw(i, accountsPerBranch).delta)
	}
	sum *= n
	return ledger{
		accounts: l.accounts + sum, tellers: l.tellers + sum, branches: l.branches + sum,
		history: l.history + sum, rows: l.rows + n*int64(transactions),
	}
}

// balance reports whether the books say what they must.
func (l ledger) balance(want ledger) error {
	if l == want {
		return nil
	}
	return fmt.Errorf("the books do not balance: accounts %d, want %d; tellers %d, want %d; branches %d, want %d; history %d in %d rows, want %d in %d",
		l.accounts, want.accounts, l.tellers, want.tellers, l.branches, want.branches, l.history, l.rows, want.history, want.rows)
}
