package web

import (
	"net/http"
	"testing"

	"homeward/internal/access"
	"homeward/internal/notice"
	"homeward/internal/work"
)

func TestNoticesStandOnTopUntilSomebodySaysTheyHaveSeenThem(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		about := work.Subject{Kind: access.Child, Agency: "DER", ID: s.id["DER/C1"]}
		follower := s.worker("DER", access.PermanenceWorker)
		s.operate(func(u *work.Unit) error {
			for range 7 {
				if err := notice.Send(u, notice.Notice{Agency: "DER", Role: access.Manager, Kind: notice.Tie, About: about}); err != nil {
					return err
				}
			}
			return notice.Send(u, notice.Notice{Agency: "DER", Worker: follower, Kind: notice.GlassFollowed, About: about})
		})
		manager := s.as("DER", access.Manager)
		page := manager.get("/", http.StatusOK)
		wants(t, page, []string{"What you must be told", "Somebody said that they know a child or family.", "Child " + s.id["DER/C1"] + ", DER", "Who can open the record", "See all 7 notices"}, "A record you follow")
		wants(t, manager.get("/notices", http.StatusOK), []string{"Mark as seen"}, "Asha")
		wants(t, s.as("DER", access.PermanenceWorker).get("/", http.StatusOK), []string{"A record you follow was opened by breaking glass.", "Open the record"})
		for _, who := range []*browser{s.as("DER", access.HomeFinder), s.as("NOT", access.Manager), s.as("LEI", access.Manager)} {
			wants(t, who.get("/notices", http.StatusOK), []string{"There is nothing you must be told."}, s.id["DER/C1"])
		}
		id := s.noticeID()
		s.as("LEI", access.Manager).post("/notices/"+id+"/seen", nil, http.StatusNotFound)
		s.as("DER", access.HomeFinder).post("/notices/"+id+"/seen", nil, http.StatusNotFound)
		manager.post("/notices/nothing/seen", nil, http.StatusNotFound)
		wants(t, manager.post("/notices/"+id+"/seen", nil, http.StatusOK), []string{"Marked as seen."})
		manager.post("/notices/"+id+"/seen", nil, http.StatusConflict)
		wants(t, manager.get("/", http.StatusOK), []string{"See all 6 notices"})
	})
}

func (s *testSite) noticeID() (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		return u.QueryRow("SELECT notice_id FROM notice WHERE role = 'manager' ORDER BY notice_id LIMIT 1").Scan(&id)
	})
	return id
}

func TestEveryKindOfNoticeIsSaidAndLeadsSomewhereThatIsThere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		finder := s.worker("DER", access.HomeFinder)
		s.operate(func(u *work.Unit) error {
			for _, k := range notice.Kinds() {
				about := work.Subject{Kind: access.Child, Agency: "DER", ID: s.id["DER/C1"]}
				switch k {
				case notice.ManyRecords, notice.ReadingStopped:
					about = work.Subject{Kind: access.Staff, Agency: "DER", ID: finder}
				case notice.GlassOfOurs, notice.GlassByUs:
					about = work.Subject{Kind: access.Glass, Agency: "DER", ID: "g"}
				}
				for _, role := range []access.Role{access.Manager, access.InformationLead} {
					if err := notice.Send(u, notice.Notice{Agency: "DER", Role: role, Kind: k, About: about}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for _, role := range []access.Role{access.Manager, access.InformationLead} {
			b := s.as("DER", role)
			page := b.get("/notices", http.StatusOK)
			for _, k := range notice.Kinds() {
				wants(t, page, []string{textOf(k.Sentence())}, derCanaries...)
			}
			for _, href := range hrefs(page) {
				if role == access.InformationLead && href == childPath(s.id["DER/C1"]) {
					continue // told to whoever follows the record, who may open it
				}
				b.get(href, http.StatusOK)
			}
		}
	})
}
