//go:build !linux

package sysfs

import "io/fs"

var root = nothing{}

// nothing is a file tree without files.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
