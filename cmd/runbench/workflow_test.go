package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A workflow is what of a GitHub workflow the tests look at.
type workflow struct {
	Env         map[string]string `yaml:"env"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency map[string]any    `yaml:"concurrency"`
	Jobs        map[string]struct {
		Needs   string `yaml:"needs"`
		Timeout int    `yaml:"timeout-minutes"`
		Steps   []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]string `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// workflows returns the workflow of this repository and those that docs/ci.md gives.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	text, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", "bench.yml"))
	if err != nil {
		t.Fatal(err)
	}
	texts["bench.yml"] = string(text)
	for i, block := range blocks(t, "yaml") {
		texts[[]string{"GitHub", "GitLab"}[i]] = block
	}
	return texts
}

// blocks returns the code blocks of docs/ci.md in a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		t.Fatalf("docs/ci.md has no block in %s", language)
	}
	return found
}

// The workflows are such as a careful owner would let run: nothing that others name
// comes into a shell line, foreign code gets no rights, every job ends.
func TestWorkflowsAreSafe(t *testing.T) {
	expression := regexp.MustCompile(`\$\{\{[^}]*\}\}`)
	for name, text := range workflows(t) {
		if name == "GitLab" {
			continue
		}
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(text, "pull_request_target") || len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: permissions %v", name, w.Permissions)
		}
		if w.Concurrency["group"] == nil || len(w.Jobs) == 0 {
			t.Errorf("%s: concurrency %v, %d jobs", name, w.Concurrency, len(w.Jobs))
		}
		for job, j := range w.Jobs {
			if j.Timeout == 0 {
				t.Errorf("%s, %s: no timeout", name, job)
			}
			if j.Needs != "" && w.Jobs[j.Needs].Timeout == 0 {
				t.Errorf("%s, %s: needs %s, which is not there", name, job, j.Needs)
			}
			for _, step := range j.Steps {
				if in := expression.FindString(step.Run); in != "" {
					t.Errorf("%s, %s: %s is put into a shell line", name, job, in)
				}
				if step.Uses != "" && !regexp.MustCompile(`^actions/[a-z-]+@v[0-9]+$`).MatchString(step.Uses) {
					t.Errorf("%s, %s: %s", name, job, step.Uses)
				}
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != "false" {
					t.Errorf("%s, %s: the token stays in the checkout", name, job)
				}
			}
		}
	}
	var gitlab map[string]any
	if err := yaml.Unmarshal([]byte(workflows(t)["GitLab"]), &gitlab); err != nil {
		t.Fatal(err)
	}
}

// Each command line of the workflow and of docs/ci.md is one that there is: runbench
// knows its subcommand and flags, and so does scripts/ci-compare.
func TestCICommands(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("..", "..", "scripts", "ci-compare"))
	if err != nil {
		t.Fatal(err)
	}
	var bench workflow
	if err := yaml.Unmarshal([]byte(workflows(t)["bench.yml"]), &bench); err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(append(blocks(t, "sh"), blocks(t, "yaml")...), "\n") + workflows(t)["bench.yml"]
	lines = strings.ReplaceAll(lines, "\\\n", " ")
	ours, theirs := 0, 0
	for line := range strings.Lines(lines) {
		if m := regexp.MustCompile(`(?:^|\s)(?:runbench|"\$HEAD"|bin/linux-amd64/head) ([a-z]+\b[^|>#\n]*)`).FindStringSubmatch(line); m != nil {
			ours++
			text := os.Expand(m[1], func(name string) string {
				if value, ok := bench.Env[name]; ok {
					return value
				}
				return name
			})
			args := strings.Fields(strings.NewReplacer("'", "", `"`, "").Replace(text))
			var out, errs bytes.Buffer
			if cmd, _, err := newRoot(&out, &errs).Find(args[:1]); err != nil || cmd.Name() != args[0] {
				t.Errorf("runbench has no %s: %s", args[0], line)
			} else if status := Main(t.Context(), helpOf(args), &out, &errs); status != 0 {
				t.Errorf("runbench %s: %s", m[1], errs.String())
			}
		}
		if _, args, ok := strings.Cut(line, "scripts/ci-compare"); ok {
			theirs++
			for _, flag := range regexp.MustCompile(`\s(--?[a-z-]+)`).FindAllStringSubmatch(args, -1) {
				if !regexp.MustCompile(`(?m)^\s+.*` + regexp.QuoteMeta(flag[1]) + `\b.*\)`).Match(script) {
					t.Errorf("ci-compare knows no %s: %s", flag[1], line)
				}
			}
		}
	}
	if ours < 5 || theirs < 4 {
		t.Errorf("found %d and %d command lines, want more", ours, theirs)
	}
}
