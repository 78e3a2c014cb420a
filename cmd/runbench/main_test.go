package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"runbench/internal/child"
	"runbench/workloads/all"
)

// The test binary is the command: testscript runs it under that name, and it
// starts itself as worker and server.
func TestMain(m *testing.M) {
	registerChildren()
	child.Main()
	testscript.Main(m, map[string]func(){"runbench": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true})
}

// The commands of README.md exist, with the flags it gives them: each line that
// begins with "runbench" or "go run ./cmd/runbench" is run with --help.
func TestReadmeCommands(t *testing.T) {
	text := readRoot(t, "README.md")
	commands := regexp.MustCompile(`(?m)^\s*(?:\$ )?(?:go run \./cmd/runbench|runbench)\b([^|>#\n]*)`).FindAllStringSubmatch(text, -1)
	if len(commands) < 5 {
		t.Fatalf("found %d commands in README.md, want several", len(commands))
	}
	for _, c := range commands {
		args := strings.Fields(strings.ReplaceAll(c[1], "'", ""))
		var out, errs bytes.Buffer
		if status := Main(t.Context(), helpOf(args), &out, &errs); status != 0 || errs.Len() > 0 {
			t.Errorf("runbench %s: status %d: %s", strings.Join(args, " "), status, errs.String())
		}
	}
}

// README.ko.md shows what README.md shows: each line of its blocks is one there, or a
// command there with what is said of it in Korean.
func TestKoreanReadme(t *testing.T) {
	lines, commands := make(map[string]bool), make(map[string]bool)
	for _, line := range blockLines(readRoot(t, "README.md")) {
		lines[line], commands[commandOf(line)] = true, true
	}
	shown := 0
	for _, line := range blockLines(readRoot(t, "README.ko.md")) {
		command := commandOf(line)
		switch {
		case lines[line], command == "": // the rest of what is said of a command
		case commands[command]:
			shown++
		default:
			t.Errorf("README.ko.md: README.md shows no %q", line)
		}
	}
	if shown < 10 {
		t.Errorf("README.ko.md: %d commands are explained, want several", shown)
	}
}

func readRoot(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blockLines returns the lines between the fences of Markdown.
func blockLines(text string) (lines []string) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "```") {
			inside = !inside
		} else if inside {
			lines = append(lines, line)
		}
	}
	return lines
}

// commandOf returns the command of a line, without what is said of it behind two
// spaces; "" where the line begins with spaces.
func commandOf(line string) string {
	command, _, _ := strings.Cut(line, "  ")
	return command
}

// helpOf returns the command line that asks for help with args: behind the
// subcommand, since what stands at the end may be for another program.
func helpOf(args []string) []string { return slices.Insert(args, min(1, len(args)), "--help") }

// Every example in a help text is one that can be run.
func TestHelpExamples(t *testing.T) {
	var out, errs bytes.Buffer
	root := newRoot(&out, &errs)
	for _, cmd := range root.Commands() {
		if cmd.Example == "" && cmd.Name() != "help" && cmd.Name() != "completion" {
			t.Errorf("%s has no example", cmd.Name())
		}
		for line := range strings.Lines(cmd.Example) {
			_, line, ok := strings.Cut(strings.TrimSpace(line), "runbench ")
			if !ok {
				t.Errorf("%s: example %q does not run runbench", cmd.Name(), line)
				continue
			}
			line, _, _ = strings.Cut(line, "|")
			args := strings.Fields(strings.ReplaceAll(line, "'", ""))
			var out, errs bytes.Buffer
			if status := Main(t.Context(), helpOf(args), &out, &errs); status != 0 {
				t.Errorf("example %q: %s", line, errs.String())
			}
		}
	}
}

// The fields of list --json that DESIGN gives are there and stay; --all adds the
// workloads that check runbench itself.
func TestListJSON(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int // workloads
	}{
		{[]string{"list", "--json"}, len(all.Listed())},
		{[]string{"list", "--json", "--all"}, len(all.Everything())},
	} {
		testListJSON(t, test.args, test.want)
	}
}

func testListJSON(t *testing.T, args []string, want int) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(t.Context(), args, &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	var got struct {
		SchemaVersion int              `json:"schema_version"`
		Workloads     []map[string]any `json:"workloads"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || len(got.Workloads) != want {
		t.Errorf("%v: schema %d, %d workloads, want %d", args, got.SchemaVersion, len(got.Workloads), want)
	}
	for _, w := range got.Workloads {
		for _, field := range []string{"name", "class", "isolates", "definition", "batch", "tier", "parameters"} {
			if w[field] == nil || w[field] == "" {
				t.Errorf("%v: no %s", w["name"], field)
			}
		}
	}
}
