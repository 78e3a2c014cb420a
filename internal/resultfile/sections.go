package resultfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keySection is the key that a heading gets in a run's configuration.
const keySection = "section"

// headed is a configuration under a heading.
type headed struct{ config, heading uint32 }

// What a heading is at most: more is a sentence, or a line of a log.
const (
	maxHeadingBytes = 60
	maxHeadingWords = 8
	maxHeadings     = 8 // that share names under one configuration
)

// heading returns the text of a line that may head results, such as "Before:", or
// nil. Numbers of three digits and more are not compared: ports, times and seeds
// change from one start of a program to the next.
func heading(line []byte) []byte {
	line = bytes.TrimRight(line, " \t:")
	r, _ := utf8.DecodeRune(line)
	if !unicode.IsLetter(r) || len(line) > maxHeadingBytes || bytes.ContainsAny(line, "=|") ||
		bytes.HasPrefix(line, []byte("go ")) || len(bytes.Fields(line)) > maxHeadingWords {
		return nil
	}
	var out []byte
	for i := 0; i < len(line); {
		n := i
		for n < len(line) && line[n]-'0' <= 9 {
			n++
		}
		switch {
		case n-i >= 3:
			out = append(out, '#')
		case n == i:
			n++
			fallthrough
		default:
			out = append(out, line[i:n]...)
		}
		i = n
	}
	return out
}

// settleHeadings says which headings keep results apart. In posts and commit
// messages the same benchmarks stand twice, under "before" and "after", and must
// not be taken for repetitions. A heading counts where the same names stand under
// another one, of the same configuration, and where at least two names stand under
// each: between the repetitions of one benchmark programs print all kinds of things.
func (s *store) settleHeadings() (apart map[headed]bool, warnings []string) {
	if len(s.headings.texts) < 2 {
		return nil, nil
	}
	names := make(map[headed]map[uint32]bool)
	where := make(map[[2]uint32][]headed) // by configuration and name
	byConfig := make(map[uint32][]headed)
	var configs []uint32
	for _, k := range s.series {
		h := headed{k.config, k.heading}
		if names[h] == nil {
			names[h] = make(map[uint32]bool)
			if byConfig[k.config] == nil {
				configs = append(configs, k.config)
			}
			byConfig[k.config] = append(byConfig[k.config], h)
		}
		if !names[h][k.name] {
			names[h][k.name] = true
			at := [2]uint32{k.config, k.name}
			where[at] = append(where[at], h)
		}
	}
	apart = make(map[headed]bool)
	for _, config := range configs {
		var shared []headed
		for _, h := range byConfig[config] {
			common := false
			for name := range names[h] {
				common = common || len(where[[2]uint32{config, name}]) > 1
			}
			if common && len(names[h]) > 1 {
				shared = append(shared, h)
			}
		}
		if len(shared) < 2 || len(shared) > maxHeadings {
			continue
		}
		var quoted []string
		for _, h := range shared {
			text := s.headings.texts[h.heading]
			if text == "" {
				quoted = append(quoted, "none")
				continue
			}
			apart[h] = true
			quoted = append(quoted, fmt.Sprintf("%q", text))
		}
		warnings = append(warnings, fmt.Sprintf("the same names stand under the headings %s: kept apart, as section", strings.Join(quoted, ", ")))
	}
	return apart, warnings
}
