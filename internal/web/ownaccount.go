package web

import (
	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// ownAccountPage is who somebody is here and how they sign in.
type ownAccountPage struct {
	Who      govuk.SummaryList
	SignIn   govuk.SummaryList
	Passkeys []passkeyRow
	May      bool // add a passkey here
	Joined   []councilRow
	Others   []councilRow // one may join
}

type passkeyRow struct{ ID, Name, Added, Used string }

// ownAccount shows the signed-in person their own account.
func ownAccount(v *visit) error {
	p := ownAccountPage{May: v.passkeys()}
	err := v.do("own account", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		keys, err := account.PasskeysOf(u, v.account.ID)
		if err != nil {
			return err
		}
		u.Saw(work.Subject{Kind: "account", Agency: v.actor.Agency, ID: v.account.ID}, "own")
		p.who(v, book)
		p.passkeys(keys)
		return p.councils(v, u, book)
	})
	if err != nil {
		return err
	}
	p.signIn(v.account)
	return v.show("account", page{Title: "Your account"}, p)
}

func (p *ownAccountPage) who(v *visit, book *agency.Book) {
	p.Who.Rows = []govuk.SummaryRow{accountRow("Name", v.worker.Name), accountRow("You work as", v.worker.Role.Label()), accountRow("For", book.Agencies[v.worker.Agency].Name)}
	if t, ok := book.Teams[v.worker.Team]; ok {
		p.Who.Rows = append(p.Who.Rows, accountRow("In the team", t.Name))
	}
	if v.worker.Role != access.Administrator {
		p.Who.Rows = append(p.Who.Rows, accountRow("Something is wrong here?", "Tell your agency’s administrator"))
	}
}

func accountRow(key, value string) govuk.SummaryRow {
	return govuk.SummaryRow{Key: govuk.Content{Text: key}, Value: govuk.Content{Text: value}}
}

func changing(row govuk.SummaryRow, href, verb, what string) govuk.SummaryRow {
	row.Actions.Items = []govuk.SummaryAction{{Href: href, Text: verb, VisuallyHiddenText: what}}
	return row
}

func (p *ownAccountPage) signIn(a account.Account) {
	app := changing(accountRow("Codes from an app", "Not set up"), "/account/app", "Set up", "codes from an app")
	if a.TOTP {
		app = changing(accountRow("Codes from an app", "Set up"), "/account/app", "Change", "the app your codes come from")
	}
	p.SignIn.Rows = []govuk.SummaryRow{
		accountRow("Sign-in name", a.SignInName),
		changing(accountRow("Password", "Set"), "/account/password", "Change", "your password"),
		app,
		changing(accountRow("Recovery codes", codesLeft(a.RecoveryLeft)), "/account/recovery", "Make new ones", "in place of your recovery codes"),
	}
}

func (p *ownAccountPage) passkeys(keys []account.Passkey) {
	for _, k := range keys {
		row := passkeyRow{ID: k.ID, Name: k.Name, Added: work.Day(k.Added).Long(), Used: "Not used yet"}
		if !k.Used.IsZero() {
			row.Used = work.Day(k.Used).Long()
		}
		p.Passkeys = append(p.Passkeys, row)
	}
}

// councils are the sign-ins of one's own council: joined, and to be joined.
func (p *ownAccountPage) councils(v *visit, u *work.Unit, book *agency.Book) error {
	if v.Origin == "" {
		return nil
	}
	joined, err := account.IssuersOf(u.Tx, v.account.ID)
	if err != nil {
		return err
	}
	own, err := account.Issuers(u.Tx, v.actor.Agency)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, row := range councilRows(book, joined) {
		has[row.ID] = true
		p.Joined = append(p.Joined, row)
	}
	for _, row := range councilRows(book, own) {
		if !has[row.ID] {
			row.Href = "/account/council/" + row.ID
			p.Others = append(p.Others, row)
		}
	}
	return nil
}

// signOutEverywhere ends every session of one's own account, this one too.
func signOutEverywhere(v *visit) error {
	if err := v.do("own account", func(u *work.Unit) error { return account.EndSessions(u, v.account.ID) }); err != nil {
		return err
	}
	if err := v.signedOut("You have signed out everywhere."); err != nil {
		return err
	}
	return v.redirect("/sign-in")
}
