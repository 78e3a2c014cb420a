package claims

import (
	"os"
	"strings"
	"testing"

	"runbench/internal/child"
)

// The test binary carries out trials as the program does.
func TestMain(m *testing.M) {
	Register()
	child.Main()
	// Under the race detector every trial would otherwise wait for a second before
	// it ends.
	os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	os.Exit(m.Run())
}
