package main

import (
	"fmt"
	"os"
	"strings"

	"homeward/internal/account"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// accountCouncilCommand joins a council's own sign-in (OpenID Connect) to
// Homeward, and turns it off.
type accountCouncilCommand struct {
	Add accountCouncilAdd `cmd:"" help:"Let the people of an agency sign in with their council's own sign-in."`
	Off accountCouncilOff `cmd:"" help:"Turn a council's sign-in off, and end the sessions of everybody joined to it."`
}

type accountCouncilAdd struct {
	Agency     string   `help:"The agency's code." required:"" placeholder:"CODE"`
	URL        string   `name:"url" help:"The issuer's address, exactly as it writes it in its tokens." required:"" placeholder:"URL"`
	ClientID   string   `name:"client-id" help:"What the council's sign-in knows Homeward as." required:"" placeholder:"ID"`
	SecretFile string   `name:"secret-file" help:"A file that holds the client's secret." required:"" type:"existingfile" placeholder:"FILE"`
	MFA        []string `name:"mfa" help:"The amr or acr values that prove a second factor there; without any, Homeward asks its own." placeholder:"VALUE,..."`
}

// Run records the issuer and prints the redirect address to register with it.
func (c accountCouncilAdd) Run(s *shop) error {
	secret, err := os.ReadFile(c.SecretFile)
	if err != nil {
		return fault.Wrap(fault.Usage, fmt.Sprintf("The file %s cannot be read.", c.SecretFile), err)
	}
	var made account.Issuer
	err = s.withDesk("account council add", func(u *work.Unit) (err error) {
		made, err = account.NewRelyingParty(u.Keys()).SaveIssuer(u, account.Issuer{Agency: c.Agency, URL: c.URL, ClientID: c.ClientID, MFA: c.MFA, Enabled: true},
			strings.TrimSpace(string(secret)))
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "Register this redirect address with the council's sign-in, after the address of your Homeward:")
	fmt.Fprintln(s.out, "/sign-in/council/"+made.ID)
	return nil
}

type accountCouncilOff struct {
	Issuer string `arg:"" help:"The last part of the redirect address."`
}

// Run turns the issuer off.
func (c accountCouncilOff) Run(s *shop) error {
	n := 0
	err := s.withDesk("account council off", func(u *work.Unit) (err error) {
		n, err = account.NewRelyingParty(u.Keys()).TurnOff(u, c.Issuer)
		return err
	})
	if err == nil {
		fmt.Fprintf(s.out, "Turned off. The sessions of %d accounts have ended.\n", n)
	}
	return err
}
