package lab

import (
	"database/sql"
	"slices"

	"homeward/internal/child"
)

// A placement over farMiles from home counts as far in the statistics.
const (
	farMiles      = 20
	farthestMiles = 70
)

// A zone is to be looked at again from so many days ago, which somebody missed,
// to so many ahead.
const (
	reviewMissed = -90
	reviewAhead  = 630
)

func known[T any](v T) sql.Null[T] { return sql.Null[T]{V: v, Valid: true} }

// locations are where a group comes from, where it lives now and what a family
// must not be near. The first zone is the home the children came from.
func (w *world) locations(g *group) (home, placement string, zones []child.Zone) {
	from := w.ground.unit(g.of("home"), g.council)
	if !g.blank("child.home_postcode") {
		home = w.ground.keep(from)
	}
	if !g.blank("child.placement_postcode") {
		placement = w.ground.keep(w.placed(g, from))
	}
	if !g.chance("no zones", value("zone.none")) {
		zones = w.zones(g, from)
	}
	return home, placement, zones
}

func (w *world) zones(g *group, home place) []child.Zone {
	homes := g.whole("birth homes", "zone.homes")
	others := g.whole("other zones", "zone.others")
	var zones []child.Zone
	for i := range homes + others {
		s := g.number("zone", i)
		w.touched(s)
		kind, at := "birth_home", home
		if i >= homes {
			kind = s.pick("kind", mixOf("zone.kind"))
		}
		if i > 0 {
			at = w.zoneAt(s, g.council)
		}
		z := w.zone(s, kind, at)
		same := func(other child.Zone) bool { return z.Kind == other.Kind && z.Postcode == other.Postcode }
		if !slices.ContainsFunc(zones, same) {
			zones = append(zones, z)
		}
	}
	return zones
}

func (w *world) placed(g *group, from place) place {
	if g.chance("placed far", value("placement.over_20_miles")) {
		return w.ground.between(g.of("placement"), w.ground.around(g.council, farMiles, farthestMiles), from.spot, farMiles, farthestMiles)
	}
	among := []council{g.council}
	if g.chance("placed outside", value("zone.elsewhere")) {
		among = w.ground.around(g.council, 0, farMiles)
	}
	return w.ground.between(g.of("placement"), among, from.spot, 0, farMiles)
}

func (w *world) zoneAt(s stream, c council) place {
	if s.chance("elsewhere", value("zone.elsewhere")) {
		return w.ground.unit(s.of("postcode"), one(s.of("council"), w.ground.around(c, 0, farMiles)))
	}
	return w.ground.unit(s.of("postcode"), c)
}

func (w *world) zone(s stream, kind string, at place) child.Zone {
	z := child.Zone{Postcode: w.ground.written(at, s.pick("written", mixOf("zone.written"))), Kind: kind}
	if !s.blank("zone.radius") {
		z.RadiusMiles = known(Number(s.pick("radius", mixOf("zone.radius"))))
	}
	if s.chance("review", value("zone.review")) {
		z.ReviewBy = w.asOf.AddDays(intn(s.of("review day"), reviewMissed, reviewAhead))
	}
	return z
}
