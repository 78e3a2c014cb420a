package cpu

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The structs have every value that the documents have.
func TestJSONOrders(t *testing.T) {
	want := orders(7, 60)
	doc, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []order
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if other, err := json.Marshal(orders(8, 60)); err != nil || bytes.Equal(doc, other) {
		t.Errorf("two seeds give the same orders (error %v)", err)
	}
}

func TestJSONCheck(t *testing.T) {
	s, err := newTranscripts(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []func(){
		func() { s.out[3][5] ^= 1 },
		func() { s.out[3] = s.out[4] },
		func() { s.out[63] = nil },
	} {
		for i := range jsonBatch {
			if err := s.transcribe(i); err != nil {
				t.Fatal(err)
			}
		}
		wrong()
		if s.check() == nil {
			t.Error("a wrong document passed the check")
		}
	}
}
