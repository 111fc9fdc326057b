package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"homeward/internal/audit"
	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"
)

// auditCommand is the record of every look and every change, for those who hold
// the installation to it. See docs/audit.md.
type auditCommand struct {
	Verify     auditVerify     `cmd:"" help:"Check that the record is as it was written."`
	Checkpoint auditCheckpoint `cmd:"" help:"Sign a head over everything recorded so far, to be kept elsewhere."`
	Export     auditExport     `cmd:"" help:"Write what an agency needs to check the record for itself, with homeward-verify."`
	Key        auditKey        `cmd:"" help:"Print the public key that heads are checked by."`
}

// readFile reads a file that was named on the command line.
func readFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be read.", path), err)
	}
	return text, nil
}

type auditVerify struct {
	Head []string `help:"A head that was kept elsewhere; as many as you like." sep:"none" placeholder:"FILE"`
	Key  string   `help:"The public key, from where you keep it; without it the key file of this installation is used." placeholder:"FILE"`
}

// Run verifies the chain, every kept head, and the heads given.
func (c auditVerify) Run(s *shop) (err error) {
	public, err := c.public(s)
	if err != nil {
		return err
	}
	outside, err := c.outside(public)
	if err != nil {
		return err
	}
	desk, err := s.deskWithoutKeys()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	var good int64
	var kept []proof.Head
	err = everything(s, desk, func(tx *db.Tx) (err error) {
		if kept, err = audit.Heads(tx, public); err != nil {
			return err
		}
		good, err = audit.Verify(tx, append(kept, outside...)...)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The audit record is as it was written: %d entries, %d heads signed here, %d kept elsewhere.\n", good, len(kept), len(outside))
	if len(outside) == 0 {
		fmt.Fprintln(s.err, "Without a head kept elsewhere (--head) this cannot show that nobody with the key file has rewritten or cut it.")
	}
	return nil
}

func (c auditVerify) public(s *shop) (string, error) {
	if c.Key != "" {
		text, err := readFile(c.Key)
		return string(text), err
	}
	ring, err := s.ring()
	if err != nil {
		return "", err
	}
	return audit.PublicKey(ring), nil
}

func (c auditVerify) outside(public string) (heads []proof.Head, err error) {
	for _, path := range c.Head {
		text, err := readFile(path)
		if err != nil {
			return nil, err
		}
		head, err := proof.OpenHead(text, public)
		if err != nil {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("%s: %v.", path, err))
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// everything runs fn over one state of the whole database, holding nobody up.
func everything(s *shop, desk *work.Desk, fn func(*db.Tx) error) error {
	scope := db.Scope{Actor: operator.ID, Role: string(operator.Role), Day: desk.Today(), Now: desk.Clock().UTC()}
	return desk.DB.As(scope).Read(s.ctx, fn)
}

type auditCheckpoint struct {
	Out string `help:"Write the head to this file instead of standard output." placeholder:"FILE"`
}

// Run signs a head, keeps it, and gives it out to be kept elsewhere.
func (c auditCheckpoint) Run(s *shop) (err error) {
	ring, err := s.ring()
	if err != nil {
		return err
	}
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	signed, err := sign(s, desk, ring)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "Signed over %d entries. Keep this where whoever runs this installation cannot change it.\n", signed.Size)
	if c.Out != "" {
		return writeNew(c.Out, []byte(signed.Note))
	}
	_, err = fmt.Fprint(s.out, signed.Note)
	return err
}

func sign(s *shop, desk *work.Desk, ring *key.Ring) (signed audit.Signed, err error) {
	err = desk.Do(s.ctx, operator, "audit checkpoint", func(u *work.Unit) error {
		signed, err = audit.Checkpoint(u.Tx, ring, u.Now)
		u.Did("signed", work.Subject{Kind: "audit"}, fmt.Sprintf("head over %d entries", signed.Size))
		return err
	})
	return signed, err
}

type auditExport struct {
	Dir    string `arg:"" help:"The folder to make."`
	Agency string `help:"Show this agency's entries in full and of the others the hash alone; without it everything is in full." placeholder:"CODE"`
}

// Run notes the export, signs a head that covers the note too, and writes what
// the head covers.
func (c auditExport) Run(s *shop) (err error) {
	ring, err := s.ring()
	if err != nil {
		return err
	}
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	if err := os.Mkdir(c.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be made. Name one that is not there yet.", c.Dir), err)
	}
	if err := c.export(s, desk, ring); err != nil {
		return errors.Join(err, os.RemoveAll(c.Dir))
	}
	return nil
}

func (c auditExport) export(s *shop, desk *work.Desk, ring *key.Ring) error {
	err := desk.Do(s.ctx, operator, "audit export", func(u *work.Unit) error {
		u.Saw(work.Subject{Kind: "audit", Agency: c.Agency}, "export")
		return nil
	})
	if err != nil {
		return err
	}
	signed, err := sign(s, desk, ring)
	if err != nil {
		return err
	}
	shown, err := c.entries(s, desk, signed.Head)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "Wrote %d entries to %s, %d of them in full.\n", signed.Size, c.Dir, shown)
	if shown == 1 && c.Agency != "" {
		fmt.Fprintf(s.err, "The one in full is that of this export. Is %s the agency's code?\n", c.Agency)
	}
	return errors.Join(writeNew(filepath.Join(c.Dir, proof.HeadFile), []byte(signed.Note)),
		writeNew(filepath.Join(c.Dir, proof.KeyFile), []byte(audit.PublicKey(ring)+"\n")))
}

func (c auditExport) entries(s *shop, desk *work.Desk, head proof.Head) (shown int64, err error) {
	file, err := os.OpenFile(filepath.Join(c.Dir, proof.EntriesFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	err = everything(s, desk, func(tx *db.Tx) error {
		shown, err = audit.Export(tx, out, c.Agency, head)
		return err
	})
	return shown, errors.Join(err, out.Flush())
}

type auditKey struct{}

// Run prints the public key.
func (auditKey) Run(s *shop) error {
	ring, err := s.ring()
	if err == nil {
		_, err = fmt.Fprintln(s.out, audit.PublicKey(ring))
	}
	return err
}
