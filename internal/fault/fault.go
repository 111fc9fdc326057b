// Package fault holds the kinds of error Homeward knows, and the one sentence
// a person may be told about each.
//
// An error made here carries a Kind, a Message that is safe to show (it names
// no internal and no person) and, where there is one, the cause, which goes to
// the log only. An error of no known kind is Internal: its reader sees a plain
// page with an incident number and nothing else. The two maps from kind to HTTP
// status and to exit code stand here, so that web, API and command line agree.
package fault

import (
	"errors"
	"net/http"
)

// Kind says what went wrong in terms that decide what happens next.
type Kind int

// The kinds. Internal is the zero value, so that what nobody classified is
// never explained to anyone.
const (
	Internal  Kind = iota
	Invalid        // the input is wrong and can be mended by whoever gave it
	NotFound       // there is no such thing, or not for this person
	Forbidden      // the person is known and may not do this
	Conflict       // somebody else changed it first, or it was done already
	TooLarge       // more than this installation takes in at once
	Usage          // the command line was called wrongly
	NotReady       // the database is missing, not migrated or of a newer version
)

var httpStatus = map[Kind]int{
	Internal:  http.StatusInternalServerError,
	Invalid:   http.StatusUnprocessableEntity,
	NotFound:  http.StatusNotFound,
	Forbidden: http.StatusForbidden,
	Conflict:  http.StatusConflict,
	TooLarge:  http.StatusRequestEntityTooLarge,
	Usage:     http.StatusBadRequest,
	NotReady:  http.StatusServiceUnavailable,
}

// exitCode is the command line's contract: 1 the operation failed, 2 wrong
// usage, 3 bad input with nothing changed.
var exitCode = map[Kind]int{
	Internal:  1,
	Invalid:   3,
	NotFound:  3,
	Forbidden: 1,
	Conflict:  1,
	TooLarge:  3,
	Usage:     2,
	NotReady:  1,
}

// Error is an error whose Message may be shown to a person.
type Error struct {
	Kind    Kind
	Message string
	Cause   error
}

// New makes an error of a kind with a message a person may read.
func New(kind Kind, message string) error {
	return &Error{Kind: kind, Message: message}
}

// Wrap makes an error of a kind with a message a person may read and a cause
// that only the log may show.
func Wrap(kind Kind, message string, cause error) error {
	return &Error{Kind: kind, Message: message, Cause: cause}
}

// Error gives the whole chain: for logs, never for people.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf is the kind of the outermost classified error in the chain.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Message is what a person may be told. For an error of no known kind it is a
// sentence that gives nothing away.
func Message(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind != Internal {
		return e.Message
	}
	return "Something went wrong in Homeward. Nothing was changed."
}

// HTTPStatus maps an error to the status of the answer.
func HTTPStatus(err error) int { return httpStatus[KindOf(err)] }

// ExitCode maps an error to the command's exit code; no error is 0.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	return exitCode[KindOf(err)]
}

// Problem is one thing wrong with one field of a record, in words that say how
// to mend it. Field is the name the exchange folder gives the column.
type Problem struct{ Field, Message string }
