package nameserver

import (
	"encoding/binary"
	"hash/fnv"
	"net"
	"testing"

	"go.uber.org/goleak"

	"runbench/internal/child"
)

func TestMain(m *testing.M) {
	child.Main()
	goleak.VerifyTestMain(m)
}

func TestAddress(t *testing.T) {
	for _, name := range []uint32{0, 1, 31, 0x01020304, 1<<32 - 1} {
		h := fnv.New64a()
		h.Write(binary.LittleEndian.AppendUint32(nil, name))
		if got, want := Address(name), h.Sum64(); got != want {
			t.Errorf("%d has the address %#x, want %#x", name, got, want)
		}
	}
}

func TestDroppedShare(t *testing.T) {
	for drop, want := range map[float64]int{0: 0, 0.25: 8, 0.5: 16, 1: 32} {
		got := 0
		for name := range uint32(32) {
			if (Spec{drop}).Dropped(name) {
				got++
			}
		}
		if got != want {
			t.Errorf("drop=%v: %d of 32 names are dropped, want %d", drop, got, want)
		}
	}
}

// The first question for a dropped name has no answer; what comes is the answer
// to what was asked after it.
func TestAnswers(t *testing.T) {
	s, err := Start(t.Context(), Spec{Drop: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	conn, err := net.Dial("udp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range []Question{{7, 3, 0}, {7, 0, 0}, {7, 3, 1}} {
		if _, err := conn.Write(q.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []uint32{0, 3} {
		buf := make([]byte, 100)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		a, err := ParseAnswer(buf[:n])
		if want := (Answer{7, name, Address(name)}); err != nil || a != want {
			t.Errorf("got %+v, %v, want %+v", a, err, want)
		}
	}
}

func TestPacketsOfOtherLengths(t *testing.T) {
	if _, err := ParseAnswer(make([]byte, AnswerBytes+1)); err == nil {
		t.Error("an answer that is too long was read")
	}
	if _, err := parseQuestion(make([]byte, QuestionBytes-1)); err == nil {
		t.Error("a question that is too short was read")
	}
}
