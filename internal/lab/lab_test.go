package lab

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/exchange"
	"homeward/internal/gazetteer"
)

var day = date.MustOf(2026, time.November, 21)

// made are the regions of seed 1, which no test may change.
var made = map[Scale]func() *Synthetic{
	Pilot:   sync.OnceValue(func() *Synthetic { return Generate(Pilot, 1, day) }),
	Region:  sync.OnceValue(func() *Synthetic { return Generate(Region, 1, day) }),
	England: sync.OnceValue(func() *Synthetic { return Generate(England, 1, day) }),
}

// bytesOf writes all there is of a region.
func bytesOf(t *testing.T, s *Synthetic) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.WriteGazetteer(&out); err != nil {
		t.Fatal(err)
	}
	for _, part := range []any{s.Region, s.Workers, flat(s.ChildWorker), flat(s.FamilyWorker)} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	return out.Bytes()
}

func flat(who map[exchange.Key]string) map[string]string {
	list := map[string]string{}
	for k, id := range who {
		list[k.Agency+"/"+k.Ref] = id
	}
	return list
}

func TestASeedAndADayGiveTheSameBytes(t *testing.T) {
	for _, scale := range []Scale{Pilot, Region} {
		first := bytesOf(t, Generate(scale, 7, day))
		if !bytes.Equal(first, bytesOf(t, Generate(scale, 7, day))) {
			t.Errorf("%s: the same seed and day gave another region", scale)
		}
		if bytes.Equal(first, bytesOf(t, Generate(scale, 8, day))) {
			t.Errorf("%s: another seed gave the same region", scale)
		}
		if bytes.Equal(first, bytesOf(t, Generate(scale, 7, day+1))) {
			t.Errorf("%s: another day gave the same region", scale)
		}
	}
}

// Another day moves every date by as much and changes nothing else, so that a
// demonstration looks the same whenever it is given. Only months differ in
// length.
func TestDatesFollowTheDay(t *testing.T) {
	before, after := made[Pilot]().Region, Generate(Pilot, 1, day.AddDays(400)).Region
	for i, c := range before.Children {
		d := after.Children[i]
		if d.GivenName != c.GivenName || d.HomePostcode != c.HomePostcode || (c.Born.Known() && d.Born != c.Born.AddDays(400)) {
			t.Fatalf("%s/%s became %s/%s, born %s then %s", c.Agency, c.Ref, d.Agency, d.Ref, c.Born, d.Born)
		}
	}
}

// A field added later draws from a source of its own, so nobody changes.
func TestAFurtherDrawShiftsNobody(t *testing.T) {
	plain := bytesOf(t, made[Pilot]())
	w := newWorld(planOf(Pilot), 1, day)
	touched := 0
	w.touched = func(s stream) {
		touched++
		s.of("a field of next year").IntN(1000)
	}
	if !bytes.Equal(plain, bytesOf(t, w.make())) {
		t.Error("one more draw from everybody's stream changed the region")
	}
	if touched < 1000 {
		t.Errorf("only %d were touched", touched)
	}
}

func TestFieldsDrawFromDifferentSources(t *testing.T) {
	s := newStream(1, "pilot").number("child", 1)
	if s.of("a").Uint64() == s.of("b").Uint64() {
		t.Error("two fields draw the same")
	}
	if s.of("a").Uint64() != s.of("a").Uint64() {
		t.Error("a field does not draw the same twice")
	}
}

func TestCounts(t *testing.T) {
	for scale, want := range map[Scale]struct{ councils, raas, vaas, children, families, approved int }{
		Pilot:   {4, 1, 2, 200, 120, 86},
		Region:  {10, 2, 4, 1000, 400, 288},
		England: {153, 33, 35, 4000, 1955, 1700},
	} {
		r := made[scale]().Region
		kinds := map[string]int{}
		for _, a := range r.Agencies {
			kinds[a.Kind]++
		}
		approved := len(only(r.Families, func(f adopter.Family) bool { return f.Status == "approved" }))
		if kinds["LA"] != want.councils || kinds["RAA"] != want.raas || kinds["VAA"] != want.vaas {
			t.Errorf("%s: agencies %v", scale, kinds)
		}
		if len(r.Children) != want.children || len(r.Families) != want.families || approved != want.approved {
			t.Errorf("%s: %d children, %d families, %d of them approved", scale, len(r.Children), len(r.Families), approved)
		}
		waiting := len(only(r.Children, func(c child.Child) bool { return c.Status == "waiting" }))
		if s := float64(waiting) / float64(len(r.Children)); s < 0.75 || s > 0.87 {
			t.Errorf("%s: %.2f of the children wait", scale, s)
		}
	}
}

func TestPools(t *testing.T) {
	pools := map[string][]string{}
	for _, a := range made[England]().Region.Agencies {
		pools[a.Code] = a.Pools
	}
	for code, want := range map[string]string{
		"DER": "D2N2 EM ENG", "DBY": "D2N2 EM ENG", "NOT": "D2N2 EM ENG", "NTT": "D2N2 EM ENG", "AEM": "D2N2 EM ENG", "LBA": "D2N2 EM ENG",
		"LEI": "FAL EM ENG", "NLN": "FAL YH ENG", "FAL": "FAL YH EM ENG", "TWF": "EM ENG", "BST": "AWT SW ENG",
	} {
		if got := strings.Join(pools[code], " "); got != want {
			t.Errorf("%s is in %s, want %s", code, got, want)
		}
	}
}

func TestDerby2013(t *testing.T) {
	r := Derby2013(1).Region
	sizes := map[int]int{}
	for _, g := range child.Groups(r.Children) {
		if !g.Waits() {
			t.Errorf("%s/%s does not wait", g[0].Agency, g[0].Ref)
		}
		sizes[len(g)]++
	}
	if len(r.Children) != 44 || sizes[1] != 19 || sizes[2] != 8 || sizes[3] != 3 {
		t.Errorf("%d children in groups %v", len(r.Children), sizes)
	}
	approved := len(only(r.Families, func(f adopter.Family) bool { return f.Status == "approved" }))
	assessed := len(only(r.Families, func(f adopter.Family) bool { return f.Status == "stage_one" || f.Status == "stage_two" }))
	if approved != 11 || assessed != 21 {
		t.Errorf("%d families approved and %d assessed", approved, assessed)
	}
}

func TestEveryRecordIsGood(t *testing.T) {
	for _, scale := range Scales() {
		s := made[scale]()
		codes := map[string]agency.Agency{}
		for _, a := range s.Region.Agencies {
			if p := a.Problems(); p != nil || codes[a.Code].Code != "" {
				t.Errorf("%s: agency %s: %v", scale, a.Code, p)
			}
			codes[a.Code] = a
		}
		seen := map[string]bool{}
		for _, c := range s.Region.Children {
			if p := c.Problems(day); p != nil || codes[c.Agency].Kind != "LA" || seen["c"+c.Agency+"/"+c.Ref] || c.ID+c.Worker != "" {
				t.Errorf("%s: child %s/%s: %v", scale, c.Agency, c.Ref, p)
			}
			seen["c"+c.Agency+"/"+c.Ref] = true
			checkCourse(t, c)
		}
		for _, f := range s.Region.Families {
			if p := f.Problems(day); p != nil || codes[f.Agency].Code == "" || seen["f"+f.Agency+"/"+f.Ref] || f.ID+f.Worker != "" {
				t.Errorf("%s: family %s/%s: %v", scale, f.Agency, f.Ref, p)
			}
			seen["f"+f.Agency+"/"+f.Ref] = true
			checkFamily(t, f)
		}
		for _, x := range s.Region.Conflicts {
			if !seen["c"+x.ChildAgency+"/"+x.ChildRef] || !seen["f"+x.FamilyAgency+"/"+x.FamilyRef] || x.Reason == "" {
				t.Errorf("%s: conflict %+v", scale, x)
			}
		}
	}
}

func checkCourse(t *testing.T, c child.Child) {
	t.Helper()
	last := date.Date(0)
	for _, d := range []date.Date{c.Born, c.EnteredCare, c.DecisionDate, c.OrderDate, day} {
		if d.Known() && d < last {
			t.Errorf("%s/%s: born %s, in care %s, decided %s, ordered %s", c.Agency, c.Ref, c.Born, c.EnteredCare, c.DecisionDate, c.OrderDate)
		}
		last = max(last, d)
	}
	if c.Born.Known() && c.Born.YearsOn(day) > 17 {
		t.Errorf("%s/%s is of age", c.Agency, c.Ref)
	}
	if late := c.Status == "linked" || c.Status == "matched" || c.Status == "placed"; late && !c.OrderDate.Known() {
		t.Errorf("%s/%s is %s without an order", c.Agency, c.Ref, c.Status)
	}
	unique(t, c.Agency+"/"+c.Ref, c.Needs, func(n child.Need) string { return n.Code })
	unique(t, c.Agency+"/"+c.Ref, c.Contact, func(n child.Contact) string { return n.Kind })
	unique(t, c.Agency+"/"+c.Ref, c.Zones, func(z child.Zone) string { return z.Postcode + z.Kind + z.ReviewBy.String() })
}

func checkFamily(t *testing.T, f adopter.Family) {
	t.Helper()
	unique(t, f.Agency+"/"+f.Ref, f.Offers, func(o adopter.Offer) string { return o.Code })
	unique(t, f.Agency+"/"+f.Ref, f.Places, func(p adopter.Place) string { return p.Kind + p.Postcode })
	for _, o := range f.Offers {
		if o.AnsweredOn > day {
			t.Errorf("%s/%s answered on %s", f.Agency, f.Ref, o.AnsweredOn)
		}
	}
	if len(f.Household) > f.ChildrenAtHome.V || f.ApprovedOn > day {
		t.Errorf("%s/%s: %+v", f.Agency, f.Ref, f)
	}
}

func unique[T any](t *testing.T, whose string, list []T, key func(T) string) {
	t.Helper()
	seen := map[string]bool{}
	for _, x := range list {
		if seen[key(x)] {
			t.Errorf("%s has %s twice", whose, key(x))
		}
		seen[key(x)] = true
	}
}

func TestSiblings(t *testing.T) {
	for _, k := range look(made[Region](), day).kins {
		names := map[string]bool{}
		for _, c := range k {
			names[c.GivenName] = c.GivenName != ""
			if c.FamilyName != k[0].FamilyName || c.Status != k[0].Status || c.Plan != k[0].Plan || !slices.Equal(c.Zones, k[0].Zones) {
				t.Errorf("%s/%s differs from %s", c.Agency, c.Ref, k[0].Ref)
			}
		}
		if (len(k) == 1) != (k[0].GroupRef == "") {
			t.Errorf("%s/%s is %d in group %q", k[0].Agency, k[0].Ref, len(k), k[0].GroupRef)
		}
	}
}

func TestEverybodyHasAWorkerOfTheirAgency(t *testing.T) {
	for _, scale := range Scales() {
		s := made[scale]()
		workers, roles := map[string]agency.Worker{}, map[post]bool{}
		for _, w := range s.Workers {
			if _, twice := workers[w.ID]; twice || w.Name == "" || !slices.Contains(access.Roles(), w.Role) {
				t.Errorf("%s: worker %+v", scale, w)
			}
			workers[w.ID] = w
			roles[post{w.Agency, w.Role}] = true
		}
		for _, c := range s.Region.Children {
			if w := workers[s.ChildWorker[exchange.Key{Agency: c.Agency, Ref: c.Ref}]]; w.Agency != c.Agency || w.Role != access.PermanenceWorker {
				t.Errorf("%s: %s/%s is followed by %+v", scale, c.Agency, c.Ref, w)
			}
		}
		for _, f := range s.Region.Families {
			if w := workers[s.FamilyWorker[exchange.Key{Agency: f.Agency, Ref: f.Ref}]]; w.Agency != f.Agency || w.Role != access.AdopterWorker {
				t.Errorf("%s: %s/%s is answered for by %+v", scale, f.Agency, f.Ref, w)
			}
		}
		for _, a := range s.Region.Agencies {
			if !roles[post{a.Code, access.Manager}] || !roles[post{a.Code, access.AdopterWorker}] || (a.Kind != "VAA") != roles[post{a.Code, access.HomeFinder}] {
				t.Errorf("%s: %s lacks workers", scale, a.Code)
			}
		}
	}
}

// impossible is a postcode whose last two letters no postcode ends in.
var impossible = regexp.MustCompile(`^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][CIKMOV]{2}$`)

// bare is what a few records have instead of a postcode: a sector or an outward
// code.
var bare = regexp.MustCompile(`^[A-Z]{1,2}[0-9][0-9A-Z]?( [0-9])?$`)

func TestNoPostcodeCanBeAnybodys(t *testing.T) {
	for _, scale := range Scales() {
		s := made[scale]()
		table := readTable(t, s)
		if table.Units() != len(s.Gazetteer) {
			t.Errorf("%s: the gazetteer has %d postcodes, read were %d", scale, len(s.Gazetteer), table.Units())
		}
		check := func(whose, text string, mayBeBare bool) {
			switch {
			case text == "" || (mayBeBare && bare.MatchString(text)):
			case !impossible.MatchString(text):
				t.Errorf("%s: %s has the postcode %s", scale, whose, text)
			case !table.Place(text).Known || table.Place(text).Uncertainty != 0:
				t.Errorf("%s: the gazetteer does not know %s of %s", scale, text, whose)
			}
		}
		for _, c := range s.Region.Children {
			check(c.Ref, c.HomePostcode, false)
			check(c.Ref, c.PlacementPostcode, false)
			for _, z := range c.Zones {
				check(c.Ref, z.Postcode, true)
			}
		}
		for _, f := range s.Region.Families {
			for _, p := range f.Places {
				check(f.Ref, p.Postcode, true)
			}
		}
		for _, p := range s.Gazetteer {
			if at := table.Place(p.Text); !impossible.MatchString(p.Text) || at.Easting != float64(p.Easting) || at.Northing != float64(p.Northing) {
				t.Errorf("%s: %+v was read as %+v", scale, p, at)
			}
		}
	}
}

// readTable has the gazetteer's own loader read what is written.
func readTable(t *testing.T, s *Synthetic) *gazetteer.Table {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gazetteer.csv")
	var out bytes.Buffer
	if err := s.WriteGazetteer(&out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := gazetteer.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Report.Parts; len(p) != 1 || p[0].Source != gazetteer.ONS || r.Report.Rough+r.Report.Unplaced+r.Report.Ended != 0 {
		t.Errorf("the loader read %+v", r.Report)
	}
	return r.Table()
}

// What is written as an exchange folder is read back without a problem.
func TestTheFolderIsRead(t *testing.T) {
	for _, scale := range []Scale{Pilot, Region} {
		s, dir := made[scale](), t.TempDir()
		if err := exchange.WriteFolder(dir, s.Region); err != nil {
			t.Fatal(err)
		}
		r, err := exchange.ReadPath(dir, exchange.Options{Today: day})
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]int{}
		for _, f := range r.Files {
			rows[f.File] = f.Rows
		}
		if r.Count != 0 || rows["children.csv"] != len(s.Region.Children) || rows["families.csv"] != len(s.Region.Families) {
			t.Errorf("%s: %d problems %v, rows %v", scale, r.Count, r.Problems, rows)
		}
	}
}

// A family may live anywhere within about an hour of where its agency recruits.
func TestFamiliesLiveWithinReach(t *testing.T) {
	s := made[Pilot]()
	v := look(s, day)
	outside := 0
	areas := map[string]bool{}
	for _, l := range england().of("EM").councils {
		for _, code := range l.outward {
			areas[code] = l.raa == "AEM"
		}
	}
	for _, f := range s.Region.Families {
		home := f.Places[0]
		outward, _, _ := strings.Cut(home.Postcode, " ")
		if home.Postcode != "" && !areas[outward] {
			outside++
		}
		if at, ok := v.place[home.Postcode]; ok && at.miles(england().council("NTT").centre) > 90 {
			t.Errorf("%s/%s lives at %s", f.Agency, f.Ref, home.Postcode)
		}
	}
	if n := len(s.Region.Families); outside < n/20 || outside > n/3 {
		t.Errorf("%d of %d families live outside the four councils", outside, n)
	}
}

func TestTables(t *testing.T) {
	codes, gss, outward := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, h := range england().holders {
		if codes[h.Code] || len(h.councils) == 0 || len(h.Code) < 3 {
			t.Errorf("agency %s (%s)", h.Code, h.Name)
		}
		codes[h.Code] = true
	}
	for _, l := range england().councils {
		if gss[l.GSS] || len(l.Code) != 3 || l.radius <= 0 || l.ethnic.total() == 0 {
			t.Errorf("council %s (%s)", l.Code, l.Name)
		}
		gss[l.GSS] = true
		for _, code := range l.outward {
			if p, err := gazetteer.Parse(code); err != nil || p.Kind() != gazetteer.Outward || outward[code] {
				t.Errorf("%s has the outward code %s", l.Name, code)
			}
			outward[code] = true
		}
	}
}

// The regions' ethnic groups, most of them assumed, must add up to the country's.
func TestEthnicGroupsAddUpToEngland(t *testing.T) {
	sums, all := make([]float64, len(ethnicGroups)), 0.0
	for _, l := range england().councils {
		for i := range ethnicGroups {
			looked := l.ethnic.shares[i] / value("ethnic.factor."+ethnicGroups[i])
			sums[i] += l.weight * looked
		}
		all += l.weight
	}
	want := readEthnic()[national]
	for i, name := range ethnicGroups {
		published := want.shares[i] / value("ethnic.factor."+name)
		if got := sums[i] / all; math.Abs(got-published) > 2.5 {
			t.Errorf("%s: %.1f in 100 looked-after children, published %.0f", name, got, published)
		}
	}
}

func TestNames(t *testing.T) {
	for list, words := range names() {
		if len(words) < 26 {
			t.Errorf("%s has %d names", list, len(words))
		}
		unique(t, list, words, func(s string) string { return s })
	}
	for code, h := range heritages {
		for _, group := range slices.Concat(h.given, h.family) {
			if names()[group+" girl"] == nil || names()[group+" boy"] == nil || names()[group+" family"] == nil {
				t.Errorf("%s is named from %s, which has no list", code, group)
			}
		}
		if !child.Ethnicities.Has(code) || slices.ContainsFunc(h.languages, func(l string) bool { return !child.IsLanguage(l) }) {
			t.Errorf("%s: %v", code, h.languages)
		}
	}
}

// A figure nobody reads would be a lie in the table.
func TestEveryMomentIsUsed(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") {
			source.Write(text)
		}
	}
	for _, m := range moments {
		ways := []string{`"` + m.id + `"`, `"` + m.id[:strings.LastIndexByte(m.id, '.')] + `"`, `"` + m.id[:strings.LastIndexByte(m.id, '.')+1] + `%d"`, `blank("` + strings.TrimPrefix(m.id, "blank.")}
		for i := range m.id {
			if m.id[i] == '.' && strings.Contains(m.id[:i], ".") {
				ways = append(ways, `"`+m.id[:i+1]+`"`) // and a word that is known only when it runs
			}
		}
		if !slices.ContainsFunc(ways, func(s string) bool { return strings.Contains(source.String(), s) }) {
			if math.IsNaN(m.tolerance) { // one with a tolerance is measured
				t.Errorf("nothing uses %s", m.id)
			}
		}
		if m.source == "" {
			t.Errorf("%s has no source", m.id)
		}
	}
}

func TestCountsShareOutExactly(t *testing.T) {
	m := mix{}.with("a", 0.5).with("b", 0.3).with("c", 0.2)
	for n := range 50 {
		sum := 0
		for i, c := range m.counts(n) {
			sum += c
			if math.Abs(float64(c)-m.shares[i]*float64(n)) >= 1 {
				t.Errorf("%d of %d are %s", c, n, m.names[i])
			}
		}
		if sum != n {
			t.Errorf("%d were shared out as %d", n, sum)
		}
	}
}

func BenchmarkEngland(b *testing.B) {
	for b.Loop() {
		Generate(England, 1, day)
	}
}
