package web

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/lab"
	"homeward/internal/programme"
	"homeward/internal/work"
)

// adopted records children of Derby who were adopted on a day.
func (s *testSite) adopted(n int, day date.Date) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		var list []child.Change
		for i := range n {
			list = append(list, child.Change{After: child.Child{ID: work.NewID(), Agency: "DER", Ref: fmt.Sprintf("PK%s%d", day, i), GivenName: "Packed", FamilyName: "Zqpackedxw", Plan: "undecided", Status: "placed",
				EnteredCare: day.AddMonths(-24), DecisionDate: day.AddMonths(-18), OrderDate: day.AddMonths(-16),
				Milestones: []child.Milestone{{What: "matched", Day: day.AddMonths(-13)}, {What: "placed", Day: day.AddMonths(-12), Detail: "A6"}, {What: "adopted", Day: day}}}})
		}
		return child.SaveAll(u, list)
	})
}

// published publishes the pack of an agency's last quarter as its operator.
func (s *testSite) published(u *work.Unit, code, area string, back int) (p programme.Published, err error) {
	book, err := agency.Open(u)
	if err != nil {
		return p, err
	}
	a, err := programme.FindArea(u, book, code, area)
	if err != nil {
		return p, err
	}
	q := programme.Ended(u.Today, back)[back-1]
	made, err := programme.Make(u, book, code, a, q)
	if err != nil {
		return p, err
	}
	seal, err := made.Seal()
	if err != nil {
		return p, err
	}
	return programme.Publish(u, book, code, a, q, seal)
}

// somePacks are a pack of Derby's in two versions, after a correction, and for the
// matrix one of every agency.
func (s *testSite) somePacks(u *work.Unit) error {
	if _, err := s.published(u, "DER", "DER", 1); err != nil {
		return err
	}
	list, err := child.Load(u.Tx, child.Query{Agencies: []string{"DER"}})
	if err != nil {
		return err
	}
	day := programme.Ended(u.Today, 1)[0].Period().First
	var changes []child.Change
	for i, c := range list {
		if len(changes) < 9 && len(c.Milestones) == 0 && c.Status == "waiting" {
			c.Milestones = []child.Milestone{{What: "matched", Day: day}, {What: "placed", Day: day.AddDays(20), Detail: "A6"}}
			changes = append(changes, child.Change{Before: &list[i], After: c})
		}
	}
	if err := child.SaveAll(u, changes); err != nil {
		return err
	}
	_, err = s.published(u, "DER", "DER", 1)
	return err
}

// packTargets are the packs that stand in the path: one of every agency.
func (m *matrix) packTargets(path string) (list []target) {
	for code, id := range m.packs {
		list = append(list, target{strings.Replace(path, "{pack}", id, 1), func(kind access.Kind) access.Thing { return m.book.Thing(kind, code) }})
	}
	return list
}

// somePacksOf publishes a pack of every agency.
func (m *matrix) somePacksOf(t *testing.T) {
	t.Helper()
	m.packs = map[string]string{}
	if err := m.do(operator, func(u *work.Unit) error {
		for _, code := range matrixAgencies {
			p, err := m.published(u, code, code, 1)
			if err != nil {
				return err
			}
			m.packs[code] = p.ID
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

var sealField = regexp.MustCompile(`name="seal" value="([0-9a-f]+)"`)

const derbysQuarter = "/packs/new?area=DER&quarter=2026%2F27-Q2"

// publish looks at the preview and publishes it.
func (b *browser) publish() string {
	b.t.Helper()
	m := sealField.FindStringSubmatch(b.get(derbysQuarter, http.StatusOK))
	if m == nil {
		b.t.Fatal("the preview has no seal")
	}
	return b.post("/packs/new", url.Values{"area": {"DER"}, "quarter": {"2026/27-Q2"}, "seal": {m[1]}}, http.StatusOK)
}

var packLink = regexp.MustCompile(`href="(/packs/[2-9B-Z]{12})"`)

func (b *browser) firstPack() string {
	b.t.Helper()
	m := packLink.FindStringSubmatch(b.get("/packs", http.StatusOK))
	if m == nil {
		b.t.Fatal("no pack is listed")
	}
	return m[1]
}

func TestAPackIsSeenThenPublishedThenCorrected(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.adopted(12, date.MustOf(2026, 8, 12))
		b := s.as("DER", access.Manager)
		wants(t, b.get("/packs", http.StatusOK), []string{"No pack has been published yet"})
		wants(t, b.get("/packs/new", http.StatusOK), []string{"Make a pack", "July to September 2026"}, "October to December 2026")
		wants(t, b.get(derbysQuarter, http.StatusOK), []string{"Preview: Derby: adoption, July to September 2026", "12 adoption orders were granted", "This pack is not published", "Publish this pack"}, "Zqpackedxw", "pack.docx")
		wants(t, b.get("/packs", http.StatusOK), []string{"No pack has been published yet"})

		page := b.publish()
		wants(t, page, []string{"Version 1 is published. It stays as it is now.", "12 adoption orders were granted", "Version 1, published by Derby on 23 November 2026."}, "Zqpackedxw", "not published")
		first := b.firstPack()
		wants(t, b.get(first+"/changes", http.StatusOK), []string{"This is the first version of this pack.", "No number would change."})
		if again := b.post("/packs/new", url.Values{"area": {"DER"}, "quarter": {"2026/27-Q2"}, "seal": {sealField.FindStringSubmatch(b.get(derbysQuarter, http.StatusOK))[1]}}, http.StatusUnprocessableEntity); !strings.Contains(textOf(again), "Nothing has changed since version 1 was published") {
			t.Error(textOf(again))
		}
		before := b.get(first+"/pack.docx", http.StatusOK)

		s.adopted(3, date.MustOf(2026, 9, 1))
		wants(t, b.get(first, http.StatusOK), []string{"12 adoption orders were granted"}, "15 adoption orders")
		wants(t, b.get(first+"/changes", http.StatusOK), []string{"The records have been corrected since.", "Adoption orders granted What was done and how things stood Jul to Sep 2026 12 15", "See the next version"})
		wants(t, b.publish(), []string{"Version 2 is published.", "15 adoption orders were granted"})
		second := b.firstPack()
		wants(t, b.get(second+"/changes", http.StatusOK), []string{"Adoption orders granted What was done and how things stood Jul to Sep 2026 12 15", "No number would change."}, "first version")
		wants(t, b.get(first, http.StatusOK), []string{"There is a later version of this pack.", "12 adoption orders were granted"})
		wants(t, b.get("/packs", http.StatusOK), []string{"Derby , July to September 2026, version 2", "Derby , July to September 2026, version 1"})
		if after := b.get(first+"/pack.docx", http.StatusOK); after != before || len(after) == 0 {
			t.Error("the document of the first version is another after the correction")
		}
		for _, id := range []string{first, second} {
			if e := s.entries(access.Figures, "DER", strings.TrimPrefix(id, "/packs/")); e[len(e)-1].Action != "published" || e[0].Action != "viewed" && e[0].Action != "downloaded" {
				t.Errorf("the record says %+v", e)
			}
		}
	})
}

func TestWhatNobodyLookedAtIsNotPublished(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		for _, c := range []struct {
			form   url.Values
			status int
			says   string
		}{
			{url.Values{"area": {"DER"}, "quarter": {"2026/27-Q2"}}, 422, "The numbers have changed since you looked at this pack. Nothing was published"},
			{url.Values{"area": {"DER"}, "quarter": {"2026/27-Q3"}}, 422, "Select the quarter"},
			{url.Values{"area": {"LEI"}, "quarter": {"2026/27-Q2"}}, 422, "Select the area"},
			{url.Values{}, 422, "Select the area"},
		} {
			wants(t, b.post("/packs/new", c.form, c.status), []string{c.says})
		}
		wants(t, b.get("/packs", http.StatusOK), []string{"No pack has been published yet"})
	})
}

func TestAPackOfOthersIsNotThere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.adopted(12, date.MustOf(2026, 8, 12))
		b := s.as("DER", access.Manager)
		b.publish()
		path := b.firstPack()
		stranger := s.as("LEI", access.Manager).get(path, http.StatusNotFound)
		if none := s.as("LEI", access.Manager).get("/packs/NOSUCHTHING2", http.StatusNotFound); textOf(stranger) != textOf(none) {
			t.Error("a stranger can tell a pack that is there from one that is not")
		}
		for _, end := range []string{"", "/pack.docx", "/tables.zip", "/changes"} {
			s.as("LEI", access.Manager).get(path+end, http.StatusNotFound)
			s.as("VAA1", access.AdopterWorker).get(path+end, http.StatusNotFound)
			s.as("DER", access.HomeFinder).get(path+end, http.StatusOK)
		}
		finder := s.as("DER", access.HomeFinder)
		wants(t, finder.get(path+"/changes", http.StatusOK), []string{"This is the first version"}, "If it were published again now")
		wants(t, finder.get("/packs", http.StatusOK), []string{"Derby"}, "/packs/new")
		finder.get("/packs/new", http.StatusForbidden)
		finder.post("/packs/new", url.Values{"area": {"DER"}, "quarter": {"2026/27-Q2"}}, http.StatusForbidden)
	})
}

func TestThePacksDocumentAndTablesAreWhole(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.adopted(40, date.MustOf(2026, 8, 12))
		b := s.as("DER", access.Manager)
		b.publish()
		path := b.firstPack()
		files := unzip(t, b.get(path+"/pack.docx", http.StatusOK))
		for name, body := range files {
			if !strings.HasSuffix(name, ".png") {
				wellFormed(t, name, body)
			}
		}
		for _, says := range []string{"Derby: adoption, July to September 2026", "40 adoption orders were granted", "Version 1, published by Derby on 23 November 2026.", "Whether some children wait longer"} {
			if !strings.Contains(files["word/document.xml"], says) {
				t.Errorf("the document does not say %q", says)
			}
		}
		if strings.Contains(files["word/document.xml"], "Zqpackedxw") || strings.Contains(files["word/document.xml"], "not published") || files["word/media/image1.png"] == "" {
			t.Error("the document names a child, says it is a preview, or lacks a picture")
		}
		tables := unzip(t, b.get(path+"/tables.zip", http.StatusOK))
		if !strings.Contains(tables["01-activity.csv"], "Adoption orders granted,c,c,c,c,40\r\n") || len(tables) < 8 {
			t.Errorf("%d tables: %q", len(tables), tables["01-activity.csv"])
		}
	})
}

func unzip(t *testing.T, text string) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(body)
	}
	return files
}

// wellFormed reads a part of a document to its end.
func wellFormed(t *testing.T, name, body string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

// TestThePackPreviewIsAccessible looks at a preview and a pack of a whole region:
// the crawl comes by the form and the pack alone.
func TestThePackPreviewIsAccessible(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	s := labSite(t, lab.Pilot)
	b := chromium(t, s)
	b.signIn("DER", access.Manager)
	b.open(derbysQuarter)
	b.look("the preview of a pack", "pack-preview")
	b.width(1280)
	b.open("/packs/new?area=pool+D2N2&quarter=2026%2F27-Q2")
	b.look("the preview of an area's pack", "pack-area-preview")
	b.width(1280)
	b.open("/packs/new?area=nowhere&quarter=2026%2F27-Q2")
	b.look("a pack of an area that is none", "pack-mistake")
	var pack programme.Listed
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		list, err := programme.List(u, book)
		pack = list[0]
		return err
	})
	for path, name := range map[string]string{packPath(pack.ID): "pack-published", packPath(pack.ID) + "/changes": "pack-changes"} {
		b.width(1280)
		b.open(path)
		b.look(name, name)
	}
	if to := os.Getenv("HOMEWARD_SCREENSHOTS"); to != "" {
		var p programme.Pack
		s.operate(func(u *work.Unit) error {
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			for _, a := range programme.Areas(u, book, "DER") {
				if p, err = programme.Make(u, book, "DER", a, programme.Ended(u.Today, 1)[0]); err != nil {
					return err
				}
				body, err := PackDocument(p)
				if err != nil {
					return err
				}
				if err := os.WriteFile(to+"/pack-"+strings.ReplaceAll(a.ID, " ", "-")+".docx", body, 0o600); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
