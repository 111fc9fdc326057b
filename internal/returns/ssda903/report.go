package ssda903

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Line is a finding as it is told: {"rule":"334","table":"AD1","row":17,...}. Row
// counts data rows from 0 in the file of its table.
type Line struct {
	Rule   string   `json:"rule"`
	Table  string   `json:"table"`
	Row    int      `json:"row"`
	Child  string   `json:"child"`
	Fields []string `json:"fields"`
}

// Line is the finding as it is told.
func (f Finding) Line() Line {
	l := Line{Rule: f.Rule.Code, Table: f.Row.Sheet.Table.String(), Row: int(f.Row.N), Child: f.Row.Raw(CHILD)}
	for _, field := range f.Fields() {
		l.Fields = append(l.Fields, field.String())
	}
	return l
}

// summary is the last line of a report.
type summary struct {
	Summary struct {
		Run    int      `json:"run"`
		NotRun []whyNot `json:"not_run"`
		Issues int      `json:"issues"`
		Prior  []Line   `json:"last_years_rows,omitempty"`
	} `json:"summary"`
}

type whyNot struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

func (r *Result) summary() (s summary) {
	s.Summary.Run, s.Summary.Issues, s.Summary.NotRun = r.Run, len(r.Findings), []whyNot{}
	for _, n := range r.NotRun {
		s.Summary.NotRun = append(s.Summary.NotRun, whyNot(n))
	}
	for _, f := range r.Prior {
		s.Summary.Prior = append(s.Summary.Prior, f.Line())
	}
	return s
}

// WriteJSON writes a JSON object a line: the findings, then the summary.
func (r *Result) WriteJSON(to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<16)
	lines := json.NewEncoder(out)
	for _, f := range r.Findings {
		if err := lines.Encode(f.Line()); err != nil {
			return err
		}
	}
	if err := lines.Encode(r.summary()); err != nil {
		return err
	}
	return out.Flush()
}

// WriteCSV writes a row for each finding and cell, for a spreadsheet; disarm
// makes a cell one that no spreadsheet runs.
func (r *Result) WriteCSV(to io.Writer, disarm func(string) string) error {
	out := csv.NewWriter(to)
	_ = out.Write([]string{"rule", "file", "line", "table", "row", "child", "field", "value", "problem"}) // Error tells
	for _, f := range r.Findings {
		for _, field := range f.Fields() {
			_ = out.Write([]string{f.Rule.Code, f.Row.Sheet.File, strconv.Itoa(f.Row.Line()), f.Row.Sheet.Table.String(), strconv.Itoa(int(f.Row.N)),
				disarm(f.Row.Raw(CHILD)), field.String(), disarm(f.Row.Raw(field)), f.Rule.Says})
		}
	}
	out.Flush()
	return out.Error()
}

// WriteText writes the report for somebody at a terminal, by rule.
func (r *Result) WriteText(to io.Writer) error {
	out := bufio.NewWriter(to)
	var rule *Rule
	for _, f := range r.Findings {
		if f.Rule != rule {
			rule = f.Rule
			fmt.Fprintf(out, "\n%s  %s\n", rule.Code, rule.Says)
		}
		fmt.Fprintf(out, "    %s line %d, child %s: %s\n", f.Row.Sheet.File, f.Row.Line(), plain(f.Row.Raw(CHILD)), said(f, r.Year))
	}
	for _, f := range r.Prior {
		fmt.Fprintf(out, "\n%s  %s\n    last year's %s line %d, child %s: %s\n", f.Rule.Code, f.Rule.Says, f.Row.Sheet.File, f.Row.Line(), plain(f.Row.Raw(CHILD)), said(f, r.Year))
	}
	if len(r.NotRun) > 0 {
		fmt.Fprintf(out, "\nNot run:\n")
	}
	for _, n := range r.NotRun {
		fmt.Fprintf(out, "    %s: %s\n", n.Rule, n.Why)
	}
	fmt.Fprintf(out, "\n%s: %d rules run, %d not run, %d findings.\n", YearName(r.Year), r.Run, len(r.NotRun), len(r.Findings)+len(r.Prior))
	return out.Flush()
}

func said(f Finding, year int) string {
	var list []string
	for _, field := range f.Fields() {
		value := f.Row.Raw(field)
		if value == "" {
			value = "blank"
		}
		if label := Label(field, value, year); label != "" {
			value += " (" + label + ")"
		}
		list = append(list, field.String()+" "+plain(value))
	}
	return strings.Join(list, ", ")
}

// plain is text without what could move a terminal about.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, text)
}
