package web

import (
	"strings"

	"homeward/internal/access"
)

// officeTargets fills in the paths of the office: a person of each agency, a
// team, an agreement, an agency's function.
func (m *matrix) officeTargets(path string) (list []target) {
	of := func(code string) func(access.Kind) access.Thing {
		return func(kind access.Kind) access.Thing { return m.book.Thing(kind, code) }
	}
	switch {
	case strings.HasPrefix(path, "/packs/"):
		list = m.packTargets(path)
	case strings.HasPrefix(path, "/laboratory/"):
		list = m.studyTargets(path)
	case strings.HasPrefix(path, "/plan/saved/"):
		list = m.planTargets(path)
	case strings.HasPrefix(path, "/people/"):
		for _, code := range matrixAgencies {
			for _, w := range m.book.Staff(code) {
				if w.Role == access.AdopterWorker {
					list = append(list, target{strings.Replace(path, "{id}", w.ID, 1), of(code)})
				}
			}
		}
	case strings.HasPrefix(path, "/glass/"), strings.HasPrefix(path, "/notices/"), strings.HasPrefix(path, "/account/"):
		list = []target{{path: strings.Replace(path, "{id}", "NOSUCHTHING2", 1)}} // each its own, tried by its own tests
	case strings.HasPrefix(path, "/looks/by/"):
		for _, code := range []string{"DER", "LEI"} {
			list = append(list, target{strings.Replace(path, "{worker}", code+"-home_finder", 1), of(code)})
		}
	case strings.HasPrefix(path, "/teams/"):
		for _, t := range m.book.Teams {
			list = append(list, target{strings.Replace(path, "{id}", t.ID, 1), of(t.Agency)})
		}
	case strings.HasPrefix(path, "/agreements/"):
		for _, a := range m.book.Agreements { // what a party may do with it is its own to do
			list = append(list, target{path: strings.Replace(path, "{id}", a.ID, 1)})
		}
	case strings.HasPrefix(path, "/returns/"):
		for _, g := range m.given {
			list = append(list, target{strings.NewReplacer("{reading}", g.reading.ID, "{finding}", g.finding).Replace(path), of(g.reading.Agency)})
		}
	case path == "/functions/{agency}": // the open register: every agency's
		list = append(list, target{path: "/functions/DER"})
	case strings.HasPrefix(path, "/functions/"):
		for _, code := range []string{"DER", "NOT"} {
			list = append(list, target{strings.NewReplacer("{agency}", code, "{function}", string(access.HomeFinding)).Replace(path), of(code)})
		}
	}
	return list
}
