package ssda903_test

import (
	"strings"
	"testing"

	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
)

// given are made once: they do not change.
var given = invent.Aids()

// checked reads a file and checks whatever was read, as this year's and last's.
func checked(t *testing.T, name, text string) {
	t.Helper()
	r, err := read(name, text)
	if err != nil {
		if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.TooLarge {
			t.Fatalf("a fault nobody can act on: %v", err)
		}
		return
	}
	last := r.Return
	last.Year--
	sound(t, &r.Return, nil)
	sound(t, &r.Return, &last)
}

// sound checks a return, and holds each finding to a row that is there, named once.
func sound(t *testing.T, now, last *ssda903.Return) {
	t.Helper()
	result, err := ssda903.Check(now, last, given)
	if err != nil {
		t.Fatal(err)
	}
	type at struct {
		rule  string
		table ssda903.Table
		row   int32
		prior bool
	}
	seen := map[at]bool{}
	for _, f := range append(result.Findings, result.Prior...) {
		here := at{f.Rule.Code, f.Row.Sheet.Table, f.Row.N, f.Prior}
		if f.Row.N < 0 || int(f.Row.N) >= f.Row.Sheet.Len() || len(f.Fields()) == 0 || seen[here] {
			t.Fatalf("rule %s names row %d of %s, which has %d, with %d fields", f.Rule.Code, f.Row.N, f.Row.Sheet.Table, f.Row.Sheet.Len(), len(f.Fields()))
		}
		seen[here] = true
	}
	if got := result.Run + len(result.NotRun); got != len(ssda903.RulesIn(now.Year)) {
		t.Fatalf("%d rules run or said not to be", got)
	}
}

func FuzzCSV(f *testing.F) {
	for _, table := range ssda903.Tables(2027) {
		var names []string
		for _, field := range table.Columns() {
			names = append(names, field.String())
		}
		head := strings.Join(names, ",")
		f.Add(head + "\n" + strings.Repeat("01/04/2025,", len(names)-1) + "S\n")
		f.Add("\xef\xbb\xbf" + strings.ReplaceAll(head, ",", ";") + "\r\n\"a\"\n")
	}
	f.Fuzz(func(t *testing.T, text string) { checked(t, "r.csv", text) })
}

func FuzzXML(f *testing.F) {
	f.Add(child("<HEADER><CHILDID>A1</CHILDID><SEX>F</SEX><DOB>01/02/2015</DOB><UASC>1</UASC><IN_TOUCH>YES</IN_TOUCH><OC2><SDQ_SCORE>4</SDQ_SCORE></OC2></HEADER><EPISODE><DECOM>01/04/2024</DECOM><RNE>S</RNE><PL>U6</PL></EPISODE>"))
	f.Add("<!DOCTYPE x [<!ENTITY a 'b'>]><EXPSSDA903>&a;</EXPSSDA903>")
	f.Add("<EXPSSDA903><CHILD><EPISODE><HEADER><AD_PLACED/></HEADER></EPISODE></CHILD></EXPSSDA903>")
	f.Fuzz(func(t *testing.T, text string) { checked(t, "r.xml", text) })
}

func FuzzDay(f *testing.F) {
	for _, text := range []string{"1/4/2020", "29/02/2024", "31/02/2024", "zz/zz/2009", "ZZ/ZZ/ZZZZ", "01/04/2020 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := ssda903.Day(text), byTime(text); got != want {
			t.Fatalf("%q is day %d, the library says %d", text, got, want)
		}
		if ssda903.PartlyKnown(text) && ssda903.Day(text).Known() {
			t.Fatalf("%q is a day and is not", text)
		}
	})
}

// alphabet are cells that rules look for, so that chance finds their branches.
var alphabet = strings.Fields(`01/04/2025 31/03/2026 01/04/2024 31/03/2025 02/04/2025 30/06/2025 01/01/2015 29/02/2008 15/05/2009 01/04/2008 31/02/2024 zz/zz/2009 ZZ/ZZ/ZZZZ
	A1 A1 A1 B2 S P L T U B X V2 V3 V4 C1 C2 E1 L1 L2 L3 J1 J2 N1 N2 U6 U4 K2 K3 P1 A3 A5 A6 T0 T1 T3 T4 Z11 Z12 R5 PR0 PR1 PR2 PR4 X1 E11 E12 E2 E3 E4A E5 E7 E15 E17 E45 CUSTOD
	CARPL 0 1 2 M F 40 41 1.0 SDQ1 SDQ2 PN0 PN1 YES NO DIED RHOM MF L0 L11 RD1 831 WAL UN1 UN4 A123456789012 XXXXXXX SC900011 SW1 FCONTA MANAGE`)

// drawn fills a return with cells of the alphabet as bytes say; 0 is blank.
func drawn(year int, bytes []byte) *ssda903.Return {
	draft := ssda903.NewDraft(year)
	list := ssda903.Tables(year)
	for len(bytes) > 1 {
		table := list[int(bytes[0])%len(list)]
		bytes = bytes[1:]
		cells := make([]string, len(table.Columns()))
		for i := range cells {
			if len(bytes) == 0 {
				break
			}
			switch at := int(bytes[0]); {
			case i == 0:
				cells[i] = []string{"A1", "A1", "B2", ""}[at%4]
			case at > 0:
				cells[i] = alphabet[at%len(alphabet)]
			}
			bytes = bytes[1:]
		}
		draft.Add(table, cells...)
	}
	return draft.Return()
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("a return of some bytes, which say what stands in its cells"), []byte("and last year's"), uint8(3))
	f.Add([]byte{1, 0, 1, 14, 21, 27, 36, 44, 0, 0, 0, 0, 0, 0, 1, 0, 1, 16, 21, 27, 36, 44, 2, 48, 0, 0, 0, 0}, []byte{}, uint8(4))
	f.Fuzz(func(t *testing.T, now, last []byte, year uint8) {
		if len(now)+len(last) > 4000 {
			return
		}
		y := ssda903.FirstRulesYear + int(year)%5
		sound(t, drawn(y, now), drawn(y-1, last))
	})
}
