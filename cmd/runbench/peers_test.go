package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The source of the peers is found from anywhere inside the tree, and what is
// missing is said in one line.
func TestPeersAreFoundOrLeftOut(t *testing.T) {
	source, err := peersSource()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(source, "ants.go")); err != nil {
		t.Error(err)
	}
	leftOut := func(want string) {
		t.Helper()
		var said bytes.Buffer
		program, release, err := openPeers(t.Context(), peersAuto, nil, &said)
		if err != nil {
			t.Fatal(err)
		}
		release()
		if text := said.String(); len(program.Strategies) > 0 || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("got %v and %q, want none and one line with %q", program.Strategies, text, want)
		}
	}
	t.Setenv("PATH", "")
	leftOut("needs the go command")
	t.Chdir(t.TempDir())
	leftOut("their source is not at hand")
	if _, err := peersSource(); err == nil {
		t.Error("found in an empty directory")
	}
	for _, peers := range []string{peersNone, peersAuto} {
		var said bytes.Buffer
		if program, _, err := openPeers(t.Context(), peers, []string{"pool"}, &said); err != nil || len(program.Strategies) > 0 || said.Len() > 0 {
			t.Errorf("--peers %s for the pool alone: %v, %v, %q", peers, program.Strategies, err, said.String())
		}
	}
}
