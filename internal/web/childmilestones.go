package web

import (
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// childMilestones changes what has happened to a child: what the returns and the
// scorecard are counted from.
func childMilestones(v *visit) error {
	e, err := v.openChild("What has happened")
	if err != nil {
		return err
	}
	e.Intro = []string{
		"The days here are what returns and the scorecard are counted from. Leave out what is not known: a history may have gaps.",
		"Entry into care, the agency decision that stands and the placement order are on the record itself. An earlier decision goes here.",
	}
	var f *milestoneForm
	f, e.Sections = askMilestones(e.Form, e.child.Milestones, milestoneOptions(child.Milestones, child.MilestoneDetails), child.MilestoneWords, v.Desk.Today())
	if v.posted() && v.r.PostFormValue("version") != e.Version {
		e.Form.Fail(fault.Message(work.ErrMoved), v.r.URL.Path) // the entries are other ones than those that were seen
	} else if v.sent(e) {
		if saved, err := v.saveChildMilestones(e, f); saved || err != nil {
			return err
		}
	}
	return v.show("milestones", page{Title: e.Heading + ", " + e.child.Agency + "/" + e.child.Ref, Back: e.Cancel, Form: e.Form}, e)
}

func (v *visit) saveChildMilestones(e *editing, f *milestoneForm) (saved bool, err error) {
	list, good := f.read(func(before []child.Milestone, m child.Milestone) string {
		c := e.child
		c.Milestones = before
		return c.Clash(m)
	})
	if !good {
		return false, nil
	}
	e.child.Milestones = list
	to := childPath(e.child.ID)
	more, message := v.another()
	if more {
		to += "/milestones"
	}
	return v.saveChild(e, to, message)
}
