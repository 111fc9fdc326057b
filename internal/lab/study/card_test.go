package study

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// notInTheCard are the parts of docs/laboratory.md for those who run it.
var notInTheCard = []string{"On the page", "On the command line", "A scenario", "How to read the table", "Speed"}

// TestTheCardIsThatOfTheDocumentation holds the page's card to the document's:
// HOMEWARD_WRITE_CARD=1 takes it over.
func TestTheCardIsThatOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../../docs/laboratory.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i, part := range strings.Split(string(text), "\n## ") {
		heading, _, _ := strings.Cut(part, "\n")
		taken := i > 0
		for _, name := range notInTheCard {
			taken = taken && heading != name
		}
		if taken {
			want.WriteString("## " + strings.TrimRight(part, "\n") + "\n\n")
		}
	}
	if os.Getenv("HOMEWARD_WRITE_CARD") != "" {
		if err := os.WriteFile("card.md", []byte(want.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if card != want.String() {
		t.Error("the model card is not that of docs/laboratory.md: HOMEWARD_WRITE_CARD=1 go test ./internal/lab/study takes it over")
	}
}

func TestTheCardIsReadWhole(t *testing.T) {
	headings, tables, points := []string{}, 0, 0
	for _, p := range Card() {
		headings = append(headings, p.Heading)
		for _, b := range p.Blocks {
			tables, points = tables+len(b.Table), points+len(b.Points)
			for _, row := range b.Table {
				if len(row) != len(b.Table[0]) {
					t.Errorf("%s: a row of %d cells under %d: %q", p.Heading, len(row), len(b.Table[0]), row)
				}
			}
			if len(b.Table) > 0 && slices.Contains(b.Table[0], "") {
				t.Errorf("%s: a column has no name: %q", p.Heading, b.Table[0])
			}
			if said := strings.Join(append(b.Points, b.Text), " "); strings.ContainsAny(said, "*`|]") {
				t.Errorf("%s: signs are left in %q", p.Heading, said)
			}
		}
	}
	for _, want := range []string{"What it is for, and not", "What it agrees with", "Assumed", "Draft for the Algorithmic Transparency Recording Standard"} {
		if !strings.Contains(strings.Join(headings, "\n"), want) {
			t.Errorf("%q is not among %q", want, headings)
		}
	}
	if tables < 35 || points < 20 {
		t.Errorf("%d rows and %d points were read", tables, points)
	}
}
