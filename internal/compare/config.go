package compare

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A Config is a set of file configuration keys and their values, such as goos,
// pkg and cpu, in the order of the file. Results under different Configs are
// never compared.
type Config []KeyValue

// A KeyValue is one configuration key with its value.
type KeyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// newConfig returns the file configuration among cfgs.
func newConfig(cfgs []benchfmt.Config) Config {
	c := Config{}
	for _, cfg := range cfgs {
		if cfg.File {
			c = append(c, KeyValue{cfg.Key, string(cfg.Value)})
		}
	}
	return c
}

// Get returns the value of key, or "" where c does not have it, which means
// the same.
func (c Config) Get(key string) string {
	for _, kv := range c {
		if kv.Key == key {
			return kv.Value
		}
	}
	return ""
}

// Text writes c in one line.
func (c Config) Text() string {
	var pairs []string
	for _, kv := range c {
		pairs = append(pairs, kv.Key+": "+kv.Value)
	}
	return strings.Join(pairs, "; ")
}

// key identifies c whatever the order of its keys.
func (c Config) key() string {
	sorted := slices.Clone(c)
	slices.SortFunc(sorted, func(a, b KeyValue) int { return strings.Compare(a.Key, b.Key) })
	var b strings.Builder
	for _, kv := range sorted {
		// Neither a key nor a value can hold a line end.
		b.WriteString(kv.Key + ":" + kv.Value + "\n")
	}
	return b.String()
}

// differingKeys returns the keys whose values differ between a and b, in the
// order of a and then b.
func differingKeys(a, b Config) []string {
	var keys []string
	for _, kv := range a {
		if b.Get(kv.Key) != kv.Value {
			keys = append(keys, kv.Key)
		}
	}
	for _, kv := range b {
		if kv.Value != "" && a.Get(kv.Key) == "" {
			keys = append(keys, kv.Key)
		}
	}
	return keys
}

// A mergedConfig is one configuration with what each input measured under it.
type mergedConfig struct {
	config Config
	inputs []*configSamples // by input; nil where the input lacks it
}

// mergeConfigs matches up the configurations of all inputs, in order of first
// appearance.
func mergeConfigs(all []*samples) []*mergedConfig {
	var merged []*mergedConfig
	byKey := make(map[string]*mergedConfig)
	for i, s := range all {
		for _, cs := range s.configs {
			key := cs.config.key()
			m := byKey[key]
			if m == nil {
				m = &mergedConfig{config: cs.config, inputs: make([]*configSamples, len(all))}
				byKey[key] = m
				merged = append(merged, m)
			}
			m.inputs[i] = cs
		}
	}
	return merged
}

// maxExplained is how many configurations of each input are searched for a
// counterpart in the other: the search takes the product of the two.
const maxExplained = 200

// explainConfigs says in words which configurations were not compared, for each input
// beside the first.
func explainConfigs(configs []*mergedConfig, labels []string) []string {
	var out []string
	for i := 1; i < len(labels); i++ {
		for _, text := range explainTwo(configs, labels, [2]int{0, i}) {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// explainTwo says in words which configurations are in one of two inputs only and
// so were not compared. Where the other input measured the same package under
// another configuration, or where the inputs have no package in common, it
// says by which keys the two differ.
func explainTwo(configs []*mergedConfig, labels []string, two [2]int) []string {
	var all, only [2][]Config
	var pkgs [2]map[string]bool
	for i := range two {
		pkgs[i] = make(map[string]bool)
		for _, m := range configs {
			if m.inputs[two[i]] == nil {
				continue
			}
			pkgs[i][m.config.Get("pkg")] = true
			all[i] = append(all[i], m.config)
			if m.inputs[two[1-i]] == nil {
				only[i] = append(only[i], m.config)
			}
		}
	}
	if len(all[0]) == 0 || len(all[1]) == 0 {
		return nil // the filter left nothing of an input
	}
	pkgInBoth := false
	for pkg := range pkgs[0] {
		pkgInBoth = pkgInBoth || pkgs[1][pkg]
	}

	var out []string
	told := make(map[string]bool)
	tell := func(s string) {
		// Many packages on two machines all differ in the same way.
		if !told[s] {
			told[s] = true
			out = append(out, s)
		}
	}
	for i := range two {
		other := 1 - i
		for j, c := range only[i] {
			if j == maxExplained {
				tell(fmt.Sprintf("%d more configurations are only in %s", len(only[i])-j, labels[two[i]]))
				break
			}
			var candidates []Config
			for _, cand := range only[other][:min(len(only[other]), maxExplained)] {
				if !pkgInBoth || cand.Get("pkg") == c.Get("pkg") {
					candidates = append(candidates, cand)
				}
			}
			if k := closest(c, candidates); k >= 0 {
				a, b := c, candidates[k]
				if i == 1 {
					a, b = b, a
				}
				tell("not comparable: " + differences(a, b))
				continue
			}
			keys := []string{"pkg"}
			if pkgs[other][c.Get("pkg")] {
				candidates = all[other][:min(len(all[other]), maxExplained)]
				keys = differingKeys(c, candidates[closest(c, candidates)])
			}
			var parts []string
			for _, key := range keys {
				parts = append(parts, key+": "+orAbsent(c.Get(key)))
			}
			tell(fmt.Sprintf("only in %s, so not compared: %s", labels[two[i]], strings.Join(parts, ", ")))
		}
	}
	return out
}

// differences says in words how a and b differ.
func differences(a, b Config) string {
	var parts []string
	for _, key := range differingKeys(a, b) {
		parts = append(parts, fmt.Sprintf("%s differs: %s / %s", key, orAbsent(a.Get(key)), orAbsent(b.Get(key))))
	}
	return strings.Join(parts, "; ")
}

// closest returns the index of the candidate that differs from c in the fewest
// keys, the first of several, or -1 where there is no candidate.
func closest(c Config, candidates []Config) int {
	best, fewest := -1, 0
	for i, cand := range candidates {
		if n := len(differingKeys(c, cand)); best < 0 || n < fewest {
			best, fewest = i, n
		}
	}
	return best
}

func orAbsent(value string) string {
	if value == "" {
		return "(not given)"
	}
	return value
}
