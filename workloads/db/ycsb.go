package db

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

// The records of YCSB's core workloads (Cooper et al., "Benchmarking Cloud Serving
// Systems with YCSB", SoCC 2010, section 4): ten fields of 100 bytes. Here a field
// is the number of its version and then words that only this version of this
// field of this record has, so that whatever is read can be verified.
const (
	ycsbFields      = 10
	ycsbFieldBytes  = 100
	ycsbRecordBytes = ycsbFields * ycsbFieldBytes
	ycsbWords       = (ycsbFieldBytes - 4) / 8
)

// ycsbUpdates are the shares of updates in YCSB's mixes A, B and C. All other
// requests are reads.
var ycsbUpdates = map[string]float64{"a": 0.5, "b": 0.05, "c": 0}

// putField writes a version of a field of the record key to the 100 bytes of b.
func putField(b []byte, key, field int, version uint32) {
	binary.LittleEndian.PutUint32(b, version)
	seed := fieldSeed(key, field, version)
	for i := range ycsbWords {
		binary.LittleEndian.PutUint64(b[4+8*i:], hashchain.Nth(seed+uint64(i), 1))
	}
}

// fieldVersion returns which version of the field b holds, after a look at all of
// its bytes.
func fieldVersion(b []byte, key, field int) (uint32, error) {
	version := binary.LittleEndian.Uint32(b)
	seed := fieldSeed(key, field, version)
	for i := range ycsbWords {
		if binary.LittleEndian.Uint64(b[4+8*i:]) != hashchain.Nth(seed+uint64(i), 1) {
			return 0, fmt.Errorf("%s: field %d is not what its version %d has in it", recordName(key), field, version)
		}
	}
	return version, nil
}

func fieldSeed(key, field int, version uint32) uint64 {
	return hashchain.Nth(uint64(key)<<40|uint64(field)<<32|uint64(version), 1)
}

// newRecord returns the first version, 0, of a record.
func newRecord(key int) []byte {
	record := make([]byte, ycsbRecordBytes)
	for field := range ycsbFields {
		putField(fieldOf(record, field), key, field, 0)
	}
	return record
}

func fieldOf(record []byte, field int) []byte {
	return record[field*ycsbFieldBytes : (field+1)*ycsbFieldBytes]
}

// recordName is the key a record is stored under.
func recordName(key int) string { return fmt.Sprintf("user%010d", key) }

// recordNames returns the names of so many records. They are made beforehand, so
// that no request pays for its name.
func recordNames(records int) []string {
	names := make([]string, records)
	for key := range names {
		names[key] = recordName(key)
	}
	return names
}

// A request is one of YCSB's operations: to read a record, or to update one field
// of it.
type request struct {
	key, field int
	update     bool
}

// ycsbRequests draws the requests of each task of a batch.
func ycsbRequests(mix string, records, tasks, each int) [][]request {
	requests := make([][]request, tasks)
	for i := range requests {
		rng := rand.New(rand.NewPCG(uint64(i), 11))
		for range each {
			update, key := rng.Float64() < ycsbUpdates[mix], zipfKey(rng.Float64(), records)
			requests[i] = append(requests[i], request{key: key, field: rng.IntN(ycsbFields), update: update})
		}
	}
	return requests
}

// A recordStore is a database as YCSB sees it. Both methods are called
// concurrently, and do what they do in one transaction.
type recordStore interface {
	// read shows see the record of that key, which see must not change or keep.
	read(ctx context.Context, key int, see func(record []byte) error) error

	// modify has change change the record of that key in place. It may call
	// change several times, on the stored record each time.
	modify(ctx context.Context, key int, change func(record []byte) error) error
}

// A ycsb makes the requests of a mix to a store. An update raises the version of
// its field by one, so that one that is lost leaves the version behind. It departs
// in this from YCSB, whose updates do not read first and so cannot be checked.
type ycsb struct {
	store    recordStore
	requests [][]request // by task
	updates  []uint32    // how many a batch makes of each field of each record
	updated  []int       // the records that a batch updates
	batches  uint32      // batches done
	done     []bool      // by task
}

func newYCSB(store recordStore, requests [][]request, records int) *ycsb {
	y := &ycsb{
		store:    store,
		requests: requests,
		updates:  make([]uint32, records*ycsbFields),
		done:     make([]bool, len(requests)),
	}
	for _, task := range y.requests {
		for _, r := range task {
			if r.update {
				y.updates[r.key*ycsbFields+r.field]++
				y.updated = append(y.updated, r.key)
			}
		}
	}
	slices.Sort(y.updated)
	y.updated = slices.Compact(y.updated)
	return y
}

// task makes the requests of a task, one after the other.
func (y *ycsb) task(ctx context.Context, i int) error {
	for _, r := range y.requests[i] {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var err error
		if r.update {
			err = y.store.modify(ctx, r.key, func(record []byte) error { return update(record, r) })
		} else {
			err = y.store.read(ctx, r.key, func(record []byte) error { return y.verify(record, r.key, y.batches, y.batches+1) })
		}
		if err != nil {
			return err
		}
	}
	y.done[i] = true
	return nil
}

// update puts the next version of a field into record.
func update(record []byte, r request) error {
	if len(record) != ycsbRecordBytes {
		return fmt.Errorf("%s has %d bytes, want %d", recordName(r.key), len(record), ycsbRecordBytes)
	}
	field := fieldOf(record, r.field)
	version, err := fieldVersion(field, r.key, r.field)
	if err != nil {
		return err
	}
	putField(field, r.key, r.field, version+1)
	return nil
}

// verify reports whether record is one that the store can hold after all updates
// of first batches and none after those of last: every batch makes the same ones.
func (y *ycsb) verify(record []byte, key int, first, last uint32) error {
	if len(record) != ycsbRecordBytes {
		return fmt.Errorf("%s has %d bytes, want %d", recordName(key), len(record), ycsbRecordBytes)
	}
	for field := range ycsbFields {
		version, err := fieldVersion(fieldOf(record, field), key, field)
		if err != nil {
			return err
		}
		each := y.updates[key*ycsbFields+field]
		if version < first*each || version > last*each {
			return fmt.Errorf("%s: field %d has version %d, want %d to %d: updates were lost or made twice", recordName(key), field, version, first*each, last*each)
		}
	}
	return nil
}

// check reports whether every task was done and every record that a batch updates
// is at the version that the updates so far lead to. The other records are looked
// at only as tasks read them.
func (y *ycsb) check(ctx context.Context) error {
	if err := workloads.CheckDone(y.done); err != nil {
		return err
	}
	y.batches++
	for _, key := range y.updated {
		err := y.store.read(ctx, key, func(record []byte) error { return y.verify(record, key, y.batches, y.batches) })
		if err != nil {
			return err
		}
	}
	return nil
}
