package exchange

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/link"

	"pgregory.net/rapid"
)

// words are what people and their programs put into cells.
var words = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", " ", "Ann", "O'Neill", "'", "''=", "=1+1", "+44 115", "-", "@x", "|x", "%", "\ttab", "\rreturn", "two\nlines", "two\r\nlines", "a\rb",
		`"quoted"`, "a,b;c", "_x0041_", "_x005F_x0041_", "_x0041_x0042_", "__x0041__", "\x01\x1f\x7f", "\ufffe\uffff", "\u2028", "Zoë 😀", "ends in space ", "  ", "<&>", "]]>",
		"1", "4.0", "2026-11-21", "TRUE", "#N/A", "0012", "1e5",
	}),
	rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 && r != 0xFFFD })),
)

// references are words that may be a key.
var references = words.Filter(func(s string) bool {
	return s != "" && !strings.Contains(s, "/") && len([]rune(s)) <= longestWord
})

// entries are words that may stand in a list.
var entries = references.Filter(func(s string) bool { return !strings.Contains(s, "|") })

var postcodes = rapid.SampledFrom([]string{"", "DE22 3CC", "de223cc", " ng1  1cv ", "NG3 4", "ng3 4", "NG34", "LE1"})

var days = rapid.Custom(func(t *rapid.T) date.Date {
	if rapid.Bool().Draw(t, "edge") {
		return date.Date(rapid.SampledFrom([]int32{0, 1, int32(today), 3652059}).Draw(t, "day"))
	}
	return today.AddDays(rapid.IntRange(-9999, 9999).Draw(t, "days"))
})

func blankOr[T any](g *rapid.Generator[T]) *rapid.Generator[sql.Null[T]] {
	return rapid.Custom(func(t *rapid.T) sql.Null[T] {
		n := sql.Null[T]{Valid: rapid.Bool().Draw(t, "known")}
		if n.Valid {
			n.V = g.Draw(t, "number")
		}
		return n
	})
}

func codeOf(set child.CodeSet) *rapid.Generator[string] { return rapid.SampledFrom(set.Codes()) }

func blankCode(set child.CodeSet) *rapid.Generator[string] {
	return rapid.SampledFrom(append(set.Codes(), ""))
}

func sets(g *rapid.Generator[string]) *rapid.Generator[[]string] {
	return rapid.Map(rapid.SliceOfNDistinct(g, 0, 3, rapid.ID), func(l []string) []string { return child.Set(l) })
}

var needs = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) child.Need {
	return child.Need{Code: codeOf(child.Needs).Draw(t, "need"), Level: blankCode(child.Levels).Draw(t, "level")}
}), 0, 4, func(n child.Need) string { return n.Code })

var contacts = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) child.Contact {
	return child.Contact{Kind: codeOf(child.ContactKinds).Draw(t, "kind"), TimesAYear: blankOr(rapid.Float64Range(1, 1e300)).Draw(t, "times")}
}), 0, 3, func(p child.Contact) string { return p.Kind })

var zones = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) child.Zone {
	z := child.Zone{Postcode: postcodes.Draw(t, "postcode"), Kind: blankCode(child.ZoneKinds).Draw(t, "kind"), ReviewBy: days.Draw(t, "review")}
	z.RadiusMiles = blankOr(rapid.Float64Range(0, 1e6)).Draw(t, "radius")
	z.RadiusMiles.V = child.Radius(z.RadiusMiles.V)
	return z
}), 0, 4, zoneKey)

// milestonesFrom draws milestones between two days, as the rules of a room allow.
func milestonesFrom(t *rapid.T, kinds child.CodeSet, details func(string) child.CodeSet, from, until date.Date) (list []child.Milestone) {
	if from > until {
		return nil
	}
	one := rapid.Custom(func(t *rapid.T) child.Milestone {
		m := child.Milestone{What: codeOf(kinds).Draw(t, "what"), Day: date.Date(rapid.Int32Range(int32(from), int32(until)).Draw(t, "day"))}
		m.Detail = blankCode(details(m.What)).Draw(t, "detail")
		m.Source = words.Filter(func(s string) bool { return len([]rune(s)) <= 200 }).Draw(t, "source")
		return m
	})
	for _, m := range rapid.SliceOfNDistinct(one, 0, 5, milestoneKey).Draw(t, "milestones") {
		if c := (child.Child{Milestones: list}); c.Clash(m) == "" {
			list = append(list, m)
		}
	}
	return list
}

func anyChild(t *rapid.T, agency, ref string) child.Child {
	c := child.Child{
		Agency: agency, Ref: ref, GroupRef: rapid.OneOf(rapid.Just(""), references).Draw(t, "group"), Plan: blankCode(child.Plans).Draw(t, "plan"),
		GivenName: words.Draw(t, "given"), FamilyName: words.Draw(t, "family"), Born: days.Draw(t, "born"), Sex: blankCode(child.Sexes).Draw(t, "sex"),
		Ethnic: blankCode(child.Ethnicities).Draw(t, "ethnic"), Religion: words.Draw(t, "religion"),
		Languages: sets(rapid.SampledFrom([]string{"en", "pl", "ur", "cy"})).Draw(t, "languages"), HomePostcode: postcodes.Draw(t, "home"), PlacementPostcode: postcodes.Draw(t, "placement"),
		EnteredCare: days.Draw(t, "entered"), DecisionDate: days.Draw(t, "decision"), OrderDate: days.Draw(t, "order"), Status: blankCode(child.Statuses).Draw(t, "status"),
		Needs: needs.Draw(t, "needs"), Contact: contacts.Draw(t, "contact"), Zones: zones.Draw(t, "zones"),
	}
	c.Milestones = milestonesFrom(t, child.Milestones, child.MilestoneDetails, max(1, c.Born), today)
	return c
}

var offers = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) adopter.Offer {
	return adopter.Offer{Code: codeOf(adopter.OfferCodes()).Draw(t, "code"), Answer: blankCode(adopter.Answers).Draw(t, "answer"), AnsweredOn: days.Draw(t, "on")}
}), 0, 4, func(o adopter.Offer) string { return o.Code })

var places = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) adopter.Place {
	return adopter.Place{Kind: codeOf(adopter.PlaceKinds).Draw(t, "kind"), Postcode: postcodes.Draw(t, "postcode")}
}), 0, 4, placeKey)

func anyFamily(t *rapid.T, agency, ref string) adopter.Family {
	counts := blankOr(rapid.IntRange(0, 1<<31-1))
	f := adopter.Family{
		Agency: agency, Ref: ref, Adopters: blankOr(rapid.IntRange(1, 2)).Draw(t, "adopters"), ApprovedOn: days.Draw(t, "approved"), Status: blankCode(adopter.Statuses).Draw(t, "status"),
		MaxChildren: counts.Draw(t, "most"), AgeMin: blankOr(rapid.IntRange(0, 5)).Draw(t, "from"), AgeMax: blankOr(rapid.IntRange(5, 18)).Draw(t, "to"),
		Sex: blankCode(adopter.Sexes).Draw(t, "sex"), Languages: sets(rapid.SampledFrom([]string{"en", "pl", "ur"})).Draw(t, "languages"), ChildrenAtHome: counts.Draw(t, "at home"),
		Training: blankCode(adopter.YesNo).Draw(t, "training"), ReservedUntil: days.Draw(t, "reserved"), Offers: offers.Draw(t, "offers"), Places: places.Draw(t, "places"),
	}
	for _, born := range rapid.SliceOfN(days, 0, 3).Draw(t, "household") {
		f.Household = append(f.Household, min(born, today))
	}
	f.Milestones = milestonesFrom(t, adopter.Milestones, adopter.MilestoneDetails, 1, today)
	return f
}

// regions draws regions whose agencies' codes begin with a prefix.
func regions(prefix string) *rapid.Generator[Region] {
	return rapid.Custom(func(t *rapid.T) Region {
		var r Region
		for i := range rapid.IntRange(1, 3).Draw(t, "agencies") {
			r.Agencies = append(r.Agencies, agency.Agency{
				Code: fmt.Sprint(prefix, i), Kind: rapid.SampledFrom(agency.Kinds()).Draw(t, "kind"), Name: words.Filter(func(s string) bool { return s != "" }).Draw(t, "name"),
				GSS: rapid.SampledFrom([]string{"", "E06000015"}).Draw(t, "gss"), Pools: sets(entries).Draw(t, "pools"),
			})
		}
		refs := rapid.SliceOfNDistinct(references, 0, 4, rapid.ID)
		codes := rapid.SampledFrom(r.Agencies)
		for _, ref := range refs.Draw(t, "children") {
			r.Children = append(r.Children, anyChild(t, codes.Draw(t, "agency").Code, ref))
		}
		for _, ref := range refs.Draw(t, "families") {
			r.Families = append(r.Families, anyFamily(t, codes.Draw(t, "agency").Code, ref))
		}
		for _, c := range r.Children {
			for _, f := range r.Families {
				if rapid.IntRange(0, 4).Draw(t, "conflict") == 0 {
					r.Conflicts = append(r.Conflicts, link.Conflict{FamilyAgency: f.Agency, FamilyRef: f.Ref, ChildAgency: c.Agency, ChildRef: c.Ref, Reason: words.Draw(t, "reason")})
				}
			}
		}
		return r
	})
}

func readBack(t *rapid.T, path string) *Reading {
	r, err := ReadPath(path, Options{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	if r.Count > 0 {
		t.Fatal(r.Problems)
	}
	return r
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		region := regions("A").Draw(t, "region")
		for path, write := range map[string]func(string, Region) error{
			filepath.Join(dir, "folder"):      WriteFolder,
			filepath.Join(dir, "region.xlsx"): WriteWorkbook,
		} {
			if err := write(path, region); err != nil {
				t.Fatal(err)
			}
			mustBeSame(t, region, readBack(t, path).Region())
		}
	})
}

// TestWhatIsImportedIsExported: whatever comes in goes out equal, and coming in
// again changes nothing: no version, no history, no entry of a change.
func TestWhatIsImportedIsExported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
		for seed := range 12 {
			prefix := fmt.Sprintf("R%d-", seed)
			region := regions(prefix).Example(seed)
			mustWrite(t, in, region)
			importPath(t, d, in)
			exported := only(export(t, d), prefix)
			mustBeSame(t, region, exported)
			mustWrite(t, out, exported)
			before := traces(t, d)
			for _, path := range []string{in, out} {
				if result := importPath(t, d, path); result.changes() > 0 {
					t.Fatalf("%s again: %+v", path, result)
				}
			}
			if after := traces(t, d); !slices.Equal(before, after) {
				t.Fatalf("traces %v, then %v", before, after)
			}
		}
	})
}

func mustWrite(t testing.TB, dir string, r Region) {
	t.Helper()
	if err := WriteFolder(dir, r); err != nil {
		t.Fatal(err)
	}
}

func (r Result) changes() (n int) {
	for _, c := range []Count{r.Agencies, r.Children, r.Families, r.Conflicts} {
		n += c.New + c.Changed
	}
	return n
}

// only is the part of a region whose agencies' codes begin with a prefix.
func only(r Region, prefix string) Region {
	not := func(code string) bool { return !strings.HasPrefix(code, prefix) }
	r.Agencies = slices.DeleteFunc(r.Agencies, func(a agency.Agency) bool { return not(a.Code) })
	r.Children = slices.DeleteFunc(r.Children, func(c child.Child) bool { return not(c.Agency) })
	r.Families = slices.DeleteFunc(r.Families, func(f adopter.Family) bool { return not(f.Agency) })
	r.Conflicts = slices.DeleteFunc(r.Conflicts, func(c link.Conflict) bool { return not(c.ChildAgency) })
	return r
}

// traces counts what changes leave behind.
func traces(t testing.TB, d *db.DB) []int {
	t.Helper()
	var counts []int
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		for _, query := range []string{
			"SELECT COUNT(*) FROM history", "SELECT COUNT(*) FROM audit_entry WHERE action <> 'viewed'", "SELECT n FROM revision",
			"SELECT COALESCE(SUM(version), 0) FROM child", "SELECT COALESCE(SUM(version), 0) FROM family", "SELECT COUNT(*) FROM worker",
		} {
			var n int
			if err := tx.QueryRow(query).Scan(&n); err != nil {
				return err
			}
			counts = append(counts, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestTheSameRegionGivesTheSameBytes whatever order it came in.
func TestTheSameRegionGivesTheSameBytes(t *testing.T) {
	var first map[string]string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		if err := WriteFolder(filepath.Join(dir, "in"), synthetic(3, size{4, 40, 20, 10, 4})); err != nil {
			t.Fatal(err)
		}
		importPath(t, d, filepath.Join(dir, "in"))
		region := export(t, d)
		for range 2 {
			if err := WriteFolder(filepath.Join(dir, "out"), region); err != nil {
				t.Fatal(err)
			}
			if err := WriteWorkbook(filepath.Join(dir, "out", "region.xlsx"), region); err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, name := range append(names(t, filepath.Join(dir, "out")), "region.xlsx") {
				text, err := os.ReadFile(filepath.Join(dir, "out", name))
				if err != nil {
					t.Fatal(err)
				}
				files[name] = string(text)
			}
			if first == nil {
				first = files
			}
			for name, text := range files {
				if text != first[name] {
					t.Errorf("%s is not the same", name)
				}
			}
		}
	})
}

func names(t testing.TB, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
