package returns

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
	"homeward/internal/work"
)

// council is Derby with a data officer, and Leicester next door.
type council struct {
	t    *testing.T
	desk *work.Desk
}

var operator = access.Actor{ID: "op", Name: "Operator", Role: access.Operator}

func newCouncil(t *testing.T, d *db.DB) *council {
	t.Helper()
	c := &council{t, &work.Desk{DB: d, AsOf: date.MustOf(2026, 11, 22)}}
	c.do(operator, func(u *work.Unit, book *agency.Book) error {
		return agency.Save(u, book, []agency.Agency{
			{Code: "DER", Kind: "LA", Name: "Derby", GSS: "E06000015"}, {Code: "LEI", Kind: "LA", Name: "Leicester", GSS: "E06000016"}, {Code: "VAA1", Kind: "VAA", Name: "Oakleaf"},
		})
	})
	return c
}

func (c *council) officer(code string) access.Actor {
	return access.Actor{ID: code + "-data", Name: "Data " + code, Agency: code, Role: access.DataOfficer}
}

func (c *council) try(actor access.Actor, fn func(*work.Unit, *agency.Book) error) error {
	return c.desk.Do(context.Background(), actor, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		return fn(u, book)
	})
}

func (c *council) do(actor access.Actor, fn func(*work.Unit, *agency.Book) error) {
	c.t.Helper()
	if err := c.try(actor, fn); err != nil {
		c.t.Fatal(err)
	}
}

// take holds a return and takes it in.
func (c *council) take(year int, files []Upload, decide Decide) (o Outcome, err error) {
	return c.takeWithout(0, year, files, decide)
}

// takeWithout takes a return in with some children set aside.
func (c *council) takeWithout(n, year int, files []Upload, decide Decide) (o Outcome, err error) {
	return o, c.try(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
		r, err := Hold(u, book, "DER", year, files)
		if err != nil {
			return err
		}
		o, err = Take(u, book, r, decide, n)
		return err
	})
}

func (c *council) child(ref string) (found child.Child) {
	c.t.Helper()
	c.do(operator, func(u *work.Unit, book *agency.Book) error {
		list, err := child.Load(u.Tx, child.Query{Agencies: []string{"DER"}})
		for _, one := range list {
			if one.Ref == ref {
				found = one
			}
		}
		return err
	})
	return found
}

func csv(name string, lines ...string) Upload {
	return Upload{name, []byte(strings.Join(lines, "\n") + "\n")}
}

// undecided decides nothing.
func undecided(string, Standing) (take, known bool) { return false, false }

// asRead is Derby's return of 2025/26: Ada waits under an order, Ben was adopted
// by his foster carers, Cal's plan changed and changed back, Dee went home, Eve
// has no plan of adoption.
func asRead() []Upload {
	return []Upload{
		csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
			"A1,F,01/02/2023,WBRI,UN1,,", "B1,M,05/05/2021,MWBC,UN1,,", "C1,F,10/10/2022,WBRI,UN1,,", "D1,M,11/11/2022,WBRI,UN1,,", "E1,F,12/12/2012,WBRI,UN2,,"),
		csv("episodes.csv", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
			"A1,01/06/2025,S,C1,N1,U6,PR1,01/12/2025,X1,,DE1 1CI,DE2 2CI,SC1",
			"A1,01/12/2025,L,E1,N1,U6,PR1,,,,DE1 1CI,DE2 2CI,SC1",
			"B1,10/04/2024,P,C2,N1,U6,PR1,20/05/2025,X1,,DE1 1CI,DE2 3CI,SC1",
			"B1,20/05/2025,U,E1,N1,A5,PR1,10/02/2026,E12,,DE1 1CI,DE2 3CI,SC1",
			"C1,03/03/2025,S,C2,N1,U6,PR1,,,,DE1 1CI,DE2 4CI,SC1",
			"D1,03/06/2025,S,C2,N1,U6,PR1,03/12/2025,E4A,,DE1 1CI,DE2 4CI,SC1",
			"E1,03/03/2020,S,C2,N1,U6,PR1,,,,DE1 1CI,DE2 4CI,SC1"),
		csv("placed.csv", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
			"A1,01/02/2023,01/10/2025,,", "B1,05/05/2021,01/03/2025,,",
			"C1,10/10/2022,01/05/2025,01/08/2025,RD3", "C1,10/10/2022,01/11/2025,,", "D1,11/11/2022,01/09/2025,01/12/2025,RD1"),
		csv("ad1.csv", "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
			"B1,05/05/2021,01/03/2025,01/05/2025,1,2,MF,L11"),
	}
}

func story(c child.Child) string {
	var list []string
	for _, m := range c.Milestones {
		list = append(list, strings.TrimSpace(m.What+" "+m.Day.String()+" "+m.Detail))
	}
	return strings.Join(list, ", ")
}

func TestAReturnBecomesRecordsOfTheChildrenWhosePlanIsAdoption(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		o, err := c.take(2026, asRead(), undecided)
		if err != nil || o.Added != 4 {
			t.Fatal(o, err)
		}
		for ref, want := range map[string]struct{ fields, happened string }{
			"A1": {"2023-02-01 F WBRI 2025-06-01 2025-10-01 2025-12-01 waiting", ""},
			// The order and the placement began together; he moved in as a foster
			// child a year before, which this return still shows.
			"B1": {"2021-05-05 M MWBC  2025-03-01 2025-05-20 adopted", "fostered 2024-04-10, matched 2025-05-01, placed 2025-05-20 A5, adopted 2026-02-10 E12"},
			"C1": {"2022-10-10 F WBRI 2025-03-03 2025-11-01  waiting", "decided 2025-05-01, reversed 2025-08-01 RD3"},
			"D1": {"2022-11-11 M WBRI 2025-06-03 2025-09-01  plan_changed", "reversed 2025-12-01 RD1, left_care 2025-12-03 E4A"},
		} {
			got := c.child(ref)
			fields := strings.Join([]string{got.Born.String(), got.Sex, got.Ethnic, got.EnteredCare.String(), got.DecisionDate.String(), got.OrderDate.String(), got.Status}, " ")
			if fields != want.fields || story(got) != want.happened {
				t.Errorf("%s:\n%s\n%s, want\n%s\n%s", ref, fields, story(got), want.fields, want.happened)
			}
			for _, m := range got.Milestones {
				if !strings.HasPrefix(m.Source, "SSDA903 2025/26 ") || !strings.Contains(m.Source, ".csv line ") {
					t.Errorf("%s does not say where it is from: %q", m.What, m.Source)
				}
			}
		}
		if got := c.child("E1"); got.ID != "" {
			t.Error("a child without a plan of adoption became a record")
		}
		again, err := c.take(2026, asRead(), undecided)
		if err != nil || again != (Outcome{}) {
			t.Error("the same return changes something", again, err)
		}
	})
}

func TestWhatSomebodyWroteIsNeverTakenOverSilently(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		ada := c.child("A1")
		c.do(operator, func(u *work.Unit, book *agency.Book) error {
			after := ada
			after.OrderDate = date.MustOf(2025, 12, 2)
			_, err := child.Save(u, book, after)
			return err
		})
		files := asRead()
		files[0] = csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,F,02/02/2023,WBRI,UN1,,")
		var seen []string
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			comparison, err := Preview(u, book, "DER", 2026, files)
			if err != nil {
				return err
			}
			for _, one := range comparison.Children {
				for _, diff := range one.Differences {
					seen = append(seen, one.Ref+" "+diff.Field+" "+string(diff.Standing))
				}
			}
			return nil
		})
		if got := strings.Join(seen, ", "); got != "A1 born changed, A1 placement_order_date conflicting" {
			t.Error("the comparison says:", got)
		}
		if _, err := c.take(2026, files, undecided); fault.KindOf(err) != fault.Invalid || c.child("A1").Born != ada.Born {
			t.Error("with a conflict undecided something was taken in", err)
		}
		if o, err := c.take(2026, files, func(string, Standing) (bool, bool) { return false, true }); err != nil || o.Kept != 1 || o.Changed != 1 {
			t.Error(o, err)
		}
		if got := c.child("A1"); got.OrderDate != date.MustOf(2025, 12, 2) || got.Born != date.MustOf(2023, 2, 2) {
			t.Error("kept and changed wrongly:", got.OrderDate, got.Born)
		}
		if o, err := c.take(2026, files, func(string, Standing) (bool, bool) { return true, true }); err != nil || o.Changed != 1 || c.child("A1").OrderDate != date.MustOf(2025, 12, 1) {
			t.Error("the return was not believed", o, err)
		}
	})
}

func TestAReturnThatCannotBeBelievedIsNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		for name, bad := range map[string]struct {
			file Upload
			want string
		}{
			"no day":        {csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,F,31/02/2024,WBRI,,,"), "header.csv line 2, DOB: This is no day"},
			"unknown parts": {csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,F,zz/zz/2009,WBRI,,,"), "header.csv line 2, DOB"},
			"twice":         {csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,F,01/02/2024,WBRI,,,", "A1,F,01/02/2024,WBRI,,,"), "line 3, CHILD: The child is on line 2 already"},
			"nobody":        {csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", ",F,01/02/2024,WBRI,,,"), "line 2, CHILD: Whose row"},
			"UTF-16":        {Upload{"header.csv", []byte("\xff\xfeC\x00H\x00")}, "UTF-16"},
			"entities":      {Upload{"all.xml", []byte(`<!DOCTYPE x [<!ENTITY a "b">]><EXPSSDA903/>`)}, "line 1"},
		} {
			_, err := c.take(2026, []Upload{bad.file}, undecided)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), bad.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.take(2026, []Upload{csv("p.csv", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM", "A1,01/02/2015,P1,,zz/zz/2009")}, undecided); err != nil {
			t.Error("DATE_PERM may be known in part:", err)
		}
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			list, err := Readings(u, book, "DER")
			if len(list) != 1 {
				t.Error("readings kept:", len(list))
			}
			return err
		})
	})
}

func TestOnlyTheCouncilsOwnPeopleSeeItsReturn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		var id string
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			list, err := Readings(u, book, "DER")
			id = list[0].ID
			return err
		})
		for _, stranger := range []access.Actor{c.officer("LEI"), {ID: "h", Agency: "DER", Role: access.HomeFinder}, {ID: "w", Agency: "DER", Role: access.PermanenceWorker}} {
			for name, fn := range map[string]func(*work.Unit, *agency.Book) error{
				"read":  func(u *work.Unit, b *agency.Book) error { _, err := Find(u, b, access.View, id); return err },
				"list":  func(u *work.Unit, b *agency.Book) error { _, err := Readings(u, b, "DER"); return err },
				"hold":  func(u *work.Unit, b *agency.Book) error { _, err := Hold(u, b, "DER", 2026, asRead()); return err },
				"write": func(u *work.Unit, b *agency.Book) error { _, err := Write(u, b, "DER", 2026); return err },
			} {
				if err := c.try(stranger, fn); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s of %s may %s: %v", stranger.Role, stranger.Agency, name, err)
				}
			}
		}
		if err := c.try(c.officer("VAA1"), func(u *work.Unit, b *agency.Book) error { _, err := Hold(u, b, "VAA1", 2026, asRead()); return err }); fault.KindOf(err) != fault.Invalid {
			t.Error("a voluntary agency makes this return:", err)
		}
	})
}

func TestARestrictedChildIsLeftToThoseNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		ada := c.child("A1")
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			_, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ('DER', 'child', $1, 'known', 'x', $2)", ada.ID, db.Instant{Time: u.Now})
			return err
		})
		files := asRead()
		files[0] = csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,F,02/02/2023,WBRI,UN1,,")
		o, err := c.take(2026, files, undecided)
		if err != nil || o != (Outcome{}) || c.child("A1").Born != ada.Born {
			t.Error("a restricted record was changed or doubled:", o, err)
		}
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			list, err := Readings(u, book, "DER")
			if err != nil {
				return err
			}
			checked, err := Check(u, book, list[0], ssda903.Aids{})
			if err != nil {
				return err
			}
			if checked.Closed == 0 {
				t.Error("no finding is about the restricted child: this shows nothing")
			}
			for _, f := range checked.Findings {
				if f.Row.Raw(ssda903.CHILD) == "A1" {
					t.Error("a finding shows the restricted child: rule", f.Rule.Code)
				}
			}
			return nil
		})
	})
}

func TestTheReturnIsWrittenBackAsItWasRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		var written *ssda903.Return
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) (err error) {
			written, err = Write(u, book, "DER", 2026)
			return err
		})
		for _, f := range asRead() {
			read, err := parse(2026, []Upload{f})
			if err != nil {
				t.Fatal(err)
			}
			for table, sheet := range read.Sheets {
				if sheet == nil {
					continue
				}
				var a, b bytes.Buffer
				if err := sheet.WriteCSV(&a); err != nil {
					t.Fatal(err)
				}
				if err := written.Sheets[table].WriteCSV(&b); err != nil {
					t.Fatal(err)
				}
				if a.String() != b.String() {
					t.Errorf("%s was\n%s\nand is\n%s", sheet.Table, a.String(), b.String())
				}
			}
		}
	})
}

func TestACheckedFindingKeepsItsReasonUntilTheRowChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		wrong := func(sex string) []Upload {
			return []Upload{csv("header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "A1,"+sex+",01/02/2023,WBRI,UN1,,")}
		}
		check := func(files []Upload, then func(*work.Unit, *agency.Book, Reading, Finding)) {
			c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
				r, err := Hold(u, book, "DER", 2026, files)
				if err != nil {
					return err
				}
				checked, err := Check(u, book, r, ssda903.Aids{})
				if err != nil {
					return err
				}
				for _, f := range checked.Findings {
					if f.Rule.Code == "101" {
						then(u, book, r, f)
						return nil
					}
				}
				t.Error("rule 101 found nothing")
				return nil
			})
		}
		check(wrong("X"), func(u *work.Unit, book *agency.Book, r Reading, f Finding) {
			if err := MarkTrue(u, book, r, f, "  "); fault.KindOf(err) != fault.Invalid {
				t.Error("marked without a reason", err)
			}
			if err := MarkTrue(u, book, r, f, "Seen on the birth certificate"); err != nil {
				t.Error(err)
			}
		})
		check(wrong("X"), func(u *work.Unit, book *agency.Book, r Reading, f Finding) {
			if f.Mark == nil || f.Mark.Reason != "Seen on the birth certificate" || f.Mark.By != "Data DER" {
				t.Error("the mark is gone", f.Mark)
			}
		})
		check(wrong("Y"), func(u *work.Unit, book *agency.Book, r Reading, f Finding) {
			if f.Mark != nil {
				t.Error("the mark outlived what it rests on")
			}
		})
	})
}

func TestTheReturnIsHeldSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			_, err := Hold(u, book, "DER", 2026, asRead())
			return err
		})
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			var sealed []byte
			err := u.QueryRow("SELECT sealed FROM return_file WHERE name = 'header.csv'").Scan(&sealed)
			if bytes.Contains(sealed, []byte("WBRI")) || len(sealed) == 0 {
				t.Error("the file is readable in the database")
			}
			return err
		})
	})
}

// TestAWholeReturnGoesRound: a clean return is taken in, written from the records,
// checked without a finding, and says nothing new when it is read again.
func TestAWholeReturnGoesRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		now, last := invent.Return(invent.Options{Seed: 5, Children: 400, Year: 2026, Episodes: 6})
		given := sheets(t, now)
		o, err := c.take(2026, given, undecided)
		if err != nil || o.Added < 20 {
			t.Fatal(o, err)
		}
		var written *ssda903.Return
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) (err error) {
			written, err = Write(u, book, "DER", 2026)
			return err
		})
		result, err := ssda903.Check(written, last, ssda903.Aids{})
		if err != nil || len(result.Findings) > 0 || result.Run < 250 {
			t.Errorf("%d findings of %d rules, %v", len(result.Findings), result.Run, err)
			for _, f := range result.Findings[:min(5, len(result.Findings))] {
				t.Log(f.Line())
			}
		}
		if o, err := c.take(2026, sheets(t, written), undecided); err != nil || o != (Outcome{}) {
			t.Error("what was written says something else than was read:", o, err)
		}
	})
}

// sheets are the files of a return.
func sheets(t *testing.T, r *ssda903.Return) (files []Upload) {
	t.Helper()
	for _, s := range r.Sheets {
		if s == nil {
			continue
		}
		var text bytes.Buffer
		if err := s.WriteCSV(&text); err != nil {
			t.Fatal(err)
		}
		files = append(files, Upload{s.Table.FileName(), text.Bytes()})
	}
	return files
}
