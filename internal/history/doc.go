// Package history finds the commits at which a program became faster or slower, in the result files of many of them.
package history
