// Package proof is the arithmetic by which anybody can tell that the audit
// record is as it was written: the text of an entry, its hash, the tree over the
// hashes, the signed head of the tree, and the check of an export against heads.
//
// Homeward writes with it and a council checks with it, on a machine of its own,
// through the command homeward-verify. It imports the standard library and
// golang.org/x/mod alone, and reads neither clock nor database. The tree is that
// of RFC 6962; a head is a signed note as of golang.org/x/mod/sumdb/note. See
// docs/audit.md.
package proof

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The files of an export.
const (
	EntriesFile = "entries.jsonl" // a line for each entry, in order
	HeadFile    = "head.note"     // the head that was signed over them
	KeyFile     = "key.pub"       // the public key; trust only your own copy
)

// Report is what a check found.
type Report struct {
	Head   Head // the head the export came with
	Shown  int64
	Hidden int64
	Older  []Head // the heads kept elsewhere, all right
}

// longestLine is far beyond any entry that Homeward writes.
const longestLine = 1 << 20

// Check reads an export and holds it to its head and to older heads kept
// elsewhere. The error names the first entry that is not as it was written.
func Check(entries io.Reader, head []byte, public string, older ...[]byte) (r Report, err error) {
	if r.Head, err = OpenHead(head, public); err != nil {
		return r, fmt.Errorf("%s: %w", HeadFile, err)
	}
	for _, signed := range older {
		h, err := OpenHead(signed, public)
		if err != nil {
			return r, fmt.Errorf("the head you kept: %w", err)
		}
		if h.Size > r.Head.Size {
			return r, fmt.Errorf("entries from %d on are missing: the head you kept was signed over %d entries %s, and this export ends at %d",
				r.Head.Size+1, h.Size, when(h), r.Head.Size)
		}
		r.Older = append(r.Older, h)
	}
	w := NewWalk(append(r.Older, r.Head)...)
	if err := r.read(w, entries); err != nil {
		return r, err
	}
	if w.Size() > r.Head.Size {
		return r, fmt.Errorf("entry %d is not among the %d that the head was signed over", r.Head.Size+1, r.Head.Size)
	}
	return r, w.End()
}

func (r *Report) read(w *Walk, entries io.Reader) error {
	lines := bufio.NewReaderSize(entries, longestLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("entry %d is not a whole line: %w", w.Size()+1, err)
		}
		hash, err := r.take(w, line[:len(line)-1])
		if err != nil {
			return err
		}
		if err := w.Pass(hash); err != nil {
			return err
		}
	}
}

// take gives the hash of a line: the one it gives, or that of its text. A hidden
// entry must be written exactly as Hidden writes it, so that no text can stand
// beside a hash that is not its own.
func (r *Report) take(w *Walk, line []byte) (string, error) {
	seq := w.Size() + 1
	var e struct {
		Entry
		Hash string `json:"hash"`
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return "", fmt.Errorf("entry %d cannot be read: its line is not as it was written", seq)
	}
	if e.Seq != seq {
		return "", fmt.Errorf("entry %d is not in its place: its line says %d", seq, e.Seq)
	}
	if e.Prev != w.Prev() {
		return "", fmt.Errorf("entry %d or the one before it is not as it was written: the chain between them is broken", seq)
	}
	if bytes.Equal(line, Hidden(seq, e.Hash, e.Prev)) {
		r.Hidden++
		return e.Hash, nil
	}
	r.Shown++
	return Hash(line), nil
}
