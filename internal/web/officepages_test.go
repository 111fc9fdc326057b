package web

import (
	"fmt"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/work"

	"github.com/chromedp/chromedp"
)

// fillIn answers the form of the page, as a person does, and sends it.
func (b *tab) fillIn(answers map[string]string) {
	b.t.Helper()
	for selector, value := range answers {
		evaluate[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (e.type === "radio" || e.type === "checkbox") { e.checked = true } else { e.value = %q } return true })()`, selector, value))
	}
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(`main form[method="post"] button`, chromedp.NodeVisible)); err != nil {
		b.t.Fatal(err)
	}
}

// officePeople are people of Derby in every state there is, by that state.
func (s *testSite) officePeople() map[string]string {
	s.t.Helper()
	who := map[string]string{}
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, state := range []string{"active", "dormant", "left", "none"} {
			w := agency.Worker{Agency: "DER", Name: "Somebody " + state, Role: access.HomeFinder}
			if state == "left" {
				w.LeftOn = today - 3
			}
			if err == nil {
				w, err = agency.SaveWorker(u, book, w)
			}
			who[state] = w.ID
		}
		return err
	})
	for _, state := range []string{"active", "dormant"} {
		s.asWorker(who[state])
	}
	s.operate(func(u *work.Unit) error {
		u.Did("changed", work.Subject{Kind: access.Staff, Agency: "DER", ID: who["dormant"]}, "")
		_, err := u.Exec("UPDATE account SET opened_at = $1, used_at = NULL WHERE worker_id = $2", "2020-01-01T00:00:00.000000Z", who["dormant"])
		return err
	})
	s.followedBy(who["left"], "DER/C1")
	s.followedBy(who["active"], "DER/C2", "DER/C3")
	return who
}

// TestKeepingTheHouseIsAccessible looks at the pages of an administrator, a
// manager and an information lead, in the states that a crawl does not come by.
func TestKeepingTheHouseIsAccessible(t *testing.T) {
	s := browserSite(t)
	b, who := chromium(t, s), s.officePeople()
	see := func(says string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			b.width(1280)
			b.open(path)
			if page := evaluate[string](b, "document.body.innerText"); !strings.Contains(page, says) {
				t.Errorf("%s does not say %q: %s", path, says, page)
			}
			b.look(path, "office"+strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.NewReplacer(who["active"], "active", who["dormant"], "dormant", who["left"], "left", who["none"], "none").Replace(path)))
		}
	}
	b.signIn("DER", access.Administrator)
	see("No team", "/people", "/people?account=dormant")
	see("Nobody fits", "/people?account=ended")
	see("Add a person", "/people/new")
	b.width(1280)
	b.fillIn(nil)
	b.look("a person with mistakes", "office-people-new-mistakes")
	b.open("/people/new")
	b.width(1280)
	b.fillIn(map[string]string{`[name="name"]`: "Wren Example", `[name="role"][value="manager"]`: "", `[name="sign_in_name"]`: "wren@example.org"})
	b.look("the link", "office-people-invited")
	for _, state := range []string{"active", "dormant", "left", "none"} {
		see("Somebody "+state, personPath(who[state]))
	}
	see("What do they work as?", personPath(who["active"])+"/edit")
	see("Somebody", personPath(who["active"])+"/end", personPath(who["active"])+"/reset", personPath(who["dormant"])+"/reopen",
		personPath(who["none"])+"/invite", personPath(who["left"])+"/return")
	see("There are no teams", "/teams")
	b.width(1280)
	b.fillIn(map[string]string{`[name="name"]`: "North"})
	b.look("people of a team", "office-team")
	see("North", "/teams")
	see("What you may do", "/what-you-may-do")

	b.signIn("DER", access.Manager)
	see("Left, with work still in their name", "/people")
	see("All of it", personPath(who["active"])+"/caseload", personPath(who["left"])+"/caseload")
	see("nothing to hand over", personPath(who["none"])+"/caseload")
	see("Who?", "/why")
	b.width(1280)
	b.fillIn(map[string]string{`[name="person"]`: who["active"], `[name="reference"]`: s.id["DER/C1"]})
	b.look("why a person sees a record", "office-why-answer")

	b.signIn("DER", access.InformationLead)
	path := agreementPath(s.agreementNamed("Sharing in EM"))
	see("Sharing in EM", "/agreements", path)
	see("This closes", path+"/leave")
	see("Sign and propose", "/agreements/new")
	b.width(1280)
	b.fillIn(nil)
	b.look("a proposal with mistakes", "office-agreements-new-mistakes")
	s.handHomeFinding("DER", "NOT")
	see("Every council", "/functions")
	see("with no end", "/functions/DER")
	see("Change from today", "/functions/DER/home_finding")
	see("What you may do", "/what-you-may-do")

	b.signIn("LEI", access.InformationLead)
	see("not a party to any agreement", "/agreements")
	b.signIn("NOT", access.HomeFinder)
	see("carrying out home finding", "/what-you-may-do")
}
