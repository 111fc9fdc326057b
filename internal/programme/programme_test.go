package programme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/scorecard"
	"homeward/internal/work"

	"pgregory.net/rapid"
)

var (
	operator = access.Actor{ID: "op", Name: "Operator", Role: access.Operator}
	quarter  = Quarter{2027, 2} // July to September 2026
)

// region is Derby and Nottingham, who share numbers, and Leicester, who does not.
type region struct {
	t    *testing.T
	desk *work.Desk
	n    int
}

func newRegion(t *testing.T, d *db.DB) *region {
	t.Helper()
	r := &region{t: t, desk: &work.Desk{DB: d, AsOf: date.MustOf(2026, 11, 23)}}
	r.do(operator, func(u *work.Unit, book *agency.Book) error {
		em := []string{"EM"}
		if err := agency.Save(u, book, []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby", Pools: em}, {Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: em},
			{Code: "LEI", Kind: "LA", Name: "Leicester"}}); err != nil {
			return err
		}
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		shared := book.Among("EM")
		shared.Covers = access.Covers()
		_, err = agency.Propose(u, book, shared)
		return err
	})
	return r
}

func officer(code string) access.Actor {
	return access.Actor{ID: code + "-data", Name: "Data officer", Agency: code, Role: access.DataOfficer}
}

func (r *region) try(actor access.Actor, fn func(*work.Unit, *agency.Book) error) error {
	return r.desk.Do(context.Background(), actor, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		return fn(u, book)
	})
}

func (r *region) do(actor access.Actor, fn func(*work.Unit, *agency.Book) error) {
	r.t.Helper()
	if err := r.try(actor, fn); err != nil {
		r.t.Fatal(err)
	}
}

// adopt records children of a council who were adopted on a day, a year after
// they moved in, two after they came into care.
func (r *region) adopt(code string, n int, day date.Date) (list []child.Child) {
	for range n {
		r.n++
		list = append(list, child.Child{ID: work.NewID(), Agency: code, Ref: fmt.Sprintf("R%d", r.n), Plan: "undecided", Status: "placed", Born: day.AddMonths(-36), Sex: "F",
			EnteredCare: day.AddMonths(-24), DecisionDate: day.AddMonths(-18), OrderDate: day.AddMonths(-16),
			Milestones: []child.Milestone{{What: "matched", Day: day.AddMonths(-13)}, {What: "placed", Day: day.AddMonths(-12), Detail: "A6"}, {What: "adopted", Day: day}}})
	}
	r.save(nil, list)
	return list
}

// wait records children with a plan and no family since a day.
func (r *region) wait(code string, n int, since date.Date) {
	var list []child.Child
	for range n {
		r.n++
		list = append(list, child.Child{ID: work.NewID(), Agency: code, Ref: fmt.Sprintf("R%d", r.n), Plan: "undecided", Status: "waiting", Born: since.AddMonths(-12), Sex: "M",
			EnteredCare: since, DecisionDate: since.AddMonths(3)})
	}
	r.save(nil, list)
}

func (r *region) save(before *child.Child, list []child.Child) {
	r.t.Helper()
	r.do(operator, func(u *work.Unit, _ *agency.Book) error {
		var changes []child.Change
		for _, c := range list {
			changes = append(changes, child.Change{Before: before, After: c})
		}
		return child.SaveAll(u, changes)
	})
}

func (r *region) make(actor access.Actor, area string) (p Pack) {
	r.t.Helper()
	r.do(actor, func(u *work.Unit, book *agency.Book) error {
		a, err := FindArea(u, book, actor.Agency, area)
		if err != nil {
			return err
		}
		p, err = Make(u, book, actor.Agency, a, quarter)
		return err
	})
	return p
}

func (r *region) publish(actor access.Actor, area string, q Quarter) (p Published, err error) {
	return p, r.try(actor, func(u *work.Unit, book *agency.Book) error {
		a, err := FindArea(u, book, actor.Agency, area)
		if err != nil {
			return err
		}
		seen, err := Make(u, book, actor.Agency, a, q)
		if err != nil {
			return err
		}
		seal, err := seen.Seal()
		if err != nil {
			return err
		}
		p, err = Publish(u, book, actor.Agency, a, q, seal)
		return err
	})
}

// at is what stands in a pack's table.
func at(p Pack, table, row, column string) string {
	for _, s := range p.Sections {
		for _, t := range s.Tables {
			for _, r := range t.Rows {
				if i := slices.Index(t.Header, column); t.ID == table && r[0] == row && i >= 0 {
					return r[i]
				}
			}
		}
	}
	return "nowhere"
}

const adopted, thisQuarter = "Adoption orders granted", "Jul to Sep 2026"

func TestAPublishedPackStaysAndTheNextVersionListsExactlyWhatChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		r.adopt("DER", 8, date.MustOf(2026, 5, 12))
		moved := r.adopt("DER", 12, date.MustOf(2026, 8, 12))[0]
		first, err := r.publish(officer("DER"), "DER", quarter)
		if err != nil {
			t.Fatal(err)
		}
		if got := at(first.Pack, "activity", adopted, thisQuarter); got != "12" || first.Version != 1 {
			t.Errorf("%s orders in version %d", got, first.Version)
		}
		if !strings.Contains(string(first.Bytes), "12 adoption orders were granted, 4 more than in the quarter before.") {
			t.Error("the words do not say so")
		}
		if _, err := r.publish(officer("DER"), "DER", quarter); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Message(err), "Nothing has changed since version 1") {
			t.Error("published again with nothing new:", err)
		}

		// The order was made a quarter earlier than somebody wrote: a correction.
		before := moved
		before.Version = 1
		moved = before
		moved.Milestones = slices.Clone(before.Milestones)
		moved.Milestones[2].Day = date.MustOf(2026, 5, 12)
		r.save(&before, []child.Child{moved})
		want := []Change{
			{"What was done", "What was done and how things stood", adopted, "Apr to Jun 2026", "8", "9"},
			{"What was done", "What was done and how things stood", adopted, thisQuarter, "12", "11"},
		}
		r.do(officer("DER"), func(u *work.Unit, book *agency.Book) error {
			original, changes, err := Again(u, book, first.ID)
			if !bytes.Equal(original, first.Bytes) {
				t.Error("the original is not what was published")
			}
			if !slices.Equal(changes, want) {
				t.Errorf("would change: %v", changes)
			}
			return err
		})
		second, err := r.publish(officer("DER"), "DER", quarter)
		if err != nil {
			t.Fatal(err)
		}
		r.do(officer("DER"), func(u *work.Unit, book *agency.Book) error {
			was, there, err := Before(u, second)
			if err != nil || !there || was.ID != first.ID || second.Version != 2 || !bytes.Equal(was.Bytes, first.Bytes) || was.SHA256 != first.SHA256 {
				t.Errorf("version %d, before it %s: %v", second.Version, was.ID, err)
			}
			if got := Changes(was.Pack, second.Pack); !slices.Equal(got, want) {
				t.Errorf("changed: %v", got)
			}
			again, err := json.Marshal(was.Pack)
			if !bytes.Equal(again, first.Bytes) {
				t.Error("a pack read and written again is another")
			}
			list, err2 := List(u, book)
			if len(list) != 2 || list[0].Version != 2 || list[0].Quarter != quarter {
				t.Errorf("%+v", list)
			}
			latest, err3 := Latest(u, was)
			if latest {
				t.Error("the first version is the latest")
			}
			return errors.Join(err, err2, err3)
		})
	})
}

func TestWhatWasNotSeenIsNotPublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		r.adopt("DER", 12, date.MustOf(2026, 8, 12))
		seal, err := r.make(officer("DER"), "DER").Seal()
		if err != nil {
			t.Fatal(err)
		}
		r.adopt("DER", 1, date.MustOf(2026, 8, 13))
		for _, c := range []struct {
			q     Quarter
			seal  string
			kind  fault.Kind
			words string
		}{{quarter, seal, fault.Conflict, "changed since you looked"}, {quarter, "", fault.Conflict, "changed since you looked"}, {Quarter{2027, 3}, seal, fault.Invalid, "has not ended"}} {
			err := r.try(officer("DER"), func(u *work.Unit, book *agency.Book) error {
				a, err := FindArea(u, book, "DER", "DER")
				if err == nil {
					_, err = Publish(u, book, "DER", a, c.q, c.seal)
				}
				return err
			})
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Message(err), c.words) {
				t.Errorf("%s: %v", c.q, err)
			}
		}
	})
}

func TestOnlyThoseWhoAnswerForTheNumbersPublishAndOnlyThoseWhoMaySeeThemRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		r.adopt("DER", 12, date.MustOf(2026, 8, 12))
		p, err := r.publish(officer("DER"), "DER", quarter)
		if err != nil {
			t.Fatal(err)
		}
		as := func(code string, role access.Role) access.Actor {
			return access.Actor{ID: code + string(role), Name: "X", Agency: code, Role: role}
		}
		for _, c := range []struct {
			actor                access.Actor
			reads, publishes     bool
			says                 fault.Kind
			listed, areasOffered int
		}{
			{as("DER", access.Manager), true, true, 0, 1, 2},
			{as("DER", access.HomeFinder), true, false, fault.Forbidden, 1, 1},
			{as("DER", access.Administrator), false, false, fault.NotFound, 0, 0},
			{as("DER", access.Adopter), false, false, fault.NotFound, 0, 0},
			{as("NOT", access.DataOfficer), true, false, fault.Forbidden, 1, 2},
			{as("NOT", access.HomeFinder), false, false, fault.NotFound, 0, 1},
			{as("LEI", access.Manager), false, false, fault.NotFound, 0, 1},
		} {
			who := c.actor.Agency + " " + string(c.actor.Role)
			err := r.try(c.actor, func(u *work.Unit, book *agency.Book) error {
				if n := len(Areas(u, book, c.actor.Agency)); n != c.areasOffered {
					t.Errorf("%s is offered %d areas", who, n)
				}
				list, err := List(u, book)
				if len(list) != c.listed {
					t.Errorf("%s finds %d packs", who, len(list))
				}
				return err
			})
			if err != nil {
				t.Error(who, err)
			}
			err = r.try(c.actor, func(u *work.Unit, book *agency.Book) error { _, err := Find(u, book, p.ID); return err })
			if (err == nil) != c.reads || err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads: %v", who, err)
			}
			err = r.try(c.actor, func(u *work.Unit, book *agency.Book) error {
				_, err := Publish(u, book, "DER", Area{ID: "DER", Name: "Derby", Agencies: []Member{{"DER", "Derby"}}}, quarter, "")
				return err
			})
			if c.publishes != (fault.KindOf(err) == fault.Conflict) || !c.publishes && fault.KindOf(err) != c.says {
				t.Errorf("%s publishes: %v", who, err)
			}
			err = r.try(c.actor, func(u *work.Unit, book *agency.Book) error { _, _, err := Again(u, book, p.ID); return err })
			if (err == nil) != c.publishes {
				t.Errorf("%s makes it again: %v", who, err)
			}
		}
		if err := r.try(officer("DER"), func(u *work.Unit, book *agency.Book) error { _, err := Find(u, book, "NOSUCHTHING2"); return err }); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
}

func TestAStoredPackCannotBeChangedAndOneThatWasIsNotShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		p, err := r.publish(officer("DER"), "DER", quarter)
		if err != nil {
			t.Fatal(err)
		}
		const columns = "agency_code, pack_id, area, area_name, quarter, version, published_by, published_by_name, published_at, data_as_of, revision, rules, sha256, content"
		for _, query := range []string{
			"UPDATE pack SET content = $1", "UPDATE pack SET version = 2 WHERE $1 = $1", "DELETE FROM pack WHERE content <> $1",
			"INSERT INTO pack (" + columns + ") SELECT " + strings.Replace(columns, ", content", ", $1", 1) + " FROM pack",
			"INSERT INTO pack (" + columns + ") SELECT " + strings.NewReplacer(", content", ", $1", "pack_id", "'ANOTHER'").Replace(columns) + " FROM pack",
		} {
			for _, actor := range []access.Actor{operator, officer("DER")} {
				if err := r.try(actor, func(u *work.Unit, _ *agency.Book) error { _, err := u.Exec(query, []byte("x")); return err }); err == nil {
					t.Errorf("%s: %s was done", actor.Role, query)
				}
			}
		}
		if d.Dialect == db.SQLite {
			if err := r.try(operator, func(u *work.Unit, _ *agency.Book) error {
				_, err := u.Exec("INSERT OR REPLACE INTO pack ("+columns+") SELECT "+strings.Replace(columns, ", content", ", $1", 1)+" FROM pack", []byte("x"))
				return err
			}); err == nil {
				t.Error("a row was put in the place of the pack")
			}
		}
		// Whoever owns the database slips in another version with its own words.
		forged := strings.NewReplacer("version", "9", "pack_id", "'FORGED'", ", content", ", $1").Replace(columns)
		r.do(operator, func(u *work.Unit, _ *agency.Book) error {
			_, err := u.Exec("INSERT INTO pack ("+columns+") SELECT "+forged+" FROM pack", []byte("{}"))
			return err
		})
		err = r.try(officer("DER"), func(u *work.Unit, book *agency.Book) error { _, err := Find(u, book, "FORGED"); return err })
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Message(err), "not what was published") {
			t.Error(err)
		}
		r.do(officer("DER"), func(u *work.Unit, book *agency.Book) error {
			got, err := Find(u, book, p.ID)
			if !bytes.Equal(got.Bytes, p.Bytes) {
				t.Error("the pack changed")
			}
			return err
		})
		var detail string
		r.do(operator, func(u *work.Unit, _ *agency.Book) error {
			return u.QueryRow("SELECT detail FROM audit_entry WHERE action = 'published' AND subject_id = $1", p.ID).Scan(&detail)
		})
		if detail != "2026/27-Q2 version 1, sha256 "+p.SHA256 {
			t.Errorf("the record says %q", detail)
		}
	})
}

// small finds exact counts of Few or fewer in the tables of counts.
func small(p Pack) (found []string) {
	for _, s := range p.Sections {
		for _, table := range s.Tables {
			if !slices.Contains([]string{"activity", "waits", "placements"}, table.ID) {
				continue
			}
			for _, row := range table.Rows {
				for i, text := range row[1:] {
					if n, err := strconv.Atoi(text); err == nil && n <= scorecard.Usual().Few && (n != 5 || !nearest5(table.ID, row[0])) {
						found = append(found, row[0]+", "+table.Header[i+1]+": "+text)
					}
				}
			}
		}
	}
	return found
}

// nearest5 tells whether a row is given to the nearest 5: its 5 is a 6 or a 7.
func nearest5(table, row string) bool {
	return table != "activity" || strings.HasSuffix(row, "(nearest 5)")
}

func TestAPackTellsNoSmallNumberAndOneChildMoreMovesNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		for n := range 8 {
			day := date.MustOf(2026, 8, 1+n)
			p := r.make(officer("DER"), "DER")
			if list := small(p); len(list) > 0 {
				t.Errorf("with %d children: %v", n, list)
			}
			want := hidden
			if n > 5 {
				want = strconv.Itoa(n)
			}
			for table, row := range map[string]string{"activity": adopted} {
				if got := at(p, table, row, thisQuarter); got != want {
					t.Errorf("of %d adopted the pack tells %s", n, got)
				}
			}
			r.adopt("DER", 1, day)
			r.wait("DER", 1, date.MustOf(2024, 8, 1))
			if after := r.make(officer("DER"), "DER"); n < 5 {
				for _, c := range Changes(p, after) {
					t.Errorf("one more of %d changes %v", n, c)
				}
			}
		}
	})
}

func TestAnAreasCountsCannotBeTakenApartWithTheCouncils(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegion(t, d)
		r.adopt("DER", 24, date.MustOf(2026, 8, 12))
		r.adopt("NOT", 3, date.MustOf(2026, 8, 12))
		r.wait("DER", 16, date.MustOf(2024, 8, 1))
		r.wait("NOT", 2, date.MustOf(2024, 8, 1))
		p := r.make(officer("DER"), "pool EM")
		if got := at(p, "activity", adopted+" (nearest 5)", thisQuarter); got != hidden {
			t.Errorf("27 less Derby's 24 are Nottingham's 3, and the area's pack tells %s", got)
		}
		if got := at(p, "waits", "All", "All"); got != hidden {
			t.Errorf("18 less 16 are 2, and the area's pack tells %s", got)
		}
		r.adopt("NOT", 10, date.MustOf(2026, 8, 12))
		if got := at(r.make(officer("DER"), "pool EM"), "activity", adopted+" (nearest 5)", thisQuarter); got != "35" {
			t.Errorf("24 and 13 to the nearest 5 are %s", got)
		}
		if err := r.try(officer("LEI"), func(u *work.Unit, book *agency.Book) error { _, err := FindArea(u, book, "LEI", "pool EM"); return err }); fault.KindOf(err) != fault.NotFound {
			t.Error("Leicester makes a pack of others:", err)
		}
	})
}

// TestWhatIsLeftOfASumIsNeverSmall takes from every sum that is told what its
// parts tell, and then the largest of what is left.
func TestWhatIsLeftOfASumIsNeverSmall(t *testing.T) {
	rules := scorecard.Usual()
	rapid.Check(t, func(t *rapid.T) {
		var parts []counts
		for range rapid.IntRange(2, 6).Draw(t, "agencies") {
			c := counts{everyChild: {n: rapid.IntRange(0, 1).Draw(t, "children")}}
			for _, id := range []string{"plan past", "plan rest", "matched past", "matched rest", "adopted"} {
				n := rapid.IntRange(0, 14).Draw(t, id) * c[everyChild].n
				c[id] = number{n, n > rules.Few, "children"}
			}
			for i := range 2 {
				c[waits[i][2]] = number{n: c[waits[i][0]].n + c[waits[i][1]].n}
				c[waits[2][i]] = number{n: c[waits[0][i]].n + c[waits[1][i]].n}
			}
			c["waiting"], c["needed"] = number{n: c["plan"].n + c["matched"].n}, number{c["plan"].n, true, "groups"}
			c.mask(rules)
			parts = append(parts, c)
		}
		sum := together(parts, rules)
		for id, n := range sum {
			if id == everyChild || !n.shown {
				continue
			}
			if n.n <= rules.Few {
				t.Fatalf("%s: %d is told", id, n.n)
			}
			left, most, with := n.n, 0, 0
			for _, part := range parts {
				if part[id].shown {
					left -= part[id].n
				} else if part[everyChild].n > 0 {
					most, with = max(most, part[id].n), with+1
				}
			}
			if with > 0 && left-most <= rules.Few {
				t.Fatalf("%s: %d is left of %d, and one agency knows %d of it", id, left, n.n, most)
			}
		}
		if sum["needed"].shown && !sum["plan"].shown {
			t.Fatal("how many families children need tells how many need one")
		}
		// Three numbers that add up: two of them told tell the third.
		if sum["waiting"].shown && sum["plan"].shown != sum["matched"].shown {
			t.Fatalf("%+v", sum)
		}
	})
}

func TestAQuarterIsThreeMonthsOfAReportingYear(t *testing.T) {
	for text, days := range map[string]string{
		"2025/26-Q1": "1 April 2025 to 30 June 2025", "2025/26-Q4": "1 January 2026 to 31 March 2026", "1999/00-Q3": "1 October 1999 to 31 December 1999",
	} {
		q, err := ParseQuarter(text)
		if err != nil || q.Period().String() != days || q.String() != text || QuarterOf(q.Period().First) != q || QuarterOf(q.Period().Last) != q {
			t.Errorf("%s: %s, %v", text, q.Period(), err)
		}
	}
	if got := (Quarter{2027, 2}).Back(5); got != (Quarter{2026, 1}) {
		t.Error(got)
	}
	if got := (Quarter{2027, 2}).Words(); got != "July to September 2026" {
		t.Error(got)
	}
	if list := Ended(date.MustOf(2026, 9, 30), 2); list[0] != (Quarter{2027, 1}) || list[1] != (Quarter{2026, 4}) {
		t.Error(list)
	}
	for _, text := range []string{"", "2025/27-Q1", "2025/26-Q5", "2025/26", "0000/01-Q1", "2025/26-Q1 ", "9999/00-Q1"} {
		if q, err := ParseQuarter(text); err == nil {
			t.Errorf("%q is read as %v", text, q)
		}
	}
}
