package execsweep

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/child"
	"runbench/internal/host"
)

// The placeholders that arguments may hold, anywhere in them and several times.
const (
	ProcsPlaceholder      = "{procs}"
	GoroutinesPlaceholder = "{goroutines}"
)

// A Command is a program with its arguments, and the way to run it at so many
// cores, once at a time.
type Command struct {
	Args   []string // the program as it was named and its arguments, placeholders not replaced
	Dir    string   // where it runs; "" for here
	Stdin  string   // file that is its standard input; "" for none
	Figure *Figure  // what to take of its output; nil for nothing

	// Pin has the program limited to as many CPUs as there are cores in a cell.
	// Otherwise the environment variable GOMAXPROCS tells it.
	Pin bool

	path  string        // of the program
	cpus  map[int][]int // the CPUs to limit it to, by their number
	guard *child.Guard  // nil until the first run
}

// Options say how to run a command. The zero value runs it here, without input,
// and tells it the cores by GOMAXPROCS.
type Options struct {
	Dir, Stdin string
	Figure     *Figure
	Pin        bool
	Procs      []int // of the plan
	Goroutines []int // of the plan; nil where the command is told none
}

// New returns the command of args, which is ready to run. Its errors are about
// what was asked for: no such program, placeholders that do not match the axes,
// CPUs that cannot be limited.
func New(args []string, opt Options) (*Command, error) {
	c := &Command{Args: args, Dir: opt.Dir, Stdin: opt.Stdin, Figure: opt.Figure, Pin: opt.Pin}
	takes := slices.ContainsFunc(args[1:], func(arg string) bool { return strings.Contains(arg, GoroutinesPlaceholder) })
	switch {
	case takes && len(opt.Goroutines) == 0:
		return nil, fmt.Errorf("%s: expected --goroutines 1,8,64 or the like besides, found none", GoroutinesPlaceholder)
	case !takes && len(opt.Goroutines) > 0:
		return nil, fmt.Errorf("--goroutines: expected an argument of the command that holds %s, such as -workers=%[1]s, found none", GoroutinesPlaceholder)
	}
	if err := c.find(); err != nil {
		return nil, err
	}
	if opt.Dir != "" {
		if info, err := os.Stat(opt.Dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--dir %s: expected an existing directory", opt.Dir)
		}
	}
	if opt.Stdin != "" {
		if info, err := os.Stat(opt.Stdin); err != nil || info.IsDir() {
			return nil, fmt.Errorf("--stdin %s: expected a file", opt.Stdin)
		}
	}
	if !opt.Pin {
		return c, nil
	}
	c.cpus = make(map[int][]int)
	for _, p := range opt.Procs {
		cpus := host.Spread(p)
		if !canPin {
			return nil, errors.New("--pin: only on Linux can a program be limited to CPUs; leave it out, and GOMAXPROCS says how many cores to use")
		}
		if len(cpus) != p {
			return nil, fmt.Errorf("--pin: expected numbers of cores up to those this process may use, found %d", p)
		}
		c.cpus[p] = cpus
	}
	return c, nil
}

// find looks the program up. A path is one from here, wherever the program is to
// run.
func (c *Command) find() error {
	path, err := exec.LookPath(c.Args[0])
	if err == nil {
		path, err = filepath.Abs(path)
	}
	var lookup *exec.Error
	switch {
	case errors.As(err, &lookup):
		return fmt.Errorf("%s: expected a program, found: %w", c.Args[0], lookup.Err)
	case err != nil:
		return err
	}
	c.path = path
	return nil
}

// Path returns the path of the program.
func (c *Command) Path() string { return c.path }

// arguments returns the command's arguments for a cell.
func (c *Command) arguments(goroutines, procs int) []string {
	replace := strings.NewReplacer(ProcsPlaceholder, strconv.Itoa(procs), GoroutinesPlaceholder, strconv.Itoa(goroutines))
	args := make([]string, 0, len(c.Args)-1)
	for _, arg := range c.Args[1:] {
		args = append(args, replace.Replace(arg))
	}
	return args
}

// environment returns the command's environment at so many cores. With Pin the
// program is to find out by itself.
func (c *Command) environment(procs int) []string {
	const name = "GOMAXPROCS="
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, name) })
	if c.Pin {
		return env
	}
	return append(env, name+strconv.Itoa(procs))
}

// String returns the command as it is written on a command line, near enough.
func (c *Command) String() string {
	words := make([]string, 0, len(c.Args))
	for _, arg := range c.Args {
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'\\") {
			arg = strconv.Quote(arg)
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// Provenance says what a reader of the results must know of how the command was
// run.
func (c *Command) Provenance() string {
	how := "cores by GOMAXPROCS"
	if c.Pin {
		how = "cores by CPU affinity, " + ProcsPlaceholder + " CPUs"
	}
	if c.Figure != nil {
		how += ", throughput from its output: " + c.Figure.String()
	}
	return "a task is a run of: " + c.String() + " (" + how + ")"
}

// subcommand is what the first argument of a program like go or git looks like.
var subcommand = regexp.MustCompile(`^[a-z][a-z-]*$`)

// Name returns a short name for a command, fit for a benchmark name: the base of
// the program, and its subcommand if it looks like one. "go-build" for
// /usr/bin/go build ./...
func Name(args []string) string {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	if len(args) > 1 && subcommand.MatchString(args[1]) {
		name += "-" + args[1]
	}
	return Clean(name)
}

// Clean returns name with dashes in place of what a benchmark name cannot hold or
// its readers would misread.
func Clean(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_':
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-."); name == "" {
		return "command"
	}
	return name
}
