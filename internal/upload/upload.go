// Package upload is what becomes of a file that somebody sends: a picture is
// made anew from what can be seen in it, and anything else is held until a
// person has read it.
//
// A photograph carries where and when it was taken, on whose telephone, and
// often an older, uncropped picture of itself. A letter carries its author, the
// words that were struck out and the address in its header. Authorised people
// have sent such files on to a birth family, and families have had to move. So a
// file is in one of three states:
//
//	cleaned   a picture that we drew ourselves: it holds what is seen, no more
//	held      as it was sent; unsafe for the birth side
//	reviewed  held, and then read by a named person, who let it go
//
// Only what is cleaned or reviewed may go to the birth side (ForBirthSide is the
// one way to it), and what a picture shows, a face or a school's jumper, is for
// the outbound check and its two people. Kept confidential under regulation 41
// of the Adoption Agencies Regulations 2005; the metadata goes as ASVS 5.0
// V14.2.8 asks.
package upload

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"homeward/internal/fault"
)

// MaxBytes is the largest file taken in.
const MaxBytes = 25 << 20

// State is what a file may be used for.
type State string

// The states of a file. The zero state is none of them and may go nowhere.
const (
	Cleaned  State = "cleaned"
	Held     State = "held"
	Reviewed State = "reviewed"
)

// Kind is what a file is by its content; its name is not asked.
type Kind string

// The kinds told apart.
const (
	JPEG    Kind = "jpeg"
	PNG     Kind = "png"
	GIF     Kind = "gif"
	HEIC    Kind = "heic"
	PDF     Kind = "pdf"
	Word    Kind = "word"
	Zip     Kind = "zip"
	Unknown Kind = "unknown"
)

// File is an upload as it is kept.
type File struct {
	Data  []byte
	Kind  Kind
	State State
	// Sent is the SHA-256 of what was sent, which shows later that a sealed
	// original is the one this came from. Of a held file it is that of Data.
	Sent   string
	Review Review
}

// Review is who let a held file go, when, and which bytes they read.
type Review struct {
	By  string
	At  time.Time
	Sum string
}

// Clean takes a file in. A picture comes back cleaned and anything else held; a
// file that is too large, or a picture that cannot be read, is refused.
func Clean(data []byte) (File, error) {
	switch {
	case len(data) == 0:
		return File{}, fault.New(fault.Invalid, "The file is empty. Choose it again.")
	case len(data) > MaxBytes:
		return File{}, fault.New(fault.TooLarge, "The file is larger than 25 MB. Send a smaller copy of it.")
	}
	f := File{Data: data, Kind: kindOf(data), State: Held, Sent: sum(data)}
	if f.Kind != JPEG && f.Kind != PNG {
		return f, nil
	}
	var err error
	f.Data, err = redraw(data, f.Kind)
	f.State = Cleaned
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// errNotHeld refuses the review of what is not waiting for one.
var errNotHeld = fault.New(fault.Conflict, "This file is not waiting to be reviewed.")

// ReviewedBy is the file after a person has read it and lets it go.
func (f File) ReviewedBy(who string, at time.Time) (File, error) {
	switch {
	case f.State != Held:
		return f, errNotHeld
	case who == "" || at.IsZero():
		return f, errors.New("upload: a review says who and when")
	}
	f.State, f.Review = Reviewed, Review{By: who, At: at, Sum: sum(f.Data)}
	return f, nil
}

// ErrUnsafe is what there is to say of a file that the birth side may not have.
var ErrUnsafe = fault.New(fault.Forbidden, "This file has not been reviewed, so it cannot go to the birth family. Somebody has to read it first.")

// ForBirthSide gives the bytes that may go to the birth side: those of a picture
// that we drew, or those that the reviewer read and no others.
func (f File) ForBirthSide() ([]byte, error) {
	reviewed := f.State == Reviewed && f.Review.By != "" && !f.Review.At.IsZero() && f.Review.Sum == sum(f.Data)
	if f.State != Cleaned && !reviewed {
		return nil, ErrUnsafe
	}
	return f.Data, nil
}

// ContentType is what a browser may be told of the file. Only a picture that we
// drew is ever shown in a page; anything else is bytes to be saved, so that
// nothing in it runs as a part of Homeward.
func (f File) ContentType() string {
	if f.State == Cleaned {
		return "image/" + string(f.Kind)
	}
	return "application/octet-stream"
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// beginnings are how files of each kind begin, after some bytes that vary.
var beginnings = []struct {
	after int
	text  string
	kind  Kind
}{
	{0, "\xff\xd8\xff", JPEG}, {0, "\x89PNG\r\n\x1a\n", PNG}, {0, "GIF8", GIF}, {0, "%PDF-", PDF}, {0, "PK\x03\x04", Zip},
	{4, "ftyphei", HEIC}, {4, "ftyphev", HEIC}, {4, "ftypmif1", HEIC}, {4, "ftypmsf1", HEIC},
}

func kindOf(data []byte) Kind {
	for _, b := range beginnings {
		if len(data) < b.after || !bytes.HasPrefix(data[b.after:], []byte(b.text)) {
			continue
		}
		if b.kind == Zip && bytes.Contains(data, []byte("word/document.xml")) {
			return Word
		}
		return b.kind
	}
	return Unknown
}
