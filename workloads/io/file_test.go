package io

import (
	"os"
	"path/filepath"
	"testing"

	"runbench/workloads"
)

// The first outputs of SplitMix64 with the seed 0, as its authors' program
// (Vigna, splitmix64.c) prints them.
func TestMix(t *testing.T) {
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := mix(uint64(i)); got != want {
			t.Errorf("mix(%d) is %#x, want %#x", i, got, want)
		}
	}
}

// A byte that differs is noticed, in whichever block of a task it is.
func TestFileReadComparesContents(t *testing.T) {
	dir := t.TempDir()
	in, err := FileRead.Start(t.Context(), workloads.Env{Goroutines: 1, Params: workloads.Params{"size": "S"}, Shared: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	tasks(t, FileRead, in)
	if err := in.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "file-read.bin"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for r := range fileReadSizes.S {
		at := int64(readAt(5, r))*fileReadBlock + 1234
		right, wrong := make([]byte, 1), make([]byte, 1)
		if _, err := file.ReadAt(right, at); err != nil {
			t.Fatal(err)
		}
		wrong[0] = right[0] ^ 1
		if _, err := file.WriteAt(wrong, at); err != nil {
			t.Fatal(err)
		}
		tasks(t, FileRead, in)
		fails(t, in.Check(t.Context()), "add up to")
		if _, err := file.WriteAt(right, at); err != nil {
			t.Fatal(err)
		}
	}
	tasks(t, FileRead, in)
	if err := in.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A record too many is noticed, and one that is another's.
func TestFileFsyncReadsBack(t *testing.T) {
	in := start(t, FileFsync)
	tasks(t, FileFsync, in, 3)
	fails(t, in.Check(t.Context()), "file 3 has 1024 bytes, want 512")

	logs := &recordLogs{records: 1}
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	logs.files = append(logs.files, file)
	if _, err := file.Write(logRecord(1, 0)); err != nil {
		t.Fatal(err)
	}
	fails(t, logs.check(), "file 0, record 0")
}
