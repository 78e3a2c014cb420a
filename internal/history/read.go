package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"runbench/internal/resultfile"
)

// An Input is one file to read.
type Input struct {
	Path string
	Open func() (io.ReadCloser, error)
}

// Read reads the inputs, several at a time, keeps a digest of each, and follows what they have in common. One that
// cannot be read is left out and named in the result. Told, where it is not nil, is called after each file with the
// number read so far, never twice at a time. The error is that of ctx, or says that nothing could be read.
func Read(ctx context.Context, inputs []Input, opt Options, told func(done int)) (*Result, error) {
	files := make([]contents, len(inputs))
	var (
		g    errgroup.Group
		mu   sync.Mutex
		done int
	)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, in := range inputs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			files[i] = read(in, opt)
			mu.Lock()
			defer mu.Unlock()
			if done++; told != nil {
				told(done)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var digests []*Digest
	var warnings []string
	skipped := []Skip{}
	for i, f := range files {
		digests = append(digests, f.digests...)
		warnings = append(warnings, f.warnings...)
		if f.unusable != "" {
			skipped = append(skipped, Skip{inputs[i].Path, f.unusable})
		}
	}
	if len(digests) == 0 {
		return nil, nothing(skipped)
	}
	r := Follow(digests, opt)
	r.Skipped = append(skipped, r.Skipped...)
	r.Warnings = append(warnings, r.Warnings...)
	return r, nil
}

// contents is what came of a file: digests, or the reason why there are none.
type contents struct {
	digests  []*Digest
	warnings []string
	unusable string
}

func read(in Input, opt Options) contents {
	failed := func(err error) contents {
		// The path is said beside the reason.
		text := strings.TrimPrefix(err.Error(), in.Path+": ")
		if rest, ok := strings.CutPrefix(text, in.Path+":"); ok {
			text = "line " + rest
		}
		return contents{unusable: text}
	}
	file, err := in.Open()
	if err != nil {
		return failed(err)
	}
	defer file.Close()
	set, err := resultfile.ReadCompact(file, in.Path)
	if err != nil {
		return failed(err)
	}
	c := contents{warnings: set.Warnings}
	if c.digests, err = Take(in.Path, set, opt); err != nil {
		return failed(err)
	}
	switch {
	case len(c.digests) > 0:
	case set.Len() == 0:
		c.unusable = "no run in it"
	case opt.Filter != nil:
		c.unusable = "no result that the filter lets through and that has a unit to follow"
	default:
		c.unusable = "no result has a unit to follow, only " + unitsOf(set)
	}
	return c
}

// unitsOf names the units of a file's first results.
func unitsOf(set *resultfile.Set) string {
	var units []string
	series, _ := set.Series()
	for i := range series {
		for _, unit := range series[i].Units {
			if u := tidied(unit); !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
		if len(units) >= 8 {
			break
		}
	}
	return strings.Join(units, ", ")
}

// nothing says why no file can be followed.
func nothing(skipped []Skip) error {
	switch len(skipped) {
	case 0:
		return errors.New("expected result files, found none")
	case 1:
		return fmt.Errorf("%s: %s", skipped[0].Path, skipped[0].Reason)
	}
	return fmt.Errorf("none of %d files can be followed; the first is %s: %s", len(skipped), skipped[0].Path, skipped[0].Reason)
}
