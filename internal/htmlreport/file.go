package htmlreport

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/history"
	"runbench/internal/host"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

// A File is a result file with what it says.
type File struct {
	Name     string // as readers know it
	Set      *resultfile.Set
	Analysis analysis.Analysis
	Contest  *analysis.Contest // how strategies rank, for a file of runbench strategies

	packed []byte // the file's bytes, by gzip; nil where they are too many
	bytes  int64
	runs   int
	config string // of its runs, "" where they have several

	digests []*history.Digest // for its place among others; nil where nothing is to be followed
}

// mostPacked is how large the copy of a file may be that a page carries, by gzip. A
// page that does not open helps nobody; the file itself is still there.
const mostPacked = 8 << 20

// mostRuns is how many runs of a file are held each by itself, as the pictures of
// single runs take them. Other projects' files may have millions, of which there are
// no such pictures.
const mostRuns = 200_000

// Read reads a result file and has it judged. The error is that of
// [resultfile.Read]; name is for its message, and what the page calls the file.
func Read(in io.Reader, name string) (*File, error) {
	f := &File{Name: name}
	kept := &packer{}
	kept.to, _ = gzip.NewWriterLevel(&kept.packed, gzip.BestCompression)
	tee := io.TeeReader(in, kept)
	set, err := resultfile.ReadCompact(tee, name)
	if err != nil {
		return nil, err
	}
	// What the reader did not ask for belongs to the file too.
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := kept.to.Close(); err != nil {
		return nil, err
	}
	f.bytes = kept.bytes
	if kept.packed.Len() <= mostPacked {
		f.packed = kept.packed.Bytes()
	}
	if set.Len() <= mostRuns {
		for run := range set.All() {
			run.Values = slices.Clone(run.Values)
			set.Runs = append(set.Runs, run)
		}
	}
	f.Set, f.runs, f.config = set, set.Len(), oneConfig(set)
	if analysis.IsContest(set) {
		k, err := analysis.Strategies(set)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		f.Contest = &k
		f.Analysis = analysis.Analysis{
			SchemaVersion: k.SchemaVersion, Failures: k.Failures, Notes: k.Notes, Marks: k.Marks,
			Noise: k.Noise, Disturbed: k.Disturbed, Manifest: k.Manifest, Warnings: set.Warnings,
		}
		return f, nil
	}
	f.Analysis = analysis.Analyze(set)
	// What cannot be followed is no fault of the file.
	f.digests, _ = history.Take(name, set, history.Options{})
	return f, nil
}

// A packer keeps what is written to it, by gzip, as long as that is not too much.
type packer struct {
	packed bytes.Buffer
	to     *gzip.Writer
	bytes  int64
}

func (p *packer) Write(b []byte) (int, error) {
	p.bytes += int64(len(b))
	if p.packed.Len() > mostPacked {
		return len(b), nil
	}
	return p.to.Write(b)
}

// Runs returns how many results the file has.
func (f *File) Runs() int { return f.runs }

// Forget lets go of the runs and of the copy of the bytes, which only the first
// [MostInFull] files of a page need.
func (f *File) Forget() {
	f.Set = &resultfile.Set{Manifest: f.Set.Manifest, End: f.Set.End, Torn: f.Set.Torn}
	f.packed = nil
}

// host returns the machine of the file, nil where it does not tell.
func (f *File) host() *host.Host {
	var h host.Host
	if f.Set.Manifest == nil || json.Unmarshal(f.Set.Manifest.Host, &h) != nil || h.GoVersion == "" {
		return nil
	}
	return &h
}

// machine names the machine in one line, by its configuration where the file has no
// more, "" where it says nothing.
func (f *File) machine() string {
	if h := f.host(); h != nil {
		return inert(h.Summary())
	}
	return short(report.Config(f.config))
}

// oneConfig returns the configuration of all runs, "" where they have several.
func oneConfig(set *resultfile.Set) string {
	all, _ := set.Series()
	for _, s := range all {
		if s.Config != all[0].Config {
			return ""
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].Config
}
