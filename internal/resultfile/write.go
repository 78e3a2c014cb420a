package resultfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/perf/benchfmt"
)

// A Value is one measurement of a run.
type Value struct {
	Unit  string
	Value float64
}

// A Writer appends to a result file. It is not safe for concurrent use.
//
// Every call writes whole lines in one write and syncs them. When that fails,
// as on a full disk, what had been written before stays readable.
type Writer struct {
	w      io.Writer
	file   *os.File // nil for a pipe
	size   int64    // of what is whole in file
	config []benchfmt.Config
	buf    bytes.Buffer
	format *benchfmt.Writer // writes to buf
}

// ErrExists says that a result file would have been written over.
var ErrExists = errors.New("exists already: results are never written over; give another name, or --resume to go on")

// Create starts a new result file. It fails with ErrExists where there is one
// that holds anything. The path "-" is standard output.
func Create(path string, config Config, m Manifest) (*Writer, error) {
	if path == "-" {
		w := newWriter(os.Stdout, nil, config)
		return w, w.begin(m)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() > 0 && info.Mode().IsRegular() {
		err = fmt.Errorf("%s %w", path, ErrExists)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	w := newWriter(file, file, config)
	if err := w.begin(m); err != nil {
		file.Close()
		return nil, err
	}
	return w, nil
}

// Resume opens a result file to append to it, and returns what it holds. A torn
// last line is cut off. Where nothing has been written yet, the set returned is
// nil and the file is begun with m.
func Resume(path string, config Config, m Manifest) (*Writer, *Set, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	w, set, err := resume(file, path, config, m)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return w, set, nil
}

func resume(file *os.File, path string, config Config, m Manifest) (*Writer, *Set, error) {
	w := newWriter(file, file, config)
	set, err := Read(file, path)
	var input *InputError
	switch {
	case errors.As(err, &input) && input.Empty, err == nil && set.Manifest == nil && set.Torn && len(set.Runs) == 0:
		// Killed before the first line was whole.
		if err := w.truncate(0); err != nil {
			return nil, nil, err
		}
		return w, nil, w.begin(m)
	case err != nil:
		return nil, nil, err
	case set.encoded:
		return nil, nil, &InputError{File: path, Expected: "UTF-8 text to append to", Found: "UTF-16"}
	case set.Manifest == nil:
		return nil, nil, &InputError{File: path, Expected: "a file that runbench run wrote, with its #runbench manifest", Found: "a benchmark output without one"}
	}
	if err := w.truncate(set.whole); err != nil {
		return nil, nil, err
	}
	if n := len(set.Runs); n > 0 {
		// The keys are in the file already: have the writer believe it wrote them.
		if err := w.format.Write(foreignResult(set.Runs[n-1])); err != nil {
			return nil, nil, err
		}
		w.buf.Reset()
	}
	return w, set, nil
}

func newWriter(to io.Writer, file *os.File, config Config) *Writer {
	w := &Writer{w: to, file: file, config: config.entries()}
	w.format = benchfmt.NewWriter(&w.buf)
	return w
}

func (w *Writer) begin(m Manifest) error {
	line, err := Event{Manifest: &m}.line()
	if err != nil {
		return err
	}
	w.buf.Write(line)
	w.buf.WriteString(UnitLines())
	return w.flush()
}

// Event appends an event.
func (w *Writer) Event(e Event) error {
	line, err := e.line()
	if err != nil {
		return err
	}
	w.buf.Write(line)
	return w.flush()
}

// Run appends a run of n batches.
func (w *Writer) Run(c Cell, n int, values []Value) error {
	if err := w.format.Write(w.result(c, n, values)); err != nil {
		return err
	}
	return w.flush()
}

// Copy appends runs that were read from somewhere else, under their own names and
// keys, all of them in one write.
func (w *Writer) Copy(runs []Run) error {
	for _, r := range runs {
		if err := w.format.Write(foreignResult(r)); err != nil {
			return err
		}
	}
	return w.flush()
}

func foreignResult(r Run) *benchfmt.Result {
	return &benchfmt.Result{Config: parseConfig(r.Config), Name: benchfmt.Name(r.FullName()), Iters: r.Batches, Values: formatted(r.Values)}
}

func (w *Writer) result(c Cell, n int, values []Value) *benchfmt.Result {
	return &benchfmt.Result{Config: w.config, Name: benchfmt.Name(c.Name()), Iters: n, Values: formatted(values)}
}

func formatted(values []Value) []benchfmt.Value {
	var to []benchfmt.Value
	for _, v := range values {
		to = append(to, benchfmt.Value{Value: v.Value, Unit: v.Unit})
	}
	return to
}

// flush writes what is in buf and syncs it, or leaves the file as it was.
func (w *Writer) flush() error {
	n, err := w.w.Write(w.buf.Bytes())
	w.buf.Reset()
	if w.file == nil {
		return err
	}
	if err == nil {
		err = w.sync()
	}
	if err != nil {
		// Half a line must not stand before what may be appended later.
		_ = w.truncate(w.size)
		return fmt.Errorf("%w (the %d bytes written before are whole)", err, w.size)
	}
	w.size += int64(n)
	return nil
}

// sync syncs regular files; devices and pipes have nothing to sync.
func (w *Writer) sync() error {
	if info, err := w.file.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	return w.file.Sync()
}

func (w *Writer) truncate(size int64) error {
	if err := w.file.Truncate(size); err != nil {
		return err
	}
	if _, err := w.file.Seek(size, io.SeekStart); err != nil {
		return err
	}
	w.size = size
	return nil
}

// Close closes the file.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}
