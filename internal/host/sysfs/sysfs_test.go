package sysfs

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseCPUs(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want CPUs // nil: an error
	}{
		{"0", CPUs{0}},
		{"0-3,8\n", CPUs{0, 1, 2, 3, 8}},
		{"5,1-2,2", CPUs{1, 2, 5}},
		{"", nil},
		{"\n", nil},
		{"3-1", nil},
		{"1,", nil},
		{"-1", nil},
		{"1-", nil},
		{"0-4294967295", nil},
		{"x", nil},
	} {
		got, err := ParseCPUs(tt.in)
		if (err != nil) != (tt.want == nil) {
			t.Errorf("%q: error %v", tt.in, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestCPUsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cpus := CPUs(rapid.SliceOfNDistinct(rapid.IntRange(0, 300), 1, 100, rapid.ID[int]).Draw(t, "cpus"))
		slices.Sort(cpus)
		got, err := ParseCPUs(cpus.String())
		if err != nil || !slices.Equal(got, cpus) {
			t.Fatalf("%v written as %q is read as %v, %v", cpus, cpus, got, err)
		}
	})
}

func TestBytes(t *testing.T) {
	for in, want := range map[string]int64{
		"32K\n": 32 << 10, "8M": 8 << 20, "1G": 1 << 30, "512": 512,
		"": 0, "K": 0, "0K": 0, "-1K": 0, "32KB": 0, "9223372036854775807K": 0,
	} {
		got, err := Bytes(fstest.MapFS{"size": {Data: []byte(in)}}, "size")
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
}

func TestAffinity(t *testing.T) {
	cpus, err := Affinity()
	if err != nil {
		t.Skip(err)
	}
	if len(cpus) == 0 || !slices.IsSorted(cpus) {
		t.Errorf("%v, want CPUs in order", cpus)
	}
}
