// Command homeward-verify checks an export of Homeward's audit record on a
// machine of your own: that every entry shown is as it was written, that none is
// missing or out of order, and that all of it fits the heads you kept.
//
// It takes the folder of the export, the public key you were given when you
// joined, and any heads you kept. It trusts nothing in the folder. See
// docs/audit.md. Exit codes: 0 all is as it was written, 1 it is not, 2 it
// could not be checked.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"homeward/internal/audit/proof"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `usage: homeward-verify DIR --key FILE [--head FILE]...

DIR     the folder that "homeward audit export" wrote
--key   the public key, from where you keep it: not the one in DIR
--head  a signed head you kept; give as many as you have
`

// question is what is to be checked by what.
type question struct {
	dir, key string
	heads    []string
}

// parse reads the arguments, flags before or after the folder.
func parse(args []string) (q question, err error) {
	flags := flag.NewFlagSet("homeward-verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&q.key, "key", "", "")
	flags.Func("head", "", func(path string) error { q.heads = append(q.heads, path); return nil })
	if err := flags.Parse(args); err != nil {
		return q, err
	}
	if flags.NArg() > 0 {
		q.dir = flags.Arg(0)
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return q, err
		}
	}
	if q.dir == "" || q.key == "" || flags.NArg() > 0 {
		return q, errors.New("name one folder and the public key")
	}
	return q, nil
}

func run(args []string, out, errOut io.Writer) int {
	q, err := parse(args)
	if err != nil {
		fmt.Fprintf(errOut, "homeward-verify: %v\n%s", err, usage)
		return 2
	}
	report, err := q.answer()
	if unread, ok := errors.AsType[*fs.PathError](err); ok {
		fmt.Fprintf(errOut, "homeward-verify: nothing was checked: %v\n", unread)
		return 2
	}
	if err != nil {
		fmt.Fprintf(errOut, "homeward-verify: NOT AS IT WAS WRITTEN: %v\n", err)
		return 1
	}
	fmt.Fprintf(out, "As it was written: %d entries, %d of them in full, under the head signed %s.\n", report.Head.Size, report.Shown, on(report.Head))
	for _, h := range report.Older {
		fmt.Fprintf(out, "The first %d are those of the head you kept, signed %s.\n", h.Size, on(h))
	}
	if len(report.Older) == 0 {
		fmt.Fprintln(errOut, "Without a head you kept (--head) this cannot show that nobody with Homeward's key file has rewritten or cut the record.")
	}
	return 0
}

func on(h proof.Head) string { return h.At.Format(time.RFC3339) }

func (q question) answer() (r proof.Report, err error) {
	public, err := os.ReadFile(q.key)
	if err != nil {
		return r, err
	}
	head, err := os.ReadFile(filepath.Join(q.dir, proof.HeadFile))
	if err != nil {
		return r, err
	}
	var older [][]byte
	for _, path := range q.heads {
		text, err := os.ReadFile(path)
		if err != nil {
			return r, err
		}
		older = append(older, text)
	}
	entries, err := os.Open(filepath.Join(q.dir, proof.EntriesFile))
	if err != nil {
		return r, err
	}
	defer entries.Close()
	return proof.Check(entries, head, string(public), older...)
}
