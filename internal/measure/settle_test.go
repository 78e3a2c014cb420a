package measure

import (
	"strings"
	"testing"
	"time"
)

func TestUnsettled(t *testing.T) {
	walls := func(first, second time.Duration) (w []time.Duration) {
		for i := range 60 {
			wall := first
			if i >= 30 {
				wall = second
			}
			w = append(w, wall+time.Duration(i%7)) // no two neighbours alike
		}
		return w
	}
	for _, test := range []struct {
		first, second time.Duration
		want          string
	}{
		{1000, 1000, ""},
		{1000, 1020, ""}, // too little to matter
		{1000, 1200, "from batch 31 of 60 on the batches took 20 % longer"},
		{1000, 800, "from batch 31 of 60 on the batches took 20 % less"},
	} {
		got := unsettled(walls(test.first, test.second))
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%v then %v: %q, want %q", test.first, test.second, got, test.want)
		}
	}
}
