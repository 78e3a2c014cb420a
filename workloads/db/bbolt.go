package db

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"runbench/workloads"
	"runbench/workloads/internal/filesystem"
)

const (
	boltBatch   = 128
	boltRecords = 1000 // YCSB's default

	// boltDelay is how long DB.Batch waits for more calls. At the end of a batch
	// of ours there are none to come; bbolt's own 10 ms would be most of it.
	boltDelay = time.Millisecond
)

var boltBucket = []byte("usertable")

var boltSizes = workloads.Sizes{S: 1, W: 32, A: 512}

// Bolt is a memory-mapped B+ tree whose readers do not wait for its one writer.
var Bolt = workloads.Workload{
	Name:       "db/bbolt",
	Isolates:   "an embedded database with many readers and one writer: reads wait for no update and copy nothing, updates queue and write whole pages",
	Expect:     "concurrency 1×, and above it where commits sync and write=batch shares them; parallelism little above 1× even for reads, because every transaction begins and ends under one lock and reading a record takes no longer than that; 1× or below for mix=a, whose updates queue and take nearly all the time: C does several times the tasks of A",
	Definition: "YCSB's core workloads A, B, C (Cooper et al., SoCC 2010; zipfian 0.99, 1,000 records of 10×100 bytes) on go.etcd.io/bbolt, one request a transaction, 32 a task; every value read is checked inside the task, which is about two fifths of a read's time; updates as read-modify-write; no sync at commits by default; write=batch with MaxBatchSize the goroutines and a delay of 1 ms; warm",
	Advice:     "read all that a request needs in one View; put many updates into one transaction, or let DB.Batch do it where the callers are concurrent",
	Related:    []string{"db/sqlite", "sync/rwmutex", "io/file-fsync"},
	Batch:      boltBatch,
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("mix", "b", []string{"a", "b", "c"}, "YCSB's mix: A half reads and half updates, B 95 % reads, C reads only"),
		workloads.ChoiceParameter("write", "update", []string{"update", "batch"}, "an update's transaction: DB.Update, one each, or DB.Batch, one for several that come together"),
		workloads.ChoiceParameter("sync", "off", []string{"off", "on"}, "on: a commit waits until the disk has it, which is what bbolt itself does by default (set size=S then: a batch in W would take seconds); off: it does not, so that the disk is not what is measured"),
		boltSizes.Parameter("requests a task"),
	},
	Setup: setupBolt,
}

func setupBolt(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
	template, err := workloads.SharedFile(env.Shared, "bbolt-ycsb.db", makeBolt)
	if err != nil {
		return nil, fmt.Errorf("make the records: %w", err)
	}
	path := filepath.Join(env.Dir, "ycsb.db")
	if err := copyFile(path, template); err != nil {
		return nil, err
	}
	synced := env.Params["sync"] == "on"
	db, err := openBolt(path, synced)
	if err != nil {
		return nil, err
	}
	// Whoever may be in flight may be in a batch, and nobody else can come.
	db.MaxBatchSize, db.MaxBatchDelay = env.Goroutines, boltDelay
	store := &boltStore{db: db, write: db.Update, names: recordNames(boltRecords)}
	if env.Params["write"] == "batch" {
		store.write = db.Batch
	}
	note := "the database lies on " + filesystem.Name(env.Dir) + "; commits do not wait for it"
	if synced {
		note = "the database lies on " + filesystem.Name(env.Dir) + "; every commit waits for it"
	}
	y := newYCSB(store, ycsbRequests(env.Params["mix"], boltRecords, boltBatch, boltSizes.Of(env.Params)), boltRecords)
	return &workloads.Instance{
		Notes: []string{note},
		Task:  y.task,
		Check: y.check,
		Close: db.Close,
	}, nil
}

func openBolt(path string, synced bool) (*bbolt.DB, error) {
	options := *bbolt.DefaultOptions
	options.Timeout = time.Second // for the lock of the file, which nobody else has
	options.NoSync, options.NoGrowSync = !synced, !synced
	return bbolt.Open(path, 0o600, &options)
}

// makeBolt writes a new database with the first version of each record.
func makeBolt(path string) error {
	db, err := openBolt(path, false)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucket(boltBucket)
		if err != nil {
			return err
		}
		for key := range boltRecords {
			if err := bucket.Put([]byte(recordName(key)), newRecord(key)); err != nil {
				return err
			}
		}
		return nil
	})
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	return err
}

// boltStore is a bucket as a store.
type boltStore struct {
	db    *bbolt.DB
	write func(func(*bbolt.Tx) error) error
	names []string
}

func (s *boltStore) read(_ context.Context, key int, see func(record []byte) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		return see(tx.Bucket(boltBucket).Get([]byte(s.names[key])))
	})
}

func (s *boltStore) modify(_ context.Context, key int, change func(record []byte) error) error {
	name := []byte(s.names[key])
	return s.write(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(boltBucket)
		// What Get returns is the file itself, and Put keeps what it is given.
		record := append([]byte(nil), bucket.Get(name)...)
		if err := change(record); err != nil {
			return err
		}
		return bucket.Put(name, record)
	})
}
