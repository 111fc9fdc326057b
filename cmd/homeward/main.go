// Command homeward is the whole product in one program: it serves the pages,
// moves regions in and out, and answers on the command line. The wiring stands
// here; every rule stands in the rooms below.
//
// Results go to standard output, everything else to standard error. Exit codes:
// 0 done, 1 the operation failed, 2 wrong usage, 3 bad input (nothing changed).
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// program is every command and flag.
type program struct {
	DB   string `help:"The database: sqlite:PATH or a postgres:// URL." env:"HOMEWARD_DB" default:"sqlite:homeward.db" placeholder:"URL"`
	Keys string `help:"The key file: what is sealed opens with it alone. Keep a copy apart from the database (default homeward.key)." env:"HOMEWARD_KEYS" placeholder:"FILE"`
	AsOf day    `help:"Reckon everything on this day (YYYY-MM-DD) instead of today." placeholder:"DATE"`

	Demo       demoCommand       `cmd:"" help:"Make a synthetic region in a new embedded database and serve it."`
	Serve      serveCommand      `cmd:"" help:"Serve the web on this machine."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database to this version."`
	Gazetteer  gazetteerCommand  `cmd:"" help:"Load the postcodes that places are found by."`
	Region     regionCommand     `cmd:"" help:"Write a synthetic region as an exchange folder."`
	Agreement  agreementCommand  `cmd:"" help:"Record which agencies share, and who carries out what for whom."`
	Account    accountCommand    `cmd:"" help:"Open the first account of an agency, and help people who cannot sign in."`
	Doctor     doctorCommand     `cmd:"" help:"Name each unsafe setting of this installation and how to mend it."`
	Audit      auditCommand      `cmd:"" help:"Check, sign and hand out the record of every look and every change."`
	Import     importCommand     `cmd:"" help:"Read an exchange folder or workbook."`
	Export     exportCommand     `cmd:"" help:"Write an exchange folder, or a workbook if the name ends in .xlsx."`
	Returns    returnsCommand    `cmd:"" help:"Read, check and write statutory returns."`
	Pack       packCommand       `cmd:"" help:"Write a quarter's numbers of an area as a document."`
	Match      matchCommand      `cmd:"" help:"List the families for a child, or for every waiting group."`
	Laboratory laboratoryCommand `cmd:"" help:"Play what a bigger pool of families would change, with invented children and families."`
	Plan       planCommand       `cmd:"" help:"Make the region's plan: the links that are best for all waiting children together."`
}

// day is a date flag.
type day struct{ date.Date }

// UnmarshalText reads the flag.
func (d *day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		return errors.New("write a day as YYYY-MM-DD")
	}
	d.Date, err = date.Parse(string(text))
	return err
}

// shop is what commands work with.
type shop struct {
	ctx      context.Context
	program  *program
	out, err io.Writer
	log      *slog.Logger
}

// run is the command without the process: it gives the exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	var p program
	exit := -1
	parser, err := kong.New(&p, kong.Name("homeward"), kong.Writers(out, errOut), kong.UsageOnError(),
		kong.Description("Homeward: open-source software for regional adoption agencies in England."),
		kong.Exit(func(code int) { exit = code; panic(exitRequest{}) }))
	if err != nil {
		fmt.Fprintln(errOut, "homeward:", err)
		return 1
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exitRequest); !ok {
				panic(r)
			}
			code = exit
		}
	}()
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errOut, "homeward: %v\nSee: homeward --help\n", err)
		return fault.ExitCode(fault.New(fault.Usage, ""))
	}
	s := &shop{ctx: ctx, program: &p, out: out, err: errOut, log: slog.New(slog.NewTextHandler(errOut, nil))}
	err = chosen.Run(s)
	if err != nil {
		s.explain(err)
	}
	return fault.ExitCode(err)
}

// exitRequest carries kong's wish to end (after --help) out of the parser.
type exitRequest struct{}

// explain says what went wrong: to the operator of an installation also what
// nobody foresaw, since there is no other log.
func (s *shop) explain(err error) {
	fmt.Fprintln(s.err, "homeward:", fault.Message(err))
	if fault.KindOf(err) == fault.Internal {
		fmt.Fprintln(s.err, "homeward: cause:", err)
	}
}

// operator is who the command line acts as: somebody with the run of the
// installation, audited like everybody else.
var operator = access.Actor{ID: "command-line", Name: "Command line", Role: access.Operator}

// desk opens the database with its keys and gives the desk over it; the caller
// closes it.
func (s *shop) desk() (*work.Desk, error) {
	desk, err := s.deskWithoutKeys()
	if err != nil {
		return nil, err
	}
	if desk.Keys, err = s.ring(); err != nil {
		return nil, errors.Join(err, desk.DB.Close())
	}
	return desk, nil
}

// deskWithoutKeys is desk for those who only look: the doctor, and whoever
// verifies the record with a public key.
func (s *shop) deskWithoutKeys() (*work.Desk, error) {
	d, err := db.Open(s.ctx, s.program.DB)
	if err != nil {
		return nil, err
	}
	return &work.Desk{DB: d.As(db.Scope{Actor: operator.ID, Role: string(operator.Role)}), AsOf: s.program.AsOf.Date}, nil
}

// keyFile is where the installation's secrets are.
func (s *shop) keyFile() string {
	return cmp.Or(s.program.Keys, os.Getenv("HOMEWARD_KEYS"), "homeward.key")
}

// ring opens the key file.
func (s *shop) ring() (*key.Ring, error) { return key.Open(s.keyFile()) }

// withDesk opens the database, does one unit of work as the operator, and closes
// it.
func (s *shop) withDesk(purpose string, fn func(*work.Unit) error) (err error) {
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	return desk.Do(s.ctx, operator, purpose, fn)
}

type migrateCommand struct{}

// Run brings the database to this version, and makes the key file of a new
// installation.
func (migrateCommand) Run(s *shop) (err error) {
	d, err := db.Migrate(s.ctx, s.program.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := s.makeKeys(d); err != nil {
		return err
	}
	version, err := d.Version(s.ctx)
	if err == nil {
		fmt.Fprintln(s.err, "The database is ready:", version)
	}
	return err
}

// makeKeys makes the key file if there is none. Where there are accounts it was
// lost: a new one would open nothing they were sealed with.
func (s *shop) makeKeys(d *db.DB) error {
	if _, err := os.Stat(s.keyFile()); !errors.Is(err, fs.ErrNotExist) {
		_, err := s.ring()
		return err
	}
	accounts := 0
	desk := &work.Desk{DB: d}
	err := desk.Do(s.ctx, operator, "migrate", func(u *work.Unit) error { return u.QueryRow("SELECT COUNT(*) FROM account").Scan(&accounts) })
	if err != nil {
		return err
	}
	if accounts > 0 {
		return fault.New(fault.NotReady, fmt.Sprintf("The database is of this version, but its key file is not at %s. Put it back from where you keep its copy.", s.keyFile()))
	}
	if _, err := key.Create(s.keyFile()); err != nil {
		return err
	}
	fmt.Fprintln(s.err, "A new key file is made:", s.keyFile()+". Keep a copy of it apart from the database.")
	return nil
}
