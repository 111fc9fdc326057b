package exchange

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"homeward/internal/date"
)

const assessmentsHeader = "agency_code,group_ref,child_ref,part,assessed_on,assessed_by\n"

func readAssessments(t *testing.T, text string) ([]Assessment, *Reading) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parts.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	rows, reading, err := ReadAssessments(path, date.MustOf(2026, 11, 23))
	if err != nil {
		t.Fatal(err)
	}
	return rows, reading
}

func TestAssessmentsAreReadAsTheOtherFilesAre(t *testing.T) {
	// A mark, CR LF, a blank line, a reference that was disarmed.
	rows, reading := readAssessments(t, "\xef\xbb\xbf"+strings.ReplaceAll(assessmentsHeader+"DER,G1,'=C1,b,2026-11-23,\"Siblings, team\"\n\nDER,G1,C2,12,2026-11-23,é\n", "\n", "\r\n"))
	want := []Assessment{
		{"DER", "G1", "=C1", "B", date.MustOf(2026, 11, 23), "Siblings, team", 2},
		{"DER", "G1", "C2", "12", date.MustOf(2026, 11, 23), "é", 4},
	}
	if reading.Count != 0 || len(rows) != 2 || rows[0] != want[0] || rows[1] != want[1] {
		t.Errorf("%+v, %v", rows, reading.Problems)
	}
}

func TestAFileOfAssessmentsThatIsNoneIsRefused(t *testing.T) {
	row := "DER,G1,C1,A,2026-10-01,Team\n"
	for name, c := range map[string]struct{ text, want string }{
		"UTF-16":          {"\xff\xfea\x00g\x00", "parts.csv:1: agency_code: This is not UTF-8 text (it may be UTF-16)"},
		"a workbook":      {"PK\x03\x04\x14\x00\x06\x00", "parts.csv:1: This is a workbook, not CSV: save its sheet"},
		"tabs":            {strings.ReplaceAll(assessmentsHeader+row, ",", "\t"), "parts.csv:1: agency_code: Its cells are separated by tabs"},
		"a column twice":  {"part," + assessmentsHeader, "parts.csv:1: part: This column is there more than once"},
		"an open quote":   {assessmentsHeader + "DER,G1,\"C1,A,2026-10-01,Team\n", "parts.csv:2: child_ref: A quote is opened"},
		"a hidden sign":   {assessmentsHeader + "DER,G1,C1,A,2026-10-01,Te\u202eam\n", "parts.csv:2: assessed_by: The cell holds a line break or a sign"},
		"an escape":       {assessmentsHeader + "DER,G1,C1,A,2026-10-01,\x1b[2J\n", "parts.csv:2: assessed_by: The cell holds a line break or a sign"},
		"part 0":          {assessmentsHeader + "DER,G1,C1,0,2026-10-01,Team\n", "parts.csv:2: part: Write the part"},
		"tomorrow":        {assessmentsHeader + "DER,G1,C1,A,2026-11-24,Team\n", "parts.csv:2: assessed_on: 2026-11-24 is after 2026-11-23"},
		"a child twice":   {assessmentsHeader + row + row, "parts.csv:3: child_ref: This child is on line 2 already"},
		"201 characters":  {assessmentsHeader + "DER,G1,C1,A,2026-10-01," + strings.Repeat("x", 201) + "\n", "parts.csv:2: assessed_by: The cell holds 201 characters"},
		"no row":          {assessmentsHeader, "parts.csv:1: child_ref: There is no row under the header"},
		"nothing":         {"", "parts.csv:1: There is nothing in it"},
		"shorter than PK": {"P", "parts.csv:1: agency_code: This line holds none of the names"},
	} {
		if _, reading := readAssessments(t, c.text); reading.Count != 1 || !strings.HasPrefix(reading.Problems[0].String(), c.want) {
			t.Errorf("%s: %v, want %s", name, reading.Problems, c.want)
		}
	}
}
