package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"runbench/bench/strategy"
	"runbench/workloads"
)

// Every way to write and every mix gives the right result, with many goroutines.
func TestBoltParameters(t *testing.T) {
	shared := t.TempDir()
	for _, mix := range []string{"a", "b", "c"} {
		for _, write := range []string{"update", "batch"} {
			for _, goroutines := range []int{1, 8} {
				in, err := Bolt.Start(t.Context(), workloads.Env{
					Goroutines: goroutines, Dir: t.TempDir(), Shared: shared,
					Params: workloads.Params{"mix": mix, "write": write, "size": "S"},
				})
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := strategy.Default.Run(t.Context(), goroutines, boltBatch, in.Task); err != nil {
						t.Fatal(err)
					}
					if err := in.Check(t.Context()); err != nil {
						t.Errorf("mix=%s write=%s C=%d: %v", mix, write, goroutines, err)
					}
				}
				if err := in.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Updates that read in one transaction and write in another lose one another, and
// the check says so.
func TestBoltLostUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ycsb.db")
	if err := makeBolt(path); err != nil {
		t.Fatal(err)
	}
	db, err := openBolt(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store := &torn{boltStore{db: db, names: recordNames(boltRecords)}, make(chan struct{})}
	same := []request{{key: 7, field: 3, update: true}}
	y := newYCSB(store, [][]request{same, same}, boltRecords)
	if err := strategy.Default.Run(t.Context(), 2, 2, y.task); err != nil {
		t.Fatal(err)
	}
	if err := y.check(t.Context()); err == nil || !strings.Contains(err.Error(), "field 3 has version 1, want 2") {
		t.Errorf("got %v, want an error that says that an update was lost", err)
	}
}

// torn is a store whose updates read and write in two transactions, and in between
// wait for another update to be there too.
type torn struct {
	boltStore
	meet chan struct{}
}

func (s *torn) modify(ctx context.Context, key int, change func([]byte) error) error {
	var record []byte
	err := s.read(ctx, key, func(r []byte) error {
		record = append(record, r...)
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case s.meet <- struct{}{}:
	case <-s.meet:
	}
	if err := change(record); err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(boltBucket).Put([]byte(s.names[key]), record)
	})
}
