package htmlreport

import "html/template"

// A figure is a picture with what it found for its title, what it shows, and the same
// figures as a table.
type figure struct {
	ID, Name string // where it stands for a benchmark
	Finding  string
	Shows    string
	Picture  template.HTML
	Note     []string // what limits it
	More     []string // what only some will ask
	Data     table
}

// A table is figures in rows. The first column names the row.
type table struct {
	Head []string
	Rows [][]string
}

func (t *table) add(row ...string) { t.Rows = append(t.Rows, row) }

// pivot is a table of one value a cell, goroutines down and cores to the right.
type pivot struct {
	cs, ps []int
	text   map[[2]int]string
}

func (p *pivot) set(goroutines, procs int, text string) {
	if p.text == nil {
		p.text = make(map[[2]int]string)
	}
	p.cs, p.ps = append(p.cs, goroutines), append(p.ps, procs)
	p.text[[2]int{goroutines, procs}] = text
}

func (p *pivot) table() table {
	cs, ps := distinct(p.cs), distinct(p.ps)
	t := table{Head: []string{"goroutines"}}
	for _, procs := range ps {
		t.Head = append(t.Head, cellText(0, procs))
	}
	for _, c := range cs {
		row := []string{itoa(c)}
		for _, procs := range ps {
			text, ok := p.text[[2]int{c, procs}]
			if !ok {
				text = "–"
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	return t
}
