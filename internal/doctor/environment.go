package doctor

import (
	"fmt"
	"os"
	"strings"
)

// A setting is an environment variable that the Go runtime obeys.
type setting struct{ name, value string }

// settingNames are the variables that change what is measured (package runtime,
// Environment Variables). Workers have the environment of their parent.
var settingNames = []string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS"}

// environment returns those that are set.
func environment() []setting {
	var set []setting
	for _, name := range settingNames {
		if value := os.Getenv(name); value != "" {
			set = append(set, setting{name, value})
		}
	}
	return set
}

// goEnvironment looks at the settings.
func (f facts) goEnvironment() Finding {
	r := Finding{Level: Good, Subject: "Go settings", Found: "no variable that changes results is set"}
	if len(f.settings) == 0 {
		return r
	}
	r.Level = Note
	var values, names []string
	for _, s := range f.settings {
		values = append(values, fmt.Sprintf("%s=%q", s.name, s.value))
		names = append(names, s.name)
		if s.name != "GOMAXPROCS" {
			r.Level = Warning
		}
	}
	r.Found = strings.Join(values, ", ")
	r.Meaning = "results hold for these settings only, and differ from those of others"
	if r.Level == Note {
		r.Meaning = "each run sets its own, so that results are the same without it"
	}
	r.Change = "unset " + strings.Join(names, " ")
	return r
}
