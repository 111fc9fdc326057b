package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/letter"
	"homeward/internal/programme"
	"homeward/internal/work"
)

// PackDocument writes a pack for a word processor. The same pack gives the same
// bytes.
func PackDocument(p programme.Pack) ([]byte, error) {
	d := letter.Document{Title: p.Title()}
	if p.Version == 0 {
		d.Blocks = append(d.Blocks, letter.Paragraph{{Text: "Preview. This pack is not published.", Bold: true}})
	}
	for _, fact := range packFacts(p) {
		d.Blocks = append(d.Blocks, letter.Plain(fact))
	}
	for _, s := range p.Sections {
		d.Blocks = append(d.Blocks, letter.Heading{Level: 1, Text: s.Heading})
		for _, words := range s.Words {
			d.Blocks = append(d.Blocks, letter.Plain(words))
		}
		for _, drawing := range s.Drawings {
			picture, err := letter.Drawing(drawing.Chart())
			if err != nil {
				return nil, err
			}
			d.Blocks = append(d.Blocks, letter.Heading{Level: 2, Text: drawing.Title}, picture)
		}
		for _, t := range s.Tables {
			d.Blocks = append(d.Blocks, letter.Table(t.Chart()))
		}
	}
	return letter.DOCX(d)
}

// PackTables writes the tables of a pack, each as a CSV file, into one zip file.
func PackTables(p programme.Pack) ([]byte, error) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	n := 0
	for _, s := range p.Sections {
		for _, t := range s.Tables {
			n++
			text, err := letter.CSV(letter.Table(t.Chart()))
			if err != nil {
				return nil, err
			}
			w, err := archive.Create(fmt.Sprintf("%02d-%s.csv", n, strings.ToLower(t.ID)))
			if err != nil {
				return nil, err
			}
			if _, err := w.Write(text); err != nil {
				return nil, err
			}
		}
	}
	err := archive.Close()
	return b.Bytes(), err
}

// isoWords says a day that a pack has as text.
func isoWords(text string) string {
	day, err := date.Parse(text)
	if err != nil {
		return text
	}
	return day.Long()
}

func packDOCX(v *visit) error {
	return v.packFile("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", PackDocument)
}

func packTables(v *visit) error { return v.packFile("zip", "application/zip", PackTables) }

// packFile gives a published pack as a file.
func (v *visit) packFile(ending, kind string, write func(programme.Pack) ([]byte, error)) error {
	var name string
	var data []byte
	err := v.withPack("a pack to keep", func(u *work.Unit, _ *agency.Book, p programme.Published) (err error) {
		name = fmt.Sprintf("pack-%s-%s-version-%d.%s", p.Publisher.Code, strings.ReplaceAll(p.Quarter.String(), "/", "-"), p.Version, ending)
		u.Noted("downloaded", p.Subject(), ending)
		data, err = write(p.Pack)
		return err
	})
	if err != nil {
		return err
	}
	return v.download(name, kind, data)
}
