package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"homeward/internal/account"
	"homeward/internal/fault"
	"homeward/internal/work"
)

type accountCommand struct {
	First  accountFirstCommand  `cmd:"" help:"Invite the first administrator of an agency: the link is shown once."`
	List   accountListCommand   `cmd:"" help:"List the accounts of an agency."`
	Invite accountInviteCommand `cmd:"" help:"Make a link to reset an account or to open one: it is shown once."`
	End    accountEndCommand    `cmd:"" help:"End an account, and every session of it."`

	Council accountCouncilCommand `cmd:"" help:"A council's own sign-in."`
}

type accountFirstCommand struct {
	Agency string `help:"The agency's code." required:"" placeholder:"CODE"`
	Name   string `help:"The administrator's name." required:""`
	SignIn string `help:"The name they will sign in by, such as a work e-mail address." required:"" placeholder:"NAME"`
}

// Run makes the link.
func (c accountFirstCommand) Run(s *shop) error {
	return s.invite("account first", func(u *work.Unit) (string, error) {
		return account.First(u, c.Agency, c.Name, c.SignIn)
	})
}

// invite makes a link and writes it once it is committed: alone on standard
// output, since whoever has it can open the account.
func (s *shop) invite(purpose string, fn func(*work.Unit) (string, error)) error {
	var token string
	err := s.withDesk(purpose, func(u *work.Unit) (err error) { token, err = fn(u); return err })
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "Put the address of your Homeward in front of this, and give it to that person alone. It is good once, for 72 hours.")
	fmt.Fprintln(s.out, account.LinkPath(token))
	return nil
}

type accountInviteCommand struct {
	SignIn string `arg:"" help:"The account's sign-in name." name:"sign-in"`
	Worker string `help:"Open an account by that name for this worker, who has none." placeholder:"REFERENCE"`
}

// Run makes the link.
func (c accountInviteCommand) Run(s *shop) error {
	return s.invite("account invite", func(u *work.Unit) (string, error) {
		if c.Worker != "" {
			return account.Invite(u, c.Worker, c.SignIn)
		}
		a, err := account.OfName(u, c.SignIn)
		if err != nil {
			return "", explainName(err)
		}
		return account.InviteReset(u, a.ID)
	})
}

func explainName(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "There is no account with this sign-in name. See: homeward account list --agency CODE")
	}
	return err
}

type accountEndCommand struct {
	SignIn string `arg:"" help:"The account's sign-in name." name:"sign-in"`
}

// Run ends the account.
func (c accountEndCommand) Run(s *shop) error {
	err := s.withDesk("account end", func(u *work.Unit) error {
		a, err := account.OfName(u, c.SignIn)
		if err != nil {
			return explainName(err)
		}
		return account.End(u, a.ID)
	})
	if err == nil {
		fmt.Fprintln(s.err, "The account is ended. Whoever is signed in with it is out at their next request.")
	}
	return err
}

type accountListCommand struct {
	Agency string `help:"The agency's code." required:"" placeholder:"CODE"`
}

// Run lists the accounts.
func (c accountListCommand) Run(s *shop) error {
	var list []account.Account
	err := s.withDesk("account list", func(u *work.Unit) (err error) { list, err = account.List(u, c.Agency); return err })
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "SIGN-IN NAME\tROLE\tSTATE\tLAST USED\tSECOND FACTOR\tRECOVERY CODES")
	for _, a := range list {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%d\n", a.SignInName, a.Worker.Role.Label(), a.State, lastUsed(a), secondFactors(a), a.RecoveryLeft)
	}
	return out.Flush()
}

func lastUsed(a account.Account) string {
	if a.Used.IsZero() {
		return "never"
	}
	return a.Used.Format(time.DateOnly)
}

func secondFactors(a account.Account) string {
	var have []string
	if a.TOTP {
		have = append(have, "app")
	}
	if a.Passkeys > 0 {
		have = append(have, fmt.Sprintf("%d passkeys", a.Passkeys))
	}
	return strings.Join(have, ", ")
}
