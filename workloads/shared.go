package workloads

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// SharedFile returns the path of the file name in the directory dir, which
// several runs share, and has write make it first where it is not there yet.
// write gets another name to write to; the file appears under its own name only
// when it is whole, so a run that is killed leaves nothing half done.
func SharedFile(dir, name string, write func(path string) error) (string, error) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	tmp, err := os.MkdirTemp(dir, name+".*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	part := filepath.Join(tmp, name)
	if err := write(part); err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}
