package host

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/load"
	"github.com/shirou/gopsutil/v3/mem"

	"runbench/internal/host/sysfs"
)

// A system is where the facts come from. A nil function means that the system
// has no way to tell, which needs no note.
type system struct {
	// files is the tree that holds proc, sys, etc and run.
	files fs.FS

	affinity func(context.Context) (sysfs.CPUs, error)

	cpu      func(context.Context) (cpuNames, error)
	logical  func(context.Context) (int, error)
	physical func(context.Context) (int, error)
	kinds    func(context.Context) ([]CoreKind, error)
	memory   func(context.Context) (uint64, error)
	os       func(context.Context) (Fact, error)
	kernel   func(context.Context) (Fact, error)
	guest    func(context.Context) (bool, error)
	load     func(context.Context) (Load, error)
}

// cpuNames are the brand string and the vendor of a CPU.
type cpuNames struct{ model, vendor Fact }

// ask calls f and notes why it gave no answer. gopsutil indexes what it has
// read without a look at its length, so that an empty file makes it panic; that
// is an unknown fact like any other.
func ask[T any](ctx context.Context, h *Host, what string, f func(context.Context) (T, error)) (answer T, ok bool) {
	if f == nil {
		return answer, false
	}
	defer func() {
		if r := recover(); r != nil {
			h.note("%s unknown: %v", what, r)
		}
	}()
	if err := ctx.Err(); err != nil {
		h.note("%s unknown: %v", what, err)
		return answer, false
	}
	v, err := f(ctx)
	if err != nil {
		h.note("%s unknown: %v", what, err)
		return answer, false
	}
	return v, true
}

// text returns the contents of the file name, unknown where there is none.
func text(fsys fs.FS, name string) Fact {
	s, err := sysfs.String(fsys, name)
	if err != nil {
		return ""
	}
	return Fact(s)
}

func psCPU(ctx context.Context) (cpuNames, error) {
	infos, err := cpu.InfoWithContext(ctx)
	if len(infos) == 0 {
		if err == nil {
			err = fmt.Errorf("gopsutil names no CPU")
		}
		return cpuNames{}, err
	}
	model := strings.TrimSpace(infos[0].ModelName)
	if model == "Undefined" { // gopsutil's word for an Arm part it does not know
		model = ""
	}
	return cpuNames{Fact(model), Fact(strings.TrimSpace(infos[0].VendorID))}, nil
}

func psLogical(ctx context.Context) (int, error)  { return cpu.CountsWithContext(ctx, true) }
func psPhysical(ctx context.Context) (int, error) { return cpu.CountsWithContext(ctx, false) }

func psMemory(ctx context.Context) (uint64, error) {
	vm, err := mem.VirtualMemoryWithContext(ctx)
	if err != nil {
		return 0, err
	}
	return vm.Total, nil
}

func psKernel(ctx context.Context) (Fact, error) {
	version, err := host.KernelVersionWithContext(ctx)
	return Fact(version), err
}

func psLoad(ctx context.Context) (Load, error) {
	avg, err := load.AvgWithContext(ctx)
	if err != nil {
		return Load{}, err
	}
	return Load{avg.Load1, avg.Load5, avg.Load15}, nil
}
