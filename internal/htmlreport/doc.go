// Package htmlreport writes what result files say as one HTML file, which opens
// from disk and asks nothing of the network.
//
//  1. [Read] reads a result file, has package analysis judge it, and keeps its bytes
//     for whoever wants to compute everything again.
//  2. The pages are plain structs of sentences, tables and figures (page.go,
//     workload.go, …). A figure has its finding for a title, a picture, and the same
//     figures as a table.
//  3. Pictures are SVG, drawn here (drawing.go), so that the page shows all of them
//     without a script and on paper. The script adds what paper cannot: a mark says
//     its value under a pointer or under the keyboard's focus.
//  4. [Write] puts the parts into the template. Its content security policy allows
//     this one style and this one script, by their hashes, and nothing from anywhere.
//
// Axes of counts and of throughput are logarithmic to base 2, so that a doubling is
// as long everywhere. Every ratio stands beside the throughput it is relative to, and
// every figure beside its 95 % interval where the runs allow one.
//
// Names come from files that anybody may have written. They reach the page through
// html/template or through [drawing.text] and [drawing.open], which escape them, and
// are made inert first: no control characters, no change of the writing direction.
package htmlreport
