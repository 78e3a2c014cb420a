// Package sysfs reads the small text files in which the Linux kernel tells
// about the machine, below /proc and /sys.
//
// Every function takes the file tree as an [fs.FS] whose root is "/", so that
// the same code reads the running machine, [Root], and a fixture.
package sysfs

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Root is the file tree of the running machine. Where the operating system has
// no sysfs and procfs it is a tree in which no file exists.
func Root() fs.FS { return root }

// String returns the contents of the file name without surrounding space. An
// empty file is an error: no file of the kernel read here means anything when
// it is empty.
func String(fsys fs.FS, name string) (string, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return "", err
	}
	s := strings.TrimSpace(string(data))
	if s == "" {
		return "", fmt.Errorf("/%s: empty, want text", name)
	}
	return s, nil
}

// Int returns the decimal number that the file name holds.
func Int(fsys fs.FS, name string) (int64, error) {
	s, err := String(fsys, name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/%s: %q, want a number", name, s)
	}
	return n, nil
}

// Bytes returns the size, in bytes, that the file name holds as a decimal
// number and the unit K, M or G, as in "32768K".
func Bytes(fsys fs.FS, name string) (int64, error) {
	s, err := String(fsys, name)
	if err != nil {
		return 0, err
	}
	digits, shift := s, 0
	switch s[len(s)-1] {
	case 'K':
		digits, shift = s[:len(s)-1], 10
	case 'M':
		digits, shift = s[:len(s)-1], 20
	case 'G':
		digits, shift = s[:len(s)-1], 30
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)>>shift {
		return 0, fmt.Errorf("/%s: %q, want a size such as 512K", name, s)
	}
	return n << shift, nil
}
