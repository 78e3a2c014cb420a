package io

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"runbench/workloads"
	"runbench/workloads/internal/filesystem"
)

const (
	fileFsyncBatch  = 16
	fileFsyncRecord = 512 // bytes
)

var fileFsyncSizes = workloads.Sizes{S: 1, W: 2, A: 16}

// FileFsync is what a program pays that must not forget: it waits for the disk.
var FileFsync = workloads.Workload{
	Name:       "io/file-fsync",
	Isolates:   "waiting for a disk to say that it has written: a blocking system call, one file a task",
	Expect:     "concurrency above 1×, as far as the file system puts several syncs into one commit and the disk takes several writes at once; parallelism 1× where a sync takes long, above it where it is so short that the runtime's monitor (20 µs to 10 ms) hardly sees that its P could run others; on a file system in memory a sync costs nothing and neither gain is there",
	Definition: "the write path of a log: os.File.Write of 512 bytes at the end of the task's own file, then os.File.Sync (fsync(2), F_FULLFSYNC on macOS, FlushFileBuffers on Windows), as fio's fsync=1; no group commit in the program; what was appended is read back after each batch",
	Advice:     "make several records durable with one sync (group commit); where that is impossible let the syncs of different files overlap",
	Related:    []string{"db/sqlite", "io/file-read", "io/blocking-syscall"},
	Batch:      fileFsyncBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		fileFsyncSizes.Parameter("records a task appends, each with a sync"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		logs := &recordLogs{records: fileFsyncSizes.Of(env.Params)}
		for i := range fileFsyncBatch {
			file, err := os.Create(filepath.Join(env.Dir, fmt.Sprintf("log.%02d", i)))
			if err != nil {
				return nil, errors.Join(err, logs.close())
			}
			logs.files = append(logs.files, file)
		}
		return &workloads.Instance{
			Notes: []string{"the files lie on " + filesystem.Name(env.Dir)},
			Task:  logs.append,
			Check: func(context.Context) error { return logs.check() },
			Close: logs.close,
		}, nil
	},
}

// recordLogs are the tasks' files.
type recordLogs struct {
	files   []*os.File
	records int // that a task appends
	batches int // checked so far
}

// append makes the records of a task durable, one after the other.
func (l *recordLogs) append(ctx context.Context, i int) error {
	for r := range l.records {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := l.files[i].Write(logRecord(i, l.batches*l.records+r)); err != nil {
			return err
		}
		if err := l.files[i].Sync(); err != nil {
			return err
		}
	}
	return nil
}

// logRecord returns record n of the file of task i.
func logRecord(i, n int) []byte {
	b := make([]byte, 0, fileFsyncRecord)
	for len(b) < fileFsyncRecord {
		b = binary.BigEndian.AppendUint32(b, uint32(i))
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// check reports the first file that has not grown by the records of a batch, or
// by others.
func (l *recordLogs) check() error {
	first := l.batches * l.records
	l.batches++
	got := make([]byte, fileFsyncRecord)
	for i, file := range l.files {
		stat, err := file.Stat()
		if err != nil {
			return err
		}
		if want := int64(first+l.records) * fileFsyncRecord; stat.Size() != want {
			return fmt.Errorf("file %d has %d bytes, want %d after %d batches", i, stat.Size(), want, l.batches)
		}
		for n := first; n < first+l.records; n++ {
			if _, err := file.ReadAt(got, int64(n)*fileFsyncRecord); err != nil {
				return err
			}
			if !bytes.Equal(got, logRecord(i, n)) {
				return fmt.Errorf("file %d, record %d: it begins %x, want %x", i, n, got[:8], logRecord(i, n)[:8])
			}
		}
	}
	return nil
}

func (l *recordLogs) close() error {
	var errs []error
	for _, file := range l.files {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}
