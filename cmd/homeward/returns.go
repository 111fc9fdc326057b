package main

import (
	"fmt"

	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/aids"
)

// returnsCommand is what is done with statutory returns.
type returnsCommand struct {
	Check returnsCheckCommand `cmd:"" help:"Check an SSDA903 return by the collection's rules. Needs no database; nothing leaves this machine."`
	Read  returnsReadCommand  `cmd:"" help:"Take an SSDA903 return in: shown beside the records first."`
	Write returnsWriteCommand `cmd:"" help:"Write an SSDA903 return from the records."`

	Invent returnsInventCommand `cmd:"" help:"Invent an SSDA903 return and the year before, of children who never were: for tests and teaching."`

	Quarterly returnsQuarterlyCommand `cmd:"" help:"Write the quarterly adoption collection. It names children: never send it by e-mail."`
	Mapping   returnsMappingCommand   `cmd:"" help:"Write the mapping file the quarterly collection is made by, to begin one's own from."`
	AnnexA    returnsAnnexACommand    `cmd:"" name:"annex-a" help:"Write lists 10 and 11 of Ofsted's Annex A. They name children: never send them by e-mail."`
}

type returnsCheckCommand struct {
	Source    string `arg:"" help:"The folder with the return's CSV files or its XML." placeholder:"DIR"`
	Prior     string `help:"Last year's return, for the rules that compare the two." placeholder:"DIR"`
	Year      int    `required:"" help:"The year the collection ends in: 2026 for 2025/26." placeholder:"YEAR"`
	LA        string `help:"The council's own code, the Department's (831) or GSS (E06000015)." name:"la" placeholder:"CODE"`
	Gazetteer string `help:"A gazetteer with authorities (ONSPD, NSPL, Code-Point Open), for the rules about places." placeholder:"FILE"`
	Providers string `help:"Ofsted's list of providers as CSV, for the rules about URNs." placeholder:"FILE"`
	JSON      bool   `help:"Write a JSON object a line." name:"json" xor:"form"`
	CSV       bool   `help:"Write CSV, a row for each cell." name:"csv" xor:"form"`
}

// Run checks a return.
func (c returnsCheckCommand) Run(s *shop) error {
	result, err := c.check(s)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return result.WriteJSON(s.out)
	case c.CSV:
		return result.WriteCSV(s.out, exchange.Disarm)
	}
	return result.WriteText(s.out)
}

func (c returnsCheckCommand) check(s *shop) (*ssda903.Result, error) {
	if err := ssda903.RulesKnown(c.Year); err != nil {
		return nil, err
	}
	given, err := c.aids()
	if err != nil {
		return nil, err
	}
	now, err := readReturn(s, c.Source, c.Year)
	if err != nil {
		return nil, err
	}
	var last *ssda903.Return
	if c.Prior != "" {
		if last, err = readReturn(s, c.Prior, c.Year-1); err != nil {
			return nil, err
		}
	}
	for _, note := range now.Doubts() {
		fmt.Fprintln(s.err, "homeward: note:", note)
	}
	return ssda903.Check(now, last, given)
}

func readReturn(s *shop, path string, year int) (*ssda903.Return, error) {
	r, err := ssda903.ReadPath(path, year)
	if err != nil {
		return nil, err
	}
	for _, note := range r.Notes {
		fmt.Fprintln(s.err, "homeward: note:", note)
	}
	return &r.Return, nil
}

// aids reads what was given beside the return.
func (c returnsCheckCommand) aids() (given ssda903.Aids, err error) {
	if c.LA != "" {
		if given.Authority, err = authority(c.LA); err != nil {
			return given, err
		}
	}
	if c.Gazetteer != "" {
		if given.Places, err = gazetteer.ReadPlaces(c.Gazetteer); err != nil {
			return given, err
		}
	}
	if c.Providers != "" {
		if given.Providers, err = aids.ReadProviders(c.Providers); err != nil {
			return given, err
		}
	}
	return given, nil
}

// authority gives the GSS code of a council named by it or by the Department's
// number.
func authority(code string) (string, error) {
	if gss, known := gazetteer.AuthorityOf(code); known {
		return gss, nil
	}
	for _, a := range gazetteer.Authorities() {
		if newest, known := gazetteer.AuthorityOf(a.Number); a.GSS == code && known {
			return newest, nil // codes were renewed; a gazetteer has the newest
		} else if a.GSS == code {
			return code, nil
		}
	}
	return "", fault.New(fault.Invalid, fmt.Sprintf("There is no council %s: give the Department's three-digit number (831) or the GSS code (E06000015).", code))
}
