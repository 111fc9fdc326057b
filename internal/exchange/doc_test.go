package exchange

import (
	"os"
	"slices"
	"strings"
	"testing"

	"homeward/internal/adopter"
	"homeward/internal/child"
)

// TestThePageSaysWhatTheFilesHold keeps docs/exchange.md with the tables.
func TestThePageSaysWhatTheFilesHold(t *testing.T) {
	page, err := os.ReadFile("../../docs/exchange.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range written() {
		want := "### " + f.label() + ".csv\n`" + strings.Join(f.headings(), ", ") + "`\n"
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	for _, set := range []child.CodeSet{child.Needs, child.Levels, child.ContactKinds, child.ZoneKinds, child.Plans, child.Sexes, child.Statuses, adopter.Statuses, adopter.Sexes, adopter.Answers, adopter.PlaceKinds, child.Milestones, adopter.Milestones} {
		for _, code := range set.Codes() {
			if !strings.Contains(string(page), code) {
				t.Errorf("the page does not name the code %s", code)
			}
			for _, detail := range slices.Concat(child.MilestoneDetails(code), adopter.MilestoneDetails(code)) {
				if !strings.Contains(string(page), "`"+detail.Code+"`") {
					t.Errorf("the page does not name the code %s of %s", detail.Code, code)
				}
			}
		}
	}
}
