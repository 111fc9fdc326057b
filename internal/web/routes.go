package web

import (
	"homeward/internal/access"
	"homeward/internal/web/govuk"
)

// routes is every page there is. What a page shows and does is asked of the
// access table by the domain functions it calls.
var routes = []route{
	{pattern: "GET /sign-in", page: signIn, open: true},
	{pattern: "POST /sign-in", page: signIn, open: true},
	{pattern: "POST /sign-out", page: signOut, open: true},
	{pattern: "GET /{$}", section: "home", page: home},
	{pattern: "GET /children/{id}/families", section: "children", page: findFamilies},
	{pattern: "GET /children/{id}/compare", section: "children", page: compare},
	{pattern: "GET /children/{id}/ask", section: "children", page: newAsk},
	{pattern: "POST /children/{id}/ask", section: "children", page: newAsk},
	{pattern: "GET /children/{id}/families/{family}/waive", section: "children", page: waive},
	{pattern: "POST /children/{id}/families/{family}/waive", section: "children", page: waive},
	{pattern: "POST /children/{id}/families/{family}/waive/end", section: "children", page: endWaiver},
	{pattern: "GET /asks", section: "asks", page: asks},
	{pattern: "GET /asks/{id}", section: "asks", page: ask},
	{pattern: "POST /asks/{id}/answer", section: "asks", page: answerAsk},
	{pattern: "POST /asks/{id}/withdraw", section: "asks", page: withdrawAsk},
	{pattern: "POST /asks/{id}/close", section: "asks", page: closeAskUnanswered},
	{pattern: "GET /families", section: "families", page: families},
	{pattern: "GET /families/new", section: "families", page: familyNew},
	{pattern: "POST /families/new", section: "families", page: familyNew},
	{pattern: "GET /families/{id}", section: "families", page: family},
	{pattern: "GET /families/{id}/edit", section: "families", page: familyEdit},
	{pattern: "POST /families/{id}/edit", section: "families", page: familyEdit},
	{pattern: "GET /families/{id}/offers", section: "families", page: familyOffers},
	{pattern: "POST /families/{id}/offers", section: "families", page: familyOffers},
	{pattern: "GET /families/{id}/household", section: "families", page: familyHousehold},
	{pattern: "POST /families/{id}/household", section: "families", page: familyHousehold},
	{pattern: "GET /families/{id}/places", section: "families", page: familyPlaces},
	{pattern: "POST /families/{id}/places", section: "families", page: familyPlaces},
	{pattern: "GET /families/{id}/places/remove", section: "families", page: familyPlaceRemove},
	{pattern: "POST /families/{id}/places/remove", section: "families", page: familyPlaceRemove},
	{pattern: "GET /import", section: "import", page: importFiles},
	{pattern: "POST /import", section: "import", page: importFiles, large: true},
	{pattern: "POST /import/confirm", section: "import", page: importConfirm},
	{pattern: "POST /import/cancel", section: "import", page: importCancel},
	{pattern: "GET /supply", section: "supply", page: supply},
	{pattern: "GET /help/matching", page: helpMatching, open: true},
	{pattern: "GET /help/accessibility", page: helpAccessibility, open: true},
	{pattern: "GET /children", section: "children", page: children},
	{pattern: "GET /children/new", section: "children", page: childNew},
	{pattern: "POST /children/new", section: "children", page: childNew},
	{pattern: "GET /children/{id}", section: "children", page: childPage},
	{pattern: "GET /children/{id}/edit", section: "children", page: childEdit},
	{pattern: "POST /children/{id}/edit", section: "children", page: childEdit},
	{pattern: "GET /children/{id}/needs", section: "children", page: childNeeds},
	{pattern: "POST /children/{id}/needs", section: "children", page: childNeeds},
	{pattern: "GET /children/{id}/contact", section: "children", page: childContact},
	{pattern: "POST /children/{id}/contact", section: "children", page: childContact},
	{pattern: "GET /children/{id}/zones", section: "children", page: childZones},
	{pattern: "POST /children/{id}/zones", section: "children", page: childZones},
	{pattern: "GET /children/{id}/zones/{n}/remove", section: "children", page: childZoneRemove},
	{pattern: "POST /children/{id}/zones/{n}/remove", section: "children", page: childZoneRemove},
}

// navigation is the items the signed-in role has a use for.
func (v *visit) navigation() govuk.ServiceNavigation {
	n := govuk.ServiceNavigation{NavigationLabel: "Menu", CollapseNavigationOnMobile: new(false)}
	if v.actor.ID == "" {
		return n
	}
	add := func(section, text, href string) {
		n.Navigation = append(n.Navigation, govuk.NavigationItem{Text: text, Href: href, Active: section == v.route.section})
	}
	add("home", "Home", "/")
	if v.actor.Role != access.AdopterWorker && !v.actor.Voluntary {
		add("children", "Children waiting", "/children")
	}
	add("families", "Families", "/families")
	add("asks", "Asks", "/asks")
	add("supply", "Supply map", "/supply")
	if v.actor.Role == access.HomeFinder {
		add("import", "Import", "/import")
	}
	return n
}
