package web

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/returns"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// How many conflicts are decided one by one, and how many children one page of
// the list shows.
const (
	conflictsShown = 200
	comparedShown  = 20
)

// returnComparePage is a return beside the records: what somebody has to decide,
// and what else would change.
type returnComparePage struct {
	Record     record
	Path       string
	Counts     returnCounts
	Summary    *govuk.SummaryList
	Form       *govuk.Form
	Conflicts  []*govuk.ChoiceField
	Others     *govuk.ChoiceField  // for the conflicts that are not shown; nil where all are
	Anew       *govuk.ChoicesField // what was decided before; nil where nothing was
	AnewMore   int                 // decided before too, and not shown
	SetAside   *govuk.Table        // nil where nobody is
	Seen       string              // what this comparison says, by keyed hash
	Children   []comparedChild
	Listed     string
	Pagination govuk.Pagination
	Nothing    bool

	reading    returns.Reading
	comparison *returns.Comparison
	chosen     map[string]*govuk.ChoiceField // by the key of the difference
	anew       map[string]string             // by the key: the value of its box

	// what to confirm: who is set aside as it was decided
	without []returns.SetAside
	sure    *govuk.Form
	agreed  *govuk.ChoicesField
}

// comparedChild is one child of the list.
type comparedChild struct {
	Ref, Href string
	Table     govuk.Table
}

// returnCompare shows a return beside the records, and takes it in once every
// conflict is decided and what would happen has been seen.
func returnCompare(v *visit) error {
	p, taken, err := v.compareReturn(v.r.PostFormValue("sure") == "yes")
	if err != nil && p != nil {
		message := fault.Message(err)
		if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
			return err
		}
		// What was looked at was taken back with the rest: it is looked at again.
		if p, _, err = v.compareReturn(false); err == nil {
			p.Form.Fail(message, "")
		}
	}
	switch {
	case err != nil:
		return err
	case taken != nil:
		return v.done(returnPath(p.reading.ID), takenWords(*taken))
	case v.posted() && p.Form.Valid():
		return v.confirmReturn(p)
	}
	return v.show("returncompare", page{Title: "Compare with the records", Back: returnPath(p.reading.ID), Form: p.Form, Wide: true}, p)
}

// compareReturn compares in one unit of work and, if that is what was asked and
// everything is decided, takes the return in with it.
func (v *visit) compareReturn(take bool) (p *returnComparePage, taken *returns.Outcome, err error) {
	err = v.withReturn("compare a return", access.Change, func(u *work.Unit, book *agency.Book, r returns.Reading) error {
		if r.State == returns.Replaced {
			return fault.New(fault.Conflict, "This return was replaced by a later one of the same year. Compare that one.")
		}
		c, err := returns.Compare(u, book, r)
		if err != nil {
			return err
		}
		p = v.newComparePage(u, book, c)
		if v.posted() && p.answered(v) {
			p.without = c.Without(p.decide)
			sawSetAside(u, p.without)
			if p.agrees(v, take) {
				o, err := returns.Take(u, book, r, p.decide, len(p.without))
				if err == nil {
					taken = &o
				}
				return err
			}
		}
		p.list(v, u)
		return nil
	})
	return p, taken, err
}

func (v *visit) newComparePage(u *work.Unit, book *agency.Book, c *returns.Comparison) *returnComparePage {
	path := returnPath(c.Reading.ID) + "/compare"
	p := &returnComparePage{Record: v.returnRecord(book, c.Reading, path), Path: path, Counts: countsOf(c), Form: &govuk.Form{}, Nothing: len(c.Children)+len(c.SetAside) == 0,
		reading: c.Reading, comparison: c, chosen: map[string]*govuk.ChoiceField{}, anew: map[string]string{}}
	p.Summary = p.Counts.summary()
	p.setAside(u)
	var says []string
	for _, one := range c.SetAside {
		says = append(says, one.Ref, fmt.Sprint(one.Problems))
	}
	for _, one := range c.Children {
		for _, d := range one.Differences {
			says = append(says, d.Key(one.Ref), string(d.Standing), d.Record, d.Value)
			if d.Standing == returns.Conflicting {
				p.conflict(u, one, d)
			}
		}
	}
	p.Seen = u.Hash("return comparison", strings.Join(says, "\x00"))
	p.before(u)
	if left := c.Conflicts() - len(p.Conflicts); left > 0 {
		p.Others = p.Form.Radios(govuk.Question{Name: "others", Label: fmt.Sprintf("For the other %s", count(left, "fact", "facts")), Noun: "what goes for the other facts",
			Hint: "They are not shown one by one", Options: []govuk.Option{{Value: "keep", Text: "Keep what Homeward says"}, {Value: "take", Text: "Take what the return says"}}})
	}
	return p
}

// conflict asks which is right, of as many as one page can hold.
func (p *returnComparePage) conflict(u *work.Unit, one returns.Compared, d returns.Difference) {
	if len(p.Conflicts) == conflictsShown {
		return
	}
	u.Saw(one.Record.Subject(), "beside a return")
	f := p.Form.Radios(govuk.Question{Name: fmt.Sprintf("decide-%d", len(p.Conflicts)), Label: one.Ref + ": " + midSentence(factLabel(d)), Noun: "what is right of " + one.Ref + ", " + midSentence(factLabel(d)),
		Hint: "The return says it in " + d.Source, Options: []govuk.Option{{Value: "keep", Text: "Keep what Homeward says: " + cmp.Or(factValue(d, d.Record), notRecorded)}, {Value: "take", Text: "Take what the return says: " + factValue(d, d.Value)}}})
	p.Conflicts = append(p.Conflicts, f)
	p.chosen[d.Key(one.Ref)] = f
}

// before lists what was decided before: it stays so unless its box is ticked.
func (p *returnComparePage) before(u *work.Unit) {
	var options []govuk.Option
	for _, one := range p.comparison.Children {
		for _, d := range one.Differences {
			switch {
			case d.Standing != returns.Decided:
			case len(options) == conflictsShown:
				p.AnewMore++
			default:
				u.Saw(one.Record.Subject(), "beside a return")
				p.anew[d.Key(one.Ref)] = strconv.Itoa(len(options))
				options = append(options, govuk.Option{Value: strconv.Itoa(len(options)), Text: one.Ref + ": " + midSentence(factLabel(d)) + ", take what the return says: " + factValue(d, d.Value),
					Hint: fmt.Sprintf("Homeward says: %s. %s kept that on %s", cmp.Or(factValue(d, d.Record), notRecorded), d.Before.By, momentWords(d.Before.At))})
			}
		}
	}
	if len(options) > 0 {
		p.Anew = p.Form.Checkboxes(govuk.Question{Name: "anew", Label: "Decide anew", Noun: "what to decide anew, of what is listed", Optional: true, Options: options})
	}
}

// setAside lists who can be no record whatever is decided.
func (p *returnComparePage) setAside(u *work.Unit) {
	if len(p.comparison.SetAside) > 0 {
		sawSetAside(u, p.comparison.SetAside)
		p.SetAside = new(setAsideTable(p.comparison.SetAside))
	}
}

// sawSetAside notes whose records were looked at: what is wrong with a child may
// tell what their record says.
func sawSetAside(u *work.Unit, list []returns.SetAside) {
	for _, one := range list {
		if one.Record != nil {
			u.Saw(one.Record.Subject(), "set aside from a return")
		}
	}
}

// setAsideTable says who is set aside, where the return says what cannot stand,
// and how to mend it.
func setAsideTable(list []returns.SetAside) govuk.Table {
	t := govuk.Table{Caption: "Children set aside", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Child"}, {Text: "Where"}, {Text: "Field"}, {Text: "What is wrong, and how to mend it"}}}
	for _, one := range list {
		for _, p := range one.Problems {
			t.Rows = append(t.Rows, []govuk.Cell{{Text: one.Ref}, {Text: p.Where()}, {Text: p.Field}, {Text: p.Message}})
		}
	}
	return t
}

// agrees tells whether the return is to be taken in without those who are set
// aside, and asks where there are any.
func (p *returnComparePage) agrees(v *visit, take bool) bool {
	p.sure = &govuk.Form{}
	if n := len(p.without); n > 0 {
		who := count(n, "child", "children")
		p.agreed = p.sure.Checkboxes(govuk.Question{Name: "without", Label: who + " set aside", Noun: "that you take the return in without " + who,
			Options: []govuk.Option{{Value: strconv.Itoa(n), Text: "I take the return in without " + who}}})
	}
	return take && p.sure.Parse(v.r)
}

// answered reads the decisions. Those made on another comparison than this one
// decide nothing.
func (p *returnComparePage) answered(v *visit) bool {
	if v.r.PostFormValue("seen") != p.Seen {
		p.Form.Fail("The records have changed since you opened this page. Look again before you take the return in", p.Path)
		return false
	}
	return p.Form.Parse(v.r)
}

// decide says what was decided of a conflict.
func (p *returnComparePage) decide(key string, s returns.Standing) (take, known bool) {
	if s == returns.Decided {
		box, shown := p.anew[key]
		return shown && p.Anew.Has(box), shown && p.Anew.Has(box)
	}
	f := cmp.Or(p.chosen[key], p.Others)
	if f == nil || f.Value == "" {
		return false, false
	}
	return f.Value == "take", true
}

// list shows one page of the children of whom the return says something new.
func (p *returnComparePage) list(v *visit, u *work.Unit) {
	from, to, pages := v.pageBy(comparedShown, len(p.comparison.Children), "children")
	p.Listed, p.Pagination = count(len(p.comparison.Children), "child", "children"), pages
	for _, one := range p.comparison.Children[from:to] {
		row := comparedChild{Ref: one.Ref, Table: differencesTable(one)}
		if one.Record != nil {
			row.Href = childPath(one.Record.ID)
			u.Saw(one.Record.Subject(), "beside a return")
		}
		p.Children = append(p.Children, row)
	}
}

// standingWords say how what a return says stands to the record.
var standingWords = map[returns.Standing]govuk.Tag{
	returns.New:         {Text: "New", Classes: "govuk-tag--green"},
	returns.Changed:     {Text: "Changed in the return", Classes: "govuk-tag--blue"},
	returns.Conflicting: {Text: "To decide", Classes: "govuk-tag--yellow"},
	returns.Decided:     {Text: "Decided before", Classes: "govuk-tag--grey"},
}

func differencesTable(one returns.Compared) govuk.Table {
	t := govuk.Table{Caption: "What the return says of " + one.Ref, CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Fact"}, {Text: "Homeward says"}, {Text: "The return says"}, {Text: "How they stand"}, {Text: "Where the return says it"}}}
	for _, d := range one.Differences {
		stands := standingWords[d.Standing].Render()
		if d.Before != nil {
			stands += markup(" by %s, %s", d.Before.By, momentWords(d.Before.At))
		}
		t.Rows = append(t.Rows, []govuk.Cell{{Text: factLabel(d)}, {Text: cmp.Or(factValue(d, d.Record), notRecorded)}, {Text: factValue(d, d.Value)},
			{HTML: stands}, {Text: d.Source}})
	}
	return t
}

// factLabels are the fields a return tells of, as the record's own page has them.
var factLabels = map[string]string{"born": "Born", "sex": "Sex", "ethnic": "Ethnicity", "entered_care": "Entered care", "decision_date": "Agency decision",
	"placement_order_date": "Placement order", "status": "Status"}

func factLabel(d returns.Difference) string {
	return cmp.Or(factLabels[d.Field], child.MilestoneWords(d.Milestone))
}

// factValue says a value of a field as the record's own page does.
func factValue(d returns.Difference, value string) string {
	switch d.Field {
	case "sex":
		return cmp.Or(child.Sexes.Label(value), value)
	case "ethnic":
		return cmp.Or(child.Ethnicities.Label(value), value)
	case "status":
		return cmp.Or(child.Statuses.Label(value), value)
	case "born", "entered_care", "decision_date", "placement_order_date":
		day, _ := date.Parse(value)
		return day.Long()
	}
	if value == d.Value {
		return d.Milestone.Day.Long()
	}
	return value
}

// returnConfirmPage says what taking a return in would do, and carries what was
// decided.
type returnConfirmPage struct {
	Record   record
	Path     string
	Points   []string
	Kept     [][2]string         // name and value of each answer
	SetAside *govuk.Table        // nil where nobody is
	Without  *govuk.ChoicesField // whether to go on without them
}

// confirmReturn asks whether to take the return in.
func (v *visit) confirmReturn(p *returnComparePage) error {
	c := returnConfirmPage{Record: p.Record, Path: p.Path, Points: p.points(), Kept: [][2]string{{"seen", p.Seen}}}
	for _, f := range p.Conflicts {
		c.Kept = append(c.Kept, [2]string{f.Name, f.Value})
	}
	if p.Others != nil {
		c.Kept = append(c.Kept, [2]string{p.Others.Name, p.Others.Value})
	}
	if p.Anew != nil {
		for _, box := range p.Anew.Values {
			c.Kept = append(c.Kept, [2]string{p.Anew.Name, box})
		}
	}
	if len(p.without) > 0 {
		c.SetAside, c.Without = new(setAsideTable(p.without)), p.agreed
	}
	return v.show("returnconfirm", page{Title: "Take the return in?", Back: p.Path, Form: p.sure}, c)
}

// points say what taking the return in does, as it was decided.
func (p *returnComparePage) points() []string {
	changed, kept, aside := 0, 0, map[string]bool{}
	for _, one := range p.without {
		aside[one.Ref] = true
	}
	for _, one := range p.comparison.Children {
		if aside[one.Ref] {
			continue
		}
		left := 0
		for _, d := range one.Differences {
			if take, _ := p.decide(d.Key(one.Ref), d.Standing); (d.Standing == returns.Conflicting || d.Standing == returns.Decided) && !take {
				left++
			}
		}
		if kept += left; one.Record != nil && left < len(one.Differences) {
			changed++
		}
	}
	points := []string{count(p.Counts.New, "child becomes a record", "children become records"), count(changed, "record changes", "records change"),
		count(kept, "fact stays as Homeward has it", "facts stay as Homeward has them"), count(p.Counts.Unchanged, "child is", "children are") + " the same in both"}
	if n := len(p.without); n > 0 {
		points = append(points, count(n, "child is", "children are")+" set aside: nothing the return says of them is taken in")
	}
	if p.Counts.Restricted > 0 {
		points = append(points, count(p.Counts.Restricted, "child is left out: the record is", "children are left out: their records are")+" closed to you")
	}
	return points
}

func takenWords(o returns.Outcome) string {
	without := ""
	if o.SetAside > 0 {
		without = ", " + count(o.SetAside, "child", "children") + " set aside"
	}
	return fmt.Sprintf("The return is taken in. %s, %s, %s%s.", count(o.Added, "record added", "records added"), count(o.Changed, "record changed", "records changed"),
		count(o.Kept, "fact kept as Homeward had it", "facts kept as Homeward had them"), without)
}
