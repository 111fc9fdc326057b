package lab

import (
	"math"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/exchange"
)

// team is the workers an agency has for a role.
type team struct {
	role access.Role
	code string // in their ids
	size int
}

// post is what a worker works as, and where.
type post struct {
	agency string
	role   access.Role
}

// teamsOf says who works for an agency. A voluntary agency and a regional one
// have no children, so nobody there follows one; families for children are
// looked for by councils and regional agencies.
func teamsOf(a agency.Agency, children, families int) []team {
	follow := team{access.PermanenceWorker, "PW", caseloads(children, "staff.children")}
	answer := team{access.AdopterWorker, "AW", caseloads(families, "staff.families")}
	manage := team{access.Manager, "MG", 1}
	switch a.Kind {
	case "LA":
		return []team{{access.HomeFinder, "HF", 1}, follow, answer, manage}
	case "RAA":
		return []team{{access.HomeFinder, "HF", 2}, answer, manage}
	}
	return []team{answer, manage}
}

func caseloads(n int, id string) int {
	return max(1, int(math.Ceil(float64(n)/value(id))))
}

// staff makes the workers of every agency and gives each child and family one.
// Brothers and sisters have the same.
func (w *world) staff(s *Synthetic, groups []group) {
	children, families := map[string]int{}, map[string]int{}
	for _, c := range s.Region.Children {
		children[c.Agency]++
	}
	for _, f := range s.Region.Families {
		families[f.Agency]++
	}
	teams := map[post][]agency.Worker{}
	for _, a := range s.Region.Agencies {
		for _, t := range teamsOf(a, children[a.Code], families[a.Code]) {
			hired := w.hire(a, t)
			teams[post{a.Code, t.role}] = hired
			s.Workers = append(s.Workers, hired...)
		}
	}
	s.ChildWorker, s.FamilyWorker = followed(teams, groups), answered(teams, s.Region.Families)
}

func (w *world) hire(a agency.Agency, t team) []agency.Worker {
	workers := make([]agency.Worker, t.size)
	for i := range workers {
		id := "W-" + a.Code + "-" + t.code + strconv.Itoa(i+1)
		workers[i] = agency.Worker{ID: id, Agency: a.Code, Name: workerName(w.root.name("worker", id)), Role: t.role}
	}
	return workers
}

func workerName(s stream) string {
	ethnic := "WBRI"
	if !s.chance("British name", value("staff.british")) {
		ethnic = s.pick("ethnic", mixOf("staff.heritage"))
	}
	sex := s.pick("sex", mixOf("staff.sex"))
	return givenName(s.of("given name"), ethnic, sex, nil) + " " + surname(s.of("family name"), ethnic)
}

// followed gives every group to a permanence worker of its council, in turn.
func followed(teams map[post][]agency.Worker, groups []group) map[exchange.Key]string {
	who, turn := map[exchange.Key]string{}, map[string]int{}
	for _, g := range groups {
		workers := teams[post{g.council.Code, access.PermanenceWorker}]
		for _, c := range g.children {
			who[exchange.Key{Agency: c.Agency, Ref: c.Ref}] = workers[turn[c.Agency]%len(workers)].ID
		}
		turn[g.council.Code]++
	}
	return who
}

// answered gives every family to an adopters' worker of its agency, in turn.
func answered(teams map[post][]agency.Worker, families []adopter.Family) map[exchange.Key]string {
	who, turn := map[exchange.Key]string{}, map[string]int{}
	for _, f := range families {
		workers := teams[post{f.Agency, access.AdopterWorker}]
		who[exchange.Key{Agency: f.Agency, Ref: f.Ref}] = workers[turn[f.Agency]%len(workers)].ID
		turn[f.Agency]++
	}
	return who
}
