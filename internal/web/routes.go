package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/web/govuk"
)

// routes is every page there is. What a page shows and does is asked of the
// access table by the domain functions it calls.
var routes = slices.Concat(findingRoutes, accountRoutes, officeRoutes, trustRoutes, returnRoutes, figureRoutes, packRoutes, planRoutes, laboratoryRoutes)

// findingRoutes is finding families for children.
var findingRoutes = []route{
	{pattern: "GET /{$}", section: "home", to: anybody, page: home},
	{pattern: "GET /children/{id}/families", section: "children", to: to(access.FindFamilies, access.Child), page: findFamilies},
	{pattern: "GET /children/{id}/compare", section: "children", to: to(access.FindFamilies, access.Child), page: compare},
	{pattern: "GET /children/{id}/ask", section: "children", to: to(access.MakeAsk, access.Child), page: newAsk},
	{pattern: "POST /children/{id}/ask", section: "children", to: to(access.MakeAsk, access.Child), page: newAsk},
	{pattern: "GET /children/{id}/families/{family}/waive", section: "children", to: to(access.FindFamilies, access.Child), page: waive},
	{pattern: "POST /children/{id}/families/{family}/waive", section: "children", to: to(access.Waive, access.Child), page: waive},
	{pattern: "POST /children/{id}/families/{family}/waive/end", section: "children", to: to(access.Waive, access.Child), page: endWaiver},
	{pattern: "GET /asks", section: "asks", to: anybody, page: asks},
	{pattern: "GET /asks/{id}", section: "asks", to: anybody, page: ask},
	{pattern: "POST /asks/{id}/answer", section: "asks", to: to(access.Answer, access.Ask), page: answerAsk},
	{pattern: "POST /asks/{id}/withdraw", section: "asks", to: to(access.MakeAsk, access.Child), page: withdrawAsk},
	{pattern: "POST /asks/{id}/close", section: "asks", to: to(access.MakeAsk, access.Child), page: closeAskUnanswered},
	{pattern: "GET /families", section: "families", to: to(access.View, access.Family), page: families},
	{pattern: "GET /families/new", section: "families", to: to(access.Change, access.Family), page: familyNew},
	{pattern: "POST /families/new", section: "families", to: to(access.Change, access.Family), page: familyNew},
	{pattern: "GET /families/{id}", section: "families", to: to(access.View, access.Family), page: family},
	{pattern: "GET /families/{id}/edit", section: "families", to: to(access.Change, access.Family), page: familyEdit},
	{pattern: "POST /families/{id}/edit", section: "families", to: to(access.Change, access.Family), page: familyEdit},
	{pattern: "GET /families/{id}/offers", section: "families", to: to(access.Change, access.Family), page: familyOffers},
	{pattern: "POST /families/{id}/offers", section: "families", to: to(access.Change, access.Family), page: familyOffers},
	{pattern: "GET /families/{id}/household", section: "families", to: to(access.Change, access.Family), page: familyHousehold},
	{pattern: "POST /families/{id}/household", section: "families", to: to(access.Change, access.Family), page: familyHousehold},
	{pattern: "GET /families/{id}/milestones", section: "families", to: to(access.Change, access.Family), page: familyMilestones},
	{pattern: "POST /families/{id}/milestones", section: "families", to: to(access.Change, access.Family), page: familyMilestones},
	{pattern: "GET /families/{id}/places", section: "families", to: to(access.Change, access.Family), page: familyPlaces},
	{pattern: "POST /families/{id}/places", section: "families", to: to(access.Change, access.Family), page: familyPlaces},
	{pattern: "GET /families/{id}/places/remove", section: "families", to: to(access.Change, access.Family), page: familyPlaceRemove},
	{pattern: "POST /families/{id}/places/remove", section: "families", to: to(access.Change, access.Family), page: familyPlaceRemove},
	{pattern: "GET /import", section: "import", to: to(access.Import, access.Exchange), page: importFiles},
	{pattern: "POST /import", section: "import", to: to(access.Import, access.Exchange), page: importFiles, large: true},
	{pattern: "POST /import/confirm", section: "import", to: to(access.Import, access.Exchange), page: importConfirm},
	{pattern: "POST /import/cancel", section: "import", to: to(access.Import, access.Exchange), page: importCancel},
	{pattern: "GET /supply", section: "supply", to: anybody, page: supply},
	{pattern: "GET /help/matching", page: helpMatching, open: true},
	{pattern: "GET /help/accessibility", page: helpAccessibility, open: true},
	{pattern: "GET /children", section: "children", to: anybody, page: children},
	{pattern: "GET /children/new", section: "children", to: to(access.Change, access.Child), page: childNew},
	{pattern: "POST /children/new", section: "children", to: to(access.Change, access.Child), page: childNew},
	{pattern: "GET /children/{id}", section: "children", to: to(access.Profile, access.Child), page: childPage},
	{pattern: "GET /children/{id}/edit", section: "children", to: to(access.Change, access.Child), page: childEdit},
	{pattern: "POST /children/{id}/edit", section: "children", to: to(access.Change, access.Child), page: childEdit},
	{pattern: "GET /children/{id}/needs", section: "children", to: to(access.Change, access.Child), page: childNeeds},
	{pattern: "POST /children/{id}/needs", section: "children", to: to(access.Change, access.Child), page: childNeeds},
	{pattern: "GET /children/{id}/contact", section: "children", to: to(access.Change, access.Child), page: childContact},
	{pattern: "POST /children/{id}/contact", section: "children", to: to(access.Change, access.Child), page: childContact},
	{pattern: "GET /children/{id}/milestones", section: "children", to: to(access.Change, access.Child), page: childMilestones},
	{pattern: "POST /children/{id}/milestones", section: "children", to: to(access.Change, access.Child), page: childMilestones},
	{pattern: "GET /children/{id}/zones", section: "children", to: to(access.Change, access.Child), page: childZones},
	{pattern: "POST /children/{id}/zones", section: "children", to: to(access.Change, access.Child), page: childZones},
	{pattern: "GET /children/{id}/zones/{n}/remove", section: "children", to: to(access.Change, access.Child), page: childZoneRemove},
	{pattern: "POST /children/{id}/zones/{n}/remove", section: "children", to: to(access.Change, access.Child), page: childZoneRemove},
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
	follows := access.Reaches(v.actor.Role, access.Child) // those who keep the house see no record
	if follows && v.actor.Role != access.AdopterWorker && !v.actor.Voluntary {
		add("children", "Children waiting", "/children")
	}
	if follows && access.Reaches(v.actor.Role, access.Family) {
		add("families", "Families", "/families")
		add("asks", "Asks", "/asks")
	}
	if follows && !v.actor.Voluntary && (v.actor.Role == access.HomeFinder || v.actor.Role == access.Manager) {
		add("plan", "Plan", "/plan")
	}
	if follows {
		add("supply", "Supply map", "/supply")
	}
	if v.actor.Role == access.HomeFinder {
		add("import", "Import", "/import")
	}
	if access.Reaches(v.actor.Role, access.Return) {
		add("returns", "Returns", "/returns")
	}
	if access.Reaches(v.actor.Role, access.Figures) {
		add("numbers", "Numbers", "/numbers")
	} else if access.Reaches(v.actor.Role, access.Study) { // others come to it by the numbers
		add("numbers", "Laboratory", "/laboratory")
	}
	sees := func(kind access.Kind) bool {
		return access.Can(v.actor, access.View, access.Thing{Kind: kind, Agency: v.actor.Agency}).Allow
	}
	if sees(access.Staff) {
		add("people", "People", "/people")
	}
	if sees(access.Glass) {
		add("looks", "Who looked", "/looks")
	}
	if sees(access.Agreement) {
		add("agreements", "Agreements", "/agreements")
	}
	return n
}
