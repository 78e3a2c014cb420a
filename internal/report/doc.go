// Package report shows an analysis to a person: the table of gains, the plot of
// throughput over goroutines, and the progress of a sweep under way.
//
// It writes plain text. Colour is used where the caller says the output can show
// it, and never carries meaning alone.
package report
