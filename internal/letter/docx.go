package letter

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
)

// The page is A4 with margins of 20 mm; a picture leaves room for its heading.
const (
	textWide = 170 // mm
	textHigh = 225 // mm
	perMM    = 36000
	twips    = 9638 // textWide in twentieths of a point
)

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	word     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	office   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages = "http://schemas.openxmlformats.org/package/2006/"
	drawing  = "http://schemas.openxmlformats.org/drawingml/2006/"
	kind     = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// part is one file of the package.
type part struct {
	name string
	body []byte
}

// DOCX writes a document for a word processor.
func DOCX(d Document) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	w := &writer{}
	w.paragraph("Title", Plain(d.Title))
	for _, b := range d.Blocks {
		b.write(w)
	}
	return pack(append([]part{
		{"[Content_Types].xml", []byte(contentTypes)},
		{"_rels/.rels", []byte(topRelations)},
		{"docProps/core.xml", []byte(fmt.Sprintf(coreProperties, escaped(d.Title)))},
		{"word/document.xml", []byte(fmt.Sprintf(documentFrame, w.body.String()))},
		{"word/_rels/document.xml.rels", []byte(fmt.Sprintf(documentRelations, w.relations.String()))},
		{"word/styles.xml", []byte(styles)},
		{"word/numbering.xml", []byte(numbering)},
		{"word/settings.xml", []byte(settings)},
		{"word/fontTable.xml", []byte(fonts)},
		{"word/footer1.xml", []byte(footer)},
	}, w.media...))
}

// pack makes the package. Its parts bear no time.
func pack(parts []part) ([]byte, error) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := archive.Create(p.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(p.body); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return b.Bytes(), err
}

// writer gathers the body of a document and its pictures.
type writer struct {
	body, relations bytes.Buffer
	media           []part
}

func (w *writer) put(format string, a ...any) { fmt.Fprintf(&w.body, format, a...) }

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(clean(text))) // a buffer takes everything
	return b.String()
}

func (w *writer) paragraph(style string, runs Paragraph) {
	w.put(`<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, style)
	for _, r := range runs {
		bold := ""
		if r.Bold {
			bold = "<w:rPr><w:b/></w:rPr>"
		}
		w.put(`<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>`, bold, escaped(r.Text))
	}
	w.put(`</w:p>`)
}

func (h Heading) write(w *writer) { w.paragraph(fmt.Sprintf("Heading%d", h.Level), Plain(h.Text)) }

func (p Paragraph) write(w *writer) { w.paragraph("Normal", p) }

func (l List) write(w *writer) {
	for _, point := range l {
		w.paragraph("ListBullet", Plain(point))
	}
}

// write writes a table with its caption above it. Its first row is repeated on
// every page, and no row breaks between two.
func (t Table) write(w *writer) {
	w.paragraph("Caption", Plain(t.Caption))
	w.put(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>`+
		`<w:tblLook w:val="00A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="0"/>`+
		`<w:tblCaption w:val="%s"/></w:tblPr><w:tblGrid>`, escaped(t.Caption))
	for range t.Header {
		w.put(`<w:gridCol w:w="%d"/>`, twips/len(t.Header))
	}
	w.put(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, cell := range t.Header {
		w.cell("TableHeader", t.numeric(i), cell, `<w:shd w:val="clear" w:color="auto" w:fill="EDF5F4"/>`)
	}
	w.put(`</w:tr>`)
	for _, row := range t.Rows {
		w.put(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, cell := range row {
			w.cell("TableText", t.numeric(i), cell, "")
		}
		w.put(`</w:tr>`)
	}
	if len(t.Rows) == 0 {
		w.put(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		w.cell("TableText", false, "There are no rows.", fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, len(t.Header)))
		w.put(`</w:tr>`)
	}
	w.put(`</w:tbl>`)
	w.paragraph("AfterTable", nil) // a table must not end a document, nor touch the next
}

func (t Table) numeric(column int) bool { return column < len(t.Numeric) && t.Numeric[column] }

func (w *writer) cell(style string, right bool, text, about string) {
	if right {
		style += "Right"
	}
	w.put(`<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/>%s</w:tcPr>`, about)
	w.paragraph(style, Plain(text))
	w.put(`</w:tc>`)
}

func (p Picture) write(w *writer) {
	body, _ := bare(p.PNG)                              // it was checked
	size, _ := png.DecodeConfig(bytes.NewReader(p.PNG)) // this too
	wide := p.Millimetres * perMM
	if wide == 0 {
		wide = textWide * perMM
	}
	high := wide * size.Height / size.Width
	if most := textHigh * perMM; high > most {
		wide, high = max(1, wide*most/high), most
	}
	n := len(w.media) + 1
	name := fmt.Sprintf("media/image%d.png", n)
	w.media = append(w.media, part{"word/" + name, body})
	fmt.Fprintf(&w.relations, `<Relationship Id="rIdPicture%d" Type="%s/image" Target="%s"/>`, n, office, name)
	w.put(picture, wide, max(1, high), n, n, escaped(p.Alt), n, n, escaped(p.Alt), n, wide, max(1, high))
}
