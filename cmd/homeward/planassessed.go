package main

import (
	"bufio"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"homeward/internal/child"
	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// apartEffort bounds the relaxed plans that are tried for the second plan: a
// region of 500 groups is proven with a few hundred.
const apartEffort = 20_000

// assessedFile is the groups of which a file says that they were assessed. The
// second plan is made from it when somebody gives one, and at no other time.
type assessedFile struct {
	name     string
	rows     []exchange.Assessment
	groups   []assessedGroup
	problems []exchange.Problem
}

// assessedGroup is a group of the plan and the part each of its children would be in.
type assessedGroup struct {
	plan.Assessed
	first exchange.Assessment // the day and the assessor are those of all rows
	names []string            // of the parts
}

// assessments reads the file, if one was given, before any record is looked at.
func (c planCommand) assessments(s *shop) (*assessedFile, error) {
	if c.Assessed == "" {
		return &assessedFile{}, nil
	}
	desk := &work.Desk{AsOf: s.program.AsOf.Date}
	rows, reading, err := exchange.ReadAssessments(c.Assessed, desk.Today())
	if err != nil {
		return nil, err
	}
	tellReading(s, reading)
	if reading.Count > 0 {
		return nil, fault.New(fault.Invalid, "The file of assessments is not good. No plan was made.")
	}
	return &assessedFile{name: filepath.Base(c.Assessed), rows: rows}, nil
}

// refusal tells what is wrong with the file, held to the records.
func (a *assessedFile) refusal(s *shop) error {
	if len(a.problems) == 0 {
		return nil
	}
	for _, p := range a.problems {
		fmt.Fprintln(s.err, p)
	}
	return fault.New(fault.Invalid, "The file of assessments does not fit the records. No plan is given.")
}

func (a *assessedFile) refuse(row exchange.Assessment, column, format string, args ...any) {
	a.problems = append(a.problems, exchange.Problem{File: a.name, Line: row.Line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// check holds the rows to the records, group by group.
func (a *assessedFile) check(b *link.Board, p *link.RegionPlan) {
	children := map[exchange.Key]child.Child{}
	for _, group := range b.Groups {
		for _, c := range group {
			children[exchange.Key{Agency: c.Agency, Ref: c.Ref}] = c
		}
	}
	byGroup := map[exchange.Key][]exchange.Assessment{}
	var order []exchange.Key
	for _, row := range a.rows {
		key := exchange.Key{Agency: row.Agency, Ref: row.GroupRef}
		if byGroup[key] == nil {
			order = append(order, key)
		}
		byGroup[key] = append(byGroup[key], row)
	}
	for _, key := range order {
		if rows := byGroup[key]; a.fit(rows, children) {
			a.group(b, p, children[exchange.Key{Agency: key.Agency, Ref: rows[0].ChildRef}], rows)
		}
	}
	slices.SortFunc(a.groups, func(x, y assessedGroup) int { return x.Group - y.Group }) // the order of the rows says nothing
}

// fit tells whether the rows of a group are of its children, and of one assessment.
func (a *assessedFile) fit(rows []exchange.Assessment, children map[exchange.Key]child.Child) bool {
	before, first := len(a.problems), rows[0]
	for _, row := range rows {
		c, known := children[exchange.Key{Agency: row.Agency, Ref: row.ChildRef}]
		switch {
		case !known:
			a.refuse(row, "child_ref", "There is no child %q of %s: write the agency's own code and reference, as in children.csv.", row.ChildRef, row.Agency)
		case c.GroupRef != row.GroupRef:
			a.refuse(row, "group_ref", "The record of %q of %s is not in group %q: write the group_ref of children.csv, or correct the record.", row.ChildRef, row.Agency, row.GroupRef)
		case c.Plan != "together":
			a.refuse(row, "group_ref", "The plan of %q of %s is not together, so the plan places the child alone already: take the row out, or correct the record.", row.ChildRef, row.Agency)
		}
		if row.On != first.On {
			a.refuse(row, "assessed_on", "Line %d has %s for the same group: a group has one assessment, of one day.", first.Line, first.On)
		}
		if row.By != first.By {
			a.refuse(row, "assessed_by", "Line %d names another assessor for the same group: a group has one assessment. Write the same on every row.", first.Line)
		}
	}
	return len(a.problems) == before
}

// group takes in a group whose rows are of its children.
func (a *assessedFile) group(b *link.Board, p *link.RegionPlan, one child.Child, rows []exchange.Assessment) {
	onBoard, _ := b.Group(one.ID)
	children := b.Groups[onBoard]
	if len(children) > len(rows) {
		var missing []string
		for _, c := range children {
			if !slices.ContainsFunc(rows, func(r exchange.Assessment) bool { return r.ChildRef == c.Ref }) {
				missing = append(missing, c.Agency+"/"+c.Ref)
			}
		}
		a.refuse(rows[0], "child_ref", "The group has children without a row: %s. Write a row for each of them.", strings.Join(missing, ", "))
		return
	}
	if !children.Waits() {
		a.refuse(rows[0], "group_ref", "The group does not wait: a child of it is on hold, or has a link or a family. Take its rows out.")
		return
	}
	at, there := p.Place(one.ID)
	if !there {
		a.refuse(rows[0], "agency_code", "%s is not an agency this plan is made for: take the group's rows out, or plan for another pool.", one.Agency)
		return
	}
	g := assessedGroup{Assessed: plan.Assessed{Group: at}, first: rows[0]}
	g.take(children, rows)
	if len(g.Parts) < 2 {
		a.refuse(rows[0], "part", "All children of the group are in one part: name two parts or more, or take the group's rows out.")
		return
	}
	a.groups = append(a.groups, g)
}

// take puts the children into their parts, which come by their first child.
func (g *assessedGroup) take(children child.Group, rows []exchange.Assessment) {
	for i, c := range children {
		row := rows[slices.IndexFunc(rows, func(r exchange.Assessment) bool { return r.ChildRef == c.Ref })]
		k := slices.Index(g.names, row.Part)
		if k < 0 {
			k = len(g.names)
			g.names, g.Parts = append(g.names, row.Part), append(g.Parts, nil)
		}
		g.Parts[k] = append(g.Parts[k], i)
	}
}

// beside is the second plan, where one was asked for. It is worked out between two
// units of work, since it may take a while: who was shown is noted in the second.
func (a *assessedFile) beside(s *shop, p *link.RegionPlan) (*apartJSON, error) {
	if len(a.groups) == 0 {
		return nil, nil
	}
	second, groups, err := fewestApart(p.Region, a.groups)
	if err != nil {
		return nil, err
	}
	bound := second.Bound
	if second.Total <= p.Plan.Total { // nobody is told apart for nothing
		second, groups = plan.Apart{SplitPlan: plan.SplitPlan{Links: p.Plan.Links, Total: p.Plan.Total}}, nil
	}
	apart := secondPlan{p, second, groups}
	err = s.withDesk("plan", func(u *work.Unit) error {
		apart.note(u, a.groups)
		return nil
	})
	out := apart.json(bound)
	for _, g := range a.groups {
		out.Assessments = append(out.Assessments, assessmentJSON{refsOf(p.Group(g.Group)), g.first.On.String(), g.first.By})
	}
	return out, err
}

// fewestApart works the second plan out, and again without each group that is in
// parts in it: one that could stay together at no loss does. The groups it gives
// are those that are left. The bound is that of all.
func fewestApart(r *plan.Region, groups []assessedGroup) (plan.Apart, []assessedGroup, error) {
	best, err := apartOf(r, groups, apartEffort)
	if err != nil {
		return plan.Apart{}, nil, err
	}
	bound, left := best.Bound, apartEffort-best.Tried
	for i := len(groups) - 1; i >= 0; i-- {
		fewer := slices.Delete(slices.Clone(groups), i, i+1)
		if !best.Apart[i] {
			best.Splits, best.SplitPlan.Apart, groups = slices.Delete(best.Splits, i, i+1), slices.Delete(best.SplitPlan.Apart, i, i+1), fewer
			continue
		}
		if left <= 0 {
			continue
		}
		without, err := apartOf(r, fewer, left)
		if err != nil {
			return plan.Apart{}, nil, err
		}
		if left -= without.Tried; without.Total >= best.Total {
			best, groups = without, fewer
		}
	}
	best.Bound = bound
	return best, groups, nil
}

func apartOf(r *plan.Region, groups []assessedGroup, effort int) (plan.Apart, error) {
	assessed := make([]plan.Assessed, len(groups))
	for i, g := range groups {
		assessed[i] = g.Assessed
	}
	return r.Apart(assessed, effort)
}

// secondPlan is the plan with some groups in parts; the groups are in the order of
// its splits.
type secondPlan struct {
	*link.RegionPlan
	plan.Apart
	groups []assessedGroup
}

// note notes who was shown: the assessed groups with the day of the assessment, and
// everybody the second plan links.
func (s secondPlan) note(u *work.Unit, assessed []assessedGroup) {
	for _, g := range assessed {
		for _, c := range s.Group(g.Group) {
			u.Saw(c.Subject(), fmt.Sprintf("beside the region's plan, as if placed in parts: assessed on %s, %d parts", g.first.On, len(g.Parts)))
		}
	}
	what := fmt.Sprintf("beside the region's plan, as if %d assessed groups were placed in parts", len(assessed))
	for _, l := range s.Links {
		for _, c := range s.children(l.Group) {
			u.Saw(c.Subject(), what)
		}
		u.Saw(s.Family(l.Family).Subject(), what)
	}
}

// children are those in one place of the second plan: a group, or a part of one.
func (s secondPlan) children(at int) child.Group {
	if at < s.RegionPlan.Groups() {
		return s.Group(at)
	}
	for i, split := range s.Splits {
		if k := slices.Index(split.Parts, at); k >= 0 {
			return s.part(i, k)
		}
	}
	return nil
}

// part is the children of one part of a group.
func (s secondPlan) part(i, k int) (children child.Group) {
	for _, place := range s.groups[i].Parts[k] {
		children = append(children, s.Group(s.groups[i].Group)[place])
	}
	return children
}

// aboutApart stands in every second plan.
const aboutApart = "This is not the plan, and it decides nothing. Whether brothers and sisters are placed apart is for the people who assessed them and for their agency's decision maker."

// The JSON of a second plan, as docs/exchange.md publishes it.
type (
	apartJSON struct {
		About       string           `json:"about"`
		Weight      int64            `json:"weight"`
		Proven      bool             `json:"proven"`
		Bound       int64            `json:"bound"`
		Gain        gainJSON         `json:"gain"`
		InParts     []inPartsJSON    `json:"in_parts"`
		Links       []linkJSON       `json:"links"`
		Assessments []assessmentJSON `json:"assessments"`
	}
	gainJSON struct {
		Weight   int64 `json:"weight"`
		Groups   int   `json:"groups"` // of whom every child has a link
		Children int   `json:"children"`
	}
	inPartsJSON struct {
		Group  []refJSON  `json:"group"`
		InPlan *refJSON   `json:"in_plan"` // the family the plan links them with together
		Parts  []partJSON `json:"parts"`
	}
	partJSON struct {
		Part     string    `json:"part"`
		Children []refJSON `json:"children"`
		Family   *refJSON  `json:"family"`
	}
	assessmentJSON struct {
		Group []refJSON `json:"group"`
		On    string    `json:"assessed_on"`
		By    string    `json:"assessed_by"`
	}
)

func (s secondPlan) json(bound int64) *apartJSON {
	out := &apartJSON{About: aboutApart, Weight: s.Total, Proven: bound == s.Total, Bound: bound, InParts: []inPartsJSON{}, Links: []linkJSON{}}
	family := map[int]refJSON{}
	for _, l := range s.Links {
		family[l.Group] = familyRef(s.RegionPlan, l.Family)
		out.Links = append(out.Links, linkJSON{refsOf(s.children(l.Group)), family[l.Group], l.Weight})
		out.Gain.Children += len(s.children(l.Group))
		if l.Group < s.RegionPlan.Groups() {
			out.Gain.Groups++
		}
	}
	for i, split := range s.Splits {
		if !s.Apart.Apart[i] {
			continue
		}
		group, whole := inPartsJSON{Group: refsOf(s.Group(split.Whole))}, 1
		if f, linked := s.Region.Family(split.Whole); linked {
			together := familyRef(s.RegionPlan, f)
			group.InPlan = &together
		}
		for k, at := range split.Parts {
			part := partJSON{Part: s.groups[i].names[k], Children: refsOf(s.part(i, k))}
			if f, linked := family[at]; linked {
				part.Family = &f
			} else {
				whole = 0
			}
			group.Parts = append(group.Parts, part)
		}
		out.InParts = append(out.InParts, group)
		out.Gain.Groups += whole
	}
	plain := s.Region.Figures()
	out.Gain.Weight, out.Gain.Groups, out.Gain.Children = s.Total-plain.Weight, out.Gain.Groups-plain.Links, out.Gain.Children-plain.Children
	return out
}

// table writes the second plan for reading in a terminal.
func (a *apartJSON) table(w *bufio.Writer) {
	fmt.Fprintf(w, "\nIf assessed groups could be placed in parts\n%s\n", a.About)
	proof := "No such plan weighs more."
	if !a.Proven {
		proof = fmt.Sprintf("It is not proven the best: one could weigh up to %d more.", a.Bound-a.Weight)
	}
	fmt.Fprintf(w, "Weight %d, against the plan %+d; groups with a link for every child %+d; children with a link %+d. %s\n", a.Weight, a.Gain.Weight, a.Gain.Groups, a.Gain.Children, proof)
	if len(a.InParts) == 0 {
		fmt.Fprintln(w, "No group would be in parts: no such plan was found that is better, and the links are the plan's.")
	}
	if len(a.InParts) > 0 && a.Gain.Children <= 0 {
		fmt.Fprintln(w, "No more children would have a link by it.")
	}
	for _, g := range a.InParts {
		fmt.Fprintf(w, "in parts: %s (together in the plan: %s)\n", names(g.Group), withWhom(g.InPlan))
		for _, part := range g.Parts {
			fmt.Fprintf(w, "       part %s: %s, %s\n", part.Part, names(part.Children), withWhom(part.Family))
		}
	}
	for _, l := range a.Links {
		if len(a.InParts) == 0 {
			break
		}
		fmt.Fprintf(w, "%5d  %s with %s/%s\n", l.Weight, names(l.Group), l.Family.Agency, l.Family.Ref)
	}
	for _, x := range a.Assessments {
		fmt.Fprintf(w, "assessed on %s by %s: %s\n", x.On, x.By, names(x.Group))
	}
}

func withWhom(family *refJSON) string {
	if family == nil {
		return "no link"
	}
	return "with " + family.Agency + "/" + family.Ref
}
