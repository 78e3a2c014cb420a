package io

import (
	"bytes"
	"testing"
)

// A message that is another one, or differs in one byte, is noticed.
func TestPipeComparesMessages(t *testing.T) {
	p := &pipeStream{messages: 4, pattern: bytes.Repeat([]byte("x"), 20)}
	want, in := p.buffers()
	p.number(want, 2)
	for wrong := range want {
		message := bytes.Clone(want)
		message[wrong] ^= 1
		fails(t, p.readOne(bytes.NewReader(message), want, in), "a message")
	}
	if err := p.readOne(bytes.NewReader(want), want, in); err != nil {
		t.Error(err)
	}
}

// A batch that lacks a message is noticed, also after a whole one.
func TestPipeCheck(t *testing.T) {
	p := &pipeStream{messages: 4, pattern: make([]byte, pipeHeader)}
	for _, c := range []int{1, 2} {
		if err := p.run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := p.check(); err != nil {
			t.Errorf("C=%d: %v", c, err)
		}
		fails(t, p.check(), "0 messages were read, want 4")
	}
	if err := p.run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	p.read--
	fails(t, p.check(), "3 messages were read, want 4")
}
