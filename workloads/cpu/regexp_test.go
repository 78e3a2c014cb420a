package cpu

import "testing"

func TestRegexpTraffic(t *testing.T) {
	log := `192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2000
192.0.2.2 - ada [10/Oct/2000:13:55:36 -0700] "POST /b?c=d HTTP/1.1" 503 17
192.0.2.3 - - [10/Oct/2000:13:55:36 -0700] "\x16\x03\x01" 400 0
192.0.2.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a b HTTP/1.1" 200 5`
	got, err := traffic([]byte(log))
	if want := (summary{lines: 4, matched: 2, failed: 1, bytes: 2017}); err != nil || got != want {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
}

// The logs have lines of each kind.
func TestRegexpLogs(t *testing.T) {
	var all summary
	for _, s := range newServerLogs(100).want {
		all.lines += s.lines
		all.matched += s.matched
		all.failed += s.failed
	}
	if all.lines != 6400 || all.matched < 5000 || all.matched > 6200 || all.failed < 1000 {
		t.Errorf("%+v, want 6400 lines, about 5600 of them in the format and 1600 of those failed", all)
	}
}

func TestRegexpCheck(t *testing.T) {
	s := newServerLogs(2)
	for _, wrong := range []func(){
		func() { s.got[3].matched-- },
		func() { s.got[3].bytes++ },
		func() { s.got[63] = summary{} },
	} {
		for i := range regexpBatch {
			s.got[i], _ = traffic(s.logs[i])
		}
		wrong()
		if s.check() == nil {
			t.Error("a wrong summary passed the check")
		}
	}
}
