package ssda903

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"homeward/internal/date"
)

// Draft is a return being put together.
type Draft struct {
	year  int
	built [tables]*building
}

// NewDraft begins a return that has all tables of its year, without rows.
func NewDraft(year int) *Draft {
	d := &Draft{year: year}
	for _, t := range Tables(year) {
		d.built[t] = build(t, t.FileName(), t.Columns(), 0)
	}
	return d
}

// Add adds a row: the cells of the table's columns in their order.
func (d *Draft) Add(t Table, cells ...string) {
	b := d.built[t]
	b.add(b.Len()+2, func(column int) string { return cells[column] })
}

// Return is what was put together.
func (d *Draft) Return() *Return {
	r := &Return{Year: d.year}
	for t, b := range d.built {
		if b != nil {
			r.Sheets[t] = b.done()
		}
	}
	return r
}

// Written is a date as the return has it; nothing for the unknown date.
func Written(d date.Date) string {
	if !d.Known() {
		return ""
	}
	return d.Time().Format("02/01/2006")
}

// fileNames are what the files of a return are called.
var fileNames = [tables]string{"header", "episodes", "reviews", "uasc", "oc2", "oc3", "ad1", "placed_for_adoption", "previous_permanence", "missing", "social_worker_episodes", "deprivation_of_liberty"}

// FileName is what the table's CSV file is called; readers go by its columns.
func (t Table) FileName() string { return fileNames[t] + ".csv" }

// WriteCSV writes a table as it was read, in the return's order of columns. Cells
// are not disarmed: the collection takes them to the letter.
func (s *Sheet) WriteCSV(to io.Writer) error {
	out := csv.NewWriter(to)
	columns := s.Table.Columns()
	cells := make([]string, len(columns))
	for i, f := range columns {
		cells[i] = f.String()
	}
	_ = out.Write(cells) // Error tells
	for r := range s.Rows() {
		for i, f := range columns {
			cells[i] = r.Raw(f)
		}
		_ = out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

// WriteXML writes the return as XML, child by child in the order of Header. What
// the XML has no place for (SWEpisodes, DoLo, children without a header) is
// refused, not lost.
func (r *Return) WriteXML(to io.Writer) error {
	roll := newRoll(r)
	x := roll.index(r)
	if err := r.fitsXML(&x); err != nil {
		return err
	}
	out := bufio.NewWriter(to)
	fmt.Fprintf(out, "%s<EXPSSDA903>\n", xml.Header)
	for h := range r.Sheets[Header].Rows() {
		c := &xmlChild{out: out, of: func(t Table) []Row { return x.of(roll.at[h.Text(CHILD)], t) }}
		c.write(h, r.XML)
	}
	fmt.Fprint(out, "</EXPSSDA903>\n")
	return out.Flush()
}

// fitsXML tells what XML cannot say.
func (r *Return) fitsXML(x *index) error {
	for _, t := range []Table{SWEpisodes, DoLo} {
		if n := r.Sheets[t].Len(); n > 0 {
			return invalid(fmt.Sprintf("The XML has no known place for %s, and there are %d rows of it. Write CSV.", t, n))
		}
	}
	if r.Sheets[Header] == nil {
		return invalid("The XML is written child by child from Header, which is not there. Write CSV.")
	}
	for t, s := range r.Sheets {
		for row := range s.Rows() {
			header := x.of(x.roll.at[row.Text(CHILD)], Header)
			own := x.of(x.roll.at[row.Text(CHILD)], Table(t))
			switch once := Table(t) == Header || Table(t) == Unaccompanied || Table(t) == OC3 || Table(t) == AD1; {
			case len(header) != 1:
				return invalid(fmt.Sprintf("%s row %d: the child has %d rows in Header, and the XML needs one. Mend it, or write CSV.", Table(t), row.N, len(header)))
			case once && len(own) > 1:
				return invalid(fmt.Sprintf("%s row %d: the child has %d rows in it, and the XML has place for one. Mend it, or write CSV.", Table(t), row.N, len(own)))
			}
		}
	}
	return nil
}

// xmlChild writes one child.
type xmlChild struct {
	out *bufio.Writer
	of  func(Table) []Row
}

func (c *xmlChild) write(h Row, flagged bool) {
	c.open("CHILD", 1)
	c.open("HEADER", 2)
	for _, f := range []Field{CHILD, UPN, SEX, DOB, ETHNIC} {
		c.cell(h, f, 3)
	}
	c.uasc(h, flagged)
	c.cell(h, MOTHER, 3)
	c.cell(h, MC_DOB, 3)
	c.nested(Reviews, REVIEW, REVIEW_CODE)
	c.nested(Missing, MISSING, MIS_START, MIS_END)
	c.nested(PrevPerm, PREV_PERM, LA_PERM, DATE_PERM)
	c.nested(OC2, OC2.Columns()[2:]...)
	c.flat(OC3)
	c.flat(AD1)
	c.nested(PlacedAdoption, DATE_PLACED, DATE_PLACED_CEASED, REASON_PLACED_CEASED)
	c.close("HEADER", 2)
	for _, e := range c.of(Episodes) {
		c.row("EPISODE", e, 2, Episodes.Columns()[1:]...)
	}
	c.close("CHILD", 1)
}

// uasc writes the flag, which CSV says by a row of its own table.
func (c *xmlChild) uasc(h Row, flagged bool) {
	own := c.of(Unaccompanied)
	flag := map[bool]string{true: "1", false: "0"}[len(own) > 0]
	if flagged {
		flag = h.Raw(UASC)
	}
	c.element("UASC", flag, 3)
	if len(own) > 0 && own[0].Filled(DUC) {
		c.cell(own[0], DUC, 3)
	}
}

func (c *xmlChild) flat(t Table) {
	for _, r := range c.of(t) {
		for _, f := range t.Columns()[2:] {
			c.cell(r, f, 3)
		}
	}
}

func (c *xmlChild) nested(t Table, list ...Field) {
	for _, r := range c.of(t) {
		c.row(xmlTableOf[t], r, 3, list...)
	}
}

func (c *xmlChild) row(name string, r Row, depth int, list ...Field) {
	c.open(name, depth)
	for _, f := range list {
		c.cell(r, f, depth+1)
	}
	c.close(name, depth)
}

var xmlNameOf = map[Field]string{CHILD: "CHILDID", PLACE: "PL"}

func (c *xmlChild) cell(r Row, f Field, depth int) {
	name, other := xmlNameOf[f]
	if !other {
		name = f.String()
	}
	c.element(name, r.Raw(f), depth)
}

func (c *xmlChild) element(name, text string, depth int) {
	c.indent(depth)
	fmt.Fprintf(c.out, "<%s>", name)
	_ = xml.EscapeText(c.out, []byte(text)) // the writer keeps its error for Flush
	fmt.Fprintf(c.out, "</%s>\n", name)
}

func (c *xmlChild) open(name string, depth int) {
	c.indent(depth)
	fmt.Fprintf(c.out, "<%s>\n", name)
}

func (c *xmlChild) close(name string, depth int) {
	c.indent(depth)
	fmt.Fprintf(c.out, "</%s>\n", name)
}

func (c *xmlChild) indent(depth int) { _, _ = c.out.WriteString(strings.Repeat("  ", depth)) }
