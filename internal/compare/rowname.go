package compare

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A rowName is a benchmark name as a table shows it: cut into columns, or
// whole.
type rowName []string

// Headings of the columns of names in runbench's own form.
var cellHeadings = []string{"workload", "strategy", "C", "P"}

// rowNames returns how the names of rows are shown and the headings of their
// columns. Where all are cells of a runbench sweep, such as
//
//	CPU/workload=hash/strategy=pool/goroutines=8/gomaxprocs=2
//
// there are four columns: cpu/hash, pool, 8 and 2. Otherwise there is one, with
// the full name.
func rowNames(rows []Row) (headings []string, names []rowName) {
	for _, row := range rows {
		name, ok := cutCell(row.Name)
		if !ok {
			names = names[:0]
			for _, row := range rows {
				names = append(names, rowName{printable(row.Name)})
			}
			return []string{"benchmark"}, names
		}
		names = append(names, name)
	}
	return cellHeadings, names
}

// cutCell cuts the name of a cell of a runbench sweep into columns.
func cutCell(name string) (rowName, bool) {
	base, parts := benchfmt.Name(name).Parts()
	keys := []string{"/workload=", "/strategy=", "/goroutines=", "/gomaxprocs="}
	if len(parts) != len(keys) {
		return nil, false
	}
	out := make(rowName, len(keys))
	for i, key := range keys {
		value, ok := strings.CutPrefix(string(parts[i]), key)
		if !ok {
			return nil, false
		}
		out[i] = printable(value)
	}
	out[0] = printable(strings.ToLower(string(base))) + "/" + out[0]
	return out, true
}

// compareCell orders the names of cells by workload, P, C and strategy.
func (n rowName) compareCell(m rowName) int {
	number := func(text string) int {
		v, _ := strconv.Atoi(text) // what is no number comes first
		return v
	}
	return cmp.Or(
		cmp.Compare(n[0], m[0]),
		cmp.Compare(number(n[3]), number(m[3])),
		cmp.Compare(number(n[2]), number(m[2])),
		cmp.Compare(n[1], m[1]),
	)
}

// printable returns s with everything replaced that a terminal would not show
// as one character or might take for a command.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}
