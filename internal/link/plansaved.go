package link

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// SavedPlan is the region's plan as it was saved, such as for a meeting, in
// numbers. The agency whose worker saved it keeps it, and nothing of it is ever
// changed. Whom it is about is looked up on its reader's board: an old plan tells
// of nobody whom they may not see today.
type SavedPlan struct {
	Agency, ID       string
	SavedOn          date.Date
	SavedAt          time.Time
	By, ByName       string
	Note             string // such as the meeting it is for
	Wish             PlanWish
	Rules            string
	Groups, Families int
	Links, Children  int
	MostLinks        int
	Weight, Fit      int64
	seal             string
}

// MaxPlanNote is how many characters the note of a saved plan may have.
const MaxPlanNote = 200

// Subject names the plan for the audit record.
func (s SavedPlan) Subject() work.Subject {
	return work.Subject{Kind: access.Plan, Agency: s.Agency, ID: s.ID}
}

// Alike tells whether two plans were asked for in the same way.
func (s SavedPlan) Alike(other SavedPlan) bool {
	a, b := s.Wish, other.Wish
	return a.Stretch == b.Stretch && a.Priority == b.Priority && a.Pool == b.Pool
}

var savedPlanColumns = []string{
	"agency_code", "plan_id", "saved_on", "saved_at", "saved_by", "saved_by_name", "note", "stretch", "priority", "pool", "rules",
	"group_count", "family_count", "link_count", "child_count", "most_links", "weight", "fit", "seal",
}

// Seal is the sum of what a plan says: two plans of one seal say the same.
func (p *RegionPlan) Seal() string {
	sum := sha256.New()
	fmt.Fprintln(sum, p.words())
	for _, l := range p.Plan.Links {
		fmt.Fprintln(sum, p.Group(l.Group).IDs(), p.Family(l.Family).ID, l.Weight, p.keeps(l.Group, l.Family))
	}
	for _, g := range p.Unlinked() {
		fmt.Fprintln(sum, p.Group(g).IDs(), p.Region.Candidates(g))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// keeps tells whether a meeting keeps a group and a family together.
func (p *RegionPlan) keeps(g, f int) bool {
	return slices.ContainsFunc(p.Said, func(x PlanPair) bool {
		group, _ := p.Place(x.ChildID)
		return x.Verdict == KeptTogether && group == g && x.FamilyID == p.Family(f).ID
	})
}

// Save keeps the plan as it stands, for the agency of whoever saves it. seen is the
// seal of the plan they looked at: what they did not see is not saved. A plan that
// says the same and was saved on the same day with the same note is that plan, so
// that sending a form twice saves it once.
func (p *RegionPlan) Save(u *work.Unit, note, seen string) (SavedPlan, error) {
	if err := u.Allow(access.Save, p.board.Book.Thing(access.Plan, u.Actor.Agency), ""); err != nil {
		return SavedPlan{}, err
	}
	s, err := p.saved(u, strings.TrimSpace(note))
	if err != nil {
		return SavedPlan{}, err
	}
	if s.seal != seen {
		return SavedPlan{}, fault.New(fault.Conflict, "The plan has changed since you looked at it. Nothing was saved: look at it as it is now, and save it again.")
	}
	if same, err := s.sameDay(u); err != nil || same.ID != "" {
		return same, err
	}
	first, err := s.insert(u)
	if err != nil {
		return SavedPlan{}, err
	}
	if !first { // it was sent twice at the same moment
		return s.sameDay(u)
	}
	// No record changes by it: what is kept in memory stays good.
	u.Noted("plan saved", s.Subject(), fmt.Sprintf("%s: %d links of %d groups and %d families", p.words(), s.Links, s.Groups, s.Families))
	return s, p.keep(u, s)
}

// insert writes the plan in numbers, unless it is there.
func (s SavedPlan) insert(u *work.Unit) (bool, error) {
	result, err := u.Exec("INSERT INTO plan_saved ("+strings.Join(savedPlanColumns, ", ")+") VALUES ("+db.Params(1, len(savedPlanColumns))+") ON CONFLICT DO NOTHING",
		s.Agency, s.ID, s.SavedOn, db.Instant{Time: s.SavedAt}, s.By, s.ByName, s.Note, s.Wish.Stretch, int64(s.Wish.Priority), s.Wish.Pool, s.Rules,
		s.Groups, s.Families, s.Links, s.Children, s.MostLinks, s.Weight, s.Fit, s.seal)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// sameDay is the plan that says the same and was saved on the same day, if there
// is one.
func (s SavedPlan) sameDay(u *work.Unit) (SavedPlan, error) {
	list, err := savedPlans(u, "agency_code = $1 AND saved_on = $2 AND seal = $3 AND note = $4", s.Agency, s.SavedOn, s.seal, s.Note)
	if err != nil || len(list) == 0 {
		return SavedPlan{}, err
	}
	return list[0], nil
}

// saved is the plan in numbers, as it would be kept.
func (p *RegionPlan) saved(u *work.Unit, note string) (SavedPlan, error) {
	if p.Groups() == 0 {
		return SavedPlan{}, fault.New(fault.Conflict, "There is nobody to plan for, so there is no plan to save.")
	}
	if utf8.RuneCountInString(note) > MaxPlanNote {
		return SavedPlan{}, fault.New(fault.Invalid, fmt.Sprintf("The note must be %d characters or fewer.", MaxPlanNote))
	}
	now := p.Region.Figures()
	most, err := p.Region.MostLinks()
	return SavedPlan{
		Agency: u.Actor.Agency, ID: work.NewID(), SavedOn: u.Today, SavedAt: u.Now, By: u.Actor.ID, ByName: u.Actor.Name, Note: note,
		Wish: p.Wish, Rules: p.Region.Pool.Rules().Version, Groups: p.Groups(), Families: p.Families(), Links: now.Links, Children: now.Children,
		MostLinks: most.Links, Weight: now.Weight, Fit: now.Fit, seal: p.Seal(),
	}, err
}

// keep writes a plan's links, the groups without one, and the families who could
// have had one.
func (p *RegionPlan) keep(u *work.Unit, s SavedPlan) error {
	var links, without, families [][]any
	could := map[int]bool{}
	for _, pair := range p.Region.Instance().Pairs {
		could[pair.Family] = true
	}
	for n, l := range p.Plan.Links {
		group, family, pair := p.Group(l.Group), p.Family(l.Family), p.Region.Pool.Pair(l.Group, l.Family)
		links = append(links, []any{s.Agency, s.ID, n, group[0].Agency, group[0].ID, strings.Join(group.IDs(), " "), family.Agency, family.ID, int(pair.Low), int(pair.High), l.Weight, p.keeps(l.Group, l.Family)})
		delete(could, l.Family)
	}
	for _, g := range p.Unlinked() {
		group := p.Group(g)
		without = append(without, []any{s.Agency, s.ID, group[0].Agency, group[0].ID, strings.Join(group.IDs(), " "), p.Region.Candidates(g)})
	}
	for f := range could {
		families = append(families, []any{s.Agency, s.ID, p.Family(f).Agency, p.Family(f).ID})
	}
	if err := u.InsertMany("plan_saved_link", savedLinkColumns, links); err != nil {
		return err
	}
	if err := u.InsertMany("plan_saved_without", []string{"agency_code", "plan_id", "child_agency", "child_id", "child_ids", "candidates"}, without); err != nil {
		return err
	}
	return u.InsertMany("plan_saved_family", []string{"agency_code", "plan_id", "family_agency", "family_id"}, families)
}

var savedLinkColumns = []string{"agency_code", "plan_id", "n", "child_agency", "child_id", "child_ids", "family_agency", "family_id", "low", "high", "weight", "kept"}

// SavedPlans are the plans saved by people of the reader's agency, the newest first.
func (b *Board) SavedPlans(u *work.Unit) ([]SavedPlan, error) {
	own := u.Actor.Agency
	if err := u.Allow(access.View, b.Book.Thing(access.Plan, own), ""); err != nil {
		return nil, err
	}
	u.Saw(work.Subject{Kind: access.Plan, Agency: own}, "list")
	return savedPlans(u, "agency_code = $1", own)
}

func savedPlans(u *work.Unit, where string, args ...any) (list []SavedPlan, err error) {
	return list, u.Each(func(rows *sql.Rows) error {
		s := SavedPlan{Wish: PlanWish{Meeting: true}}
		var at db.Instant
		err := rows.Scan(&s.Agency, &s.ID, &s.SavedOn, &at, &s.By, &s.ByName, &s.Note, &s.Wish.Stretch, &s.Wish.Priority, &s.Wish.Pool, &s.Rules,
			&s.Groups, &s.Families, &s.Links, &s.Children, &s.MostLinks, &s.Weight, &s.Fit, &s.seal)
		s.SavedAt = at.Time
		list = append(list, s)
		return err
	}, "SELECT "+strings.Join(savedPlanColumns, ", ")+" FROM plan_saved WHERE "+where+" ORDER BY saved_at DESC, plan_id", args...)
}

// keptPlan is a saved plan as it is written down, as far as the database gives it.
type keptPlan struct {
	SavedPlan
	links    []keptLink
	children map[string]bool // in it, with a link or without
	without  map[string]int  // by child of a group without a link: how many families the group could have had
	families map[string]bool // who had a link or could have had one
}

// keptLink is one link of it.
type keptLink struct {
	children  []string // all of the group then, its first child first
	family    string
	low, high int16
	weight    int64
	kept      bool
}

// findPlan gives a saved plan to somebody of the agency that saved it. Anybody else is
// told that there is none, and that they asked is noted.
func (b *Board) findPlan(u *work.Unit, id string) (*keptPlan, error) {
	list, err := savedPlans(u, "plan_id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, missingPlan(u, id)
	}
	k := &keptPlan{SavedPlan: list[0], children: map[string]bool{}, without: map[string]int{}, families: map[string]bool{}}
	if err := u.Allow(access.View, b.Book.Thing(access.Plan, k.Agency), id); err != nil {
		return nil, err
	}
	u.Saw(k.Subject(), "")
	return k, k.load(u)
}

// missingPlan refuses a plan that is not there for the unit's actor, or not at
// all, in the same words.
func missingPlan(u *work.Unit, id string) error {
	s := work.Subject{Kind: access.Plan, ID: id}
	err := u.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return u.Each(func(rows *sql.Rows) error { return rows.Scan(&s.Agency) }, "SELECT agency_code FROM plan_saved WHERE plan_id = $1", id)
	})
	if err != nil {
		return err
	}
	return u.Refuse(access.View, s)
}

func (k *keptPlan) load(u *work.Unit) error {
	const ofIt = " WHERE agency_code = $1 AND plan_id = $2"
	err := u.Each(func(rows *sql.Rows) error {
		var l keptLink
		var children string
		err := rows.Scan(&children, &l.family, &l.low, &l.high, &l.weight, &l.kept)
		l.children = strings.Fields(children)
		for _, id := range l.children {
			k.children[id] = true
		}
		k.links, k.families[l.family] = append(k.links, l), true
		return err
	}, "SELECT child_ids, family_id, low, high, weight, kept FROM plan_saved_link"+ofIt+" ORDER BY n", k.Agency, k.ID)
	if err != nil {
		return err
	}
	err = u.Each(func(rows *sql.Rows) error {
		var children string
		var candidates int
		err := rows.Scan(&children, &candidates)
		for _, id := range strings.Fields(children) {
			k.children[id], k.without[id] = true, candidates
		}
		return err
	}, "SELECT child_ids, candidates FROM plan_saved_without"+ofIt, k.Agency, k.ID)
	if err != nil {
		return err
	}
	return u.Each(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		k.families[id] = true
		return err
	}, "SELECT family_id FROM plan_saved_family"+ofIt, k.Agency, k.ID)
}
