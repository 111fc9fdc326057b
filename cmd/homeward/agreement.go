package main

import (
	"fmt"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// agreementCommand records what agencies have agreed on paper. From then on their
// own information leads sign, leave and hand over on the pages.
type agreementCommand struct {
	Add      agreementAdd      `cmd:"" help:"Record a sharing agreement that its parties have signed on paper."`
	List     agreementList     `cmd:"" help:"List sharing agreements and who carries out which function for whom."`
	Function agreementFunction `cmd:"" help:"Record that one agency carries out a function on another's behalf."`
}

type agreementAdd struct {
	Pool    string   `help:"The parties are the members of this pool, for as long as they are members." placeholder:"NAME"`
	Parties []string `help:"The parties, by code." placeholder:"CODE,..."`
	Name    string   `help:"What the agreement is called." placeholder:"WORDS"`
	Purpose string   `help:"What sharing is for." default:"Finding families for children whose plan is adoption."`
	Shares  []string `help:"What is shared: child_profiles, family_profiles." default:"child_profiles,family_profiles"`
	From    day      `help:"The first day it holds; today if left out." placeholder:"DATE"`
	Until   day      `help:"The first day it no longer holds." placeholder:"DATE"`
}

// Run records the agreement, signed for every party.
func (c agreementAdd) Run(s *shop) error {
	if (c.Pool == "") == (len(c.Parties) == 0) {
		return fault.New(fault.Usage, "Name the parties, or the pool whose members they are: --parties DER,NOT or --pool D2N2.")
	}
	var made agency.Agreement
	err := s.withDesk("agreement add", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		a := book.Among(c.Pool)
		for _, code := range c.Parties {
			a.Parties = append(a.Parties, agency.Party{Agency: code})
		}
		if c.Pool == "" {
			a.Name = "Sharing between " + strings.Join(c.Parties, ", ")
		}
		c.write(&a)
		made, err = agency.Propose(u, book, a)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d parties share %s.\n", made.Name, len(made.Parties), strings.Join(c.Shares, " and "))
	return nil
}

func (c agreementAdd) write(a *agency.Agreement) {
	if c.Name != "" {
		a.Name = c.Name
	}
	if c.From.Known() {
		a.From = c.From.Date
	}
	a.Purpose, a.Until, a.Covers = c.Purpose, c.Until.Date, nil
	for _, cover := range c.Shares {
		a.Covers = append(a.Covers, access.Cover(cover))
	}
}

type agreementList struct{}

// Run lists what stands today.
func (agreementList) Run(s *shop) error {
	return s.withDesk("agreement list", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		for _, a := range book.Agreements {
			var parties []string
			for _, p := range a.Parties {
				if p.InForce() {
					parties = append(parties, p.Agency)
				}
			}
			stands := map[bool]string{true: "in force", false: "not in force"}[a.Holds(u.Today)]
			fmt.Fprintf(s.out, "agreement\t%s\t%s\t%s\t%v\n", a.Name, stands, strings.Join(parties, ","), a.Covers)
		}
		for _, h := range book.Functions {
			if h.Holds(u.Today) {
				fmt.Fprintf(s.out, "function\t%s\t%s\tfor %s by %s\n", h.Function, h.From, h.Agency, h.Holder)
			}
		}
		return nil
	})
}

type agreementFunction struct {
	Agency   string `arg:"" help:"On whose behalf, by code."`
	Function string `arg:"" help:"home_finding, recruitment, panels, support, letterbox or records."`
	Holder   string `arg:"" help:"By whom, by code; the agency itself takes it back."`
}

// Run hands the function over from today.
func (c agreementFunction) Run(s *shop) error {
	err := s.withDesk("agreement function", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		if _, known := book.Agencies[c.Agency]; !known {
			return fault.New(fault.Invalid, fmt.Sprintf("There is no agency %q here.", c.Agency))
		}
		return agency.HandFunction(u, book, agency.Held{Agency: c.Agency, Function: access.Function(c.Function), Holder: c.Holder})
	})
	if err == nil {
		fmt.Fprintf(s.out, "From today %s is carried out for %s by %s.\n", c.Function, c.Agency, c.Holder)
	}
	return err
}
