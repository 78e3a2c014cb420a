package schedtrace

import (
	"strings"

	"golang.org/x/exp/trace"
)

// tracer is the package whose goroutines write the trace out: they are there because
// of the trace only.
const tracer = "runtime/trace."

// RuntimeOwn reports whether a goroutine that was started with the named function
// is the runtime's own: all that package runtime starts, but for the one that runs
// main.
func RuntimeOwn(function string) bool {
	return traces(function) || strings.HasPrefix(function, "runtime.") && function != "runtime.main"
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
