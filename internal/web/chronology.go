package web

import (
	"cmp"
	"encoding/json"
	"slices"

	"homeward/internal/date"
	"homeward/internal/work"
)

// event is one entry of a chronology.
type event struct {
	Day     date.Date
	Title   string
	By      string   // who did it
	Lines   []string // what more there is to say
	Changes []change // what a record said before and after
	Href    string   // where more is, said by Link
	Link    string
	Due     bool // still to come
}

// change is one thing a record said before and after. A side that said nothing
// is empty.
type change struct{ Label, From, To string }

// newestFirst puts events in order; those of one day stay as they are.
func newestFirst(list []event) []event {
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(b.Day, a.Day) })
	return list
}

// changes compares two states of a record, fact by fact, in the order of the
// second.
func changes(before, after []fact) []change {
	from := map[string]string{}
	for _, f := range before {
		from[f.Key] = f.Value
	}
	var list []change
	kept := map[string]bool{}
	for _, f := range after {
		kept[f.Key] = true
		if from[f.Key] != f.Value {
			list = append(list, change{f.Label, from[f.Key], f.Value})
		}
	}
	for _, f := range before {
		if !kept[f.Key] && f.Value != "" {
			list = append(list, change{f.Label, f.Value, ""})
		}
	}
	return list
}

// pastEvent is a change kept in the history of a record. say puts what the part
// said into words.
func pastEvent[T any](p work.Past, title string, say func(T) []fact) (event, error) {
	var before, after T
	if err := json.Unmarshal([]byte(p.Before), &before); err != nil {
		return event{}, err
	}
	if err := json.Unmarshal([]byte(p.After), &after); err != nil {
		return event{}, err
	}
	return event{Day: work.Day(p.At), Title: title, By: p.ActorName, Changes: changes(say(before), say(after))}, nil
}
