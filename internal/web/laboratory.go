package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/chart"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// laboratoryPage is what the reader's agency has asked the laboratory.
type laboratoryPage struct {
	Table      govuk.Table
	Pagination govuk.Pagination
	None       bool
	MayAsk     bool
	For        govuk.Table // what it is for, and what not
}

// laboratory lists an agency's studies, the newest first.
func laboratory(v *visit) error {
	p := laboratoryPage{MayAsk: v.mayAskLaboratory()}
	err := v.do("laboratory", func(u *work.Unit) error {
		list, err := study.List(u)
		if err != nil {
			return err
		}
		from, to, pages := v.pageOf(len(list), "")
		p.Table, p.Pagination, p.None = studiesTable(list[from:to]), pages, len(list) == 0
		return nil
	})
	if err != nil {
		return err
	}
	p.For = forAndNotFor()
	back := ""
	if access.Reaches(v.actor.Role, access.Figures) { // they come by the pages of numbers
		back = "/numbers"
	}
	return v.show("laboratory", page{Title: "Pool laboratory", Back: back, Wide: true}, p)
}

func (v *visit) mayAskLaboratory() bool {
	return access.Can(v.actor, access.Change, access.Thing{Kind: access.Study, Agency: v.actor.Agency}).Allow
}

// forAndNotFor is the model card's first table.
func forAndNotFor() govuk.Table {
	for _, b := range study.Card()[0].Blocks {
		if len(b.Table) > 0 {
			return cardTable("What it is for, and what not", b.Table)
		}
	}
	return govuk.Table{}
}

// stateTags say how far a study is.
var stateTags = map[study.State]govuk.Tag{
	study.Playing: {Text: "Being played", Classes: "govuk-tag--blue"}, study.Stopped: {Text: "Stopped", Classes: "govuk-tag--grey"},
	study.Done: {Text: "Done", Classes: "govuk-tag--green"}, study.Failed: {Text: "Failed", Classes: "govuk-tag--red"},
}

func stateTag(s study.Study) govuk.Tag {
	if s.State == study.Playing && s.Ahead > 0 {
		return govuk.Tag{Text: "Waiting", Classes: "govuk-tag--grey"}
	}
	return stateTags[s.State]
}

func studiesTable(list []study.Study) govuk.Table {
	t := govuk.Table{Caption: "Studies", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Study"}, {Text: "Scenario"}, {Text: "Councils that decide"}, {Text: "How far"}, {Text: "Asked"}}}
	for _, s := range list {
		far := markup("%s", stateTag(s).Render())
		if s.State != study.Done {
			far = markup("%s %s of %s played", far, commas(s.Played), commas(s.Of))
		}
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: anchor(studyPath(s.ID), s.Title)}, {Text: s.Scenario.Name}, {Text: listWords(councilNames(s.Focus))},
			{HTML: far}, {Text: s.On.Long() + ", by " + s.ByName}})
	}
	return t
}

// councilNames are councils of the laboratory by their codes.
func councilNames(codes []string) (names []string) {
	for _, c := range pool.Councils() {
		for _, code := range codes {
			if c.Code == code {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// cardPage is the model card.
type cardPage struct{ Parts []cardPart }

// cardPart is a part of it as it is shown.
type cardPart struct {
	Heading string
	Blocks  []cardBlock
}

type cardBlock struct {
	Text   string
	Points []string
	Table  govuk.Table
}

// laboratoryCard shows what the laboratory is for, what it agrees with and what is
// assumed, and a draft of a transparency record.
func laboratoryCard(v *visit) error {
	var p cardPage
	for _, part := range study.Card() {
		shown := cardPart{Heading: part.Heading}
		for _, b := range part.Blocks {
			block := cardBlock{Text: b.Text, Points: b.Points}
			if len(b.Table) > 0 {
				block.Table = cardTable(part.Heading, b.Table)
			}
			shown.Blocks = append(shown.Blocks, block)
		}
		p.Parts = append(p.Parts, shown)
	}
	return v.show("laboratorycard", page{Title: "Model card of the pool laboratory", Back: "/laboratory"}, p)
}

// cardTable shows a table of the card, whose first row is its heading.
func cardTable(caption string, rows [][]string) govuk.Table {
	shown := chart.Table{Caption: caption}
	for _, row := range rows {
		cells := slices.Clone(row)
		for i, text := range cells {
			if text != "" {
				cells[i] = upperFirst(text)
			}
		}
		shown.Rows = append(shown.Rows, cells)
	}
	shown.Header, shown.Rows = shown.Rows[0], shown.Rows[1:]
	t := tableOf(shown, nil)
	t.CaptionClasses, t.Stack, t.FirstCellIsHeader = "govuk-visually-hidden", len(rows[0]) > 2, rows[0][0] == "what"
	return t
}
