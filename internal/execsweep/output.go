package execsweep

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// How much of what a program writes is kept: its beginning to say why it failed,
// and its end to find a figure in.
const (
	headBytes = 4 << 10
	tailBytes = 1 << 20
)

// An output keeps the beginning and, where asked to, the end of what is written
// to it.
type output struct {
	ends bool // keep the end too

	mu   sync.Mutex
	head []byte
	tail []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.head = append(o.head, p[:min(len(p), headBytes-len(o.head))]...)
	if o.ends {
		o.tail = append(o.tail, p...)
		if len(o.tail) > 2*tailBytes { // seldom, so that moving it costs little
			o.tail = slices.Delete(o.tail, 0, len(o.tail)-tailBytes)
		}
	}
	return len(p), nil
}

// end returns the last tailBytes at least, or all there was.
func (o *output) end() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.tail)
}

// said returns the first lines as one, short enough for a message; "" where
// nothing was written.
func (o *output) said() string {
	const enough = 300 // bytes
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(o.head)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	text := strings.Join(lines, "; ")
	if len(text) <= enough {
		return text
	}
	cut := enough
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
