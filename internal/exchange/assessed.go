package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"homeward/internal/date"
	"homeward/internal/fault"
)

// Assessment is a row of a file of assessments: brothers and sisters may be placed
// together or in parts, and this is the part one of them would be in. It is no
// file of the exchange folder: nothing of it is recorded.
type Assessment struct {
	Agency, GroupRef, ChildRef string
	Part                       string // a capital letter, or a number
	On                         date.Date
	By                         string
	Line                       int
}

// ReadAssessments reads a file of assessments: the good rows, and what is wrong
// with the others. What the records say of the children is for the caller to ask.
func ReadAssessments(path string, today date.Date) (rows []Assessment, _ *Reading, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no file %s to read.", path), err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be opened. May you read it?", path), err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	name, suffix := filepath.Base(path), ""
	if label, ok := strings.CutSuffix(name, ".csv"); ok {
		name, suffix = label, ".csv"
	}
	rd := newReader(Options{Today: today}, suffix)
	t := assessments(name)
	t.keep = func(_ *Reading, a Assessment) {
		a.Line, a.Part = rd.seen[t.key(a)], strings.ToUpper(a.Part)
		rows = append(rows, a)
	}
	in := bufio.NewReader(metered{f, &rd.left})
	if start, _ := in.Peek(4); string(start) == "PK\x03\x04" { // a file this short is read to its end below
		rd.fails(name, "", "This is a workbook, not CSV: save its sheet as CSV UTF-8 (comma delimited).")
		return nil, &rd.Reading, nil
	}
	err = rd.readFile(t, newScanner(in).next)
	if len(rows) == 0 && rd.Count == 0 && err == nil {
		rd.fails(name, "child_ref", "There is no row under the header: write one for each child of each group that was assessed.")
	}
	return rows, &rd.Reading, err
}

func assessments(name string) table[Assessment] {
	return table[Assessment]{
		name: name,
		columns: []column[Assessment]{
			word("agency_code", func(a *Assessment) *string { return &a.Agency }),
			word("group_ref", func(a *Assessment) *string { return &a.GroupRef }),
			word("child_ref", func(a *Assessment) *string { return &a.ChildRef }),
			word("part", func(a *Assessment) *string { return &a.Part }),
			day("assessed_on", func(a *Assessment) *date.Date { return &a.On }),
			word("assessed_by", func(a *Assessment) *string { return &a.By }),
		},
		problems: assessmentProblems,
		key:      func(a Assessment) string { return key(a.Agency, a.ChildRef) },
		second:   [2]string{"child_ref", "This child is on line %d already: a child is in one part. Keep one of the two rows."},
	}
}

var partForm = regexp.MustCompile(`^([A-Za-z]|[1-9][0-9]?)$`)

func assessmentProblems(a Assessment, today date.Date) []fault.Problem {
	found := blank(nil, "agency_code", a.Agency, "group_ref", a.GroupRef, "child_ref", a.ChildRef)
	add := func(wrong bool, column, mend string) {
		if wrong {
			found = append(found, fault.Problem{Field: column, Message: mend})
		}
	}
	add(!partForm.MatchString(a.Part), "part", "Write the part as one letter or a number from 1 to 99. Children of the same part stay together.")
	add(a.On == 0, "assessed_on", "This cell may not be blank: write the day of the assessment as YYYY-MM-DD.")
	add(a.On > today, "assessed_on", fmt.Sprintf("%s is after %s, the day the plan is reckoned on: correct it, or plan as of a later day (--as-of).", a.On, today))
	add(strings.TrimSpace(a.By) == "", "assessed_by", "This cell may not be blank: write who assessed the children.")
	add(strings.ContainsFunc(a.By, func(r rune) bool { return !unicode.IsGraphic(r) }), "assessed_by", "The cell holds a line break or a sign that cannot be seen: write who assessed the children on one line.")
	return found
}
