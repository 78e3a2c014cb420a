package doctor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadMemory(t *testing.T) {
	m := readMemory(files(map[string]string{
		"proc/meminfo": "MemTotal:       24684084 kB\nMemFree:        1 kB\nMemAvailable:   24318320 kB\nHugePages_Total:       0\nSwapTotal:       1024 kB\nSwapFree:         512 kB",
	}))
	got := []*int64{m.total, m.available, m.swapUsed}
	want := []*int64{new(int64(24684084 << 10)), new(int64(24318320 << 10)), new(int64(512 << 10))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, garbage := range []string{"", "MemTotal: kB", "MemTotal: x kB", "MemTotal: -1 kB", "MemTotal: 99999999999999999999 kB", "MemTotal: 5 MB", "SwapTotal: 1 kB", "SwapTotal: 1 kB\nSwapFree: 2 kB", strings.Repeat(":", 70_000)} {
		if m := readMemory(files(map[string]string{"proc/meminfo": garbage})); m != (memory{}) {
			t.Errorf("%.40q is read as %+v, want unknown", garbage, m)
		}
	}
	if m := readMemory(files(nil)); m != (memory{}) {
		t.Errorf("without the file: %+v", m)
	}
}

func TestOnBattery(t *testing.T) {
	const dir = "sys/class/power_supply/"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  *bool
	}{
		{"a server", nil, nil},
		{"plugged in", map[string]string{dir + "AC/type": "Mains", dir + "AC/online": "1", dir + "BAT0/type": "Battery", dir + "BAT0/status": "Discharging"}, new(false)},
		{"unplugged", map[string]string{dir + "AC/type": "Mains", dir + "AC/online": "0"}, new(true)},
		{"a battery only", map[string]string{dir + "BAT0/type": "Battery", dir + "BAT0/status": "Discharging"}, new(true)},
		{"a battery that is full", map[string]string{dir + "BAT0/type": "Battery", dir + "BAT0/status": "Full"}, new(false)},
		{"a battery that does not tell", map[string]string{dir + "BAT0/type": "Battery", dir + "BAT0/status": "Unknown"}, nil},
		{"a mouse", map[string]string{dir + "hid/type": "Battery", dir + "hid/scope": "Device", dir + "hid/status": "Discharging"}, nil},
		{"damaged", map[string]string{dir + "AC/type": "Mains", dir + "AC/online": "yes"}, nil},
	} {
		if diff := cmp.Diff(tt.want, onBattery(files(tt.files))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{"up to 12.0 % here", 9, []string{"up to", "12.0 %", "here"}},
		{"averylongword a", 4, []string{"averylongword", "a"}},
		{"ää ää", 5, []string{"ää ää"}},
	} {
		if diff := cmp.Diff(tt.want, wrap(tt.text, tt.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", tt.text, tt.width, diff)
		}
	}
}
