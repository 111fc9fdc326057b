package govuk

import "html/template"

// SummaryList shows facts as key and value, with links to change them.
type SummaryList struct {
	Rows       []SummaryRow
	Card       *SummaryCard
	Classes    string
	Attributes Attributes
}

// SummaryRow is one fact.
type SummaryRow struct {
	Key, Value Content
	Actions    SummaryActions
	Classes    string
}

// SummaryActions are links about a row or a card.
type SummaryActions struct {
	Items   []SummaryAction
	Classes string
}

// SummaryAction is one link. VisuallyHiddenText says what it is about, so that
// twenty "Change" links do not sound alike.
type SummaryAction struct {
	Href               string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText string
	Classes            string
	Attributes         Attributes
}

// SummaryCard frames a summary list under a title.
type SummaryCard struct {
	Title      CardTitle
	Actions    SummaryActions
	Classes    string
	Attributes Attributes
}

// CardTitle is the heading of a card.
type CardTitle struct {
	Text         string
	HTML         template.HTML
	HeadingLevel int
	Classes      string
}

// summaryAction is a link with the title of the card it stands on.
type summaryAction struct {
	SummaryAction
	Card any // the title, text or HTML, or nil
}

// Render gives the markup.
func (p SummaryList) Render() template.HTML {
	view := summaryView{SummaryList: p}
	for _, row := range p.Rows {
		view.AnyActions = view.AnyActions || len(row.Actions.Items) > 0
	}
	return render("summary-list", view)
}

// summaryView is a list with what its rows need to know of one another.
type summaryView struct {
	SummaryList
	AnyActions bool
}

// Link joins an action with the title of the card.
func (v summaryView) Link(a SummaryAction) summaryAction {
	link := summaryAction{SummaryAction: a}
	if v.Card != nil && v.Card.Title.HTML != "" {
		link.Card = v.Card.Title.HTML
	} else if v.Card != nil && v.Card.Title.Text != "" {
		link.Card = v.Card.Title.Text
	}
	return link
}

// Table shows figures or records. Stack is ours: on a phone each row becomes a
// card, with the column heads repeated beside the cells, so that nobody has to
// scroll in two directions.
type Table struct {
	Caption           string
	CaptionClasses    string
	Head              []Cell
	Rows              [][]Cell
	FirstCellIsHeader bool
	Stack             bool
	Classes           string
	Attributes        Attributes
}

// Cell is a cell or a column head; Format "numeric" aligns figures.
type Cell struct {
	Text       string
	HTML       template.HTML
	Format     string
	Colspan    int
	Rowspan    int
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p Table) Render() template.HTML { return render("table", p) }

// headerCell gives the name of a column for a cell of a stacked table.
func headerCell(t Table, i int) string {
	if !t.Stack || i >= len(t.Head) {
		return ""
	}
	return t.Head[i].Text
}

// TaskList shows the parts of a long piece of work and how far each is.
type TaskList struct {
	IDPrefix   string
	Items      []Task
	Classes    string
	Attributes Attributes
}

// Task is one part; without Href it cannot be started yet.
type Task struct {
	Title   Content
	Hint    Content
	Href    string
	Status  TaskStatus
	Classes string
}

// TaskStatus is the state of a task: words, or a Tag for what is not done.
type TaskStatus struct {
	Text    string
	HTML    template.HTML
	Tag     *Tag
	Classes string
}

// Render gives the markup.
func (p TaskList) Render() template.HTML {
	if p.IDPrefix == "" {
		p.IDPrefix = "task-list"
	}
	return render("task-list", p)
}
