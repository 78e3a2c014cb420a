package law

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// oracles holds published data and fits, which are not part of the project.
const oracles = "../../../shared/oracles"

func readCSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join(oracles, name))
	if err != nil {
		// Also under RUNBENCH_REQUIRE=all: no clone has the folder, and TestFit tests the fits on data of known truth.
		t.Skipf("published fits are data from outside, not in the repository: %v", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		fields := make(map[string]string)
		for i, name := range rows[0] {
			fields[name] = row[i]
		}
		out = append(out, fields)
	}
	return out
}

func readSamples(t *testing.T, name, points string) []Sample {
	t.Helper()
	var samples []Sample
	for _, row := range readCSV(t, name) {
		n, err := strconv.Atoi(row["n"])
		if err != nil {
			t.Fatal(err)
		}
		x, err := strconv.ParseFloat(row["x"], 64)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, Sample{N: n, X: x})
	}
	if points == "rows 1-6" {
		return samples[:6]
	}
	if !strings.HasPrefix(points, "all ") {
		t.Fatalf("points %q", points)
	}
	return samples
}

// checkPrinted compares with a published figure: to its printed digits, or relative if that is coarser.
func checkPrinted(t *testing.T, name string, got float64, printed string, relative float64) {
	t.Helper()
	if printed == "" {
		return
	}
	if printed == "none" {
		if !math.IsInf(got, 1) {
			t.Errorf("%s = %v, want none", name, got)
		}
		return
	}
	want, err := strconv.ParseFloat(printed, 64)
	if err != nil {
		t.Fatal(err)
	}
	decimals := 0
	if _, fraction, ok := strings.Cut(printed, "."); ok {
		decimals = len(fraction)
	}
	tolerance := max(0.5001*math.Pow10(-decimals), relative*math.Abs(want))
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.8g, want %s within %.2g", name, got, printed, tolerance)
	}
}

func TestPublishedFits(t *testing.T) {
	for _, row := range readCSV(t, "coefficients.csv") {
		t.Run(row["dataset"]+" "+row["points"]+" "+row["model"], func(t *testing.T) {
			fit, relative := FitX, 1e-4
			if strings.HasPrefix(row["model"], "two") {
				fit, relative = FitXQuadratic, 0
			}
			f, err := fit(readSamples(t, row["dataset"], row["points"]))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", f)
			checkPrinted(t, "gamma", f.Gamma, row["gamma"], relative)
			checkPrinted(t, "sigma", f.Sigma, row["sigma"], relative)
			checkPrinted(t, "kappa", f.Kappa, row["kappa"], relative)
			checkPrinted(t, "se_gamma", f.SEGamma, row["se_gamma"], relative)
			checkPrinted(t, "se_sigma", f.SESigma, row["se_sigma"], relative)
			checkPrinted(t, "se_kappa", f.SEKappa, row["se_kappa"], relative)
			checkPrinted(t, "rse", f.RSE, row["rse"], relative)
			checkPrinted(t, "df", float64(f.DF), row["df"], 0)
			checkPrinted(t, "nmax", f.Peak, row["nmax"], relative)
		})
	}
}

// TestPublishedData puts the same data through Analyze.
func TestPublishedData(t *testing.T) {
	for _, name := range []string{"specsdm91.csv", "raytracer.csv", "synthetic_s02_k02.csv", "usl_t04_clients.csv"} {
		f := Analyze(readSamples(t, name, "all "), Options{Axis: Goroutines})
		t.Logf("%s: %s γ %v σ %v κ %v peak %v limit %v refused %q\n%s",
			name, f.Model, f.Gamma, f.Sigma, f.Kappa, f.Peak, f.Limit, f.Refused, strings.Join(f.Notes, "\n"))
		if f.Model == "" || f.Model == Linear {
			t.Errorf("%s: model %q", name, f.Model)
		}
	}
	if f := Analyze(readSamples(t, "synthetic_s02_k02.csv", "all "), Options{}); f.Peak == nil || math.Abs(f.Peak.N.Value-7) > 0.01 {
		t.Errorf("peak %+v, want 7", f.Peak)
	}
}
