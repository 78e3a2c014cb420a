package claims

import (
	"bytes"
	"context"
	"runtime/trace"

	"runbench/internal/schedtrace"
)

// traced runs f under the execution tracer and returns what the trace tells of the
// time that f took.
func traced(f func()) (schedtrace.Facts, error) {
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		return schedtrace.Facts{}, err
	}
	schedtrace.Begin()
	f()
	schedtrace.End()
	trace.Stop()
	t, err := schedtrace.Read(context.Background(), &buf, schedtrace.Options{})
	if err != nil {
		return schedtrace.Facts{}, err
	}
	return t.Facts, nil
}
