//go:build !linux && !darwin

package host

import (
	"context"
	"strings"

	"github.com/shirou/gopsutil/v3/host"
)

// psPlatform names the operating system. On Linux and macOS gopsutil may run
// another program for it.
func psPlatform(ctx context.Context) (Fact, error) {
	platform, _, version, err := host.PlatformInformationWithContext(ctx)
	return Fact(strings.TrimSpace(platform + " " + version)), err
}
