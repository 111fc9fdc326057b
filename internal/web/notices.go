package web

import (
	"homeward/internal/access"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// noticesPage is what somebody must be told.
type noticesPage struct {
	Rows []noticeRow
	Most int // shown at most, where there are more
}

// noticeRow is one of them; Href leads to what it is about.
type noticeRow struct{ ID, Words, About, When, Href, Link string }

// noticesShown is how many the home page shows.
const noticesShown = 5

// notices lists what the reader must be told and has not said they have seen.
func notices(v *visit) error {
	p := noticesPage{}
	err := v.do("notices", func(u *work.Unit) (err error) { p.Rows, err = noticeRows(u); return err })
	if err != nil {
		return err
	}
	if len(p.Rows) == notice.Most {
		p.Most = notice.Most
	}
	return v.show("notices", page{Title: "Notices", Back: "/"}, p)
}

func noticeRows(u *work.Unit) ([]noticeRow, error) {
	list, err := notice.Open(u)
	var rows []noticeRow
	for _, n := range list {
		row := noticeRow{ID: n.ID, Words: n.Kind.Sentence(), When: momentWords(n.MadeAt)}
		if n.About.Kind == access.Child || n.About.Kind == access.Family {
			row.About = recordWords(n.About.Kind, n.About.ID) + ", " + n.About.Agency
		}
		row.Href, row.Link = noticeLink(u, n)
		rows = append(rows, row)
	}
	return rows, err
}

// noticeLink leads to where its reader does something about a notice.
func noticeLink(u *work.Unit, n notice.Notice) (href, text string) {
	path := recordPath(n.About.Kind, n.About.ID)
	switch n.Kind {
	case notice.GlassOfOurs, notice.GlassByUs:
		if access.Can(u.Actor, access.View, access.Thing{Kind: access.Glass, Agency: u.Actor.Agency}).Allow {
			return "/glass", "Records opened in an emergency"
		}
		return "/looks", "Who looked"
	case notice.GlassFollowed:
		return path, "Open the record"
	case notice.RestrictionChanged, notice.NobodyNamed, notice.Tie, notice.NoTie, notice.Reopened:
		if access.Can(u.Actor, access.View, access.Thing{Kind: access.Restriction, Agency: n.About.Agency}).Allow {
			return path + "/restrict", "Who can open the record"
		}
	case notice.ManyRecords, notice.ReadingStopped:
		return "/looks/by/" + n.About.ID, "What they looked at"
	}
	return "", ""
}

// noticeSeen says that the reader has dealt with a notice.
func noticeSeen(v *visit) error {
	err := v.do("notices", func(u *work.Unit) error { return notice.Done(u, v.r.PathValue("id")) })
	if err != nil {
		return err
	}
	return v.done("/notices", "Marked as seen.")
}

// notices puts what its reader must be told on top of the home page.
func (p *homePage) notices(u *work.Unit) error {
	rows, err := noticeRows(u)
	p.Notices, p.AllNotes = rows[:min(len(rows), noticesShown)], "All notices"
	if len(rows) > noticesShown {
		p.AllNotes = "See all " + commas(len(rows)) + " notices"
	}
	return err
}
