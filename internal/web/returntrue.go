package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/returns"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// returnTruePage asks why a finding is no mistake.
type returnTruePage struct {
	Record  record
	Finding findingLine
	Form    *govuk.Form
	Reason  *govuk.TextField
	Cancel  string
}

// returnTrue marks a finding as checked and true, with the reason.
func returnTrue(v *visit) error {
	p := returnTruePage{Form: &govuk.Form{}}
	p.Reason = p.Form.TextArea(govuk.Question{Name: "reason", Label: "Why is it true?", Noun: "why it is true", Max: 1000, Rows: 4,
		Hint: "Say how you checked. Whoever checks next reads this, so name no person"})
	if v.posted() && p.Form.Parse(v.r) {
		to := ""
		err := v.withFinding(func(u *work.Unit, book *agency.Book, r returns.Reading, f returns.Finding) error {
			to = findingsPath(r, f)
			return returns.MarkTrue(u, book, r, f, p.Reason.Value)
		})
		if err == nil {
			return v.done(to, "Checked and true. The reason is kept at every later check, until the row says something else.")
		}
		if err := unlessFault(p.Form, err); err != nil {
			return err
		}
	}
	err := v.withFinding(func(_ *work.Unit, book *agency.Book, r returns.Reading, f returns.Finding) error {
		p.Record, p.Finding, p.Cancel = v.returnRecord(book, r, ""), lineFor(r, f), findingsPath(r, f)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("returntrue", page{Title: "This finding is true", Form: p.Form, Back: p.Cancel}, p)
}

// returnNotTrue takes a mark back.
func returnNotTrue(v *visit) error {
	to := ""
	err := v.withFinding(func(u *work.Unit, book *agency.Book, r returns.Reading, f returns.Finding) error {
		if f.Mark == nil {
			return fault.New(fault.Conflict, "Nobody has marked this finding as true, or the mark has been taken back already.")
		}
		to = findingsPath(r, f)
		return returns.Unmark(u, book, r, f.Mark)
	})
	if err != nil {
		return err
	}
	return v.done(to, "Taken back. The finding is open again.")
}

// withFinding runs one unit of work with the finding of the path, for whoever may
// say what becomes of it.
func (v *visit) withFinding(fn func(*work.Unit, *agency.Book, returns.Reading, returns.Finding) error) error {
	return v.withChecked("a finding of a return", access.Change, func(u *work.Unit, book *agency.Book, c *returns.Checked) error {
		key := v.r.PathValue("finding")
		i := slices.IndexFunc(c.Findings, func(f returns.Finding) bool { return f.Key() == key })
		if i < 0 {
			return u.Refuse(access.Change, c.Reading.Subject())
		}
		return fn(u, book, c.Reading, c.Findings[i])
	})
}

// findingsPath leads to the findings of one rule.
func findingsPath(r returns.Reading, f returns.Finding) string {
	return withQuery(returnPath(r.ID)+"/findings", "rule", f.Rule.Code)
}
