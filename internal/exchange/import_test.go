package exchange

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

var operator = access.Actor{ID: "cli", Name: "operator", Role: access.Operator}

// do runs one unit of work as the operator, with the book open.
func do(t testing.TB, d *db.DB, fn func(u *work.Unit, book *agency.Book) error) {
	t.Helper()
	if err := doAs(d, operator, fn); err != nil {
		t.Fatal(err)
	}
}

func doAs(d *db.DB, who access.Actor, fn func(u *work.Unit, book *agency.Book) error) error {
	desk := work.Desk{DB: d, AsOf: today}
	return desk.Do(context.Background(), who, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return fn(u, book)
	})
}

// known is what is recorded.
func known(t testing.TB, d *db.DB) (k Known) {
	t.Helper()
	do(t, d, func(u *work.Unit, book *agency.Book) (err error) {
		k, err = Recorded(u, book)
		return err
	})
	return k
}

// importPath reads and imports a folder or workbook that is good.
func importPath(t testing.TB, d *db.DB, path string) (result Result) {
	t.Helper()
	return importReading(t, d, mustRead(t, path, Options{Known: known(t, d)}))
}

func importReading(t testing.TB, d *db.DB, r *Reading) (result Result) {
	t.Helper()
	do(t, d, func(u *work.Unit, book *agency.Book) (err error) {
		result, err = Import(u, book, r)
		return err
	})
	return result
}

func export(t testing.TB, d *db.DB) (r Region) {
	t.Helper()
	do(t, d, func(u *work.Unit, book *agency.Book) (err error) {
		r, err = Export(u, book)
		return err
	})
	return r
}

// imported is a database that has the good region.
func imported(t testing.TB, d *db.DB) {
	t.Helper()
	importPath(t, d, good(t).write(t))
}

// importMore reads and imports files on top of what is recorded, passing over
// what is wrong with them.
func importMore(t testing.TB, d *db.DB, f folder) Result {
	t.Helper()
	return importReading(t, d, f.read(t, Options{Known: known(t, d)}))
}

func find(t testing.TB, r Region, ref string) child.Child {
	t.Helper()
	for _, c := range r.Children {
		if c.Ref == ref {
			return c
		}
	}
	t.Fatalf("no child %s", ref)
	return child.Child{}
}

func findFamily(t testing.TB, r Region, ref string) adopter.Family {
	t.Helper()
	for _, f := range r.Families {
		if f.Ref == ref {
			return f
		}
	}
	t.Fatalf("no family %s", ref)
	return adopter.Family{}
}

func TestAPartThatAFileIsSilentOnStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		imported(t, d)
		before := find(t, export(t, d), "C1")
		result := importMore(t, d, folder{
			"zones.csv": "agency_code,child_ref,postcode,radius_miles,kind,review_by\nDER,C2,NG1 1CC,5,school,\n",
			"needs.csv": "agency_code,child_ref,need,level\nDER,C1,fasd,significant\n",
		})
		if result.Children != (Count{Changed: 2}) || result.Agencies != (Count{}) {
			t.Errorf("result %+v", result)
		}
		after := export(t, d)
		c1, c2 := find(t, after, "C1"), find(t, after, "C2")
		if len(c1.Zones) != 2 || len(c1.Needs) != 1 || c1.Needs[0].Level != "significant" || len(c1.Contact) != 2 {
			t.Errorf("C1 is %+v", c1)
		}
		if len(c2.Zones) != 1 || c2.Zones[0].Postcode != "NG1 1CC" || len(c2.Needs) != 1 {
			t.Errorf("C2 is %+v", c2)
		}
		if c1.ID != before.ID || c1.Version != before.Version+1 || c1.GivenName != "Ann" {
			t.Errorf("C1 was %+v and is %+v", before, c1)
		}
	})
}

func TestAChangedRowKeepsWhatItSaidAndWhoFollowsTheChild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		imported(t, d)
		do(t, d, func(u *work.Unit, book *agency.Book) error {
			list, err := child.Load(u.Tx, child.Query{})
			if err != nil {
				return err
			}
			after := list[0]
			after.Worker = book.Staff("DER")[0].ID
			return child.SaveAll(u, []child.Change{{Before: &list[0], After: after}})
		})
		before := find(t, export(t, d), "C1")
		f := good(t)
		f["children.csv"] = strings.Replace(f["children.csv"], ",waiting", ",on_hold", 1)
		f["conflicts.csv"] = strings.Replace(f["conflicts.csv"], "one street", "one road", 1)
		f["agencies.csv"] = strings.Replace(f["agencies.csv"], "Families First", "Families For All", 1)
		if result := importMore(t, d, f); result.changes() != 3 || result.Children != (Count{Changed: 1, Same: 2}) || result.Conflicts != (Count{Changed: 1}) || result.Agencies != (Count{Changed: 1, Same: 1}) {
			t.Errorf("result %+v", result)
		}
		region := export(t, d)
		after := find(t, region, "C1")
		if after.Worker != before.Worker || before.Worker == "" || after.Status != "on_hold" || after.ID != before.ID || region.Conflicts[0].Reason != "They live in one road" {
			t.Errorf("was %+v and is %+v, %v", before, after, region.Conflicts)
		}
		do(t, d, func(u *work.Unit, _ *agency.Book) error {
			past, err := u.History(after.Subject())
			if err != nil || len(past) != 2 || !strings.Contains(past[0].Before, `"Status":"waiting"`) || !strings.Contains(past[0].After, `"Status":"on_hold"`) {
				t.Errorf("history %+v, %v", past, err)
			}
			return err
		})
		if result := importMore(t, d, f); result.changes() > 0 {
			t.Errorf("again: %+v", result)
		}
	})
}

func TestWhatAFolderDoesNotListStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		imported(t, d)
		before := export(t, d)
		f := good(t)
		lines := strings.SplitAfter(f["children.csv"], "\n")
		importMore(t, d, folder{"children.csv": lines[0] + lines[1], "conflicts.csv": "family_agency,family_ref,child_agency,child_ref,reason\nFAM,F2,DER,C1,\n"})
		after := export(t, d)
		if len(after.Conflicts) != 2 {
			t.Errorf("conflicts %v", after.Conflicts)
		}
		after.Conflicts = before.Conflicts
		mustBeSame(t, before, after)
	})
}

const milestoneHead = "agency_code,child_ref,what,day,detail,source\n"

// TestMilestonesMustStandBesideWhatIsRecorded: what no file by itself shows to be
// wrong is refused before anything is written.
func TestMilestonesMustStandBesideWhatIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		imported(t, d)
		importMore(t, d, folder{"child_milestones.csv": milestoneHead + "DER,C1,matched,2025-07-01,,minutes\nDER,C1,adopted,2026-05-01,E11,\n"})
		before := export(t, d)
		if c := find(t, before, "C1"); len(c.Milestones) != 2 || c.Milestones[0] != (child.Milestone{What: "matched", Day: date.MustOf(2025, 7, 1), Source: "minutes"}) {
			t.Fatalf("C1 is %+v", c)
		}
		children := strings.SplitAfter(good(t)["children.csv"], "\n")
		for name, f := range map[string]folder{
			"before the birth that is recorded":        {"child_milestones.csv": milestoneHead + "DER,C1,placed,2023-02-27,,\n"},
			"a birth after what is recorded":           {"children.csv": children[0] + strings.Replace(children[1], "2023-02-28", "2025-08-01", 1)},
			"beside a row that stays, one being wrong": {"child_milestones.csv": milestoneHead + "DER,C1,reversed,2026-05-01,RD1,\nDER,C1,moved,2026-01-01,,\n"},
		} {
			r := f.read(t, Options{Known: known(t, d)})
			err := doAs(d, operator, func(u *work.Unit, book *agency.Book) error { _, err := Import(u, book, r); return err })
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), "Nothing was imported") {
				t.Errorf("%s: %v", name, err)
			}
		}
		mustBeSame(t, before, export(t, d))
		importMore(t, d, folder{"child_milestones.csv": milestoneHead + "DER,C1,matched,2025-07-02,,\n"})
		if c := find(t, export(t, d), "C1"); len(c.Milestones) != 1 || c.Milestones[0].Day != date.MustOf(2025, 7, 2) {
			t.Errorf("rows about a child replace what was recorded: %+v", c.Milestones)
		}
	})
}

// TestSkippedRowsLiftNoZone: where a row of a child's zones could not be read,
// the zones the child had stay beside those that could.
func TestSkippedRowsLiftNoZone(t *testing.T) {
	const zones = "agency_code,child_ref,postcode,radius_miles,kind,review_by\n"
	const places = "agency_code,family_ref,kind,postcode\n"
	const home = "agency_code,family_ref,born\n"
	for name, c := range map[string]struct {
		files                 folder
		zones, places, atHome int
	}{
		"good rows replace":                    {folder{"zones.csv": zones + "DER,C1,LE1,1,school,\n"}, 1, 3, 2},
		"a bad row of the child":               {folder{"zones.csv": zones + "DER,C1,LE1,1,school,\nDER,C1,LE1,1,shop,\n"}, 3, 3, 2},
		"a bad row of another child":           {folder{"zones.csv": zones + "DER,C1,LE1,1,school,\nDER,C2,LE1,1,shop,\n"}, 1, 3, 2},
		"a row that could be anybody's":        {folder{"zones.csv": zones + "DER,C1,LE1,1,school,\nDER,C1x,LE1,1,school,\n"}, 3, 3, 2},
		"a row with too few cells":             {folder{"zones.csv": zones + "DER,C1,LE1,1,school,\nDER,C1\n"}, 3, 3, 2},
		"the same zone and a bad one":          {folder{"zones.csv": zones + "DER,C1,de223cc,0,school,\nDER,C1\n"}, 2, 3, 2},
		"a home is moved, a bad place":         {folder{"places.csv": places + "FAM,F1,home,LE1\nFAM,F1,shop,LE1\n"}, 2, 3, 2},
		"a child at home more, a bad date":     {folder{"household.csv": home + "FAM,F1,2020-05-05\nFAM,F1,2021-01-01\nFAM,F1,soon\n"}, 2, 3, 3},
		"children at home, without a bad date": {folder{"household.csv": home + "FAM,F1,2021-01-01\n"}, 2, 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := sqlite(t)
			imported(t, d)
			importMore(t, d, c.files)
			r := export(t, d)
			f := findFamily(t, r, "F1")
			if got := find(t, r, "C1").Zones; len(got) != c.zones {
				t.Errorf("zones %+v", got)
			}
			if len(f.Places) != c.places || len(f.Household) != c.atHome {
				t.Errorf("places %v, at home %v", f.Places, f.Household)
			}
		})
	}
}

func sqlite(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Migrate(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestAPreviewChangesNothing(t *testing.T) {
	d := sqlite(t)
	before := traces(t, d)
	do(t, d, func(u *work.Unit, book *agency.Book) error {
		result, err := Preview(u, book, good(t).read(t, Options{}))
		if result.Children.New != 3 || result.Families.New != 2 || result.Agencies.New != 2 || result.Conflicts.New != 1 {
			t.Errorf("preview %+v", result)
		}
		return err
	})
	if after := traces(t, d); !slices.Equal(before, after) {
		t.Errorf("traces %v, then %v", before, after)
	}
}

// TestWhoMayImport: a home finder for her own agency; nobody else but the operator.
func TestWhoMayImport(t *testing.T) {
	finder := access.Actor{ID: "w1", Agency: "DER", Role: access.HomeFinder}
	var tests = []struct {
		name  string
		who   access.Actor
		files folder
		want  string
	}{
		{"her own agency", finder, folder{"needs.csv": "agency_code,child_ref,need,level\nDER,C1,neglect,known\n"}, ""},
		{"another agency", finder, folder{"offers.csv": "agency_code,family_ref,code,answer,answered_on\nFAM,F1,fasd,no,\n"}, `"FAM"`},
		{"both", finder, good(t), `"FAM"`},
		{"a new agency of her pools", finder, folder{"agencies.csv": "agency_code,kind,name,gss,pools\nNOT,LA,Nottingham,,D2N2\n"}, `"NOT"`},
		{"a new agency of no pool", finder, folder{"agencies.csv": "agency_code,kind,name,gss,pools\nNOT,LA,Nottingham,,\n"}, `"NOT"`},
		{"an agency moved into her pools", finder, folder{"agencies.csv": "agency_code,kind,name,gss,pools\nFAM,VAA,Families First,,D2N2\n"}, `"FAM"`},
		{"her own agency opened to another pool", finder, folder{"agencies.csv": "agency_code,kind,name,gss,pools\nDER,LA,Derby,E06000015,D2N2|EM|WEST\n"}, `"DER"`},
		{"a new agency opened to another pool", finder, folder{"agencies.csv": "agency_code,kind,name,gss,pools\nNOT,LA,Nottingham,,D2N2|WEST\n"}, `"NOT"`},
		{"a voluntary agency made a council by its own people", access.Actor{ID: "w5", Agency: "FAM", Role: access.HomeFinder, Voluntary: true},
			folder{"agencies.csv": "agency_code,kind,name,gss,pools\nFAM,LA,Families First,,EM\n"}, `"FAM"`},
		{"an adopters' worker", access.Actor{ID: "w3", Agency: "DER", Role: access.AdopterWorker}, good(t), `"DER"`},
		{"a manager", access.Actor{ID: "w4", Agency: "DER", Role: access.Manager}, good(t), `"DER"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := sqlite(t)
			imported(t, d)
			reading := test.files.read(t, Options{Known: known(t, d)})
			before := traces(t, d)
			err := doAs(d, test.who, func(u *work.Unit, book *agency.Book) error {
				_, err := Import(u, book, reading)
				return err
			})
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Message(err), test.want) {
				t.Errorf("got %v", err)
			}
			after := traces(t, d)
			if before[1] = after[1]; !slices.Equal(before, after) { // the refusal may be on the record
				t.Errorf("traces %v, then %v", before, after)
			}
		})
	}
}

// TestWhatOthersHoldIsNotTold: to somebody who may not import for an agency, its
// children are no more known than any that do not exist.
func TestWhatOthersHoldIsNotTold(t *testing.T) {
	d := sqlite(t)
	imported(t, d)
	stranger := access.Actor{ID: "w1", Agency: "NOT", Role: access.HomeFinder}
	err := doAs(d, stranger, func(u *work.Unit, book *agency.Book) error {
		b := *book
		b.Agencies = map[string]agency.Agency{"DER": {Code: "DER", Pools: []string{"D2N2"}}, "FAM": {Code: "FAM", Pools: []string{"EM"}}}
		k, err := Recorded(u, &b)
		if len(k.Children) != 0 || len(k.Families) != 0 || len(k.Agencies) != 2 {
			t.Errorf("known %+v", k)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = doAs(d, stranger, func(u *work.Unit, book *agency.Book) error { _, err := Export(u, book); return err })
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("export: %v", err)
	}
}

func TestEveryRecordExportedIsNotedAsSeen(t *testing.T) {
	d := sqlite(t)
	imported(t, d)
	region := export(t, d)
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		for _, c := range region.Children {
			entries, err := audit.Of(tx, "child", c.Agency, c.ID, 10)
			if err != nil || len(entries) < 2 || entries[0].Action != "viewed" || entries[1].Action == "viewed" {
				t.Errorf("entries %+v, %v", entries, err)
			}
		}
		_, err := audit.Verify(tx)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFilesAreForTheirWriterAlone and an older writing leaves nothing behind.
func TestFilesAreForTheirWriterAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "region")
	mustWrite(t, dir, synthetic(1, size{2, 5, 5, 3, 2}))
	if got := names(t, dir); !slices.Contains(got, "child_milestones.csv") || !slices.Contains(got, "family_milestones.csv") {
		t.Errorf("files %v", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "gazetteer.csv"), []byte("pcds\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, dir, Region{})
	want := []string{"agencies.csv", "children.csv", "conflicts.csv", "contact.csv", "families.csv", "gazetteer.csv", "household.csv", "needs.csv", "offers.csv", "places.csv", "waivers.csv", "zones.csv"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v", got)
	}
	if r := mustRead(t, dir, Options{}); len(r.Region().Children) != 0 {
		t.Errorf("left %+v", r.Region())
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Dir(dir): 0o700, filepath.Join(dir, "children.csv"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := WriteFolder(filepath.Join(dir, "agencies.csv"), Region{}); fault.Message(err) == fault.Message(nil) || err == nil {
		t.Errorf("a file in the place of the folder: %v", err)
	}
	if err := WriteWorkbook(filepath.Join(dir, "nowhere", "region.xlsx"), Region{}); fault.KindOf(err) == fault.Internal {
		t.Errorf("no folder: %v", err)
	}
}

// TestEnglandComesInQuickly: what a whole country has is read and written within
// seconds, a fifth of what somebody would wait for.
func TestEnglandComesInQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		region := synthetic(1, england)
		timed := func(what string, fn func()) {
			t.Helper()
			start := time.Now()
			fn()
			took := time.Since(start)
			t.Logf("%s took %v", what, took.Round(10*time.Millisecond))
			if took > 20*time.Second {
				t.Errorf("%s took %v", what, took)
			}
		}
		timed("writing the folder", func() { mustWrite(t, dir, region) })
		timed("reading it", func() { mustRead(t, dir, Options{}) })
		timed("reading and importing it", func() { importPath(t, d, dir) })
		timed("importing it again", func() {
			if result := importPath(t, d, dir); result.changes() > 0 {
				t.Errorf("again: %+v", result)
			}
		})
		timed("exporting", func() { mustBeSame(t, region, export(t, d)) })
	})
}

func TestEnglandFitsAWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := filepath.Join(t.TempDir(), "england.xlsx")
	region := synthetic(1, england)
	if err := WriteWorkbook(path, region); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	mustBeSame(t, region, mustRead(t, path, Options{}).Region())
	t.Logf("read in %v", time.Since(start))
}
