package schedtrace

import (
	"context"
	"runtime/trace"
)

// What a program that is being traced says about itself, as user logs of a category
// of our own.
const (
	category = "runbench"
	begin    = "begin"
	end      = "end"
	mark     = "mark"
)

// Begin, called in a program that is being traced, makes [Read] count from here
// on; what came before was getting ready.
func Begin() { trace.Log(context.Background(), category, begin) }

// End, called in a program that is being traced, makes [Read] count no further.
func End() { trace.Log(context.Background(), category, end) }

// Mark leaves a mark in the timelines: the end of a batch.
func Mark() { trace.Log(context.Background(), category, mark) }
