package plan

// paper is what searches write on: kept so that a search allocates nothing, and
// wiped only where it was written.
type paper struct {
	distance []int32 // of the far side; far for not reached
	from     []int32 // who reached it
	reached  []int32
	passed   []int32 // in the order they were gone through
	level    []int32 // to be gone through at the present distance
	heap     heap
}

func (w *paper) grow(n int) {
	for len(w.distance) < n {
		w.distance = append(w.distance, far)
		w.from = append(w.from, alone)
	}
}

// settle places everybody who was left loose, groups first.
func (s *Solver) settle() {
	s.paper.grow(max(len(s.groups.near), len(s.families.near)))
	for _, g := range s.groups.loose {
		s.place(&s.groups, &s.families, g)
	}
	for _, f := range s.families.loose {
		s.place(&s.families, &s.groups, f)
	}
	s.groups.loose, s.families.loose = s.groups.loose[:0], s.families.loose[:0]
	s.linkPins()
}

// place gives one of a that is without a link the place that costs all others
// least, and changes the prices to prove it. It is the shortest augmenting path
// of the Hungarian method, over what each pair falls short of its two prices:
// Dijkstra's search, outward from one of a, from each of b it reaches straight on
// to the a it is linked with. It may end with one of b that is free, or with one of a that
// gives its own place up, which costs that one's price; staying out is the first
// such end.
func (s *Solver) place(a, b *side, start int32) {
	if a.mate[start] != alone || a.price[start] == 0 {
		return
	}
	w := &s.paper
	end, free := start, int32(alone)
	cost := a.price[start] // of the best end so far
	prices, mates, distances := b.price, b.mate, w.distance
	for here, at := start, int32(0); ; {
		base := at + a.price[here]
		for _, e := range a.near[here] {
			d := base + prices[e.to] - e.weight
			if d >= cost || d >= distances[e.to] {
				continue
			}
			if mates[e.to] == alone {
				cost, free = d, e.to
				w.from[e.to] = here
				continue
			}
			w.reach(e.to, here, d, at)
		}
		next, ok := w.next(&at, cost)
		if !ok {
			break
		}
		here = mates[next]
		if give := at + a.price[here]; give < cost {
			cost, end, free = give, here, alone
		}
	}
	w.reprice(a, b, start, cost)
	if free != alone {
		w.link(a, b, start, free)
	} else if end != start {
		last := a.mate[end]
		a.mate[end] = alone
		w.link(a, b, start, last)
	}
	w.wipe()
}

// reach notes a shorter way to one of b. What is no further than the search has
// come needs no sorting.
func (w *paper) reach(to, from, d, at int32) {
	if w.distance[to] == far {
		w.reached = append(w.reached, to)
	}
	w.distance[to], w.from[to] = d, from
	if d == at {
		w.level = append(w.level, to)
	} else {
		w.heap.push(d, to)
	}
}

// next is the nearest of b not gone through yet, and moves the search on to it;
// none where the best end is no further.
func (w *paper) next(at *int32, cost int32) (int32, bool) {
	if cost <= *at {
		return 0, false
	}
	if n := len(w.level); n > 0 {
		to := w.level[n-1]
		w.level = w.level[:n-1]
		w.passed = append(w.passed, to)
		return to, true
	}
	for len(w.heap) > 0 {
		d, to := w.heap.pop()
		if d >= cost {
			return 0, false
		}
		if d == w.distance[to] {
			*at = d
			w.passed = append(w.passed, to)
			return to, true
		}
	}
	return 0, false
}

// reprice moves the prices of all that was gone through by what the best end is
// further away: links stay at their prices, and the way to the end becomes one
// of pairs that weigh just their prices.
func (w *paper) reprice(a, b *side, start, cost int32) {
	a.price[start] -= cost
	for _, to := range w.passed {
		by := cost - w.distance[to]
		b.price[to] += by
		a.price[b.mate[to]] -= by
	}
}

// link links along the way from start to one of b.
func (w *paper) link(a, b *side, start, to int32) {
	for {
		here := w.from[to]
		before := a.mate[here]
		a.mate[here], b.mate[to] = to, here
		if here == start {
			return
		}
		to = before
	}
}

func (w *paper) wipe() {
	for _, to := range w.reached {
		w.distance[to] = far
	}
	w.reached, w.passed, w.level, w.heap = w.reached[:0], w.passed[:0], w.level[:0], w.heap[:0]
}

// heap is those reached, the nearest first and of two as near the one in the
// lower place: one number each, four below each.
type heap []uint64

func (h *heap) push(d, to int32) {
	*h = append(*h, uint64(d)<<32|uint64(to))
	q := *h
	i := len(q) - 1
	key := q[i]
	for i > 0 {
		up := (i - 1) / 4
		if q[up] <= key {
			break
		}
		q[i] = q[up]
		i = up
	}
	q[i] = key
}

func (h *heap) pop() (d, to int32) {
	q := *h
	top, key := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	*h = q
	i := 0
	for {
		down := 4*i + 1
		if down >= len(q) {
			break
		}
		least := down
		for c := down + 1; c < min(down+4, len(q)); c++ {
			if q[c] < q[least] {
				least = c
			}
		}
		if q[least] >= key {
			break
		}
		q[i] = q[least]
		i = least
	}
	if len(q) > 0 {
		q[i] = key
	}
	return int32(top >> 32), int32(uint32(top))
}
