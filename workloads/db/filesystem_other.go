//go:build !linux

package db

func fileSystem(string) string { return "an unknown file system" }
