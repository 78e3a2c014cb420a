package compare

import "fmt"

// An InputError is input that cannot be compared: unreadable, empty, without a
// benchmark result, or with a line beyond what the reader takes.
type InputError struct {
	File     string // as Input.Name has it
	Line     int    // counted from 1, or 0 where no line is to blame
	Expected string
	Found    string
	Err      error // the error of the underlying reader, or nil
}

// Error returns one line that names the file, the line where one is known,
// what was expected and what was found.
func (e *InputError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s: expected %s, found %s", where, e.Expected, e.Found)
}

// Unwrap returns the error of the underlying reader, if there was one.
func (e *InputError) Unwrap() error { return e.Err }
