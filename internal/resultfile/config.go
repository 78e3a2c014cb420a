package resultfile

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Package is the value of the "pkg" key in both doors: results of the command
// and of `go test -bench ./bench` are comparable, and benchstat would keep them
// apart if the key differed.
const Package = "runbench/bench"

// A Config is the set of keys that say which results are comparable.
type Config struct {
	CPU   string // the processor's name, as `go test -bench` prints it
	Cores int    // logical cores this process may use
}

// pairs returns the keys in the order `go test -bench` prints those it knows.
func (c Config) pairs() [][2]string {
	return [][2]string{
		{"goos", runtime.GOOS},
		{"goarch", runtime.GOARCH},
		{"pkg", Package},
		{"cpu", c.CPU},
		{"cores", fmt.Sprint(c.Cores)},
		{"go", runtime.Version()},
	}
}

// ExtraLines returns the lines for the keys that `go test -bench` does not
// print itself.
func (c Config) ExtraLines() string {
	var b strings.Builder
	for _, kv := range c.pairs()[4:] {
		fmt.Fprintf(&b, "%s: %s\n", kv[0], kv[1])
	}
	return b.String()
}

// Text returns the keys as the Config of a Run that was measured under them.
func (c Config) Text() string {
	var pairs []string
	for _, kv := range c.pairs() {
		if kv[1] != "" {
			pairs = append(pairs, kv[0]+": "+kv[1])
		}
	}
	return configText(pairs)
}

func (c Config) entries() []benchfmt.Config {
	var entries []benchfmt.Config
	for _, kv := range c.pairs() {
		if kv[1] != "" {
			entries = append(entries, keyEntry(kv[0], kv[1]))
		}
	}
	return entries
}

// keyEntry returns a key as benchfmt has it. File: internal keys would not be written.
func keyEntry(key, value string) benchfmt.Config {
	return benchfmt.Config{Key: key, Value: []byte(value), File: true}
}

// parseConfig returns the keys that the Config of a Run has as text.
func parseConfig(text string) []benchfmt.Config {
	var entries []benchfmt.Config
	for _, pair := range strings.Split(text, "; ") {
		key, value, ok := strings.Cut(pair, ": ")
		switch last := len(entries) - 1; {
		case ok && !strings.ContainsAny(key, " \t"):
			entries = append(entries, keyEntry(key, value))
		case last >= 0: // a value that holds "; "
			entries[last].Value = append(entries[last].Value, "; "+pair...)
		}
	}
	return entries
}

// WithoutKey returns the Config of a Run without one of its keys.
func WithoutKey(config, key string) string {
	pairs := strings.Split(config, "; ")
	return strings.Join(slices.DeleteFunc(pairs, func(pair string) bool { return strings.HasPrefix(pair, key+": ") }), "; ")
}
