package doctor

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden checks got against testdata/name.golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s\nRun go test -update if the new output is right.", file, diff)
	}
}

// The golden files hold the reports of made-up machines; read them as the
// specification of what is said.
func TestGolden(t *testing.T) {
	calm := []float64{0.001, -0.002, 0.003, -0.001, 0.002, -0.003}
	busyTrial := trialOf(calm, calm)
	busyTrial.Noise = busy().watches[1].noise
	rough := []float64{0.02, -0.05, 0.03, -0.02, 0.06, -0.04}
	for name, tt := range map[string]struct {
		report Report
		width  int
		color  bool
	}{
		"quiet":       {quiet().report(trialOf(calm, calm)), 100, false},
		"quick":       {quiet().report(nil), 0, false},
		"rough":       {quiet().report(trialOf(calm, rough)), 100, false},
		"busy":        {busy().report(busyTrial), 100, false},
		"busy-narrow": {busy().report(busyTrial), 48, false},
		"busy-color":  {busy().report(busyTrial), 80, true},
		"nothing":     {nothing().report(nil), 100, false},
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			if err := tt.report.WriteText(&text, tt.width, tt.color); err != nil {
				t.Fatal(err)
			}
			golden(t, name, text.Bytes())
			for line := range strings.Lines(text.String()) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); !tt.color && tt.width > 0 && n > tt.width && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("%d columns, want %d at most: %s", n, tt.width, line)
				}
			}
		})
	}
	t.Run("json", func(t *testing.T) {
		trial := trialOf(calm, calm)
		for i := range trial.Equal { // the last digits of what is computed differ between architectures
			trial.Equal[i].Centre, trial.Equal[i].HalfWidth, trial.Equal[i].Detects = 0.001, 0.002, 0.003
		}
		data, err := json.MarshalIndent(quiet().report(trial), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "json", append(data, '\n'))
	})
}
