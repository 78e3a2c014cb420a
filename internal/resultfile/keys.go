package resultfile

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The keys that `go test` prints before the results of each package.
const (
	keyGoos   = "goos"
	keyGoarch = "goarch"
	keyPkg    = "pkg"
	keyCPU    = "cpu"
)

// What the keys of one configuration are at most, so that a log taken for keys
// cannot fill the memory.
const (
	maxKeys        = 100
	maxKeysBytes   = 8 << 10  // of the keys in force and their values
	maxConfigBytes = 64 << 20 // of all configurations of a file
)

// keys are the keys in force in a stream, with their values.
type keys struct {
	pairs   []keyValue
	sorted  []string
	text    []byte
	settled bool // text says what pairs do
	ended   bool // the results of a package have come to their end
	fresh   bool // cpu was set after the last result
}

type keyValue struct{ key, value string }

// keyLine splits a line "key: value" as the benchmark format defines it: the key
// begins with a lower-case letter and has neither space nor upper case in it.
func keyLine(line []byte) (key, value []byte, ok bool) {
	if r, _ := utf8.DecodeRune(line); !unicode.IsLower(r) {
		return nil, nil, false
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return nil, nil, false
	}
	key, value = line[:colon], line[colon+1:]
	if bytes.ContainsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsUpper(r) }) {
		return nil, nil, false
	}
	rest := bytes.TrimLeft(value, " \t")
	return key, rest, len(value) == 0 || len(rest) < len(value)
}

// message reports whether what has the form of a key is a message of the go command,
// of package testing or of the run-time system. None of them says what makes results
// comparable, and each would part what stands before it from what stands behind.
func message(key, value []byte) bool {
	switch string(key) {
	case "coverage", "testing", "panic", "http", "error", "warning", "fatal", "info", "debug", "log", "exit":
		return true
	case "go": // runbench's own: the version
		return len(value) > 0 && !bytes.HasPrefix(value, []byte("go")) && !bytes.HasPrefix(value, []byte("devel"))
	}
	return false
}

// put sets a key; an empty value takes it away. It reports whether there was room.
func (k *keys) put(key, value []byte) bool {
	if len(value) > 0 && k.bytes()+len(key)+len(value) > maxKeysBytes {
		return false
	}
	if string(key) == keyGoos && k.ended {
		// A header begins anew, and what it does not give is not known.
		for _, known := range []string{keyGoos, keyGoarch, keyPkg, keyCPU} {
			k.drop(known)
		}
	}
	k.ended = k.ended && string(key) != keyGoos
	i := slices.IndexFunc(k.pairs, func(p keyValue) bool { return p.key == string(key) })
	switch {
	case i >= 0 && k.pairs[i].value == string(value):
	case len(value) == 0:
		k.drop(string(key))
	case i >= 0:
		k.pairs[i].value, k.settled = string(value), false
		if !k.fresh && (string(key) == keyGoos || string(key) == keyGoarch) {
			k.drop(keyCPU) // another machine's
		}
	case len(k.pairs) == maxKeys:
		return false
	default:
		k.pairs, k.settled = append(k.pairs, keyValue{string(key), string(value)}), false
	}
	k.fresh = k.fresh || string(key) == keyCPU
	return true
}

func (k *keys) bytes() int {
	n := 0
	for _, p := range k.pairs {
		n += len(p.key) + len(p.value)
	}
	return n
}

func (k *keys) drop(key string) {
	n := len(k.pairs)
	k.pairs = slices.DeleteFunc(k.pairs, func(p keyValue) bool { return p.key == key })
	k.settled = k.settled && len(k.pairs) == n
}

// settle makes text what the Config of a run is.
func (k *keys) settle() {
	k.sorted = k.sorted[:0]
	for _, p := range k.pairs {
		k.sorted = append(k.sorted, p.key+": "+p.value)
	}
	k.text, k.settled = append(k.text[:0], configText(k.sorted)...), true
}

// configText returns "key: value" pairs as the Config of a run.
func configText(pairs []string) string {
	slices.Sort(pairs)
	return strings.Join(pairs, "; ")
}
