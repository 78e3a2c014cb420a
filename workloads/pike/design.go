package pike

import (
	"fmt"
	"slices"
	"strings"
)

// A design is one of the talk's ways to bring books to the fire. All of them are
// made of the same parts: a line has a pile, an incinerator and what is between
// them, and shares nothing with other lines; a leg is the way from a pile to the
// next place, of which a line has two where there is a staging pile half-way; on
// a leg, gophers make whole trips each, or every stage of a trip has its own.
type design struct {
	name    string
	lines   int
	legs    int // of a line
	stages  int // of a leg: 1 is whole trips, 3 and 4 as [leg.stages] has them
	gophers int // of a stage
	carts   int // of a leg
	meaning string
}

// designs are in the order of the talk. In the comments: how many times faster
// than one gopher a design is at best, where there is a core for every gopher, all
// four steps take the same time and a way to or from the staging pile half of it.
// A staging pile shortens the ways and adds an unloading and a loading.
var designs = []design{
	{"one", 1, 1, 1, 1, 1, "one gopher"},                                          // 1
	{"two-one-cart", 1, 1, 1, 2, 1, "two with one cart"},                          // 1: one always waits for the cart
	{"two-carts", 1, 1, 1, 2, 2, "two with a cart each"},                          // 2: they meet at the pile and at the incinerator
	{"doubled", 2, 1, 1, 1, 1, "two with a pile, a cart and an incinerator each"}, // 2
	{"three", 1, 1, 3, 1, 3, "three: load, push and return, unload"},              // 4/3: the one who pushes waits for the cart
	{"four", 1, 1, 4, 1, 4, "four: load, push, unload, return"},                   // 4
	{"eight", 2, 1, 4, 1, 4, "four, doubled"},                                     // 8
	{"pile", 1, 2, 1, 1, 1, "two with a staging pile between them"},               // 4/3: six steps' work for four
	{"pile-doubled", 2, 2, 1, 1, 1, "pile, doubled"},                              // 8/3
	{"pile-four", 1, 2, 4, 1, 4, "a staging pile between two times four"},         // 4
	{"sixteen", 2, 2, 4, 1, 4, "a staging pile between two times four, doubled"},  // 8
}

// oneGopher is the design that every other is compared with.
var oneGopher = designs[0]

// count returns how many gophers the design has.
func (d design) count() int { return d.lines * d.legs * d.stages * d.gophers }

// designNamed returns the design of that name, which must be one of the table's.
func designNamed(name string) design {
	i := slices.IndexFunc(designs, func(d design) bool { return d.name == name })
	return designs[i]
}

// Designs returns the names of the gophers' designs, in the order of the talk.
func Designs() []string {
	var names []string
	for _, d := range designs {
		names = append(names, d.name)
	}
	return names
}

// designMeanings says in one line what each design is.
func designMeanings() string {
	var list []string
	for _, d := range designs {
		list = append(list, fmt.Sprintf("%s (%s)", d.name, d.meaning))
	}
	return "how many gophers there are and what each does: " + strings.Join(list, "; ")
}
