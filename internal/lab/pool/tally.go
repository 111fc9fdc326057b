package pool

// What is counted as it happens.
const (
	fOrdered          = iota // children with a placement order
	fOrderedGroups           //
	fOrderedSiblings         // children of groups of two or more
	fAgreed                  // children for whom a link was agreed
	fMatched                 // children matched
	fMatchedGroups           //
	fMatchedSiblings         // children of groups of two or more
	fPlaced                  // children placed
	fPlacedGroups            //
	fAdopted                 // children adopted
	fChanged                 // children whose plan was changed for want of a family
	fDisrupted               // children whose placement ended before the order
	fRegistered              // families
	fApproved                //
	fApprovedOwn             // families of councils and regional agencies
	fGaveUp                  // families who left for want of a child
	fAsks                    //
	fRefused                 // asks
	fSpells                  // waits that ended, of groups: each from the order, or from coming back, to a link or a changed plan
	fSpellDays               // their days
	fWaits                   // children matched: as fMatched, to divide the next by
	fWaitDays                // placement order to matching decision, each child's
	fWaitsSiblings           //
	fWaitDaysSiblings        // the same of groups of two or more
	fEntryDays               // entry to care to placement, each child's
	fMilesOf                 // children placed by a link, to divide the next by
	fMiles                   // old home to new, each child's
	fPaid                    // placements for which a fee was owed
	fPounds                  // the fees
	flows
)

// FlowNames name the numbers of Period.Flows.
var FlowNames = []string{"children_ordered", "groups_ordered", "siblings_ordered", "children_linked", "children_matched", "groups_matched",
	"siblings_matched", "children_placed", "groups_placed", "children_adopted", "children_plan_changed", "children_disrupted", "families_registered",
	"families_approved", "families_approved_not_voluntary", "families_gave_up", "asks", "asks_refused", "waits_ended", "waits_ended_days", "order_to_match", "order_to_match_days",
	"order_to_match_siblings", "order_to_match_siblings_days", "entry_to_placed_days", "children_placed_by_link", "miles", "fees", "fees_pounds"}

// What there is of at any time.
const (
	sDeciding        = iota // children with a decision and no order yet
	sWaiting                // children waiting for a link
	sWaitingGroups          //
	sWaitingSiblings        // children of groups of two or more
	sWaitingOlder           // children who were five or over at the order
	sMatched                // children with a link agreed, not yet placed
	sMatchedSiblings        // of groups of two or more
	sPlaced                 // children placed and not yet adopted
	sAssessed               // families under assessment
	sAssessedOwn            // of councils and regional agencies
	sFamilies               // families approved, waiting or asked
	stocks
)

// StockNames name the numbers of Period.End and Period.Days.
var StockNames = []string{"children_before_order", "children_waiting", "groups_waiting", "siblings_waiting", "older_waiting", "children_linked",
	"siblings_linked", "children_placed_not_adopted", "families_in_assessment", "families_in_assessment_not_voluntary", "families_waiting"}

// Period is what was counted in one stretch of time.
type Period struct {
	Flows [flows]int64  `json:"flows"`
	End   [stocks]int64 `json:"end"`  // how many there were at its end
	Days  [stocks]int64 `json:"days"` // and day by day, added up
}

// Cell counts the children of one kind with an order in the measured time, and
// what became of them in the two years after it.
type Cell struct {
	Children, InYear, Placed, Days int64 // Days: from order to placement, of those placed
}

// Breakdown is the cells of every kind of child.
type Breakdown struct {
	All     [1]Cell `json:"all"`
	Age     [4]Cell `json:"age"`
	Size    [3]Cell `json:"size"`
	Need    [4]Cell `json:"need"`
	Ethnic  [5]Cell `json:"ethnic"`
	Council []Cell  `json:"council,omitempty"`
}

// The names of the cells of a breakdown.
var (
	AgeNames    = []string{"under one", "one or two", "three or four", "five or over"}
	SizeNames   = []string{"a child alone", "two together", "three or four together"}
	NeedNames   = []string{"no need that families often refuse", "one or two such needs", "three or more such needs", "a disability"}
	EthnicNames = []string{"White", "Mixed", "Asian", "Black", "Other"}
)

// Result is what came of one replication.
type Result struct {
	Replication int       `json:"replication"`
	Events      int64     `json:"events"`
	Periods     []Period  `json:"periods"`
	Children    Breakdown `json:"children"`
	Focus       Breakdown `json:"focus"` // of the councils in focus alone, without council by council
}

// tally counts while a replication is played.
type tally struct {
	Result
	now   Period
	level [stocks]int64
	since [stocks]int32
}

func (t *tally) reset(replication, councils int) {
	cells := t.Children.Council[:0]
	*t = tally{Result: Result{Replication: replication, Periods: t.Periods[:0]}}
	for range councils {
		cells = append(cells, Cell{})
	}
	t.Children.Council = cells
}

func (t *tally) flow(what int, n int64) { t.now.Flows[what] += n }

func (t *tally) stock(day int32, what int, n int64) {
	t.now.Days[what] += t.level[what] * int64(day-t.since[what])
	t.since[what], t.level[what] = day, t.level[what]+n
}

// close ends a period on a day; what was counted before the first is dropped.
func (t *tally) close(day int32, keep bool) {
	for what := range stocks {
		t.stock(day, what, 0)
	}
	t.now.End = t.level
	if keep {
		t.Periods = append(t.Periods, t.now)
	}
	t.now = Period{}
}

// each calls fn with every cell that a child of a group stands in.
func (b *Breakdown) each(m *setup, g *group, fn func(*Cell)) {
	for _, born := range g.born[:g.size] {
		fn(&b.All[0])
		fn(&b.Age[ageClass(ageOn(g.ordered, born))])
		fn(&b.Size[min(int(g.size), len(b.Size))-1])
		fn(&b.Need[m.needClass(g.needs)])
		fn(&b.Ethnic[g.ethnic])
		if b.Council != nil {
			fn(&b.Council[g.council])
		}
	}
}

func (b *Breakdown) ordered(m *setup, g *group) {
	b.each(m, g, func(c *Cell) { c.Children++ })
}

func (b *Breakdown) placed(m *setup, g *group, day int32) {
	wait := day - g.ordered
	if wait > followDays {
		return
	}
	b.each(m, g, func(c *Cell) {
		c.Placed++
		c.Days += int64(wait)
		if wait <= daysPerYear {
			c.InYear++
		}
	})
}
