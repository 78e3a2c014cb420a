package claims

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"runbench/internal/child"
	"runbench/internal/host"
)

// quotaRole is the name, among the children of this program, of one that says
// what its GOMAXPROCS is in a cgroup.
const quotaRole = "claim-quota"

// A quotaTask says in which cgroup a child is to start another, which does the
// looking: which cgroup it is in a process asks once, at its start. Without one the
// child looks itself.
type quotaTask struct {
	Dir string `json:"dir,omitempty"`
}

func init() {
	child.Register(quotaRole, func(raw json.RawMessage, out io.Writer) error {
		var task quotaTask
		if err := json.Unmarshal(raw, &task); err != nil {
			return err
		}
		if task.Dir == "" {
			return json.NewEncoder(out).Encode(startSample(context.Background()))
		}
		// It is this child that enters the cgroup, for good, and not the trial:
		// when it has ended, the cgroup is empty and can be removed.
		if err := join(task.Dir); err != nil {
			return err
		}
		s, err := lookIn(context.Background(), "")
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(s)
	})
}

// lookIn returns the sample of a child that starts in the cgroup, or in that of
// this process where dir is "".
func lookIn(ctx context.Context, dir string) (s Sample, err error) {
	p, err := child.Start(quotaRole, quotaTask{Dir: dir})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, p.Signal)
	defer stop()
	decodeErr := json.NewDecoder(p.Out).Decode(&s)
	return s, errors.Join(p.Wait(), decodeErr)
}

// quotaTrial makes a cgroup with a CPU quota and returns the sample of a process
// that starts in it. The sample is empty where this process may not do that. What
// it has made it removes.
func quotaTrial(ctx context.Context) (Sample, error) {
	version, dirs, err := host.CgroupDirs(os.DirFS("/"))
	if err != nil {
		return Sample{}, nil
	}
	for i, dir := range dirs {
		dirs[i] = "/" + dir
	}
	quota := quotaFor(runtime.NumCPU())
	for _, parent := range parentsFor(version, dirs) {
		removeLeftovers(parent)
		group := filepath.Join(parent, groupPrefix+strconv.Itoa(os.Getpid()))
		s, err := inGroup(ctx, version, group, quota)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, limited := s["quota"]; err == nil && limited {
			return s, nil
		}
	}
	return Sample{}, nil
}

// quotaFor returns a quota, in CPUs, that sets GOMAXPROCS to one less than there
// are CPUs. Where there are two it cannot: the runtime does not go below 2.
func quotaFor(cpus int) float64 { return max(0.5, float64(cpus)-1.5) }

// parentsFor returns the cgroups, out of that of this process and those above it,
// in which a new one can have the CPU controller. In v1 a new one always has. In v2
// the parent says so, and may then have no processes of its own.
func parentsFor(version host.Fact, dirs []string) []string {
	if version == "v1" {
		return dirs[:min(1, len(dirs))]
	}
	return slices.DeleteFunc(slices.Clone(dirs), func(dir string) bool {
		on, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		return err != nil || !slices.Contains(strings.Fields(string(on)), "cpu")
	})
}

// inGroup makes the cgroup, has a process look in it, and removes it.
func inGroup(ctx context.Context, version host.Fact, group string, quota float64) (s Sample, err error) {
	if err := os.Mkdir(group, 0o755); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, removeGroup(group)) }()
	const period = 100_000 // µs; the kernel's own default
	micros := int(quota * period)
	if version == "v1" {
		err = write(group, "cpu.cfs_period_us", strconv.Itoa(period))
		if err == nil {
			err = write(group, "cpu.cfs_quota_us", strconv.Itoa(micros))
		}
	} else {
		err = write(group, "cpu.max", fmt.Sprintf("%d %d", micros, period))
	}
	if err != nil {
		return nil, err
	}
	return lookIn(ctx, group)
}

// removeGroup removes a cgroup, once the last process in it has gone.
func removeGroup(group string) (err error) {
	for range 20 {
		if err = os.Remove(group); !errors.Is(err, unix.EBUSY) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

// join moves this process into a cgroup.
func join(dir string) error { return write(dir, "cgroup.procs", strconv.Itoa(os.Getpid())) }

// write writes to a file of a cgroup, which is there already.
func write(dir, name, text string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// groupPrefix begins the names of the cgroups made here; the id of the process
// that made one follows.
const groupPrefix = "runbench-claim-"

// removeLeftovers removes cgroups of trials that were killed before they could.
func removeLeftovers(parent string) {
	entries, _ := fs.Glob(os.DirFS(parent), groupPrefix+"*")
	for _, name := range entries {
		pid, err := strconv.Atoi(strings.TrimPrefix(name, groupPrefix))
		if err == nil && unix.Kill(pid, 0) == unix.ESRCH {
			_ = os.Remove(filepath.Join(parent, name))
		}
	}
}
