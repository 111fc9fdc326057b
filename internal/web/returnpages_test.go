package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// officer signs in somebody who answers for an agency's returns.
func (s *testSite) officer(code string) *browser { return s.asWorker(s.dataOfficer(code)) }

func (s *testSite) dataOfficer(code string) string {
	s.t.Helper()
	var w agency.Worker
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err == nil {
			w, err = agency.SaveWorker(u, book, agency.Worker{Agency: code, Name: "Data " + code, Role: access.DataOfficer})
		}
		return err
	})
	return w.ID
}

const headerCSV = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"

// goodReturn is Derby's of 2025/26: C1 is known to Homeward, with another date of
// the placement order; A1 waits under an order; D1 went home; E1 has no plan of
// adoption. The sex of A1 is no code of the return's.
func goodReturn() []string {
	return []string{
		"header.csv", headerCSV + "A1,X,01/02/2023,WBRI,UN1,,\nC1,F,04/05/2022,WBRI,UN1,,\nD1,M,11/11/2022,WBRI,UN1,,\nE1,F,12/12/2012,WBRI,UN2,,\n",
		"episodes.csv", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n" +
			"A1,01/06/2025,S,C1,N1,U6,PR1,01/12/2025,X1,,DE1 1CI,DE2 2CI,SC1\nA1,01/12/2025,L,E1,N1,U6,PR1,,,,DE1 1CI,DE2 2CI,SC1\n" +
			"C1,01/06/2025,S,C1,N1,U6,PR1,03/02/2026,X1,,DE1 1CI,DE2 2CI,SC1\nC1,03/02/2026,L,E1,N1,U6,PR1,,,,DE1 1CI,DE2 2CI,SC1\n" +
			"D1,03/06/2025,S,C2,N1,U6,PR1,03/12/2025,E4A,,DE1 1CI,DE2 4CI,SC1\nE1,03/03/2020,S,C2,N1,U6,PR1,,,,DE1 1CI,DE2 4CI,SC1\n",
		"placed.csv", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\nA1,01/02/2023,01/10/2025,,\nC1,04/05/2022,03/11/2025,,\nD1,11/11/2022,01/09/2025,01/12/2025,RD1\n",
	}
}

// give uploads a return, by name and content of its files in turn.
func (b *browser) give(status, year int, files ...string) (path, page string) {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	err := w.WriteField("year", fmt.Sprint(year))
	for i := 0; i+1 < len(files) && err == nil; i += 2 {
		var part io.Writer
		if part, err = w.CreateFormFile("files", files[i]); err == nil {
			_, err = io.WriteString(part, files[i+1])
		}
	}
	if err != nil || w.Close() != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Post(b.http.URL+"/returns/new", w.FormDataContentType(), &body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.Request.URL.Path, b.read(answer, "/returns/new", status)
}

func TestAReturnIsGivenAndChecked(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		wants(t, b.get("/returns", http.StatusOK), []string{"No return has been given yet", "Export the SSDA903", "Give a return"})
		page := b.get("/returns/new", http.StatusOK)
		wants(t, page, []string{"Collection year", "2018/19", "2026/27", "Up to 60 MB"})
		if !strings.Contains(page, `<option value="2026" selected`) {
			t.Error("the last year that ended is not chosen")
		}
		path, page := b.give(http.StatusOK, 2026, goodReturn()...)
		wants(t, page, []string{"No record has changed", "SSDA903 return, 2025/26", "Given by Data DER", "4 children", "101", "3 findings. 3 are still open", "not run, and why", "homeward returns check DIR --year 2026",
			"Children who are new to Homeward 2", "Children with something to decide 1"}, "A1", "DE1 1CI")
		wants(t, b.get("/returns", http.StatusOK), []string{"2025/26", "Given, not taken in", "Data DER"}, "A1")
		wants(t, b.get(path+"/findings?rule=101", http.StatusOK), []string{"Rule 101, child A1", "SEX is X", "header.csv line 2", "I have checked it"})
		wants(t, b.get(path+"/findings?rule=101&show=checked", http.StatusOK), []string{"0 findings", "No finding fits"}, "A1")
		id := strings.TrimPrefix(path, "/returns/")
		if e := s.entries(access.Return, "DER", id); e[len(e)-1].Action != "held" || e[0].Action != "viewed" {
			t.Errorf("on the record: %+v", e)
		}
		_, page = b.give(http.StatusOK, 2020, "header.csv", headerCSV+"A1,2,01/02/2015,WBRI,UN1,,\n")
		wants(t, page, []string{"no published rules for 2019/20", "Rules are known from 2022/23"}, "/findings")
	})
}

func TestAReturnThatCannotBeBelievedSaysWhereAndIsNotKept(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		_, page := b.give(http.StatusUnprocessableEntity, 2026, "header.csv", headerCSV+"A1,F,31/02/2024,WBRI,,,\nA1,F,01/02/2024,WBRI,,,\n")
		wants(t, page, []string{"There is a problem", "Nothing was taken in", "header.csv line 2, DOB: This is no day", "header.csv line 3, CHILD: The child is on line 2 already"})
		if n := strings.Count(page, `<a href="#files">`); n != 3 {
			t.Errorf("the summary has %d lines that lead to the files", n)
		}
		for _, bad := range []struct{ name, content, says string }{
			{"", "", "Select the files of the return"}, {"header.csv", "", "The file header.csv is empty"}, {"header.xlsx", "x", "must be a CSV or XML"},
			{"header.csv", "\xff\xfeC\x00", "UTF-16"}, {"all.xml", `<!DOCTYPE x [<!ENTITY a "b">]><EXPSSDA903/>`, "line 1"}, {"a.csv", "A,B\n1,2\n", "no table of the return"},
		} {
			files := []string{bad.name, bad.content}
			if bad.name == "" {
				files = nil
			}
			_, page := b.give(http.StatusUnprocessableEntity, 2026, files...)
			wants(t, page, []string{bad.says})
		}
		_, page = b.give(http.StatusUnprocessableEntity, 1999, goodReturn()...)
		wants(t, page, []string{"Select the collection year"})
		wants(t, b.get("/returns", http.StatusOK), []string{"No return has been given yet"})
	})
}

func TestAReturnMayBeLargerThanAnImportAndHasAnEnd(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		large := headerCSV + strings.Repeat("A1,F,01/02/2023,WBRI,UN1"+strings.Repeat(" ", 1000)+",,\n", 35_000)
		_, page := b.give(http.StatusUnprocessableEntity, 2026, "header.csv", large)
		wants(t, page, []string{"and 34979 more like these"})
		_, page = b.give(http.StatusRequestEntityTooLarge, 2026, "header.csv", strings.Repeat("x", maxReturnBody))
		wants(t, page, []string{"larger than 60 MB"})
	})
}

func TestAFindingIsMarkedAsTrueAndTakenBack(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		path, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		mark := regexp.MustCompile(`href="(/returns/[^"]+/true)"`).FindStringSubmatch(b.get(path+"/findings?rule=101", http.StatusOK))[1]
		wants(t, b.get(mark, http.StatusOK), []string{"Why is it true?", "SEX is X", "Rule 101, child A1"})
		wants(t, b.post(mark, url.Values{"reason": {"  "}}, http.StatusUnprocessableEntity), []string{"Enter why it is true"})
		wants(t, b.post(mark, url.Values{"reason": {strings.Repeat("x", 1001)}}, http.StatusUnprocessableEntity), []string{"1000 characters or less"})
		page := b.post(mark, url.Values{"reason": {"Seen on the <b>certificate"}}, http.StatusOK)
		wants(t, page, []string{"Checked and true", "Seen on the <b>certificate", "by Data DER, ", "Take back"}, "<b>cert")
		wants(t, b.post(mark, url.Values{"reason": {"Again"}}, http.StatusUnprocessableEntity), []string{"Somebody has checked this finding already"})
		again, page := b.give(http.StatusOK, 2026, goodReturn()...)
		wants(t, page, []string{"1 checked and true"})
		wants(t, b.get(again+"/findings?show=checked", http.StatusOK), []string{"1 finding", "Seen on the <b>certificate"})

		rows, err := csv.NewReader(strings.NewReader(b.get(path+"/findings.csv", http.StatusOK))).ReadAll()
		if err != nil || len(rows) < 2 || rows[1][0] != "101" || rows[1][3] != "A1" || rows[1][7] != "Seen on the <b>certificate" {
			t.Errorf("the file says %v (%v)", rows, err)
		}
		s.officer("LEI").post(mark+"/end", nil, http.StatusNotFound)
		wants(t, b.post(mark+"/end", nil, http.StatusOK), []string{"The finding is open again", "I have checked it"}, "certificate")
		b.post(mark+"/end", nil, http.StatusConflict)
		b.get(path+"/findings/nothing/true", http.StatusNotFound)
	})
}

// answersOf are what a form that was answered sends: its hidden values and the
// given answer to everything it asks; to "take" is to decide anew too.
func answersOf(page, answer string) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Add(m[1], m[2])
	}
	for _, m := range regexp.MustCompile(`name="(decide-\d+|others)"`).FindAllStringSubmatch(page, -1) {
		if answer != "" && !form.Has(m[1]) {
			form.Set(m[1], answer)
		}
	}
	for _, m := range regexp.MustCompile(`name="anew" type="checkbox" value="(\d+)"`).FindAllStringSubmatch(page, -1) {
		if answer == "take" {
			form.Add("anew", m[1])
		}
	}
	return form
}

func TestAReturnIsTakenInOnceEveryConflictIsDecided(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		path, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		compare := path + "/compare"
		page := b.get(compare, http.StatusOK)
		// The hand-made site says that C1 entered care on 1 March 2025 and has an
		// order of 2 February 2026.
		wants(t, page, []string{"Decide these first", "C1: placement order", "Keep what Homeward says: 2 February 2026", "Take what the return says: 3 February 2026", "SSDA903 2025/26 Episodes row 4",
			"A1, new to Homeward", "Born Not recorded 1 February 2023 New SSDA903 2025/26 Header row 1 (header.csv line 2)", "White British"}, "E1")
		wants(t, b.post(compare, answersOf(page, ""), http.StatusUnprocessableEntity), []string{"Select what is right of C1, placement order"})
		undecided := answersOf(page, "")
		undecided.Set("sure", "yes")
		wants(t, b.post(compare, undecided, http.StatusUnprocessableEntity), []string{"Select what is right of C1, placement order"})
		if got := s.child("DER/C1"); got.OrderDate != date.MustOf(2026, 2, 2) || got.Version != 1 {
			t.Fatal("something was taken in undecided", got.OrderDate)
		}

		sureOf := b.post(compare, answersOf(page, "keep"), http.StatusOK)
		wants(t, sureOf, []string{"Take the return in?", "2 children become records", "stay as Homeward has", "Cancel"})
		form := answersOf(sureOf, "")
		stale := url.Values{"seen": {"another"}, "sure": {"yes"}, "decide-0": {"keep"}, "decide-1": {"keep"}}
		wants(t, b.post(compare, stale, http.StatusUnprocessableEntity), []string{"The records have changed since you opened this page"})
		wants(t, b.post(compare, form, http.StatusOK), []string{"The return is taken in. 2 records added", "Taken in"})
		if got := s.child("DER/C1"); got.OrderDate != date.MustOf(2026, 2, 2) {
			t.Error("what was kept was changed to", got.OrderDate)
		}
		if got := s.childOf("DER", "A1"); got.OrderDate != date.MustOf(2025, 12, 1) || got.Status != "waiting" {
			t.Errorf("A1 was taken in as %+v", got)
		}

		page = b.get(compare, http.StatusOK)
		form = answersOf(b.post(compare, answersOf(page, "take"), http.StatusOK), "")
		wants(t, b.post(compare, form, http.StatusOK), []string{"1 record changed"})
		if got := s.child("DER/C1"); got.OrderDate != date.MustOf(2026, 2, 3) {
			t.Error("the return was not believed:", got.OrderDate)
		}
		wants(t, b.get(compare, http.StatusOK), []string{"The return says nothing that the records do not"}, "decide-0")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"]); e[0].Action == "refused" {
			t.Errorf("on the record: %+v", e[0])
		}
	})
}

// childOf is a child by the agency's own reference.
func (s *testSite) childOf(code, ref string) (found child.Child) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		list, err := child.Load(u.Tx, child.Query{Agencies: []string{code}})
		for _, c := range list {
			if c.Ref == ref {
				found = c
			}
		}
		return err
	})
	return found
}

// faultyReturn is goodReturn where A1 can be no record: the ethnic code is none.
func faultyReturn() []string {
	files := goodReturn()
	files[1] = strings.Replace(files[1], "A1,X,01/02/2023,WBRI", "A1,F,01/02/2023,QQQQ", 1)
	return files
}

func TestWhoCanBeNoRecordIsSetAsideAndTheOthersAreTakenIn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		path, page := b.give(http.StatusOK, 2026, faultyReturn()...)
		compare := path + "/compare"
		wants(t, page, []string{"Children set aside: no record can hold what the return says of them 1", "Children who are new to Homeward 1"})
		page = b.get(compare, http.StatusOK)
		row := []string{"Set aside", "A1 header.csv line 2 ETHNIC", "is not one of: WBRI", "give the return again"}
		wants(t, page, row, "A1, new to Homeward")
		page = b.post(compare, answersOf(page, "keep"), http.StatusOK)
		wants(t, page, append(row, "1 child becomes a record", "1 child is set aside: nothing the return says of them is taken in", "I take the return in without 1 child", "Of the others all of it happens or nothing"))
		form := answersOf(page, "")
		wants(t, b.post(compare, form, http.StatusUnprocessableEntity), []string{"There is a problem", "Select that you take the return in without 1 child", "Take the return in?"})
		form.Set("without", "2")
		wants(t, b.post(compare, form, http.StatusUnprocessableEntity), []string{"Select that you take the return in without 1 child"})
		if got := s.childOf("DER", "D1"); got.ID != "" {
			t.Error("somebody was taken in unconfirmed")
		}
		form.Set("without", "1")
		wants(t, b.post(compare, form, http.StatusOK), append(row[1:3], "The return is taken in. 1 record added", "1 child set aside", "Taken in without 1 child"))
		if a, d := s.childOf("DER", "A1"), s.childOf("DER", "D1"); a.ID != "" || d.ID == "" {
			t.Errorf("A1 %q was taken in, or D1 %q not", a.ID, d.ID)
		}
		wants(t, b.get("/returns", http.StatusOK), []string{"Taken in without 1 child"})
		told := false
		for _, e := range s.entries(access.Return, "DER", strings.TrimPrefix(path, "/returns/")) {
			told = told || e.Action == "took in" && e.Detail == "1 set aside"
		}
		if !told {
			t.Error("the record does not say that a child was set aside")
		}
		s.officer("LEI").get(path, http.StatusNotFound)

		again, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		page = b.post(again+"/compare", answersOf(b.get(again+"/compare", http.StatusOK), "keep"), http.StatusOK)
		wants(t, b.post(again+"/compare", answersOf(page, ""), http.StatusOK), []string{"1 record added"}, "child set aside")
		wants(t, b.get(path, http.StatusOK), []string{"Replaced by a later one, was taken in without 1 child", "Taken in without 1 child"})
	})
}

func TestWhatWasDecidedBeforeIsListedAndDecidedAnewIfSomebodyWants(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		take := func(path, answer string) string {
			t.Helper()
			sureOf := b.post(path+"/compare", answersOf(b.get(path+"/compare", http.StatusOK), answer), http.StatusOK)
			return b.post(path+"/compare", answersOf(sureOf, ""), http.StatusOK)
		}
		first, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		wants(t, take(first, "keep"), []string{"2 facts kept"})
		second, page := b.give(http.StatusOK, 2026, goodReturn()...)
		wants(t, page, []string{"Children with something to decide 0", "Children of whom all that differs was decided before 1"})
		page = b.get(second+"/compare", http.StatusOK)
		wants(t, page, []string{"Decided before", "C1: placement order, take what the return says: 3 February 2026", "Homeward says: 2 February 2026. Data DER kept that on ", "Decided before by Data DER, "}, "decide-0", "Decide these first")
		wants(t, take(second, "keep"), []string{"0 records changed, 2 facts kept"})
		third, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		wants(t, take(third, "take"), []string{"1 record changed, 0 facts kept"})
		if got := s.child("DER/C1"); got.OrderDate != date.MustOf(2026, 2, 3) {
			t.Error("what was decided anew was not done:", got.OrderDate)
		}
	})
}

func TestALongComparisonDecidesTheRestAtOnce(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		header, episodes := headerCSV, "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
		s.operate(func(u *work.Unit) error {
			var list []child.Child
			for i := range conflictsShown + 5 {
				ref := fmt.Sprintf("K%03d", i)
				list = append(list, child.Child{Agency: "DER", Ref: ref, Born: date.MustOf(2022, 5, 4), Sex: "F", Ethnic: "WBRI", EnteredCare: date.MustOf(2025, 6, 1), OrderDate: date.MustOf(2026, 2, 2), Status: "waiting", Plan: "undecided"})
				header += ref + ",F,04/05/2022,WBRI,UN1,,\n"
				episodes += ref + ",01/06/2025,S,C1,N1,U6,PR1,03/02/2026,X1,,DE1 1CI,DE2 2CI,SC1\n" + ref + ",03/02/2026,L,E1,N1,U6,PR1,,,,DE1 1CI,DE2 2CI,SC1\n"
			}
			u.Did("added", work.Subject{Kind: access.Child, Agency: "DER"}, "for the test")
			return s.save(u, list, nil)
		})
		b := s.officer("DER")
		path, _ := b.give(http.StatusOK, 2026, "header.csv", header, "episodes.csv", episodes)
		page := b.get(path+"/compare", http.StatusOK)
		wants(t, page, []string{"For the other 5 facts", "child by child: 205 children", "K000"}, "K204")
		wants(t, b.get(path+"/compare?page=11", http.StatusOK), []string{"K204"})
		missing := answersOf(page, "keep")
		missing.Del("others")
		wants(t, b.post(path+"/compare", missing, http.StatusUnprocessableEntity), []string{"Select what goes for the other facts"})
		decided := answersOf(page, "keep")
		decided.Set("others", "take")
		page = b.post(path+"/compare", decided, http.StatusOK)
		wants(t, page, []string{"5 records change", "200 facts stay"})
		wants(t, b.post(path+"/compare", answersOf(page, ""), http.StatusOK), []string{"5 records changed, 200 facts kept"})
	})
}

func TestTheWrittenReturnIsAFileOfItsOwn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		wants(t, b.get("/returns/write", http.StatusOK), []string{"Make the file", "CSV files, in one zip file"})
		wants(t, b.post("/returns/write", url.Values{"year": {"2019"}, "as": {"csv"}}, http.StatusUnprocessableEntity), []string{"There is nothing to write for this year"})
		wants(t, b.post("/returns/write", url.Values{"year": {"x"}}, http.StatusUnprocessableEntity), []string{"Select the collection year", "Select what kind of file"})
		answer, err := b.client.PostForm(b.http.URL+"/returns/write", url.Values{"year": {"2026"}, "as": {"csv"}})
		if err != nil {
			t.Fatal(err)
		}
		if h := answer.Header; h.Get("Content-Disposition") != `attachment; filename="ssda903-DER-2026.zip"` || h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/zip" {
			t.Errorf("the file is sent as %v", h)
		}
		content := b.read(answer, "/returns/write", http.StatusOK)
		archive, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		placed, err := archive.Open(ssda903.PlacedAdoption.FileName())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(placed).ReadAll()
		if err != nil || len(rows) < 2 || rows[1][0] != "C1" || rows[1][2] != "03/11/2025" {
			t.Errorf("%v (%v)", rows, err)
		}
		text := b.post("/returns/write", url.Values{"year": {"2026"}, "as": {"xml"}}, http.StatusOK)
		if err := xml.Unmarshal([]byte(text), new(struct {
			XMLName xml.Name `xml:"EXPSSDA903"`
		})); err != nil || !strings.Contains(text, "C1") {
			t.Errorf("%v\n%s", err, text)
		}
		if n := s.counted("downloaded"); n != 2 {
			t.Errorf("%d downloads are on the record", n)
		}
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "viewed" || e.Detail != "into a return" {
			t.Errorf("on the record of the child: %+v", e)
		}
	})
}

func TestWritingAReturnAsksAgainThatItIsYou(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		s.later(account.StepUp + time.Minute)
		for _, answer := range []string{b.get("/returns/write", http.StatusOK), b.post("/returns/write", url.Values{"year": {"2026"}, "as": {"csv"}}, http.StatusOK)} {
			wants(t, answer, []string{"Confirm that it is you"}, "C1")
		}
	})
}

func TestReturnsAreThereForTheirOwnCouncilAlone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		path, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		mark := regexp.MustCompile(`href="(/returns/[^"]+/true)"`).FindStringSubmatch(b.get(path+"/findings?rule=101", http.StatusOK))[1]
		pages := []string{path, path + "/findings", path + "/findings.csv", mark, path + "/compare"}
		for _, stranger := range []*browser{s.officer("LEI"), s.as("NOT", access.Manager), s.as("VAA1", access.Manager), s.as("DER", access.HomeFinder), s.as("DER", access.PermanenceWorker), s.as("DER", access.Administrator)} {
			nobodys := textOf(stranger.get("/returns/NOSUCHTHING2", http.StatusNotFound))
			for _, page := range pages {
				if got := textOf(stranger.get(page, http.StatusNotFound)); got != nobodys {
					t.Errorf("%s is told from a return that does not exist: %s", page, got)
				}
			}
			stranger.post(mark, url.Values{"reason": {"x"}}, http.StatusNotFound)
			stranger.post(mark+"/end", nil, http.StatusNotFound)
			stranger.post(path+"/compare", url.Values{"sure": {"yes"}}, http.StatusNotFound)
		}
		s.as("DER", access.HomeFinder).get("/returns", http.StatusNotFound)
		s.as("DER", access.HomeFinder).get("/returns/write", http.StatusNotFound)
		s.as("DER", access.Manager).get(path, http.StatusOK)
		voluntary := s.as("VAA1", access.Manager)
		for _, page := range []string{"/returns", "/returns/new", "/returns/write"} {
			wants(t, voluntary.get(page, http.StatusOK), []string{"Lantern Adoption is not a council"}, "Give a return")
		}
		voluntary.give(http.StatusOK, 2026, goodReturn()...)
	})
}

func TestADataOfficersMenuLeadsToPagesThatOpen(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		page := b.get("/", http.StatusOK)
		wants(t, page, []string{"Returns", "Children waiting"}, `href="/families"`, `href="/asks"`)
		for _, m := range regexp.MustCompile(`govuk-service-navigation__link" href="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			b.get(m[1], http.StatusOK)
		}
		wants(t, b.get(s.childPath("DER/C1"), http.StatusOK), []string{"Asha Testname"}, "DE22") // who, and not where
		b.get(s.familyPath("VAA1/F1"), http.StatusNotFound)
		b.get("/families", http.StatusNotFound)
		wants(t, s.as("DER", access.PermanenceWorker).get("/", http.StatusOK), []string{"Families", "Asks"}, `href="/returns"`)
	})
}

func TestARestrictedChildIsCountedInTheComparisonAndNotNamed(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.officer("DER")
		path, _ := b.give(http.StatusOK, 2026, goodReturn()...)
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.Manager))
		page := b.get(path+"/compare", http.StatusOK)
		wants(t, page, []string{"their records are closed to you 1", "A1, new to Homeward"}, "C1", "decide-0")
		sureOf := b.post(path+"/compare", answersOf(page, ""), http.StatusOK)
		wants(t, sureOf, []string{"1 child is left out: the record is closed to you"})
		wants(t, b.post(path+"/compare", answersOf(sureOf, ""), http.StatusOK), []string{"The return is taken in. 2 records added, 0 records changed"})
		if got := s.child("DER/C1"); got.Version != 1 {
			t.Error("a restricted record was changed")
		}
		wants(t, s.as("DER", access.Manager).get(path+"/compare", http.StatusOK), []string{"C1: placement order"})
	})
}

// TestReturnsInEveryStateAreAccessible looks at what a crawl does not come by.
func TestReturnsInEveryStateAreAccessible(t *testing.T) {
	s := browserSite(t)
	id := s.dataOfficer("DER")
	data, b := s.asWorker(id), chromium(t, s)
	b.setSession(s.session(id))
	see := func(picture, path, says string) {
		t.Helper()
		b.width(1280)
		if path != "" {
			b.open(path)
		}
		if page := evaluate[string](b, "document.body.innerText"); !strings.Contains(page, says) {
			t.Errorf("%s does not say %q: %s", picture, says, page)
		}
		b.look(picture, "returns-"+picture)
	}
	see("none", "/returns", "No return has been given yet")
	b.open("/returns/new")
	b.fillIn(nil)
	see("no-files", "", "Select the files of the return")
	path, _ := data.give(http.StatusOK, 2026, goodReturn()...)
	see("not-run", path, "not run, and why")
	evaluate[bool](b, `document.querySelector("details").open = true`)
	see("not-run-open", "", "homeward returns check")
	mark := regexp.MustCompile(`href="(/returns/[^"]+/true)"`).FindStringSubmatch(data.get(path+"/findings?rule=101", http.StatusOK))[1]
	data.post(mark, url.Values{"reason": {"Seen on the certificate"}}, http.StatusOK)
	see("marked", path+"/findings", "Seen on the certificate")
	see("marked-already", mark, "marked this as true")
	b.open(path + "/compare")
	b.fillIn(nil)
	see("undecided", "", "Select what is right of C1")
	b.fillIn(map[string]string{`[name="decide-0"][value="keep"]`: "", `[name="decide-1"][value="take"]`: ""})
	see("sure", "", "Take the return in?")
	b.fillIn(nil)
	see("taken", "", "The return is taken in")
	see("kept", path+"/compare", "C1: entered care")
	faulty, _ := data.give(http.StatusOK, 2026, faultyReturn()...)
	see("set-aside", faulty, "Children set aside")
	see("set-aside-compared", faulty+"/compare", "is not one of: WBRI")
	b.fillIn(nil)
	see("set-aside-sure", "", "I take the return in without 1 child")
	b.fillIn(nil)
	see("set-aside-unconfirmed", "", "Select that you take the return in without 1 child")
	b.fillIn(map[string]string{`[name="without"]`: ""})
	see("set-aside-taken", "", "Taken in without 1 child")
	see("set-aside-list", "/returns", "without 1 child")
	old, _ := data.give(http.StatusOK, 2020, "header.csv", headerCSV+"A1,2,01/02/2015,WBRI,UN1,,\n")
	see("without-rules", old, "no published rules")
	b.signIn("VAA1", access.Manager)
	see("voluntary", "/returns", "makes no SSDA903 return")
}

// someReturn gives Derby a return with a finding and something to decide, so that
// its pages can be looked at. (Of a child of the region, if there is one.)
func (s *testSite) someReturn(u *work.Unit) error {
	files := goodReturn()
	for _, key := range slices.Sorted(maps.Keys(s.id)) {
		if rest, ok := strings.CutPrefix(key, "DER/"); ok {
			for i := 1; i < len(files); i += 2 {
				files[i] = strings.ReplaceAll(files[i], "\nC1,", "\n"+rest+",")
			}
			break
		}
	}
	_, err := s.hold(u, "DER", files)
	return err
}

func (s *testSite) hold(u *work.Unit, code string, files []string) (returns.Reading, error) {
	book, err := agency.Open(u)
	if err != nil {
		return returns.Reading{}, err
	}
	var list []returns.Upload
	for i := 0; i+1 < len(files); i += 2 {
		list = append(list, returns.Upload{Name: files[i], Data: []byte(files[i+1])})
	}
	return returns.Hold(u, book, code, 2026, list)
}

// givenReturn is a return of the matrix and one of its findings.
type givenReturn struct {
	reading returns.Reading
	finding string
}

// someReturns gives two councils a return each, with canaries in it.
func (m *matrix) someReturns(t *testing.T) {
	t.Helper()
	for _, code := range []string{"DER", "LEI"} {
		ref, mother := m.secret(), m.secret()
		files := goodReturn()
		for i := 1; i < len(files); i += 2 {
			files[i] = strings.ReplaceAll(strings.ReplaceAll(files[i], "\nA1,", "\n"+ref+","), ref+",X,01/02/2023,WBRI,UN1,,", ref+",X,01/02/2023,WBRI,UN1,"+mother+",")
		}
		var g givenReturn
		if err := m.desk.Do(context.Background(), operator, "test", func(u *work.Unit) (err error) {
			if g.reading, err = m.hold(u, code, files); err != nil {
				return err
			}
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			c, err := returns.Check(u, book, g.reading, ssda903.Aids{})
			g.finding = c.Findings[0].Key()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{ref, mother} {
			m.plant(text, g.reading.Subject(), "", access.View, access.Return)
		}
		m.given = append(m.given, g)
	}
}
