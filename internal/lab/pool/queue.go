package pool

// event is something that will happen to a group or a family. Its stamp is that
// of the one it happens to when it was foreseen: when that has changed since,
// the event has been overtaken and is passed over.
type event struct {
	next  int32
	who   int32
	stamp int32
	kind  uint8
}

// queue keeps events by the day they fall on: a list for each day, first come
// first served within it, so that the order of events never hangs on chance.
// Days are whole and few, so both putting and taking cost the same however many
// events there are; nothing is allocated once it has grown to its size.
type queue struct {
	events      []event
	free        int32
	first, last []int32 // of each day; none is -1
	day         int32
}

const none = -1

func (q *queue) reset(days int32) {
	q.events, q.free, q.day = q.events[:0], none, 0
	if int32(cap(q.first)) < days {
		q.first, q.last = make([]int32, days), make([]int32, days)
	}
	q.first, q.last = q.first[:days], q.last[:days]
	for i := range q.first {
		q.first[i] = none
	}
}

// put foresees an event. One beyond the last day is forgotten: it never comes.
// One in the past is a fault of the program.
func (q *queue) put(day int32, kind uint8, who, stamp int32) {
	if day >= int32(len(q.first)) {
		return
	}
	if day < q.day {
		panic("pool: an event was foreseen for a day gone by")
	}
	at := q.free
	if at == none {
		at = int32(len(q.events))
		q.events = append(q.events, event{})
	} else {
		q.free = q.events[at].next
	}
	q.events[at] = event{next: none, who: who, stamp: stamp, kind: kind}
	if q.first[day] == none {
		q.first[day] = at
	} else {
		q.events[q.last[day]].next = at
	}
	q.last[day] = at
}

// take gives the next event of today; there may be none left.
func (q *queue) take() (event, bool) {
	at := q.first[q.day]
	if at == none {
		return event{}, false
	}
	e := q.events[at]
	q.first[q.day] = e.next
	q.events[at].next, q.free = q.free, at
	return e, true
}
