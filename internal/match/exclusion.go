package match

import "math/bits"

// bitmap is a set of families. The nil bitmap is the empty set.
type bitmap []uint64

func wordsFor(n int) int { return (n + 63) / 64 }

func newBitmap(n int) bitmap { return make(bitmap, wordsFor(n)) }

func (b bitmap) set(i int) { b[i/64] |= 1 << (i % 64) }

func (b bitmap) has(i int) bool {
	return i/64 < len(b) && b[i/64]&(1<<(i%64)) != 0
}

// add takes in all of another set.
func (b bitmap) add(other bitmap) {
	for i, word := range other {
		b[i] |= word
	}
}

// appendAllBut adds to dst those of 0 to n-1 that are not in the set, rising.
func (b bitmap) appendAllBut(dst []int32, n int) []int32 {
	for w, word := range b {
		free := ^word
		if last := n - 64*w; last < 64 {
			free &= 1<<last - 1
		}
		for ; free != 0; free &= free - 1 {
			dst = append(dst, int32(64*w+bits.TrailingZeros64(free)))
		}
	}
	return dst
}

// those is the set of the families that something holds of.
func (p *Pool) those(holds func(*Family) bool) bitmap {
	set := newBitmap(len(p.c.Families))
	for f := range p.c.Families {
		if holds(&p.c.Families[f]) {
			set.set(f)
		}
	}
	return set
}

// excluder works out which families each exclusion stands against, and what
// groups share (the size, the agency) only once.
type excluder struct {
	*Pool
	status   bitmap
	capacity map[int]bitmap
	reserved map[string]bitmap
	atlas    *atlas
}

func newExcluder(p *Pool) *excluder {
	return &excluder{
		Pool:     p,
		status:   p.those(func(f *Family) bool { return f.Status != "approved" && !(p.c.Early && f.Status == "stage_two") }),
		capacity: map[int]bitmap{},
		reserved: map[string]bitmap{},
		atlas:    newAtlas(p.c.Families),
	}
}

// exclude fills the group's columns (docs/matching.md, 1).
func (e *excluder) exclude(g *group, children Group) {
	g.shut[0] = e.status
	g.shut[1] = e.tooSmall(g.size)
	g.shut[2], g.certain = e.atlas.shut(children)
	g.shut[4] = e.reservedElsewhere(children.first().Agency)
}

func (e *excluder) tooSmall(size int) bitmap {
	if _, ok := e.capacity[size]; !ok {
		e.capacity[size] = e.those(func(f *Family) bool { return f.MaxChildren.Known && f.MaxChildren.N < size })
	}
	return e.capacity[size]
}

// reservedElsewhere are the families another agency keeps for itself; on the
// last day of a reservation it no longer holds.
func (e *excluder) reservedElsewhere(agency string) bitmap {
	if _, ok := e.reserved[agency]; !ok {
		e.reserved[agency] = e.those(func(f *Family) bool {
			return f.ReservedUntil > e.c.AsOf && f.Ref.Agency != agency
		})
	}
	return e.reserved[agency]
}

// conflictsAndWaivers writes down what is recorded of single pairs. A record
// about somebody who is not in this Case says nothing here.
func (e *excluder) conflictsAndWaivers() {
	if len(e.c.Conflicts)+len(e.c.Waivers) == 0 {
		return
	}
	families, groups := e.whereabouts()
	for _, c := range e.c.Conflicts {
		f, known := families[c.Family]
		if g, ok := groups[c.Child]; ok && known {
			g.conflict(f, len(e.c.Families))
		}
	}
	for _, w := range e.c.Waivers {
		f, known := families[w.Family]
		if g, ok := groups[w.Child]; ok && known {
			g.waive(int32(f), w.Exclusion)
		}
	}
}

// whereabouts finds families and the groups of children by reference.
func (e *excluder) whereabouts() (map[Ref]int, map[Ref]*group) {
	families := make(map[Ref]int, len(e.c.Families))
	for f := range e.c.Families {
		families[e.c.Families[f].Ref] = f
	}
	groups := make(map[Ref]*group, len(e.c.Groups))
	for g := range e.c.Groups {
		for c := range e.c.Groups[g].Children {
			groups[e.c.Groups[g].Children[c].Ref] = &e.groups[g]
		}
	}
	return families, groups
}

func (g *group) conflict(f, families int) {
	if g.shut[3] == nil {
		g.shut[3] = newBitmap(families)
	}
	g.shut[3].set(f)
}

func (g *group) waive(f int32, e Exclusion) {
	if g.waivers == nil {
		g.waivers = map[int32]Exclusion{}
	}
	g.waivers[f] |= e
}

// excluded is the set of exclusions between the group and a family, and those of
// them that are waived.
func (g *group) excluded(f int) (set, waived Exclusion) {
	for i, column := range g.shut {
		if column.has(f) {
			set |= 1 << i
		}
	}
	if len(g.waivers) > 0 {
		waived = set & g.waivers[int32(f)]
	}
	return set, waived
}

// fillRuledOut fills a set with the families that an exclusion rules out.
func (g *group) fillRuledOut(set bitmap) {
	clear(set)
	for _, column := range g.shut {
		set.add(column)
	}
	for f := range g.waivers {
		if excluded, waived := g.excluded(int(f)); excluded == waived {
			set[f/64] &^= 1 << (f % 64)
		}
	}
}
