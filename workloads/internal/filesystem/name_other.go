//go:build !linux

package filesystem

func name(string) string { return "an unknown file system" }
