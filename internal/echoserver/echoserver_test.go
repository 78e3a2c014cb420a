package echoserver

import (
	"bytes"
	"io"
	"net"
	"testing"

	"go.uber.org/goleak"

	"runbench/internal/child"
)

func TestMain(m *testing.M) {
	child.Main()
	goleak.VerifyTestMain(m)
}

// Several clients get back what each of them sent.
func TestEcho(t *testing.T) {
	s, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	var conns []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	said := func(i int) []byte { return bytes.Repeat([]byte{byte(i), 0, 255}, 1000*i+1) }
	for i, conn := range conns {
		if _, err := conn.Write(said(i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, conn := range conns {
		heard := make([]byte, len(said(i)))
		if _, err := io.ReadFull(conn, heard); err != nil || !bytes.Equal(heard, said(i)) {
			t.Errorf("connection %d: %d bytes came back, %v, or others than were sent", i, len(heard), err)
		}
	}
}
