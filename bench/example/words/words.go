// Package words counts the words of texts. It is what somebody's own package may
// look like: the sweeps are in its tests.
package words

import (
	"strings"
	"sync"
	"unicode"
)

// Count returns how often each word occurs in text. Words are runs of letters,
// in lower case.
func Count(text string) map[string]int {
	counts := make(map[string]int)
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		counts[strings.ToLower(word)]++
	}
	return counts
}

// An Index counts the words of many texts together. Its methods may be called
// concurrently.
type Index struct {
	mu     sync.Mutex
	counts map[string]int
}

// Add counts the words of text into the index, one by one under its lock.
func (x *Index) Add(text string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		word = strings.ToLower(word)
		x.mu.Lock()
		if x.counts == nil {
			x.counts = make(map[string]int)
		}
		x.counts[word]++
		x.mu.Unlock()
	}
}

// Total returns how many words were counted since the last Reset.
func (x *Index) Total() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	total := 0
	for _, n := range x.counts {
		total += n
	}
	return total
}

// Reset empties the index.
func (x *Index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.counts)
}
