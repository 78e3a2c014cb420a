package all

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ARCHITECTURE.md says that a workload is one file and one line of the catalogue,
// and shows both. Here they are put in, compiled and checked as all others are.
func TestTheWorkloadOfTheDocumentation(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go tool: " + err.Error())
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(blocks) != 2 {
		t.Fatalf("ARCHITECTURE.md has %d blocks of Go, want the file of a workload and its line", len(blocks))
	}
	file, line := blocks[0][1], blocks[1][1]
	catalogue, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	const before = "\t{cpu.Sort, tierDefault},\n"
	if !strings.Contains(string(catalogue), before) {
		t.Fatalf("all.go has no line %q to put the new one behind", before)
	}

	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{make(map[string]string)}
	put := func(path, text string) {
		made := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(made, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(root, path)] = made
	}
	// What a reader can do without.
	put("workloads/cpu/squares.go", `package cpu

import (
	"context"
	"fmt"
	"slices"

	"runbench/workloads"
)

func addSquares(n int) (sum int) {
	for k := range n + 1 {
		sum += k * k
	}
	return sum
}

`+file)
	put("workloads/all/all.go", strings.Replace(string(catalogue), before, before+"\t"+strings.TrimSpace(line)+"\n", 1))
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	listed := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(listed, list, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), goTool, "test", "-v", "-overlay", listed,
		"-run", "^(TestCatalogue|TestChecksCatchADroppedTask|TestEveryWorkloadUnderEveryStrategy)$/^cpu$/^squares$|^TestCatalogue$", "runbench/workloads/all")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"TestCatalogue", "TestChecksCatchADroppedTask/cpu/squares", "TestEveryWorkloadUnderEveryStrategy/cpu/squares/pool/C=3/P=2"} {
		if !strings.Contains(string(out), "--- PASS: "+name+" ") {
			t.Errorf("%s did not run:\n%s", name, out)
		}
	}
}
