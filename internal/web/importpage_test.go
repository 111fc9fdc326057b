package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"homeward/internal/access"
	"homeward/internal/exchange"

	"github.com/xuri/excelize/v2"
)

// send uploads files, by name and content in turn.
func (b *browser) send(status int, files ...string) string {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile("files", files[i])
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write([]byte(files[i+1])); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Post(b.http.URL+"/import", w.FormDataContentType(), &body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer, "/import", status)
}

// familiesFile is families.csv with rows of agency, reference, status and number
// of children.
func familiesFile(rows ...string) string {
	file := "agency_code,family_ref,status,max_children,adopters,approved_on,age_min,age_max,sex,languages,children_at_home,training,reserved_until,nickname\n"
	for _, row := range rows {
		file += row + ",,,,,,,,,,\n"
	}
	return file
}

var goodFamilies = familiesFile("NOT,F1,approved,3", "NOT,F77,approved,1")

const goodOffers = "agency_code,family_ref,code,answer,answered_on\nNOT,F77,fasd,yes,\n"

func TestImport(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("NOT", access.HomeFinder)
		wants(t, b.get("/import", http.StatusOK), []string{"Check these files", "XLSX", "never lifts a zone"})
		page := b.send(http.StatusOK, "families.csv", goodFamilies, "offers.csv", goodOffers)
		wants(t, page, []string{"Nothing has been saved yet", "Families 1 1 0", "Agencies 0 0 0", "families.csv 2", "offers.csv 1", "Import this", "nickname", "Cancel"})
		if s.family("NOT/F1").Status != "stage_two" {
			t.Fatal("a preview saved something")
		}
		page = b.post("/import/confirm", nil, http.StatusOK)
		wants(t, page, []string{"Imported. Families: 1 new, 1 changed."})
		if f := s.family("NOT/F1"); f.Status != "approved" || f.Version != 2 {
			t.Errorf("the family is %s, version %d", f.Status, f.Version)
		}
		wants(t, b.get("/families", http.StatusOK), []string{"NOT/F77"})
		b.post("/import/confirm", nil, http.StatusConflict) // once is once
		wants(t, b.send(http.StatusOK, "families.csv", goodFamilies), []string{"Families 0 0 2"})
		wants(t, b.post("/import/cancel", nil, http.StatusOK), []string{"Nothing was imported."})
		b.post("/import/confirm", nil, http.StatusConflict)
	})
}

func TestImportOfAWorkbook(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		book := excelize.NewFile()
		if err := book.SetSheetName("Sheet1", "families"); err != nil {
			t.Fatal(err)
		}
		for i, row := range strings.Split(familiesFile("VAA1,F5,approved,2"), "\n") {
			cells := strings.Split(row, ",")
			if err := book.SetSheetRow("families", fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
		content, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		wants(t, s.as("VAA1", access.HomeFinder).send(http.StatusOK, "region.xlsx", content.String()), []string{"Families 1 0 0", "families 1"})
	})
}

func TestImportProblems(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		bad := familiesFile("NOT,F1,asleep,1", "NOT,F2,<b>bold,", "NOT,F/3,approved,")
		page := b.send(http.StatusUnprocessableEntity, "families.csv", bad)
		wants(t, page, []string{"There is a problem", "3 problems were found in the files. Nothing was imported", "families.csv 2 status", "families.csv 4 family_ref", `"<b>bold" is not one of`, "Mend the files"}, "Import this", "<b>bold")
		b.post("/import/confirm", nil, http.StatusConflict)

		many := familiesFile(slices.Repeat([]string{"NOT,,asleep,"}, 150)...)
		page = b.send(http.StatusUnprocessableEntity, "families.csv", many)
		wants(t, page, []string{"The first 100 of 300 problems"})
		if n := strings.Count(page, `role="rowheader"`); n != 100 {
			t.Errorf("%d problems are listed", n)
		}
		for _, c := range []struct{ name, content, says string }{
			{"", "", "Select the files to import"}, {"families.csv", "", "The file families.csv is empty"}, {"families.doc", "x", "The file families.doc must be a CSV or XLSX"},
			{"holidays.csv", "a,b\n", "There is no file of an exchange folder here"}, {"region.xlsx", "not a workbook", "workbook"},
		} {
			files := []string{c.name, c.content}
			if c.name == "" {
				files = nil
			}
			wants(t, b.send(http.StatusUnprocessableEntity, files...), []string{c.says}, "Import this")
		}
	})
}

func TestImportIsForThoseWhoMay(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		for _, role := range []access.Role{access.AdopterWorker, access.PermanenceWorker, access.Manager} {
			b := s.as("DER", role)
			b.get("/import", http.StatusNotFound)
			b.send(http.StatusNotFound, "families.csv", goodFamilies)
			b.post("/import/confirm", nil, http.StatusNotFound)
		}
		// An agreement to share is no leave to import.
		for _, row := range []string{"LEI,L1,approved,1", "NOT,F1,approved,1"} {
			page := s.as("DER", access.HomeFinder).send(http.StatusForbidden, "families.csv", familiesFile(row))
			wants(t, page, []string{"You may not import for agency", "Nothing was imported"})
		}
		// What one home finder has sent is nobody else's to confirm.
		s.as("NOT", access.HomeFinder).send(http.StatusOK, "families.csv", goodFamilies)
		s.as("DER", access.HomeFinder).post("/import/confirm", nil, http.StatusConflict)
	})
}

func TestImportTooLarge(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		page := s.as("DER", access.HomeFinder).send(http.StatusRequestEntityTooLarge, "families.csv", strings.Repeat("x", maxImportBody))
		wants(t, page, []string{"larger than 30 MB", "command line"})
	})
}

func TestUploadsAreFewAndShortLived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := &uploads{life: uploadLife}
		files := func(size int64) []exchange.Upload { return []exchange.Upload{{Name: "families.csv", Size: size}} }
		var ids []string
		for i := range mostUploads + 1 {
			ids = append(ids, kept.keep(fmt.Sprint("worker", i), files(1)))
		}
		if _, ok := kept.find(ids[0], "worker0"); ok {
			t.Error("more than a few are kept")
		}
		if _, ok := kept.find(ids[1], "worker2"); ok {
			t.Error("found by somebody else")
		}
		large := kept.keep("worker", files(mostUploadBytes))
		if len(kept.list) != 1 {
			t.Errorf("%d are kept, above the limit in bytes", len(kept.list))
		}
		synctest.Wait()
		if _, ok := kept.find(large, "worker"); !ok {
			t.Error("forgotten at once")
		}
		time.Sleep(uploadLife)
		synctest.Wait()
		if len(kept.list) != 0 {
			t.Error("kept past its time")
		}
	})
}
