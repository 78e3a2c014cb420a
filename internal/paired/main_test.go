package paired

import (
	"os"
	"testing"

	"runbench/internal/child"
)

func TestMain(m *testing.M) {
	child.Main() // the guard of the programs that are run
	os.Exit(m.Run())
}
