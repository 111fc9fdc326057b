package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"homeward/internal/adopter"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
)

// explained is the engine's explanation of one pair, to be put into words. Near
// tells whether its reader may learn what a zone is about: the family's side may
// not.
type explained struct {
	match.Explanation
	Family adopter.Family
	Near   bool
}

func explain(b *link.Board, g, f int, near bool) explained {
	return explained{b.Pool.Explain(g, f), b.Families[f], near}
}

// criterionTags are the outcomes of a criterion, in words and a colour.
var criterionTags = map[string]template.HTML{
	match.Met:      govuk.Tag{Text: "Met", Classes: "govuk-tag--green"}.Render(),
	match.Partly:   govuk.Tag{Text: "Partly met", Classes: "govuk-tag--yellow"}.Render(),
	match.NotMet:   govuk.Tag{Text: "Not met", Classes: "govuk-tag--red"}.Render(),
	match.NotKnown: govuk.Tag{Text: "Not known", Classes: "govuk-tag--blue"}.Render(),
}

// criteriaTable shows every criterion with both values side by side.
func (x explained) criteriaTable(caption string) template.HTML {
	t := govuk.Table{Caption: caption, CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "Criterion"}, {Text: "Child"}, {Text: "Family"}, {Text: "Result"}, {Text: "Weight", Format: "numeric"}}}
	for _, c := range x.Criteria {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: criterionLabel(c.Code)}, {Text: upperFirst(sideWords(c.Code, c.Child))}, {Text: upperFirst(sideWords(c.Code, c.Family))},
			{HTML: criterionTags[c.Outcome]}, {Text: fmt.Sprint(c.Weight), Format: "numeric"}})
	}
	return t.Render()
}

// sideWords puts one side's value into words: ranges and languages come in the
// short form of the command line.
func sideWords(code, value string) string {
	switch code {
	case "age":
		value = rangeWords(value)
	case "language":
		value = tongueWords(value)
	}
	return cmp.Or(value, "not recorded")
}

// rangeWords reads "2-6" as "2 to 6"; a list of ages stays as it is.
func rangeWords(value string) string {
	low, high, isRange := strings.Cut(value, "-")
	switch {
	case !isRange:
		return value
	case low == "":
		return "up to " + high
	case high == "":
		return low + " and over"
	}
	return low + " to " + high
}

// tongueWords names the languages of codes parted by ", " and "; ".
func tongueWords(value string) string {
	var each []string
	for _, one := range strings.Split(value, "; ") {
		each = append(each, languageWords(strings.Split(one, ", ")))
	}
	return strings.Join(each, "; ")
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// midSentence is a label where a sentence goes on; an abbreviation stays.
func midSentence(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	if second, _ := utf8.DecodeRuneInString(label[size:]); unicode.IsUpper(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}

// fitWords is the score as an interval.
func fitWords(low, high int16) string {
	if low == high {
		return "Known to fit " + points(low) + " of 100"
	}
	return "Known to fit " + points(low) + ", could be up to " + points(high)
}

// distanceWords is the distance from the family's home to the first child's.
func distanceWords(d *match.Miles) string {
	switch {
	case d == nil:
		return "Distance not known"
	case d.Low == d.High && d.Low == 10:
		return "1.0 mile away"
	case d.Low == d.High:
		return points(int16(d.Low)) + " miles away"
	}
	return "Between " + points(int16(d.Low)) + " and " + points(int16(d.High)) + " miles away"
}

// distanceBands are as near as the family's side is told where a child lived.
var distanceBands = []struct {
	below int // in tenths of a mile
	words string
}{{200, "under 20 miles"}, {400, "20 to 40 miles"}, {1 << 30, "over 40 miles"}}

// distanceBand says a distance to whoever may not know where the child lived.
func distanceBand(d *match.Miles) string {
	if d == nil {
		return "not known"
	}
	band := func(tenths int) int {
		i := 0
		for tenths >= distanceBands[i].below {
			i++
		}
		return i
	}
	low, high := band(d.Low), band(d.High)
	switch high - low {
	case 0:
		return distanceBands[low].words
	case 1:
		return distanceBands[low].words + " or " + distanceBands[high].words
	}
	return "not known"
}

// reason is one thing that stands against a pair.
type reason struct {
	Code, Words string
	Waived      bool
}

// against is what stands against the pair, in words with both values.
func (x explained) against() []reason {
	var list []reason
	for _, e := range x.Exclusions {
		list = append(list, reason{e.Code, x.exclusionWords(e), e.Waived})
	}
	for _, code := range x.Limits {
		list = append(list, reason{Code: code, Words: x.limitWords(code)})
	}
	return list
}

func (x explained) exclusionWords(e match.ExclusionLine) string {
	switch {
	case e.Code == "zone" && x.Near && e.Certain:
		return "A place of theirs is inside a zone"
	case e.Code == "zone" && x.Near:
		return "Cannot tell whether a place of theirs is inside a zone"
	case e.Code == "status":
		return "Not approved: " + midSentence(cmp.Or(adopter.Statuses.Label(x.Family.Status), "status not recorded"))
	case e.Code == "capacity":
		return "Room for " + fmt.Sprint(x.Family.MaxChildren.V) + ", and there are " + x.criterion("capacity").Child
	case e.Code == "reserved":
		return "Reserved to their own agency until " + x.Family.ReservedUntil.Long()
	}
	return exclusionLabel(e.Code)
}

func (x explained) limitWords(code string) string {
	c := x.criterion(code)
	return criterionLabel(code) + ": " + sideWords(code, c.Child) + "; the family said " + sideWords(code, c.Family)
}

func (x explained) criterion(code string) match.Criterion {
	i := slices.IndexFunc(x.Criteria, func(c match.Criterion) bool { return c.Code == code })
	if i < 0 {
		return match.Criterion{}
	}
	return x.Criteria[i]
}

// questionsShown is how many questions a list shows of each family.
const questionsShown = 3

// questions are what to ask next: the unknown criteria that would tell most.
func (x explained) questions() []string {
	var list []string
	for _, code := range x.Ask[:min(questionsShown, len(x.Ask))] {
		list = append(list, x.question(code))
	}
	return list
}

// question asks for what a criterion lacks, of the side that lacks it.
func (x explained) question(code string) string {
	kind, of, _ := strings.Cut(code, ":")
	c := x.criterion(code)
	switch kind {
	case "need":
		return "Could they meet this need: " + midSentence(adopter.OfferCodes().Label(of)) + " (" + c.Child + ")?"
	case "contact":
		return "Would they keep up this contact: " + midSentence(adopter.OfferCodes().Label(of)) + "?"
	case "age":
		if c.Family != "" {
			return "What is the child’s date of birth?"
		}
		return "What ages could they be a home for?"
	case "sex":
		if c.Family != "not recorded" {
			return "What is the child’s sex? The family’s wish: " + c.Family
		}
		return "Could they be a home for a girl, a boy or either?"
	case "capacity":
		return "How many children could they be a home for?"
	case "age_gap":
		if c.Child == "a birth date is not recorded" {
			return "What is the child’s date of birth?"
		}
		return "Are there children at home, and how old are they?"
	case "language":
		return "Which languages does the family speak?"
	}
	return "Has the family had therapeutic parenting training?"
}
