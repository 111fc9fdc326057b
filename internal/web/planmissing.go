package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// missingPage is the families to look for: briefs for recruitment, what a family
// somebody describes would add, what asking the families there are could add, and
// what each agency lacks.
type missingPage struct {
	Pool, First *govuk.ChoiceField
	Groups      int
	For         string // whose children the families are for first
	Rules       string
	Briefs      []missingBrief
	Asked       []string // what tells the families apart
	Offer       *offerForm
	Asking      missingAsking
	Lacks       govuk.Table
	Pagination  govuk.Pagination
}

// missingBrief is one kind of family in words.
type missingBrief struct {
	Heading, Adds, Fits string
	Willing             []string
	Few                 bool
}

const (
	recruits = 10 // families looked for
	// fewChildren and fewer are not counted: a brief is made to be passed on, and
	// must not point to a child.
	fewChildren    = 5
	lacksPageSize  = 10
	askableListed  = 10 // families to ask that are named
	childrenLacked = "Children with no link"
)

// missingFamilies shows which families nobody has recruited yet would add most to
// the plan.
func missingFamilies(v *visit) error {
	var p missingPage
	err := v.withBoard("families to look for", func(u *work.Unit, b *link.Board) error {
		p.ask(v, b)
		made, err := b.PlanFor(u, link.PlanWish{Pool: p.Pool.Value, Meeting: true})
		if err != nil {
			return err
		}
		p.Offer = newOfferForm(v, b, made)
		if p.Groups = made.Groups(); p.Groups == 0 {
			return nil
		}
		p.Rules = "Rules " + made.Region.Pool.Rules().Version + ", as of " + made.AsOf().Long() + "."
		for _, w := range link.Willing {
			p.Asked = append(p.Asked, w.Label)
		}
		return p.describe(v, u, b, made)
	})
	if err != nil {
		return err
	}
	return v.show("planmissing", page{Title: "Families to look for", Back: "/plan", Form: p.Offer.Form, Wide: true}, p)
}

func (p *missingPage) ask(v *visit, b *link.Board) {
	pools, first := []govuk.Option{{Text: "Every pool"}}, []govuk.Option{{Text: "All children in the plan"}}
	for _, pool := range poolsOf(seenAgencies(v.actor, b)) {
		pools = append(pools, govuk.Option{Value: pool, Text: pool})
	}
	finds := b.Book.Where(v.actor, access.FindFamilies, access.Child)
	for _, a := range b.Book.List() {
		if slices.Contains(finds, a.Code) {
			first = append(first, govuk.Option{Value: a.Code, Text: a.Name + "’s children first"})
		}
	}
	form := &govuk.Form{Filter: true}
	p.Pool = form.Select(govuk.Question{Name: "pool", Label: "Pool", Options: pools})
	p.First = form.Select(govuk.Question{Name: "first", Label: "Families for", Options: first})
	form.Read(v.r.URL.Query())
	if p.First.Value != "" {
		p.For = b.Book.Agencies[p.First.Value].Name
	}
}

func (p *missingPage) describe(v *visit, u *work.Unit, b *link.Board, made *link.RegionPlan) error {
	briefs, err := made.Missing(u, p.First.Value, recruits)
	if err != nil {
		return err
	}
	recruited := int64(0)
	for _, brief := range briefs {
		recruited += brief.Gain
		p.Briefs = append(p.Briefs, missingWords(brief))
	}
	if err := p.Offer.weigh(u, b, made, p.First.Value); err != nil {
		return err
	}
	asking, err := made.Asking(u)
	if err != nil {
		return err
	}
	p.Asking = askingOf(&planTable{v, u, b, made}, asking, recruited)
	lacks := made.Lacks(u)
	from, to, links := v.pageBy(lacksPageSize, len(lacks), "agencies")
	p.Pagination, p.Lacks = links, lacksTable(b, lacks, lacks[from:to])
	return nil
}

func missingWords(b link.Brief) missingBrief {
	m := missingBrief{Few: b.Counting <= fewChildren, Heading: kindWords(b)}
	m.Adds = "The plan would weigh " + planPoints(b.Gain) + " points more"
	switch {
	case b.Links == 0:
		m.Adds += ". No more children would have a link: those who have one would have a family that fits better."
	case m.Few || b.Placed <= fewChildren:
		m.Adds += ", and a few more children would have a link."
	default:
		m.Adds += fmt.Sprintf(", and %s more children would have a link.", commas(b.Placed))
	}
	m.Fits = fmt.Sprintf("Such a family could be for %s who wait, in %s.", count(b.Counting, "child", "children"), count(b.Groups, "group", "groups"))
	m.Willing = willingWords(b)
	return m
}

// kindWords says a kind of family, but for what it would say yes to.
func kindWords(b link.Brief) string {
	return fmt.Sprintf("%s for %s aged %d to %d", count(b.Families, "family", "families"), upTo(b.Children), b.AgeMin, b.AgeMax)
}

func willingWords(b link.Brief) (words []string) {
	for _, i := range b.Willing {
		words = append(words, upperFirst(link.Willing[i].Label))
	}
	return words
}

func upTo(n int) string {
	if n == 1 {
		return "one child"
	}
	return fmt.Sprintf("up to %d children", n)
}

// fewWords counts children, a few of them without a number.
func fewWords(n int) string {
	switch {
	case n == 0:
		return "None"
	case n <= fewChildren:
		return "A few"
	}
	return commas(n)
}

// drawFew draws a number of children; a few of them are drawn alike.
func drawFew(n, most, series int) template.HTML {
	if n > 0 {
		n = max(n, fewChildren)
	}
	return drawShare(n, max(most, fewChildren), series)
}

// lacksTable is what each agency's children lack.
func lacksTable(b *link.Board, all, shown []link.AgencyLack) govuk.Table {
	t := govuk.Table{Caption: "What each agency’s waiting children lack", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "Agency"}, {Text: childrenLacked}, {Text: "Groups with no link", Format: "numeric"}, {Text: "The family that would add most for them"}}}
	most := 0
	for _, a := range all {
		most = max(most, a.Without)
	}
	for _, a := range shown {
		groups := commas(a.Unlinked)
		if a.Without > 0 && a.Without <= fewChildren {
			groups = "A few"
		}
		t.Rows = append(t.Rows, []govuk.Cell{{Text: b.Book.Agencies[a.Agency].Name}, {HTML: markup(`%s%s`, drawFew(a.Without, most, 1), fewWords(a.Without))},
			{Text: groups, Format: "numeric"}, {Text: lackWords(a)}})
	}
	return t
}

func lackWords(a link.AgencyLack) string {
	switch {
	case a.Best.Families == 0:
		return "No family would add anything for them"
	case a.Best.Counting <= fewChildren:
		return "Not said: it could be for five or fewer children, and may point to one of them"
	}
	words := kindWords(a.Best)
	if len(a.Best.Willing) > 0 {
		words += ", willing: " + lowerList(a.Best)
	}
	return words + ". It would add " + planPoints(a.Best.Gain) + " points"
}

func lowerList(b link.Brief) string {
	var words []string
	for _, i := range b.Willing {
		words = append(words, link.Willing[i].Label)
	}
	return listWords(words)
}

// offerForm is where somebody describes a family, and what it would add.
type offerForm struct {
	Form                 *govuk.Form
	Children, From, To   *govuk.NumberField[int]
	Willing              *govuk.ChoicesField
	Where                *govuk.ChoiceField
	Pool, First          string // as the page is filtered
	Heading              string // the answer
	Adds, Fits, Position string
	sent                 bool
}

// anywhere is a home outside every zone.
const anywhere = "anywhere"

func newOfferForm(v *visit, b *link.Board, made *link.RegionPlan) *offerForm {
	query := v.r.URL.Query()
	o := &offerForm{Form: &govuk.Form{NoneRequired: true}, sent: query.Has("children"), Pool: query.Get("pool"), First: query.Get("first")}
	number := func(name, label string, value int) *govuk.NumberField[int] {
		n := o.Form.WholeNumber(govuk.Question{Name: name, Label: label, Classes: "govuk-input--width-2"})
		n.Set(value)
		return n
	}
	var willing []govuk.Option
	for i, w := range link.Willing {
		willing = append(willing, govuk.Option{Value: strconv.Itoa(i), Text: upperFirst(w.Label)})
	}
	where := []govuk.Option{{Value: anywhere, Text: "Anywhere safe"}}
	for _, code := range made.Areas() {
		where = append(where, govuk.Option{Value: code, Text: "Where most families of " + b.Book.Agencies[code].Name + " live"})
	}
	o.Children = number("children", "How many children it could take", 1)
	o.From, o.To = number("age-from", "From what age", 0), number("age-to", "To what age", 5)
	o.Willing = o.Form.Checkboxes(govuk.Question{Name: "willing", Label: "What it would say yes to", Options: willing, Hint: "It is taken to say no to the others, and yes to everything else"})
	o.Where = o.Form.Select(govuk.Question{Name: "where", Label: "Where it would live", Options: where})
	o.Where.Set(anywhere)
	if o.sent {
		o.Form.Read(query)
	}
	return o
}

// weigh answers what the family would add, if one was described.
func (o *offerForm) weigh(u *work.Unit, b *link.Board, made *link.RegionPlan, first string) error {
	if !o.sent || !o.complete() {
		return nil
	}
	w := link.Wanted{Children: o.Children.Value, AgeMin: o.From.Value, AgeMax: o.To.Value, First: first}
	for i := range link.Willing {
		if o.Willing.Has(strconv.Itoa(i)) {
			w.Willing = append(w.Willing, i)
		}
	}
	if o.Where.Value != anywhere {
		w.Area = o.Where.Value
	}
	if !failFields(o.Form, map[string]failing{"children": o.Children, "age-from": o.From, "age-to": o.To, "willing": o.Willing}, w.Problems()) {
		return nil
	}
	added, err := made.Weigh(u, w)
	if err != nil {
		return unlessFault(o.Form, err)
	}
	o.answer(added, b.Book.Agencies[w.Area].Name)
	return nil
}

// complete tells whether everything was answered.
func (o *offerForm) complete() bool {
	for _, n := range []*govuk.NumberField[int]{o.Children, o.From, o.To} {
		if !n.Given {
			n.Fail("Enter a number")
		}
	}
	if o.Where.Value == "" {
		o.Where.Fail("Select where it would live")
	}
	return o.Form.Valid()
}

func (o *offerForm) answer(a link.Added, area string) {
	o.Heading = kindWords(a.Brief)
	switch {
	case a.Gain == 0:
		o.Adds = "It would add nothing to the plan as the records stand now."
	case a.Links == 0:
		o.Adds = "The plan would weigh " + planPoints(a.Gain) + " points more. No more children would have a link: some would have a family that fits better."
	default:
		o.Adds = "The plan would weigh " + planPoints(a.Gain) + " points more, and " + count(a.Links, "more group", "more groups") + " of children would have a link."
	}
	switch {
	case a.Groups == 0:
		o.Fits = "It could be for no children who wait."
	case a.Counting <= fewChildren:
		o.Fits = "It could be for a few children who wait. Do not pass this on: the words may point to one of them."
	default:
		o.Fits = fmt.Sprintf("It could be for %s who wait, in %s.", count(a.Counting, "child", "children"), count(a.Groups, "group", "groups"))
	}
	switch {
	case area != "" && a.InArea:
		o.Position = "This is what it would add if it lived where most families of " + area + " live. Outside every zone it would add more. Do not pass this on: it tells of places where children must not be."
	case area != "":
		o.Position = "This is what it would add outside every zone. Living where most families of " + area + " live changes nothing, or too little to be told."
	}
}

// missingAsking is what asking the families there are already could add.
type missingAsking struct {
	Sentences []string
	Beside    govuk.Table // what recruiting and what asking could add
	Sets      govuk.Table
	Families  govuk.Table // for whoever may record their answers
	More      string
}

func askingOf(t *planTable, a link.Asking, recruited int64) (m missingAsking) {
	m.Sentences = append(m.Sentences, fmt.Sprintf("There are %s in this plan. An answer counts only if it was asked for and given: a yes to something a family has since declined a child for counts as not asked.", count(a.Approved, "approved family", "approved families")))
	if a.Groups > 0 {
		m.Sentences = append(m.Sentences, fewWords(a.Children)+" of the children who wait could have a family that has not been asked about everything they bring with them, and none that has said yes to it all.")
	}
	if a.Links > 0 {
		m.Sentences = append(m.Sentences, upperFirst(count(a.Links, "link", "links"))+" of the plan "+noun(a.Links, "rests", "rest")+" on an answer that nobody has given yet.")
	}
	m.Beside = besideTable(a.Gain, recruited)
	m.Sets = setsTable(a)
	m.Families = askableTable(t, a)
	if more := len(a.Families) - len(m.Families.Rows); more > 0 {
		m.More = "And " + count(more, "family", "families") + " more."
	}
	return m
}

func besideTable(asking, recruited int64) govuk.Table {
	row := func(what string, tenths int64, words string, series int) []govuk.Cell {
		return []govuk.Cell{{Text: what}, {HTML: drawShare(int(tenths), int(max(asking, recruited, 1)), series), Classes: "hw-bars__bar"}, {Text: words + planPoints(tenths), Format: "numeric"}}
	}
	return govuk.Table{Caption: "What the plan could weigh more, in points", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Classes: "hw-bars",
		Head: []govuk.Cell{{Text: "If"}, {HTML: `<span class="govuk-visually-hidden">Drawn</span>`}, {Text: "Points more", Format: "numeric"}},
		Rows: [][]govuk.Cell{row("all the families above were recruited", recruited, "", 1), row("every family said yes to all it has not been asked", asking, "at most ", 2)}}
}

func setsTable(a link.Asking) govuk.Table {
	t := govuk.Table{Caption: "What approved families have said, and what a yes could open", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "To"}, {Text: "Families"}, {Text: "Children a yes to this alone could open", Format: "numeric"}}}
	for i, s := range a.Sets {
		words := fmt.Sprintf("%d yes to all, %d asked about part, %d no to some, %d not asked", s.Yes, s.Part, s.No, s.None)
		t.Rows = append(t.Rows, []govuk.Cell{{Text: upperFirst(link.Willing[i].Label)},
			{HTML: markup(`%s<span class="govuk-!-font-size-16">%s</span>`, drawStack(a.Approved, s.Yes, s.Part, s.No, s.None), words)}, {Text: fewWords(s.Children), Format: "numeric"}})
	}
	return t
}

// askableTable names families whose worker the reader is or may stand in for.
func askableTable(t *planTable, a link.Asking) govuk.Table {
	table := govuk.Table{Caption: "Families you could ask first", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "Family"}, {Text: "Agency"}, {Text: "Groups its answers would tell of", Format: "numeric"}, {Text: "Of these, groups nobody has said yes to yet", Format: "numeric"}}}
	for _, x := range a.Families[:min(len(a.Families), askableListed)] {
		t.p.ShowFamily(t.u, x.Family)
		f := t.p.Family(x.Family)
		table.Rows = append(table.Rows, []govuk.Cell{{HTML: anchor(familyPath(f.ID), f.Name())}, {Text: t.b.Book.Agencies[f.Agency].Name}, {Text: commas(x.Groups), Format: "numeric"}, {Text: commas(x.Opens), Format: "numeric"}})
	}
	return table
}
