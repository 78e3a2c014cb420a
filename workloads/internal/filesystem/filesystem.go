// Package filesystem names the file system a workload's files lie on: what a
// sync costs depends on it, and a reader of the results must know.
package filesystem

// Name returns the name of the file system that dir lies on, in words that end
// a sentence such as "the database lies on ext4".
func Name(dir string) string { return name(dir) }
