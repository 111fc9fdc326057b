package ssda903

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"homeward/internal/fault"
)

// xmlNames are the elements that go by another name in the CSV.
var xmlNames = map[string]Field{"CHILDID": CHILD, "PL": PLACE}

// xmlTables are the elements that are a row each; what else stands in a header is
// flat.
var xmlTables = map[string]Table{
	"EPISODE": Episodes, "AREVIEW": Reviews, "AMISSING": Missing, "OC2": OC2, "PERMANENCE": PrevPerm, "AD_PLACED": PlacedAdoption,
}

// mostOfChild is how many rows one child may have: they are held until the child
// ends.
const mostOfChild = 10_000

// mostDepth is how deep elements nest; a return nests four deep.
const mostDepth = 8

// xmlReader reads the return's XML, child by child: it holds one child at a time
// beside the sheets. Entities other than XML's own five are refused by the
// decoder, so none can grow.
//
// A header is a row of Header, and of UASC, OC3 and AD1 where it says anything of
// theirs; the nested elements are rows of their tables. A row's place is that
// among its kind in document order.
type xmlReader struct {
	r     *Reading
	name  string
	in    *xml.Decoder
	built [tables]*building
}

func (r *Reading) readXML(f File, in io.Reader) error {
	in, err := decoded(f.Name, in)
	if err != nil {
		return err
	}
	x := &xmlReader{r: r, name: f.Name, in: xml.NewDecoder(in)}
	for t := Header; t < SWEpisodes; t++ {
		columns := t.Columns()
		if t == Header {
			columns = append(columns[:len(columns):len(columns)], UASC)
		}
		x.built[t] = build(t, f.Name, columns, 0)
	}
	if err := x.document(); err != nil {
		return err
	}
	for t, b := range x.built {
		if b != nil {
			r.Sheets[t] = b.done()
		}
	}
	r.XML = true
	return nil
}

func (x *xmlReader) line() int { line, _ := x.in.InputPos(); return line }

func (x *xmlReader) fault(message string) error {
	return invalid(fmt.Sprintf("%s line %d: %s", x.name, x.line(), message))
}

// explain says what is wrong with the XML itself.
func (x *xmlReader) explain(err error) error {
	var broken *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return x.fault("the file ends before the return does. Export it again.")
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.As(err, &broken):
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s line %d: this is not XML as the return is written (no entities, every element closed). Export it again.", x.name, broken.Line), err)
	}
	return fault.Wrap(fault.Invalid, fmt.Sprintf("%s line %d: this cannot be read as XML in UTF-8. Export it again.", x.name, x.line()), err)
}

// document reads the root and its children.
func (x *xmlReader) document() error {
	root, err := x.open()
	if err != nil {
		return err
	}
	if root.Name.Local != "EXPSSDA903" {
		return x.fault("the outermost element is not EXPSSDA903: this is not an SSDA903 return.")
	}
	for {
		e, err := x.next()
		if err != nil || e == nil {
			return err
		}
		if e.Name.Local != "CHILD" {
			return x.fault("between EXPSSDA903 and the children only CHILD may stand.")
		}
		if err := x.child(); err != nil {
			return err
		}
	}
}

// open gives the first element.
func (x *xmlReader) open() (xml.StartElement, error) {
	for {
		t, err := x.in.Token()
		if err != nil {
			return xml.StartElement{}, x.explain(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.Directive:
			return xml.StartElement{}, x.fault("a document type has no place in a return. Export it again.")
		}
	}
}

// next gives the next element within the one that is open; nil where that ends.
func (x *xmlReader) next() (*xml.StartElement, error) {
	for {
		t, err := x.in.Token()
		if err != nil {
			return nil, x.explain(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		case xml.Directive:
			return nil, x.fault("a document type has no place in a return. Export it again.")
		}
	}
}

// cells are what an element's fields say.
type cells [fields]string

func (c *cells) any(list ...Field) bool {
	for _, f := range list {
		if c[f] != "" {
			return true
		}
	}
	return false
}

// entry is a row that waits for its child's header.
type entry struct {
	table Table
	line  int
	cells cells
}

// child reads one child: rows are kept until the header has been read, since they
// carry its CHILD and DOB.
func (x *xmlReader) child() error {
	var flat cells
	var rows []entry
	line := x.line()
	if err := x.fields(&flat, &rows, 0); err != nil {
		return err
	}
	rows = append(rows, entry{Header, line, cells{}})
	if flat.any(UASC) {
		rows = append(rows, entry{Unaccompanied, line, cells{}})
	}
	if flat.any(IN_TOUCH, ACTIV, ACCOM) {
		rows = append(rows, entry{OC3, line, cells{}})
	}
	if flat.any(AD1.Columns()[2:]...) {
		rows = append(rows, entry{AD1, line, cells{}})
	}
	for _, e := range rows {
		if err := x.add(e, &flat); err != nil {
			return err
		}
	}
	return nil
}

// add writes a row; what it does not say itself its header says.
func (x *xmlReader) add(e entry, flat *cells) error {
	b := x.built[e.table]
	if b.Len() == mostRows {
		return x.fault(fmt.Sprintf("there are more than %d rows of %s.", mostRows, e.table))
	}
	b.add(e.line, func(column int) string {
		f := b.columns[column]
		if _, nested := xmlTableOf[e.table]; nested && f != CHILD && f != DOB {
			return e.cells[f]
		}
		return flat[f]
	})
	return nil
}

var xmlTableOf = func() map[Table]string {
	of := map[Table]string{}
	for name, t := range xmlTables {
		of[t] = name
	}
	return of
}()

// fields reads elements until the one that is open ends: rows, groups of fields
// and fields.
func (x *xmlReader) fields(into *cells, rows *[]entry, depth int) error {
	if depth > mostDepth {
		return x.fault("the elements nest too deep for a return.")
	}
	for {
		e, err := x.next()
		if err != nil || e == nil {
			return err
		}
		name := e.Name.Local
		if table, is := xmlTables[name]; is {
			row := entry{table: table, line: x.line()}
			if err := x.fields(&row.cells, rows, depth+1); err != nil {
				return err
			}
			if len(*rows) == mostOfChild {
				return fault.New(fault.TooLarge, fmt.Sprintf("%s line %d: one child has more than %d rows.", x.name, x.line(), mostOfChild))
			}
			*rows = append(*rows, row)
			continue
		}
		if name == "HEADER" {
			if err := x.fields(into, rows, depth+1); err != nil {
				return err
			}
			continue
		}
		text, err := x.text()
		if err != nil {
			return err
		}
		if field, known := xmlField(name); known {
			into[field] = text
		} else {
			x.r.passOver(name)
		}
	}
}

func xmlField(name string) (Field, bool) {
	if f, other := xmlNames[name]; other {
		return f, true
	}
	return FieldNamed(name)
}

// text is what an element without elements in it says.
func (x *xmlReader) text() (string, error) {
	var text []byte
	for {
		t, err := x.in.Token()
		if err != nil {
			return "", x.explain(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			if unreadable(string(text)) {
				return "", x.fault("this element holds what is no text.")
			}
			return string(text), nil
		case xml.StartElement:
			return "", x.fault("this element may hold text only.")
		case xml.Directive:
			return "", x.fault("a document type has no place in a return. Export it again.")
		}
	}
}

// passOver notes an element that a return does not have, once.
func (r *Reading) passOver(name string) {
	note := "The element " + quoted(name) + " is unknown and was passed over."
	for _, n := range r.Notes {
		if n == note {
			return
		}
	}
	if len(r.Notes) < 50 {
		r.Notes = append(r.Notes, note)
	}
}
