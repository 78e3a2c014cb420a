package law

import (
	"math"
	"testing"
)

func TestFitX(t *testing.T) {
	for _, test := range []struct{ gamma, sigma, kappa float64 }{
		{20, 0.05, 0.001}, {1e6, 0.02, 0.02}, {0.001, 0.3, 0}, {5, 0, 0.0001}, {5, 1, 0},
	} {
		samples := exact([]int{1, 2, 4, 8, 16, 32}, test.gamma, test.sigma, test.kappa)
		three, err := FitX(samples)
		if err != nil {
			t.Fatal(err)
		}
		two, err := FitXQuadratic(samples)
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]XFit{"three": three, "two": two} {
			if !near(f.Gamma, test.gamma, 1e-6) || !(math.Abs(f.Sigma-test.sigma) < 1e-6) || !(math.Abs(f.Kappa-test.kappa) < 1e-8) {
				t.Errorf("%+v, %s parameters: %+v", test, name, f)
			}
		}
		if three.DF != 3 || two.DF != 4 {
			t.Errorf("degrees of freedom %d and %d, want 3 and 4", three.DF, two.DF)
		}
	}
}

// A sweep that rises faster than N holds σ and κ at their bounds.
func TestFitXBounds(t *testing.T) {
	f, err := FitX([]Sample{{N: 1, X: 1}, {N: 2, X: 2.1}, {N: 4, X: 4.5}, {N: 8, X: 10}, {N: 16, X: 22}})
	if err != nil || f.Sigma != 0 || f.Kappa != 0 || !math.IsNaN(f.Peak) && !math.IsInf(f.Peak, 1) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestFitXRefuses(t *testing.T) {
	few := exact([]int{1, 2, 4}, 1, 0.1, 0)
	if _, err := FitX(few); err == nil {
		t.Error("three runs for three parameters")
	}
	if _, err := FitX(append(few[:2:2], few[:2]...)); err == nil {
		t.Error("two distinct N for three parameters")
	}
	if _, err := FitXQuadratic(exact([]int{2, 4, 8}, 1, 0.1, 0)); err == nil {
		t.Error("no run at N=1")
	}
	if _, err := FitXQuadratic(append(few[:2:2], few[0])); err == nil {
		t.Error("one N beside 1 for two parameters")
	}
}
