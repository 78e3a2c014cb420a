package compare

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/host"
	"runbench/internal/resultfile"
)

// machineKeys are the configuration keys that make a machine. Others, such as pkg,
// tell apart what was measured.
var machineKeys = []string{"cpu", "cores", "goos", "goarch", "go"}

// splitConfig takes the configuration of a run apart into its machine and what else
// there is.
func splitConfig(text string) (machine Config, rest string) {
	machine = Config{}
	values := make(map[string]string)
	var others []string
	for pair := range strings.SplitSeq(text, "; ") {
		key, value, _ := strings.Cut(pair, ": ")
		switch {
		case slices.Contains(machineKeys, key):
			values[key] = value
		case pair != "" && pair != "pkg: "+resultfile.Package:
			others = append(others, pair)
		}
	}
	for _, key := range machineKeys {
		if v := values[key]; v != "" {
			machine = append(machine, KeyValue{key, v})
		}
	}
	return machine, strings.Join(others, "; ")
}

// A machineFile is what is kept of a file that was measured on one machine.
type machineFile struct {
	Machine
	workloads []namedWorkload
}

type namedWorkload struct {
	workloadKey
	class string
	on    *OnMachine
}

// A workloadKey says which workloads of two machines are the same.
type workloadKey struct{ name, strategy, of string }

// readMachines reads a source. Most hold one machine.
func readMachines(src Source) ([]machineFile, error) {
	in, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	set, err := resultfile.ReadCompact(in, src.Name)
	if err != nil {
		return nil, err
	}
	return machinesOf(set, src.Name)
}

func machinesOf(set *resultfile.Set, name string) ([]machineFile, error) {
	if set.Len() == 0 {
		return nil, fmt.Errorf("%s: expected results, found none: no run came to its end", name)
	}
	if analysis.IsContest(set) {
		return nil, fmt.Errorf("%s: expected a file of runbench run or go test -bench, found one of runbench strategies, which has one number of cores only", name)
	}
	a := analysis.Brief(set)
	only := configOf(set)
	var out []machineFile
	index := make(map[string]int)
	for _, w := range a.Workloads {
		config, rest := splitConfig(cmp.Or(w.Config, only))
		i, ok := index[config.key()]
		if !ok {
			i = len(out)
			index[config.key()] = i
			out = append(out, newMachineFile(set, a, config, name))
		}
		out[i].workloads = append(out[i].workloads, namedWorkload{workloadKey{w.Name, w.Strategy, rest}, w.Class, onMachine(w)})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: expected results over several numbers of cores or goroutines, found none that tell how the work scales", name)
	}
	return out, nil
}

func newMachineFile(set *resultfile.Set, a analysis.Analysis, config Config, name string) machineFile {
	m := Machine{
		File: name, Config: config, Torn: torn(set), Results: set.Len(), Failed: len(set.Failures),
		Control: []analysis.Control{}, Disturbed: a.Disturbed,
	}
	m.Cores, _ = strconv.Atoi(config.Get("cores"))
	for _, c := range a.Control {
		if of, _ := splitConfig(c.Config); c.Config != "" && of.key() != config.key() {
			continue
		}
		m.Control = append(m.Control, c)
		if c.AAHalfWidth != nil && (m.AA == nil || *c.AAHalfWidth > *m.AA) {
			m.AA = c.AAHalfWidth
		}
	}
	if set.Manifest != nil {
		m.Started = set.Manifest.Started.UTC().Format(time.RFC3339)
		if !set.Manifest.Started.IsZero() {
			m.run = fmt.Sprint(set.Manifest.Started.UnixNano(), set.Manifest.Plan.Seed)
		}
		var of host.Host
		if json.Unmarshal(set.Manifest.Host, &of) == nil && of.GoVersion != "" {
			m.Host = of.Summary()
		}
	}
	if m.Host == "" {
		m.Host = config.summary()
	}
	return machineFile{Machine: m}
}

// summary is one line for a machine of which only the configuration is known.
func (c Config) summary() string {
	var parts []string
	for _, kv := range c {
		switch kv.Key {
		case "cores":
			parts = append(parts, kv.Value+" cores")
		default:
			parts = append(parts, strings.Join(strings.Fields(kv.Value), " "))
		}
	}
	if len(parts) == 0 {
		return "unknown machine"
	}
	return strings.Join(parts, " · ")
}

// torn says in words what shows that a file of runbench did not come to its end.
func torn(set *resultfile.Set) string {
	switch {
	case set.Torn:
		return "its last line is cut off"
	case set.Manifest == nil:
		return "" // others have no end to tell it by
	case set.End == nil:
		return "it has no end: the run was stopped, or goes on"
	case set.End.Interrupted:
		return "the run was interrupted"
	}
	return ""
}

func onMachine(w analysis.Workload) *OnMachine {
	on := &OnMachine{
		Goroutines: w.Goroutines, Gomaxprocs: w.Gomaxprocs, Base: w.Base, Unit: cmp.Or(w.Unit, resultfile.TasksPerSec),
		ConcurrencyGain: w.ConcurrencyGain, ParallelismGain: w.ParallelismGain, TotalGain: w.TotalGain,
		ControlWork: w.ControlWork, Ceilings: w.Ceilings, Gaps: w.Gaps, Laws: []LawSummary{},
		Recommend: w.Recommend, Advice: w.Advice, Verdict: w.Verdict, Sentence: w.Sentence,
	}
	if w.Sweep != nil {
		on.Unit = w.Sweep.Rate
	}
	for _, at := range w.Surface {
		if at.Goroutines == 1 && at.Gomaxprocs == 1 {
			on.BaseRounds = at.Runs
		}
	}
	if g, p := w.ParallelismGain, float64(w.Gomaxprocs); g != nil && p > 1 {
		on.Efficiency = &analysis.Part{Value: g.Value / p, Lo: over(g.Lo, p), Hi: over(g.Hi, p)}
	}
	for _, l := range w.Laws {
		on.Laws = append(on.Laws, LawSummary{l.Axis, l.Goroutines, l.Gomaxprocs, l.Model, l.Sigma, l.Kappa, l.Peak, l.Limit, l.Refused, l.Idle()})
	}
	return on
}

// over divides what may be unknown.
func over(v *float64, by float64) *float64 {
	if v == nil {
		return nil
	}
	return number(*v / by)
}

// align puts what the files have into rows for workloads and columns for machines.
func (r *MachinesResult) align(files []machineFile) {
	rows := make(map[workloadKey]int)
	for i, f := range files {
		r.Machines = append(r.Machines, f.Machine)
		for _, w := range f.workloads {
			row, ok := rows[w.workloadKey]
			if !ok {
				row = len(r.Workloads)
				rows[w.workloadKey] = row
				r.Workloads = append(r.Workloads, MachineWorkload{
					Name: w.name, Class: w.class, Strategy: w.strategy, Of: w.of,
					On: make([]*OnMachine, len(files)), Spreads: []Spread{},
				})
			}
			r.Workloads[row].On[i] = w.on
		}
	}
}

// label names the machines by their files: by the base names without an ending, with
// as many folders before them as it takes to tell them apart.
func (r *MachinesResult) label() {
	const mostFolders = 8
	for folders := range mostFolders {
		seen := make(map[string]string) // file by label
		apart := true
		for i := range r.Machines {
			m := &r.Machines[i]
			m.Label = tail(m.File, folders)
			if file, ok := seen[m.Label]; ok && file != m.File {
				apart = false
			}
			seen[m.Label] = m.File
		}
		if apart {
			break
		}
	}
	uses := make(map[string]int)
	for _, m := range r.Machines {
		uses[m.Label]++
	}
	next := make(map[string]int)
	for i := range r.Machines {
		// Several machines of one file, or a file given twice.
		if m := &r.Machines[i]; uses[m.Label] > 1 {
			n := next[m.Label]
			next[m.Label]++
			m.Label = fmt.Sprintf("%s#%d", m.Label, n+1)
		}
	}
}

// tail returns the end of a path, without the ending of its file.
func tail(path string, folders int) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], filepath.Ext(parts[last]))
	return strings.Join(parts[max(0, last-folders):], "/")
}

// warn says what a reader of the comparison must know.
func (r *MachinesResult) warn() {
	runs := make(map[string]string) // file by run
	for _, m := range r.Machines {
		if first, ok := runs[m.run]; ok && m.run != "" && first != m.File {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s and %s hold the same run", first, m.File))
		}
		runs[m.run] = m.File
		if m.Torn != "" {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s is not whole: %s; what it has is used", m.File, m.Torn))
		}
		if m.Failed > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %s failed (runbench analyze %s says why)", m.File, plural(m.Failed, "run"), m.File))
		}
		for _, text := range m.Disturbed {
			r.Warnings = append(r.Warnings, fmt.Sprintf("while %s was measured, %s", m.File, text))
		}
	}
}

// OneMachine reports whether the sources are of one machine, as far as their
// beginnings tell: then they are compared in time. Those that cannot be read have no
// say.
func OneMachine(sources []Source) bool {
	const head = 1 << 20 // the first results stand in it, behind a manifest
	first := ""
	known := false
	for _, src := range sources {
		config, err := firstConfig(src, head)
		if err != nil {
			continue
		}
		if known && config != first {
			return false
		}
		first, known = config, true
	}
	return true
}

func firstConfig(src Source, bytes int64) (string, error) {
	in, err := src.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	set, err := resultfile.ReadCompact(io.LimitReader(in, bytes), src.Name)
	if err != nil {
		return "", err
	}
	if set.Len() == 0 {
		return "", errors.New("no result")
	}
	machine, _ := splitConfig(configOf(set))
	return machine.key(), nil
}

// configOf returns the configuration of a set that has one, and else its first.
func configOf(set *resultfile.Set) string {
	series, _ := set.Series()
	if len(series) == 0 {
		return ""
	}
	return series[0].Config
}
