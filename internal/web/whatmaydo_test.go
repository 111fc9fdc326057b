package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
)

func TestWhatYouMayDoSaysWhoseRecordsAndOnWhatItRests(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		wants(t, s.as("DER", access.HomeFinder).get("/what-you-may-do", http.StatusOK), []string{"Home finder at Derby", "Of your own agency", "Of agencies that share what families can offer with yours",
			"Lantern Adoption, by the agreement “Sharing in EM”", "Of councils your agency finds homes for", "Today there are none.", "What is never open to you", "Sealed adoption records"}, "Leicester")
		wants(t, s.as("VAA1", access.AdopterWorker).get("/what-you-may-do", http.StatusOK), []string{"Of agencies that share what children need with yours", "Derby, by the agreement", "your agency is on the family’s side",
			"Where children come from, live and must not be placed"}, "find families for")
		wants(t, s.as("DER", access.Administrator).get("/what-you-may-do", http.StatusOK), []string{"See and change people who work here and their accounts", "Children Where"}, "Today these are")
		s.handHomeFinding("NOT", "DER")
		wants(t, s.as("DER", access.HomeFinder).get("/what-you-may-do", http.StatusOK), []string{"Nottingham, by carrying out home finding and matching"})
	})
}

// TestWhatIsNeverOpenIsRefusedWhateverTheTies holds the page to the table: what it
// says is never open, no tie opens.
func TestWhatIsNeverOpenIsRefusedWhateverTheTies(t *testing.T) {
	book := &agency.Book{Agencies: map[string]agency.Agency{}}
	for _, role := range access.Roles() {
		for _, voluntary := range []bool{false, true} {
			a := access.Actor{ID: "w", Agency: "DER", Role: role, Voluntary: voluntary, Family: "f"}
			p := whatMayOf(a, book)
			a.Ties, a.Agendas = someTies(), []string{"any"}
			for _, kind := range access.Kinds() {
				if !slices.Contains(p.Never, upperFirst(kind.Label())) {
					continue
				}
				for _, code := range []string{"DER", "?"} {
					thing := access.Thing{Kind: kind, Agency: code, ID: "f", Worker: "w", Disclosed: []string{"DER"}, Agenda: "any"}
					a.Opened = []access.Opened{{Kind: access.RecordOf(kind), Agency: "?", ID: "f"}}
					for _, act := range []access.Action{access.Profile, access.View, access.Change, access.Answer, access.Review, access.BreakGlass} {
						if d := access.Can(a, act, thing); d.Allow {
							t.Errorf("%s (voluntary: %v) is told that %s is never open, and may %s: %s", role, voluntary, kind, act, d.Reason)
						}
					}
				}
			}
			if len(p.Groups) == 0 && role != access.PanelMember {
				t.Errorf("nothing is open to a %s", role)
			}
		}
	}
}

func hasNot(page, text string) bool { return !strings.Contains(page, text) }
