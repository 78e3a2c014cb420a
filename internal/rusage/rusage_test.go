package rusage

import "testing"

func TestSelf(t *testing.T) {
	u, ok := Self()
	if !ok {
		t.Skip("this system does not tell")
	}
	sum := u.Voluntary + u.Involuntary
	if u.Voluntary < 0 || u.Involuntary < 0 {
		if sum != -2 {
			t.Errorf("one kind of switches is known and the other is not: %+v", u)
		}
		sum = -1
	}
	if u.CPU < 0 || u.Switches != sum {
		t.Errorf("got %+v", u)
	}
}
