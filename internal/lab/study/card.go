package study

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

// card is the model card: those parts of docs/laboratory.md that a person who
// decides should know. A test holds it to the page it is taken from.
//
//go:embed card.md
var card string

// Part is one heading of the model card with what stands below it.
type Part struct {
	Heading string
	Blocks  []Block
}

// Block is a paragraph, points or a table with its heading row first: one of them.
type Block struct {
	Text   string
	Points []string
	Table  [][]string
}

// Card is the model card, and last in it the draft of a record for the Algorithmic
// Transparency Recording Standard.
var Card = sync.OnceValue(func() (parts []Part) {
	for line := range strings.Lines(card) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			parts = append(parts, Part{Heading: words(heading)})
			continue
		}
		if len(parts) > 0 {
			parts[len(parts)-1].add(line)
		}
	}
	for i := range parts {
		parts[i].close()
	}
	return parts
})

var (
	point   = regexp.MustCompile(`^(?:-|\d+\.) +(.*)$`)
	divider = regexp.MustCompile(`^\|(?: *-+ *\|)+$`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// add takes one line of Markdown: of that language the card uses headings,
// paragraphs, points and tables.
func (p *Part) add(line string) {
	last := func() *Block {
		if len(p.Blocks) == 0 {
			p.Blocks = append(p.Blocks, Block{})
		}
		return &p.Blocks[len(p.Blocks)-1]
	}
	switch b := last(); {
	case line == "": // the next line begins something
		p.Blocks = append(p.Blocks, Block{})
	case divider.MatchString(line):
	case strings.HasPrefix(line, "|"):
		if len(b.Table) == 0 {
			p.Blocks = append(p.Blocks, Block{})
		}
		b = last()
		b.Table = append(b.Table, cells(line))
	case point.MatchString(line):
		if len(b.Points) == 0 {
			p.Blocks = append(p.Blocks, Block{})
		}
		b = last()
		b.Points = append(b.Points, words(point.FindStringSubmatch(line)[1]))
	case len(b.Points) > 0:
		b.Points[len(b.Points)-1] += " " + words(line)
	default:
		b.Text = strings.TrimSpace(b.Text + " " + words(line))
	}
}

// close drops what nothing was written into.
func (p *Part) close() {
	kept := p.Blocks[:0]
	for _, b := range p.Blocks {
		if len(b.Table) > 0 {
			nameColumns(b.Table[0])
		}
		if b.Text != "" || b.Points != nil || b.Table != nil {
			kept = append(kept, b)
		}
	}
	p.Blocks = kept
}

// nameColumns gives a name to columns that have none, for those who hear a table.
func nameColumns(heading []string) {
	for i, name := range heading {
		switch {
		case name == "" && i == 0:
			heading[i] = "what"
		case name == "":
			heading[i] = "in words"
		}
	}
}

func cells(line string) (list []string) {
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		list = append(list, words(cell))
	}
	return list
}

// words leaves of Markdown what is read: the words of links, no signs of weight.
func words(text string) string {
	text = linked.ReplaceAllString(text, "$1")
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "", "*", "").Replace(text))
}
