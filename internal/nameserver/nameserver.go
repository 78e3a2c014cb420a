// Package nameserver is a UDP server of questions and short answers, as the DNS
// is, in a process of its own. It leaves a set share of questions unanswered, as
// a network that loses packets would.
package nameserver

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"

	"runbench/internal/server"
)

// role is the server's name among the children of this program.
const role = "nameserver"

func init() { server.Register(role, open) }

// A Spec says what the server leaves unanswered.
type Spec struct {
	Drop float64 // the share of names whose first question is dropped
}

// Dropped reports whether the first question for name is dropped: that share of
// any run of consecutive names, to within one, and always the same ones.
func (s Spec) Dropped(name uint32) bool {
	return uint64(float64(name+1)*s.Drop) > uint64(float64(name)*s.Drop)
}

// A Question asks for the address of a name. Name and Round identify the
// question; Attempt counts how often it was asked before.
type Question struct {
	Round   uint32
	Name    uint32
	Attempt uint32
}

// QuestionBytes and AnswerBytes are the lengths of the packets.
const (
	QuestionBytes = 12
	AnswerBytes   = 16
)

// AppendTo appends the packet that asks q to b.
func (q Question) AppendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, q.Round)
	b = binary.BigEndian.AppendUint32(b, q.Name)
	return binary.BigEndian.AppendUint32(b, q.Attempt)
}

func parseQuestion(b []byte) (Question, error) {
	if len(b) != QuestionBytes {
		return Question{}, fmt.Errorf("a question of %d bytes, want %d", len(b), QuestionBytes)
	}
	return Question{
		Round:   binary.BigEndian.Uint32(b),
		Name:    binary.BigEndian.Uint32(b[4:]),
		Attempt: binary.BigEndian.Uint32(b[8:]),
	}, nil
}

// An Answer repeats what was asked, so that one that comes late is not taken for
// the answer to another question, and gives the address.
type Answer struct {
	Round   uint32
	Name    uint32
	Address uint64
}

// AppendTo appends the packet that carries a to b.
func (a Answer) AppendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, a.Round)
	b = binary.BigEndian.AppendUint32(b, a.Name)
	return binary.BigEndian.AppendUint64(b, a.Address)
}

// ParseAnswer reads the packet of an answer.
func ParseAnswer(b []byte) (Answer, error) {
	if len(b) != AnswerBytes {
		return Answer{}, fmt.Errorf("an answer of %d bytes, want %d", len(b), AnswerBytes)
	}
	return Answer{
		Round:   binary.BigEndian.Uint32(b),
		Name:    binary.BigEndian.Uint32(b[4:]),
		Address: binary.BigEndian.Uint64(b[8:]),
	}, nil
}

// Address returns the address of a name: its hash by FNV-1a over the four bytes,
// lowest first, with the parameters of draft-eastlake-fnv.
func Address(name uint32) uint64 {
	h := uint64(0xcbf29ce484222325)
	for range 4 {
		h = (h ^ uint64(name&0xff)) * 0x100000001b3
		name >>= 8
	}
	return h
}

// open is the server's side.
func open(raw json.RawMessage) (net.Addr, func() error, error) {
	var spec Spec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return nil, nil, err
	}
	conn, err := net.ListenPacket("udp", server.Loopback)
	if err != nil {
		return nil, nil, err
	}
	return conn.LocalAddr(), func() error { return answer(conn, spec) }, nil
}

func answer(conn net.PacketConn, spec Spec) error {
	// One byte more than a question has, so that a longer packet is noticed.
	in, out := make([]byte, QuestionBytes+1), make([]byte, 0, AnswerBytes)
	for {
		n, from, err := conn.ReadFrom(in)
		if err != nil {
			return err
		}
		q, err := parseQuestion(in[:n])
		if err != nil {
			continue // not from a client of ours
		}
		if q.Attempt == 0 && spec.Dropped(q.Name) {
			continue
		}
		a := Answer{Round: q.Round, Name: q.Name, Address: Address(q.Name)}
		// An answer that cannot be sent is one that got lost.
		_, _ = conn.WriteTo(a.AppendTo(out), from)
	}
}

// Start starts a server on a free port of the loopback interface and waits
// until it listens.
func Start(ctx context.Context, spec Spec) (*server.Process, error) {
	return server.Start(ctx, role, spec)
}
