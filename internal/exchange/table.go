package exchange

import (
	"errors"
	"fmt"
	"strings"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/link"
)

// file is one file of the folder, or one sheet of the workbook.
type file interface {
	label() string // its name without .csv
	headings() []string
	// take reads one row.
	take(rd *reader, rec record, in layout) error
	// write gives every row of a region.
	write(r *Region, put func(cells []string) error) error
	// wanted tells whether a region is written with it.
	wanted(r *Region) bool
}

// table is a file whose rows are of type R.
type table[R any] struct {
	name     string
	columns  []column[R]
	problems func(R, date.Date) []fault.Problem // the rules of the room whose record it is
	optional bool                               // written only where it has rows
	// clash says why a row cannot stand beside what was read before it.
	clash   func(*Reading, R) []fault.Problem
	defines func(R) subject   // the record a row is; nil: a row is part of others
	names   func(R) []mention // the records a row needs
	// key is what only one row may have, and second what to say of a second, of
	// which column. Without a key, rows may be the same.
	key    func(R) string
	second [2]string
	keep   func(*Reading, R)
	each   func(*Region, func(R) error) error
}

// files are in the order they are read in: what a row names comes before it.
var files = []file{
	table[agency.Agency]{
		name: "agencies",
		columns: []column[agency.Agency]{
			word("agency_code", func(a *agency.Agency) *string { return &a.Code }),
			word("kind", func(a *agency.Agency) *string { return &a.Kind }),
			text("name", func(a *agency.Agency) *string { return &a.Name }),
			word("gss", func(a *agency.Agency) *string { return &a.GSS }),
			list("pools", func(a *agency.Agency) *[]string { return &a.Pools }),
		},
		problems: func(a agency.Agency, _ date.Date) []fault.Problem { return a.Problems() },
		defines:  func(a agency.Agency) subject { return subject{anAgency, a.Code, ""} },
		key:      func(a agency.Agency) string { return a.Code },
		second:   [2]string{"agency_code", "This agency is on line %d already: keep one of the two rows."},
		keep:     func(r *Reading, a agency.Agency) { r.agencies = append(r.agencies, a) },
		each:     func(r *Region, put func(agency.Agency) error) error { return each(r.Agencies, put) },
	},
	table[child.Child]{
		name: "children",
		columns: []column[child.Child]{
			word("agency_code", func(c *child.Child) *string { return &c.Agency }),
			word("child_ref", func(c *child.Child) *string { return &c.Ref }),
			word("group_ref", func(c *child.Child) *string { return &c.GroupRef }),
			word("plan", func(c *child.Child) *string { return &c.Plan }),
			text("given_name", func(c *child.Child) *string { return &c.GivenName }),
			text("family_name", func(c *child.Child) *string { return &c.FamilyName }),
			day("born", func(c *child.Child) *date.Date { return &c.Born }),
			word("sex", func(c *child.Child) *string { return &c.Sex }),
			word("ethnic", func(c *child.Child) *string { return &c.Ethnic }),
			text("religion", func(c *child.Child) *string { return &c.Religion }),
			list("languages", func(c *child.Child) *[]string { return &c.Languages }),
			word("home_postcode", func(c *child.Child) *string { return &c.HomePostcode }),
			word("placement_postcode", func(c *child.Child) *string { return &c.PlacementPostcode }),
			day("entered_care", func(c *child.Child) *date.Date { return &c.EnteredCare }),
			day("decision_date", func(c *child.Child) *date.Date { return &c.DecisionDate }),
			day("placement_order_date", func(c *child.Child) *date.Date { return &c.OrderDate }),
			word("status", func(c *child.Child) *string { return &c.Status }),
		},
		problems: func(c child.Child, today date.Date) []fault.Problem {
			return blank(c.Problems(today), "agency_code", c.Agency)
		},
		defines: func(c child.Child) subject { return subject{aChild, c.Agency, c.Ref} },
		names:   func(c child.Child) []mention { return []mention{{subject{anAgency, c.Agency, ""}, "agency_code", ""}} },
		key:     func(c child.Child) string { return key(c.Agency, c.Ref) },
		second:  [2]string{"child_ref", "This child is on line %d already: keep one of the two rows."},
		keep:    func(r *Reading, c child.Child) { r.children.list(c.Agency, c.Ref, c) },
		each:    func(r *Region, put func(child.Child) error) error { return each(r.Children, put) },
	},
	table[adopter.Family]{
		name: "families",
		columns: []column[adopter.Family]{
			word("agency_code", func(f *adopter.Family) *string { return &f.Agency }),
			word("family_ref", func(f *adopter.Family) *string { return &f.Ref }),
			whole("adopters", func(f *adopter.Family) *nullInt { return &f.Adopters }),
			day("approved_on", func(f *adopter.Family) *date.Date { return &f.ApprovedOn }),
			word("status", func(f *adopter.Family) *string { return &f.Status }),
			whole("max_children", func(f *adopter.Family) *nullInt { return &f.MaxChildren }),
			whole("age_min", func(f *adopter.Family) *nullInt { return &f.AgeMin }),
			whole("age_max", func(f *adopter.Family) *nullInt { return &f.AgeMax }),
			word("sex", func(f *adopter.Family) *string { return &f.Sex }),
			list("languages", func(f *adopter.Family) *[]string { return &f.Languages }),
			whole("children_at_home", func(f *adopter.Family) *nullInt { return &f.ChildrenAtHome }),
			word("training", func(f *adopter.Family) *string { return &f.Training }),
			day("reserved_until", func(f *adopter.Family) *date.Date { return &f.ReservedUntil }),
		},
		problems: func(f adopter.Family, today date.Date) []fault.Problem {
			return blank(f.Problems(today), "agency_code", f.Agency)
		},
		defines: func(f adopter.Family) subject { return subject{aFamily, f.Agency, f.Ref} },
		names: func(f adopter.Family) []mention {
			return []mention{{subject{anAgency, f.Agency, ""}, "agency_code", ""}}
		},
		key:    func(f adopter.Family) string { return key(f.Agency, f.Ref) },
		second: [2]string{"family_ref", "This family is on line %d already: keep one of the two rows."},
		keep:   func(r *Reading, f adopter.Family) { r.families.list(f.Agency, f.Ref, f) },
		each:   func(r *Region, put func(adopter.Family) error) error { return each(r.Families, put) },
	},
	partOf(ofChild, table[child.Need]{
		name: "needs",
		columns: []column[child.Need]{
			word("need", func(n *child.Need) *string { return &n.Code }),
			word("level", func(n *child.Need) *string { return &n.Level }),
		},
		problems: func(n child.Need, _ date.Date) []fault.Problem { return n.Problems() },
		key:      func(n child.Need) string { return n.Code },
		second:   [2]string{"need", "This need of the child is on line %d already: keep one of the two rows."},
	}, func(c *child.Child) *[]child.Need { return &c.Needs }),
	partOf(ofChild, table[child.Contact]{
		name: "contact",
		columns: []column[child.Contact]{
			word("kind", func(p *child.Contact) *string { return &p.Kind }),
			decimal("times_a_year", func(p *child.Contact) *nullFloat { return &p.TimesAYear }),
		},
		problems: func(p child.Contact, _ date.Date) []fault.Problem { return p.Problems() },
		key:      func(p child.Contact) string { return p.Kind },
		second:   [2]string{"kind", "This kind of contact is on line %d already: keep one of the two rows."},
	}, func(c *child.Child) *[]child.Contact { return &c.Contact }),
	partOf(ofChild, table[child.Zone]{
		name: "zones",
		columns: []column[child.Zone]{
			word("postcode", func(z *child.Zone) *string { return &z.Postcode }),
			miles("radius_miles", func(z *child.Zone) *nullFloat { return &z.RadiusMiles }),
			word("kind", func(z *child.Zone) *string { return &z.Kind }),
			day("review_by", func(z *child.Zone) *date.Date { return &z.ReviewBy }),
		},
		problems: func(z child.Zone, _ date.Date) []fault.Problem { return z.Problems() },
		key:      zoneKey,
		second:   [2]string{"postcode", "Line %d is the same zone: keep one of the two rows."},
	}, func(c *child.Child) *[]child.Zone { return &c.Zones }),
	partOf(ofFamily, table[adopter.Offer]{
		name: "offers",
		columns: []column[adopter.Offer]{
			word("code", func(o *adopter.Offer) *string { return &o.Code }),
			word("answer", func(o *adopter.Offer) *string { return &o.Answer }),
			day("answered_on", func(o *adopter.Offer) *date.Date { return &o.AnsweredOn }),
		},
		problems: func(o adopter.Offer, _ date.Date) []fault.Problem { return o.Problems() },
		key:      func(o adopter.Offer) string { return o.Code },
		second:   [2]string{"code", "The family's answer about this is on line %d already: keep one of the two rows."},
	}, func(f *adopter.Family) *[]adopter.Offer { return &f.Offers }),
	partOf(ofFamily, table[date.Date]{
		name:     "household",
		columns:  []column[date.Date]{day("born", func(d *date.Date) *date.Date { return d })},
		problems: adopter.HouseholdProblems, // without a key: there are twins
	}, func(f *adopter.Family) *[]date.Date { return &f.Household }),
	partOf(ofFamily, table[adopter.Place]{
		name: "places",
		columns: []column[adopter.Place]{
			word("kind", func(p *adopter.Place) *string { return &p.Kind }),
			word("postcode", func(p *adopter.Place) *string { return &p.Postcode }),
		},
		problems: func(p adopter.Place, _ date.Date) []fault.Problem { return p.Problems() },
		key:      placeKey,
		second:   [2]string{"kind", "Line %d has it already: a family has one home, and no place twice. Give this one another kind, or take the row out."},
	}, func(f *adopter.Family) *[]adopter.Place { return &f.Places }),
	childMilestones(),
	partOf(ofFamily, milestones("family_milestones", adopter.CheckMilestone, "family"), func(f *adopter.Family) *[]adopter.Milestone { return &f.Milestones }),
	table[link.Conflict]{
		name: "conflicts",
		columns: []column[link.Conflict]{
			word("family_agency", func(c *link.Conflict) *string { return &c.FamilyAgency }),
			word("family_ref", func(c *link.Conflict) *string { return &c.FamilyRef }),
			word("child_agency", func(c *link.Conflict) *string { return &c.ChildAgency }),
			word("child_ref", func(c *link.Conflict) *string { return &c.ChildRef }),
			text("reason", func(c *link.Conflict) *string { return &c.Reason }),
		},
		problems: func(c link.Conflict, _ date.Date) []fault.Problem {
			return blank(nil, "family_agency", c.FamilyAgency, "family_ref", c.FamilyRef, "child_agency", c.ChildAgency, "child_ref", c.ChildRef)
		},
		names: func(c link.Conflict) []mention {
			return []mention{
				{subject{aFamily, c.FamilyAgency, c.FamilyRef}, "family_agency", "family_ref"},
				{subject{aChild, c.ChildAgency, c.ChildRef}, "child_agency", "child_ref"},
			}
		},
		key:    func(c link.Conflict) string { return key(c.FamilyAgency, c.FamilyRef, c.ChildAgency, c.ChildRef) },
		second: [2]string{"child_ref", "This family and child are on line %d already: keep one of the two rows."},
		keep:   func(r *Reading, c link.Conflict) { r.conflicts = append(r.conflicts, c) },
		each:   func(r *Region, put func(link.Conflict) error) error { return each(r.Conflicts, put) },
	},
}

// milestones is a file of what happened and when.
func milestones(name string, problems func(child.Milestone, date.Date) []fault.Problem, whose string) table[child.Milestone] {
	return table[child.Milestone]{
		name: name,
		columns: []column[child.Milestone]{
			word("what", func(m *child.Milestone) *string { return &m.What }),
			day("day", func(m *child.Milestone) *date.Date { return &m.Day }),
			word("detail", func(m *child.Milestone) *string { return &m.Detail }),
			text("source", func(m *child.Milestone) *string { return &m.Source }),
		},
		problems: problems,
		optional: true,
		key:      milestoneKey,
		second:   [2]string{"day", "This is on line %d already for the " + whose + " and the day: keep one of the two rows."},
	}
}

// childMilestones also looks at what the files said of the child before. What only
// the records know is looked at before anything is written: mustStand.
func childMilestones() table[partRow[child.Milestone]] {
	t := partOf(ofChild, milestones("child_milestones", child.CheckMilestone, "child"), func(c *child.Child) *[]child.Milestone { return &c.Milestones })
	t.clash = func(r *Reading, row partRow[child.Milestone]) []fault.Problem {
		if e := r.children.index[Key{row.Agency, row.Ref}]; e != nil {
			if message := e.record.Clash(row.Says); message != "" {
				return []fault.Problem{{Field: "day", Message: message}}
			}
		}
		return nil
	}
	return t
}

func milestoneKey(m child.Milestone) string { return key(m.What, m.Day.String()) }

// waivers is written and passed over in reading: a file lifts no exclusion.
var waivers = table[link.WaiverRow]{
	name: "waivers",
	columns: []column[link.WaiverRow]{
		word("family_agency", func(w *link.WaiverRow) *string { return &w.FamilyAgency }),
		word("family_ref", func(w *link.WaiverRow) *string { return &w.FamilyRef }),
		word("child_agency", func(w *link.WaiverRow) *string { return &w.ChildAgency }),
		word("child_ref", func(w *link.WaiverRow) *string { return &w.ChildRef }),
		word("exclusion", func(w *link.WaiverRow) *string { return &w.Exclusion }),
		word("finding", func(w *link.WaiverRow) *string { return &w.Finding }),
		text("reason", func(w *link.WaiverRow) *string { return &w.Reason }),
		text("manager", func(w *link.WaiverRow) *string { return &w.Manager }),
		word("decided_on", func(w *link.WaiverRow) *string { return &w.DecidedOn }),
		word("expires_on", func(w *link.WaiverRow) *string { return &w.ExpiresOn }),
		word("ended", func(w *link.WaiverRow) *string { return &w.Ended }),
	},
	each: func(r *Region, put func(link.WaiverRow) error) error { return each(r.Waivers, put) },
}

// written is every file there is, in the order they are written.
func written() []file { return append(append([]file{}, files...), waivers) }

func (t table[R]) label() string { return t.name }

func (t table[R]) wanted(r *Region) bool {
	return !t.optional || t.each(r, func(R) error { return errFound }) == errFound
}

var errFound = errors.New("a row")

func (t table[R]) headings() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

func (t table[R]) write(r *Region, put func([]string) error) error {
	cells := make([]string, len(t.columns))
	return t.each(r, func(row R) error {
		for i, c := range t.columns {
			cells[i] = c.get(&row)
		}
		return put(cells)
	})
}

func each[R any](rows []R, put func(R) error) error {
	for _, row := range rows {
		if err := put(row); err != nil {
			return err
		}
	}
	return nil
}

// key joins what a key is made of. No cell holds a NUL.
func key(parts ...string) string { return strings.Join(parts, "\x00") }

// blank adds a problem for every cell of a key that is blank. Cells come as
// column and text.
func blank(found []fault.Problem, cells ...string) []fault.Problem {
	for i := 0; i < len(cells); i += 2 {
		if cells[i+1] == "" {
			found = append(found, fault.Problem{Field: cells[i], Message: "This cell may not be blank: write whose row this is."})
		}
	}
	return found
}

// zoneKey is what a zone means: one postcode written two ways is one place.
func zoneKey(z child.Zone) string {
	z.Postcode = gazetteer.Canonical(z.Postcode)
	return fmt.Sprint(z)
}

// placeKey lets a family have one home, and any other place once.
func placeKey(p adopter.Place) string {
	if p.Kind == "home" {
		return p.Kind
	}
	return p.Kind + " " + gazetteer.Canonical(p.Postcode)
}
