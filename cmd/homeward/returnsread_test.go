package main

import (
	"os"
	"strings"
	"testing"
)

// returned is a return of two children, one of whom no record can hold.
var returned = map[string]string{
	"header.csv":   "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nZZ1,F,01/02/2023,WBRI,UN1,,\nZZ2,M,11/11/2022,QQQQ,UN1,,\n",
	"episodes.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\nZZ1,01/06/2025,S,C1,N1,U6,PR1,,,,,,\nZZ2,03/06/2025,S,C2,N1,U6,PR1,,,,,,\n",
	"placed.csv":   "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\nZZ1,01/02/2023,01/10/2025,,\nZZ2,11/11/2022,01/09/2025,,\n",
}

func (c collections) returned(dir string, swaps ...string) string {
	c.Helper()
	if err := os.MkdirAll(c.path(dir), 0o700); err != nil {
		c.Fatal(err)
	}
	for name, text := range returned {
		if err := os.WriteFile(c.path(dir+"/"+name), []byte(strings.NewReplacer(swaps...).Replace(text)), 0o600); err != nil {
			c.Fatal(err)
		}
	}
	return c.path(dir)
}

func TestACommandTakesAReturnInWithoutWhomNoRecordCanHoldIfToldHowMany(t *testing.T) {
	eachCollections(t, func(c collections) {
		dir := c.returned("given")
		read := []string{"returns", "read", dir, "--la", "DER", "--year", "2026"}
		says := "ZZ2 is set aside: header.csv line 3, ETHNIC: \"QQQQ\" is not one of"
		if out, _ := c.does(0, append(read, "--dry-run")...); !strings.Contains(out, says) || !strings.Contains(out, "ZZ1 (new to Homeward)") || strings.Contains(out, "ZZ2 (new") {
			c.Error(out)
		}
		for _, more := range [][]string{nil, {"--without", "2"}} {
			if out, notes := c.does(3, append(read, more...)...); !strings.Contains(out, says) || !strings.Contains(notes, "say --without 1") {
				c.Error(more, out, notes)
			}
		}
		if out, _ := c.does(0, append(read, "--without", "1")...); !strings.Contains(out, "Taken in: 1 children added") || !strings.Contains(out, "1 children set aside") {
			c.Error(out)
		}
		mended := []string{"returns", "read", c.returned("mended", "QQQQ", "WBRI"), "--la", "DER", "--year", "2026"}
		if out, _ := c.does(0, mended...); !strings.Contains(out, "Taken in: 1 children added") || !strings.Contains(out, "0 children set aside") {
			c.Error(out)
		}
	})
}
