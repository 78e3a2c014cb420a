package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// doctorStatus runs the command and returns its exit status and what it wrote.
func doctorStatus(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	cmd := newDoctor()
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.ExecuteContext(ctx)
	var withStatus *statusError
	switch {
	case errors.As(err, &withStatus):
		status = withStatus.status
	case err != nil:
		status = statusUsage
	}
	return status, out.String(), errs.String()
}

// The quick examination works on any machine, and says whether it is fit in its
// status too.
func TestDoctorJSON(t *testing.T) {
	status, stdout, stderr := doctorStatus(t.Context(), "--quick", "--json")
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Grade         struct {
			Word   string   `json:"word"`
			GoodTo *float64 `json:"good_to"`
		} `json:"grade"`
		Findings []map[string]string `json:"findings"`
		Trial    any                 `json:"trial"`
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	want := map[string]int{"not graded": statusFine, "poor": statusInconclusive}
	if s, ok := want[got.Grade.Word]; !ok || s != status {
		t.Errorf("grade %q with status %d", got.Grade.Word, status)
	}
	if got.SchemaVersion != 1 || got.Grade.GoodTo != nil || got.Trial != nil || len(got.Findings) < 10 {
		t.Errorf("got %+v", got)
	}
	for _, f := range got.Findings {
		for _, field := range []string{"level", "subject", "found"} {
			if f[field] == "" {
				t.Errorf("no %s in %v", field, f)
			}
		}
	}
	if strings.Contains(stderr, "A/A") || !strings.Contains(stderr, "at rest") {
		t.Errorf("progress of a quick examination: %q", stderr)
	}
}

func TestDoctorInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if status, stdout, _ := doctorStatus(ctx); status != statusInterrupted || stdout != "" {
		t.Errorf("status %d and %q, want %d and nothing", status, stdout, statusInterrupted)
	}
}
