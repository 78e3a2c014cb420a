package schedtrace

import (
	"strings"

	"golang.org/x/exp/trace"
)

// tracer is the package whose goroutines write the trace out: they are there because
// of the trace only.
const tracer = "runtime/trace."

// RuntimeOwn reports whether a goroutine that was started with the named function
// is the runtime's own: all that package runtime starts, but for those that run the
// program's code for it: main, coroutines (iter.Pull), and the handlers of JavaScript
// events. The runtime draws the same line (isSystemGoroutine in
// runtime/traceback.go), but calls a goroutine that runs finalizers or cleanups the
// program's while it does.
func RuntimeOwn(function string) bool {
	switch function {
	case "runtime.main", "runtime.corostart", "runtime.handleAsyncEvent":
		return false
	}
	return traces(function) || strings.HasPrefix(function, "runtime.")
}

func traces(function string) bool { return strings.HasPrefix(function, tracer) }

func (g *goroutine) system() bool { return RuntimeOwn(g.name) }

// learnName takes the name of the function that a goroutine was started with from
// the first stack that tells it.
func (k *tracker) learnName(g *goroutine, ev trace.Event, st trace.StateTransition, from trace.GoState) {
	if g.name != "" {
		return
	}
	stack := st.Stack
	if stack == trace.NoStack && from != trace.GoNotExist && ev.Goroutine() == g.id {
		stack = ev.Stack()
	}
	if stack == trace.NoStack {
		return
	}
	outermost := ""
	for frame := range stack.Frames() {
		if frame.Func != "runtime.goexit" {
			outermost = frame.Func
		}
	}
	g.name = k.interned(outermost)
}
