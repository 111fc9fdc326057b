package aids

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward/internal/date"
	"homeward/internal/fault"
)

func read(text string) (map[string][]Provider, error) {
	return readProviders("p.csv", strings.NewReader(text))
}

const head = "URN,PLACE_CODES,PROVIDER_CODES,REG_END,POSTCODE\n"

func TestAProviderIsReadUnderAnyOfItsHeadings(t *testing.T) {
	want := map[string][]Provider{"SC123456": {{
		URN: "SC123456", Places: []string{"K2", "H5"}, Providers: []string{"PR1", "PR4"},
		Closed: date.MustOf(2024, 3, 31), Postcode: "ZY11CI",
	}}}
	for _, c := range []struct{ name, text string }{
		{"the checks' own", head + "SC123456,\"K2,H5\",\"PR1,PR4\",2024-03-31,ZY1 1CI\n"},
		{"children's homes", "Local Authority,URN,Provider Code,Provider Placement Code,Closed Date,Setting Postcode\nDerby,SC123456,PR1/PR4,K2/H5,31/03/2024,ZY1 1CI\n"},
		{"other providers", "URN,Placement code,Placement provider code,Deregistration date,Setting postcode\r\nsc123456 ,k2 / h5,\"pr1, pr4\",31/3/2024,zy11ci\r\n"},
		{"both in one", "urn,placement code,placement provider code,deregistration date,setting address postcode\nSC123456,K2;H5,PR1;PR4,31/03/2024 00:00,ZY1  1CI\n"},
		{"a title above, a mark before, spaces within", "\xef\xbb\xbfProviders\n\n As of today,,,\n URN ,\"Placement\n code\",Placement  provider code,Closed_date,Postcode\nSC123456,K2 H5,PR1 PR4,2024-03-31 00:00:00,\u00a0ZY1\u00a01CI\n"},
		{"an old code page", head + "SC123456,K2\xa0H5,PR1/PR4,31/03/2024,ZY1\xa01CI\n"},
		{"the setting's postcode before another", "URN,PLACE_CODES,PROVIDER_CODES,REG_END,POSTCODE,Setting postcode\nSC123456,\"K2,H5\",\"PR1,PR4\",2024-03-31,ZZ9 9ZZ,ZY1 1CI\n"},
		{"empty entries", head + "SC123456,\",K2,,H5, \",\"/PR1//PR4\",2024-03-31,ZY1 1CI"},
	} {
		got, err := read(c.text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", c.name, err, diff)
		}
	}
}

func TestANumberFromASpreadsheetIsTheSameURN(t *testing.T) {
	got, err := read(head + "12345.0,,,,\n12345,,,,\n 12345 ,,,,\nSC1.0,,,,\n.0,,,,\n")
	if err != nil || len(got["12345"]) != 3 || len(got["SC1.0"]) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAURNMayHaveSeveralRowsAndARowWithoutIsPassedOver(t *testing.T) {
	got, err := read(head + "SC1,K2,PR4,2020-01-31,ZY1 1CI\n,K2,PR4,,ZY1 1CI\nSC1,U1,PR5,,ZY1 1CK\n,,,,\n")
	want := map[string][]Provider{"SC1": {
		{"SC1", []string{"K2"}, []string{"PR4"}, date.MustOf(2020, 1, 31), "ZY11CI"},
		{"SC1", []string{"U1"}, []string{"PR5"}, 0, "ZY11CK"},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestAFaultNamesFileLineColumnAndMend(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "p.csv, line 1: there is no column URN"},
		{"another file", "CHILD,DECOM,RNE\nSmith,01/04/2024,S\n", "p.csv, line 1: there is no column URN"},
		{"semicolons", strings.ReplaceAll(head, ",", ";") + "SC1;;;;\n", "p.csv, line 1: there is no column URN. Give Ofsted's list of providers with its headings, saved as CSV with commas."},
		{"headings far below", strings.Repeat("title\n", mostAbove) + head + "SC1,,,,\n", "p.csv, line 1: there is no column URN"},
		{"a workbook", "PK\x03\x04rest", "p.csv, line 1: it is a workbook. Save the sheet as CSV"},
		{"an old workbook", "\xd0\xcf\x11\xe0rest", "p.csv, line 1: it is a workbook"},
		{"UTF-16", "\xff\xfeU\x00R\x00N\x00", "p.csv, line 1: it is in UTF-16. Save the sheet as CSV UTF-8."},
		{"UTF-16 without a mark", "U\x00R\x00N\x00", "p.csv, line 1: this is not a text file"},
		{"no codes of placement", "t\nURN,PROVIDER_CODES,REG_END,POSTCODE\n", "p.csv, line 2, column Placement code: the column is missing"},
		{"no codes of provider", "URN,PLACE_CODES,REG_END,POSTCODE\n", "p.csv, line 1, column Placement provider code: the column is missing"},
		{"only those open", "URN,PLACE_CODES,PROVIDER_CODES,POSTCODE\n", "p.csv, line 1, column Closed date: the column is missing. Put open and closed"},
		{"no postcode", "URN,PLACE_CODES,PROVIDER_CODES,REG_END\n", "p.csv, line 1, column Setting postcode: the column is missing"},
		{"nothing below", head + "\n,,,,\n", "p.csv, line 1: there is no provider below the headings"},
		{"a cell too few", head + "SC1,,,,\nSC2,,,\n", "p.csv, line 3: there are 4 cells where the headings are 5"},
		{"a cell too many", head + "SC1,K2,H5,,,\n", "p.csv, line 2: there are 6 cells where the headings are 5"},
		{"an open quote", head + "SC1,,,,\nSC2,\"K2,,,\nSC3,,,,\n", "p.csv, line 3: the quotes of a cell are wrong"},
		{"a quote within", head + "SC1,K\"2,,,\n", "p.csv, line 2: the quotes of a cell are wrong"},
		{"a day that is none", head + "SC1,\"K2\nH5\",,,\nSC2,,,31/02/2024,\n", "p.csv, line 4, column REG_END: this is not a day such as 31/03/2025"},
		{"the American way", head + "SC1,,,03/31/2024,\n", "p.csv, line 2, column REG_END: this is not a day"},
		{"two digits of the year", head + "SC1,,,31/03/24,\n", "p.csv, line 2, column REG_END: this is not a day"},
		{"a spreadsheet's own count", head + "SC1,,,45382,\n", "p.csv, line 2, column REG_END: this is not a day"},
		{"a time of day", head + "SC1,,,31/03/2024 12:00,\n", "p.csv, line 2, column REG_END: this is not a day"},
	} {
		got, err := read(c.text)
		if fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Message(err), c.want) || got != nil {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestAFaultNeverQuotesACell(t *testing.T) {
	for _, text := range []string{head + "Lovelace,Lovelace,Lovelace,Lovelace,Lovelace\n", head + "Lovelace\n", head + "Love\"lace,,,,\n", "Lovelace,URN\n"} {
		_, err := read(text)
		if err == nil || strings.Contains(err.Error(), "ovelace") {
			t.Errorf("the wrong file was quoted: %v", err)
		}
	}
}

// endless gives commas for ever.
type endless struct{ given int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ','
	}
	e.given += len(p)
	return len(p), nil
}

func TestAnEndlessFileIsRefused(t *testing.T) {
	e := &endless{}
	if _, err := readProviders("p.csv", e); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%v", err)
	}
	if e.given > maxBytes+1<<16 {
		t.Errorf("%d bytes were read", e.given)
	}
}

func TestWhatIsReadIsAFile(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.csv")
	if err := os.WriteFile(good, []byte(head+"SC1,K2,PR4,,ZY1 1CI\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadProviders(good); err != nil || len(got["SC1"]) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	for path, want := range map[string]string{
		dir:                          dir + " is not a file",
		os.DevNull:                   os.DevNull + " is not a file",
		filepath.Join(dir, "no.csv"): "There is no file",
	} {
		if _, err := ReadProviders(path); fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Message(err), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzReadProviders(f *testing.F) {
	f.Add(head + "SC1,\"K2,H5\",PR1/PR4,31/03/2024,ZY1 1CI\n12345.0,,,2024-03-31 00:00:00,\n")
	f.Add("\xef\xbb\xbfTitle\nURN,Placement code,Placement provider code,Deregistration date,Setting postcode\r\nSC1,K2,PR4,,\xa0ZY1\n")
	f.Add("urn;x\n")
	f.Fuzz(func(t *testing.T, text string) {
		providers, err := read(text)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a fault nobody can act on: %v", err)
		}
		if (err == nil) != (len(providers) > 0) {
			t.Fatalf("%d URNs and %v", len(providers), err)
		}
		for urn, rows := range providers {
			for _, p := range rows {
				checkProvider(t, urn, p)
			}
		}
	})
}

// checkProvider holds for whatever was read: it is as the checks compare it.
func checkProvider(t *testing.T, urn string, p Provider) {
	t.Helper()
	if p.URN != urn || urn == "" || strings.TrimSpace(urn) != urn {
		t.Fatalf("%q stands under %q", p.URN, urn)
	}
	for _, code := range append(append([]string{p.Postcode}, p.Places...), p.Providers...) {
		if strings.ContainsAny(code, " \t\n\u00a0") || strings.ToUpper(code) != code {
			t.Fatalf("%q is not plain", code)
		}
	}
}
