package resultfile

import (
	"fmt"
	"strconv"
	"strings"
)

// cutSuffix splits a name before its "-N"; digits is "" where it has none.
func cutSuffix(name string) (base, digits string) {
	i := len(name)
	for i > 0 && name[i-1]-'0' <= 9 {
		i--
	}
	if i == len(name) || i == 0 || name[i-1] != '-' {
		return name, ""
	}
	return name[:i-1], name[i:]
}

// settleSuffixes takes the GOMAXPROCS away again from the cells of names whose
// "-N" is something else. `go test` writes no "-N" where GOMAXPROCS is 1, so that
// "Sort/size-10" is then the name as a whole, and nothing in it says so. Two things
// tell:
//
//   - Another name is "Sort/size-10-2": what stands before a GOMAXPROCS is whole.
//   - The numbers cannot be GOMAXPROCS: one begins with 0, or all are powers of ten,
//     at least two and 100 or more among them, and the name without them is not there.
func (s *store) settleSuffixes() (warnings []string) {
	whole := make(map[uint32]bool)
	type candidate struct {
		names []uint32
		never bool // a number that no GOMAXPROCS is
		mixed bool // a number that no size is
		large bool // a number of 100 or more
		one   map[string]bool
	}
	candidates := make(map[string]*candidate)
	for id, name := range s.names.texts {
		base, digits := cutSuffix(name)
		if digits == "" {
			continue
		}
		if _, inner := cutSuffix(base); inner != "" {
			if other, ok := s.names.ids[base]; ok {
				whole[other] = true
			}
		}
		power := len(digits) > 1 && digits[0] == '1' && strings.Trim(digits[1:], "0") == ""
		if digits[0] != '0' && !power {
			continue
		}
		c := candidates[base]
		if c == nil {
			c = &candidate{one: make(map[string]bool)}
			candidates[base] = c
		}
		c.names = append(c.names, uint32(id))
		c.never = c.never || digits[0] == '0'
		c.large = c.large || len(digits) > 2
		c.one[digits] = true
	}
	if len(candidates) > 0 {
		for id, name := range s.names.texts {
			base, digits := cutSuffix(name)
			c := candidates[base]
			if c == nil {
				continue
			}
			if digits == "" || !c.one[digits] {
				c.mixed = true
				if digits != "" {
					c.names = append(c.names, uint32(id))
				}
			}
		}
		for _, c := range candidates {
			if c.never || !c.mixed && c.large && len(c.one) > 1 {
				for _, id := range c.names {
					whole[id] = true
				}
			}
		}
	}
	first, n := "", 0
	for id := range s.names.texts {
		if !whole[uint32(id)] {
			continue
		}
		s.cells[id] = foreignCell(s.names.texts[id], false)
		if n++; n == 1 {
			first = s.names.texts[id]
		}
	}
	if n > 0 {
		warnings = append(warnings, fmt.Sprintf("%d names such as %s end in a number that is not taken for GOMAXPROCS", n, strconv.Quote(first)))
	}
	return warnings
}
