package web

import (
	"fmt"

	"homeward/internal/chart"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
	"homeward/internal/letter"
	"homeward/internal/work"
)

// StudyDocument writes a study's results for a word processor, with the model card
// and the draft of a transparency record. The same study gives the same bytes.
func StudyDocument(s study.Study) ([]byte, error) {
	t, err := s.Table()
	if err != nil {
		return nil, err
	}
	d := letter.Document{Title: s.Title, Blocks: []letter.Block{letter.Paragraph{{Text: pool.Promise, Bold: true}}}}
	for _, fact := range studyFacts(s) {
		d.Blocks = append(d.Blocks, letter.Plain(fact))
	}
	for _, part := range studyParts(s, t) {
		blocks, err := part.blocks()
		if err != nil {
			return nil, err
		}
		d.Blocks = append(d.Blocks, blocks...)
	}
	d.Blocks = append(d.Blocks, letter.Heading{Level: 1, Text: "Model card of the pool laboratory"})
	for _, part := range study.Card() {
		d.Blocks = append(d.Blocks, letter.Heading{Level: 2, Text: part.Heading})
		for _, b := range part.Blocks {
			d.Blocks = append(d.Blocks, cardBlockOf(part.Heading, b))
		}
	}
	return letter.DOCX(d)
}

// blocks write a part for a word processor: the table of options lies on its side,
// since eight columns have no room.
func (s studyPart) blocks() (list []letter.Block, err error) {
	list = []letter.Block{letter.Heading{Level: 1, Text: s.Heading}}
	for _, words := range s.Words {
		list = append(list, letter.Plain(words))
	}
	if len(s.Points) > 0 {
		list = append(list, letter.List(s.Points))
	}
	for _, t := range s.Tables {
		if len(t.Header) > mostUpright {
			t = onItsSide(t)
		}
		list = append(list, letter.Table(t))
	}
	for _, c := range s.Charts {
		picture, err := letter.Drawing(c)
		if err != nil {
			return nil, err
		}
		list = append(list, letter.Heading{Level: 2, Text: c.Name()}, picture)
	}
	for _, t := range s.Aside {
		list = append(list, letter.Table(t))
	}
	return list, nil
}

// mostUpright is how many columns a table has on an upright page.
const mostUpright = 6

// onItsSide makes a table's rows its columns.
func onItsSide(t chart.Table) chart.Table {
	turned := chart.Table{Caption: t.Caption, Header: []string{t.Header[0]}}
	for _, row := range t.Rows {
		turned.Header = append(turned.Header, row[0])
	}
	for i, name := range t.Header[1:] {
		row := []string{name}
		for _, r := range t.Rows {
			row = append(row, r[i+1])
		}
		turned.Rows = append(turned.Rows, row)
	}
	return turned
}

func cardBlockOf(caption string, b study.Block) letter.Block {
	switch {
	case len(b.Table) > 0:
		return letter.Table{Caption: caption, Header: b.Table[0], Rows: b.Table[1:]}
	case len(b.Points) > 0:
		return letter.List(b.Points)
	}
	return letter.Plain(b.Text)
}

// StudyTable is all results of a study in one table, a row for every range.
func StudyTable(t *pool.Table) letter.Table {
	out := letter.Table{Caption: "Results", Header: []string{"Way of pooling", "What", "Of whom", "Mean", "From", "To", "Children in a replication", "Can be told from chance"},
		Numeric: []bool{false, false, false, true, true, true, true, false}}
	put := func(way, what, whom string, i pool.Interval, children, told string) {
		out.Rows = append(out.Rows, []string{way, what, whom, figure(i.Mean), figure(i.Low), figure(i.High), children, told})
	}
	told := map[bool]string{true: "yes", false: "no"}
	const ours, all = "councils that decide", "all councils"
	for i, r := range t.Rows {
		put(r.Option, "placed within two years, of 100", ours, r.Placed, "", "")
		put(r.Option, "placed within one year, of 100", ours, r.InYear, "", "")
		put(r.Option, "days to placement", ours, r.Days, "", "")
		put(r.Option, "pounds for each placement", all, r.PoundsEach, "", "")
		if i == 0 {
			continue
		}
		put(r.Option, "more placed within two years, a year", ours, r.MorePlaced, "", told[r.MorePlaced.Tells()])
		put(r.Option, "more placed within one year, a year", ours, r.MoreInYear, "", told[r.MoreInYear.Tells()])
		put(r.Option, "more placed within two years, a year", "all other councils", r.ElsewhereMore, "", told[r.ElsewhereMore.Tells()])
		for _, k := range r.Kinds {
			put(r.Option, "more placed within two years, of 100", kindNames[k.Of]+": "+k.Name, k.Change, figure(k.Children), told[k.Change.Tells()])
		}
	}
	return out
}

func studyDOCX(v *visit) error {
	return v.studyFile("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", StudyDocument)
}

func studyJSON(v *visit) error {
	return v.studyFile("results.json", "application/json", study.Study.JSON)
}

func studyCSV(v *visit) error {
	return v.studyFile("results.csv", "text/csv; charset=utf-8", func(s study.Study) ([]byte, error) {
		t, err := s.Table()
		if err != nil {
			return nil, err
		}
		return letter.CSV(StudyTable(t))
	})
}

// scenarioFile is there before a study is done.
const scenarioFile = "scenario.json"

func studyScenario(v *visit) error {
	return v.studyFile(scenarioFile, "application/json", study.Study.ScenarioJSON)
}

// studyFile gives a study, or its scenario, as a file to keep. It is written when
// the unit of work is over: a report takes a while to draw.
func (v *visit) studyFile(name, kind string, write func(study.Study) ([]byte, error)) error {
	var s study.Study
	err := v.do("a study to keep", func(u *work.Unit) (err error) {
		if s, err = study.Find(u, v.r.PathValue("study")); err != nil {
			return err
		}
		if _, err := s.Table(); err != nil && name != scenarioFile {
			return err // it is not done
		}
		u.Noted("kept a copy", s.Subject(), name)
		return nil
	})
	if err != nil {
		return err
	}
	data, err := write(s)
	if err != nil {
		return err
	}
	return v.download(fmt.Sprintf("laboratory-%s-%s", s.Fingerprint, name), kind, data)
}
