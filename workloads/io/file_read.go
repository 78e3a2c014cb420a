package io

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"runbench/workloads"
	"runbench/workloads/internal/filesystem"
)

const (
	fileReadBatch  = 64
	fileReadBlock  = 4 << 10 // bytes
	fileReadWords  = fileReadBlock / 8
	fileReadBlocks = 4096 // of the file: 16 MiB
)

var fileReadSizes = workloads.Sizes{S: 4, W: 128, A: 2048}

// FileRead is reading a file that is in memory already: system calls that do not
// block.
var FileRead = workloads.Workload{
	Name:       "io/file-read",
	Isolates:   "reading blocks of a cached file: a system call and a copy out of the page cache, no waiting",
	Expect:     "concurrency 1×, because nothing waits; parallelism near the number of cores, less what the counts of users on one shared descriptor cost, Go's and the kernel's, which handle=own saves",
	Definition: "fio's randread with bs=4k, ioengine=psync, direct=0: os.File.ReadAt (pread(2)) of 4 KiB blocks at random aligned offsets, the same ones in each batch, of a file of 16 MiB; warm: set-up has read all of it, so no disk is measured; the words of each block are added up and the sums compared",
	Advice:     "goroutines add nothing to reads from the page cache: use as many as there are cores, read larger blocks, and keep many goroutines for files that are not in memory",
	Related:    []string{"io/file-fsync", "io/blocking-syscall", "mem/sum"},
	Batch:      fileReadBatch,
	Idempotent: true,
	Parameters: []workloads.Parameter{
		fileReadSizes.Parameter("blocks a task reads"),
		workloads.ChoiceParameter("handle", "shared", []string{"shared", "own"}, "whether the tasks in flight share one open file or have one each"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		path, err := workloads.SharedFile(env.Shared, "file-read.bin", makeReadFile)
		if err != nil {
			return nil, fmt.Errorf("make the file: %w", err)
		}
		if err := warm(path); err != nil {
			return nil, err
		}
		files, err := openFiles(path, env.Goroutines, env.Params["handle"] == "shared")
		if err != nil {
			return nil, err
		}
		reads := fileReadSizes.Of(env.Params)
		want := readSums(reads)
		type result struct {
			sum uint64
			_   [120]byte // no task writes to another's cache lines
		}
		results := make([]result, fileReadBatch)
		return &workloads.Instance{
			Notes: []string{
				"the file is in the page cache, because set-up has just read all of it: no disk is measured",
				"the file lies on " + filesystem.Name(env.Shared),
			},
			Task: func(ctx context.Context, i int) error {
				file := <-files.free
				defer func() { files.free <- file }()
				block := make([]byte, fileReadBlock)
				var sum uint64
				for r := range reads {
					if err := ctx.Err(); err != nil {
						return context.Cause(ctx)
					}
					if _, err := file.ReadAt(block, int64(readAt(i, r))*fileReadBlock); err != nil {
						return err
					}
					sum += sumWords(block)
				}
				results[i].sum = sum
				return nil
			},
			Check: func(context.Context) error {
				defer clear(results)
				for i := range results {
					if got := results[i].sum; got != want[i] {
						return fmt.Errorf("task %d: the words of its %d blocks add up to %#x, want %#x", i, reads, got, want[i])
					}
				}
				return nil
			},
			Close: files.close,
		}, nil
	},
}

// mix is the 64-bit finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014):
// random numbers by their index, in any order.
func mix(i uint64) uint64 {
	z := (i + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// readAt returns the block that task i reads in its r-th reading.
func readAt(i, r int) uint64 { return mix(uint64(i)<<32|uint64(r)) % fileReadBlocks }

// makeReadFile writes the file: word w of it is mix(w).
func makeReadFile(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	var word [8]byte
	for w := range uint64(fileReadBlocks * fileReadWords) {
		binary.LittleEndian.PutUint64(word[:], mix(w))
		if _, err := out.Write(word[:]); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(out.Flush(), file.Close())
}

// readSums returns the sum of the words that each task reads. It goes by the
// definition of the file, not by what the file holds.
func readSums(reads int) []uint64 {
	blocks := make([]uint64, fileReadBlocks)
	for b := range blocks {
		for w := range fileReadWords {
			blocks[b] += mix(uint64(b*fileReadWords + w))
		}
	}
	sums := make([]uint64, fileReadBatch)
	for i := range sums {
		for r := range reads {
			sums[i] += blocks[readAt(i, r)]
		}
	}
	return sums
}

// sumWords returns the sum of the words of a block.
func sumWords(block []byte) uint64 {
	var sum uint64
	for ; len(block) >= 8; block = block[8:] {
		sum += binary.LittleEndian.Uint64(block)
	}
	return sum
}

// warm reads the file from end to end, which brings it into the page cache.
func warm(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	buf := make([]byte, 1<<20)
	const blocks = fileReadBlocks * fileReadBlock / (1 << 20)
	for b := range blocks {
		if _, err := file.ReadAt(buf, int64(b)<<20); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// openedFiles are open files, and those of them that no task uses: each as often
// as tasks may use it at once.
type openedFiles struct {
	all  []*os.File
	free chan *os.File
}

// openFiles opens a file for n tasks in flight: once where they share it, or n
// times.
func openFiles(path string, n int, shared bool) (*openedFiles, error) {
	files := &openedFiles{free: make(chan *os.File, n)}
	for i := range n {
		if i == 0 || !shared {
			file, err := os.Open(path)
			if err != nil {
				return nil, errors.Join(err, files.close())
			}
			files.all = append(files.all, file)
		}
		files.free <- files.all[len(files.all)-1]
	}
	return files, nil
}

func (f *openedFiles) close() error {
	var errs []error
	for _, file := range f.all {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}
