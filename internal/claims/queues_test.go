package claims

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
)

func TestJudgeQueues(t *testing.T) {
	whole := Sample{"start": 2, "usable": 2, "changed": 1, "default": 2, "change-ns": 20_000}
	one := []Sample{whole.with(Sample{"start": 1, "usable": 1, "default": 1})}
	quota := []Sample{{"start": 2, "usable": 2, "quota": 0.5}}
	usable := func(s Sample) Trials { return Trials{"as it is": alike(s), "one CPU": one, "quota": quota} }

	order := Sample{"rounds": 100, "in_order": 100, "commonest": runNextOrder}
	queue := Sample{"held": 256, "moved": 129, "oldest": 128}
	global := Sample{"median": 60, "most": 60, "within": 1}
	share := func(s float64) []Sample {
		return []Sample{
			{"elsewhere": 0.8 * s, "traced": 1000, "metered": 1000},
			{"elsewhere": s, "traced": 1000, "metered": 1002},
			{"elsewhere": s, "traced": 1000, "metered": 1000},
		}
	}
	pair := func(waits, worksOn float64) Trials {
		return Trials{"waits": alike(Sample{"elsewhere": waits}), "works on": alike(Sample{"elsewhere": worksOn})}
	}

	testJudges(t, []judgement{
		{"as usable", usableCPUs, usable(whole), Holds, "starts at 2 with 2 usable, at 1 on one CPU, at 2 with a quota of 0.5; a change takes 20 µs"},
		{"pinned by the environment", usableCPUs, usable(whole.with(Sample{"start": 1})), Fails, "starts at 1 with 2 usable"},
		{"pinned at what is usable", usableCPUs, Trials{"as it is": alike(whole), "one CPU": {whole.with(Sample{"usable": 1, "default": 1})}, "quota": quota}, Fails, "at 2 on one CPU"},
		{"quota not seen", usableCPUs, Trials{"as it is": alike(whole), "quota": {{"start": 8, "usable": 7, "quota": 6.5}}}, Fails, "at 8 with a quota of 6.5"},
		{"change without effect", usableCPUs, usable(whole.with(Sample{"changed": 0})), Fails, ""},
		{"default not found again", usableCPUs, usable(whole.with(Sample{"default": 1})), Fails, ""},
		{"nothing can be limited", usableCPUs, Trials{"as it is": alike(whole)}, Holds, "starts at 2 with 2 usable (no CPU quota can be set here); "},
		{"no cgroup", usableCPUs, Trials{"as it is": alike(whole), "one CPU": one, "quota": {{}}}, Holds, "at 1 on one CPU (no CPU quota can be set here); "},

		{"newest first", runNext, Trials{"": alike(order)}, Holds, "7 0 1 2 3 4 5 6 in 300 of 300 rounds"},
		{"now and then not", runNext, Trials{"": alike(order.with(Sample{"in_order": 97}))}, Holds, "in 291 of 300"},
		{"a queue only", runNext, Trials{"": alike(order.with(Sample{"in_order": 0, "commonest": 1234567}))}, Fails, "most often in the order 0 1 2 3 4 5 6 7"},
		{"often not", runNext, Trials{"": alike(order.with(Sample{"in_order": 70}))}, Untold, "in 210 of 300"},

		{"256 and half", localQueue, Trials{"": alike(queue)}, Holds, "256 in the order made; then 129 moved at once, 128 of them the oldest"},
		{"a larger queue", localQueue, Trials{"": alike(queue.with(Sample{"held": 512}))}, Fails, "512 in the order made"},
		{"one moved at a time", localQueue, Trials{"": alike(queue.with(Sample{"moved": 1}))}, Fails, "then 1 moved"},
		{"the youngest moved", localQueue, Trials{"": alike(queue.with(Sample{"oldest": 0}))}, Fails, "0 of them the oldest"},

		{"every 61st", globalQueue, Trials{"": alike(global)}, Holds, "after 60 starts from the own queue, at most 60"},
		{"sometimes later", globalQueue, Trials{"": alike(global.with(Sample{"most": 121, "within": 0.99}))}, Holds, "at most 121"},
		{"often later", globalQueue, Trials{"": alike(global.with(Sample{"most": 500, "within": 0.8}))}, Untold, ""},
		{"another number", globalQueue, Trials{"": alike(global.with(Sample{"median": 126, "within": 0}))}, Fails, "after 126"},

		{"half", stealing, Trials{"1": share(0), "2": share(0.5)}, Holds, "P=1: 0 %; P=2: 50 % (40 % to 50 %)"},
		{"none", stealing, Trials{"1": share(0), "2": share(0)}, Fails, "P=2: 0 %"},
		{"elsewhere with one P", stealing, Trials{"1": share(0.5), "2": share(0.5)}, Fails, "P=1: 50 %"},
		{"few", stealing, Trials{"1": share(0), "2": share(0.15)}, Untold, ""},
		{"trace and metrics differ", stealing, Trials{"1": share(0), "2": alike(Sample{"elsewhere": 0.5, "traced": 800, "metered": 1000})}, Untold, ""},

		{"together", pairs, pair(0.002, 0.95), Holds, "0.2 % of the wake-ups lead to another P; 95 % where"},
		{"parted", pairs, pair(0.6, 0.95), Fails, ""},
		{"never parted", pairs, pair(0, 0), Fails, ""},
		{"seldom parted", pairs, pair(0.01, 0.2), Untold, ""},
		{"often parted", pairs, pair(0.2, 0.9), Untold, ""},
	})
}

// On many cores the shares are judged by what is fair for each number of Ps.
func TestJudgeStealingOnManyCores(t *testing.T) {
	trials := Trials{}
	for _, p := range doublings(24) {
		trials[fmt.Sprint(p)] = alike(Sample{"elsewhere": 1 - 1/float64(p), "traced": 1000, "metered": 1000})
	}
	got := stealing.Judge(24, trials)
	if want := "P=1: 0 %; P=2: 50 %; P=4: 75 %; P=8: 88 %; P=16: 94 %; P=24: 96 % start elsewhere"; got.Measured != want || got.Result != Holds {
		t.Errorf("%s: %q, want %q", got.Result, got.Measured, want)
	}
	trials["16"] = alike(Sample{"elsewhere": 0.01, "traced": 1000, "metered": 1000})
	if got := stealing.Judge(24, trials); got.Result != Fails {
		t.Errorf("without stealing at P=16: %+v", got)
	}
}

func TestOneQueue(t *testing.T) {
	for want, orders := range map[bool][][]int{
		true:  {{1, 0}, {3, 0, 1, 2}},
		false: {{0, 1}, {3, 1, 0, 2}, {0, 1, 2, 3}, {3, 2, 1, 0}},
	} {
		for _, order := range orders {
			if got := oneQueue(order); got != want {
				t.Errorf("%v: %v", order, got)
			}
		}
	}
}

// Those late of an overflow are known by their younger neighbours having started.
func TestOvertaken(t *testing.T) {
	for _, test := range []struct{ order, late []int }{
		{[]int{3, 0, 1, 2}, nil},
		// A queue for four: with the sixth the older two go, and the one without room.
		{[]int{7, 2, 3, 5, 6, 0, 1, 4}, []int{0, 1, 4}},
		// The first of them taken early, between two of the own queue.
		{[]int{7, 2, 0, 3, 5, 6, 1, 4}, []int{0, 1, 4}},
	} {
		if got := overtaken(test.order); !slices.Equal(got, test.late) {
			t.Errorf("%v: %v, want %v", test.order, got, test.late)
		}
	}
}

func TestMakeInOrder(t *testing.T) {
	// With any number of Ps each of them starts once.
	order, err := makeInOrder(3)
	if err != nil {
		t.Skip(err)
	}
	slices.Sort(order)
	if !slices.Equal(order, []int{0, 1, 2}) {
		t.Errorf("started: %v", order)
	}
}

// One trial of every arm, in a process of its own, finds what the judge asks for.
func TestQueueTrials(t *testing.T) {
	for _, c := range []Claim{usableCPUs, runNext, localQueue, globalQueue, stealing, pairs} {
		t.Run(fmt.Sprint(c.ID), func(t *testing.T) {
			trials, f := oneTrialOfEach(t, c)
			checkQueueTrials(t, c, trials, f)
		})
	}
}

// checkQueueTrials checks what no load can change.
func checkQueueTrials(t *testing.T, c Claim, trials Trials, f Finding) {
	t.Helper()
	switch c.ID {
	case stealing.ID:
		if s := trials["1"][0]; s["elsewhere"] != 0 {
			t.Errorf("with one P some start elsewhere: %v", s)
		}
		for name, samples := range trials {
			if s := samples[0]; s["traced"] != stealingTasks || math.Abs(s["metered"]-stealingTasks) > 50 {
				t.Errorf("P=%s: made %v", name, s)
			}
		}
	case runNext.ID, localQueue.ID, globalQueue.ID:
		if !raceDetector() && f.Result == Fails {
			t.Errorf("does not hold: %s", f.Measured)
		}
	}
}

// raceDetector says whether the race detector is on: with it the scheduler chooses
// at random what it puts where.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "-race" && s.Value == "true"
	})
}

// A GOMAXPROCS that the environment sets makes claim 8 false, whatever it is.
func TestPinnedProcs(t *testing.T) {
	if runtime.NumCPU() == 1 {
		t.Skip("one CPU is what is usable")
	}
	t.Setenv("GOMAXPROCS", "1")
	trials, _, err := usableCPUs.trials(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if f := usableCPUs.Judge(2, trials); f.Result != Fails {
		t.Errorf("%+v", f)
	}
}
