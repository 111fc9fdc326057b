package geo

import (
	"testing"

	"pgregory.net/rapid"
)

func at(e, n, u float64) Position {
	return Position{Easting: e, Northing: n, Uncertainty: u, Known: true}
}

func TestSideOfAZone(t *testing.T) {
	centre := at(400000, 300000, 0)
	for _, c := range []struct {
		name  string
		place Position
		want  Side
	}{
		{"at the centre", at(400000, 300000, 0), Inside},
		{"on the edge counts as inside", at(405000, 300000, 0), Inside},
		{"a metre beyond", at(405001, 300000, 0), Outside},
		{"near the edge and vague", at(404000, 300000, 1500), CannotTell},
		{"beyond, but vague enough to reach in", at(406000, 300000, 1000), CannotTell},
		{"beyond even if vague", at(406000, 300000, 999), Outside},
		{"not known", Position{}, CannotTell},
	} {
		if got := (Zone{centre, 5000}).Side(c.place); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := (Zone{centre, -1}).Side(at(0, 0, 0)); got != CannotTell {
		t.Errorf("a blank radius is %s", got)
	}
	if got := (Zone{centre, 0}).Side(centre); got != Inside {
		t.Errorf("radius 0 at its own centre is %s", got)
	}
}

func TestMilesRoundHalvesUp(t *testing.T) {
	for metres, want := range map[float64]int{0: 0, MetresPerMile: 10, MetresPerMile * 0.05: 1, MetresPerMile * 0.0499: 0, MetresPerMile * 31.24: 312} {
		if got := MilesTenths(metres); got != want {
			t.Errorf("%v m = %d tenths, want %d", metres, got, want)
		}
	}
}

func drawPosition(t *rapid.T, name string) Position {
	g := rapid.Float64Range(0, 700000)
	return Position{
		Easting: g.Draw(t, name+" easting"), Northing: g.Draw(t, name+" northing"),
		Uncertainty: rapid.Float64Range(0, 30000).Draw(t, name+" uncertainty"),
		Known:       rapid.IntRange(0, 9).Draw(t, name+" known") > 0,
	}
}

func TestTheZoneTestIsSymmetricAndErrsToCannotTell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawPosition(t, "a"), drawPosition(t, "b")
		radius := rapid.Float64Range(-1000, 100000).Draw(t, "radius")
		ab, ba := Zone{a, radius}.Side(b), Zone{b, radius}.Side(a)
		if ab != ba {
			t.Fatalf("from one side %s, from the other %s", ab, ba)
		}
		vaguer := b
		vaguer.Uncertainty += rapid.Float64Range(0, 20000).Draw(t, "more")
		if v := (Zone{a, radius}).Side(vaguer); v != ab && v != CannotTell {
			t.Fatalf("knowing less turned %s into %s", ab, v)
		}
		if (!a.Known || !b.Known || radius < 0) && ab != CannotTell {
			t.Fatalf("an unknown gave %s", ab)
		}
	})
}
