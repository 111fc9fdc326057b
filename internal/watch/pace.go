package watch

import (
	"fmt"
	"math"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Limit is how many different children and families one person may look at in a
// window of time before somebody is told, and before they are stopped.
type Limit struct {
	Opened bool // counts records opened; else those in lists as well
	Window time.Duration
	Alert  int
	Stop   int
}

// Limits are those in force. To confirm with each region, from its own counts.
// A page of a list names some 25 groups of children or families.
func Limits() []Limit {
	return []Limit{
		{Opened: true, Window: 10 * time.Minute, Alert: 100, Stop: 300},
		{Opened: true, Window: time.Hour, Alert: 200, Stop: 600},
		{Window: 10 * time.Minute, Alert: 600, Stop: 1500},
		{Window: time.Hour, Alert: 1500, Stop: 4000},
	}
}

// words says the limit as a page does.
func (l Limit) words() string {
	looked := map[bool]string{true: "opened", false: "looked at"}[l.Opened]
	if l.Window == time.Hour {
		return looked + " %d records or more in an hour"
	}
	return looked + " %d records or more in " + fmt.Sprintf("%.0f minutes", l.Window.Minutes())
}

// Pace is how fast the unit's actor has been looking at records.
type Pace struct {
	Counts []int // by limit, in their order
	Told   bool  // somebody has been told of it
	over   *Limit
	wait   time.Duration
}

// Refusal is what to say to somebody who has to wait, or nil.
func (p Pace) Refusal() error {
	if p.over == nil {
		return nil
	}
	minutes := max(1, int(math.Ceil(p.wait.Minutes())))
	noun := map[bool]string{true: "minute", false: "minutes"}[minutes == 1]
	return fault.New(fault.Forbidden, fmt.Sprintf("You have "+p.over.words()+". Your information lead has been told. Try again in %d %s.", p.over.Stop, minutes, noun))
}

// PaceOf counts what the unit's actor has looked at, tells the information lead
// where it is much, at most once an hour, and says whether they have to wait. It
// is asked on every request, in a unit that commits before the page's own:
// an error would take back that somebody was told. The operator has no pace.
func PaceOf(u *work.Unit, book *agency.Book) (Pace, error) {
	var p Pace
	if u.Actor.ID == "" || u.Actor.Role == access.Operator {
		return p, nil
	}
	if err := p.count(u); err != nil {
		return p, err
	}
	for i, l := range Limits() {
		if p.Counts[i] >= l.Alert {
			p.Told = true
		}
		if p.Counts[i] < l.Stop {
			continue
		}
		wait, err := l.wait(u, p.Counts[i])
		if err != nil {
			return p, err
		}
		if wait >= p.wait {
			p.over, p.wait = &l, wait
		}
	}
	return p, p.tell(u, book)
}

// opened are the entries made when a record itself is opened, by Find or
// FindProfile; other entries say which list it stood in.
const (
	opened  = "detail IN ('', 'profile')"
	looking = "FROM audit_entry WHERE actor_id = $1 AND at >= $2 AND action = 'viewed' AND kind IN ('child', 'family')"
)

func (p *Pace) count(u *work.Unit) error {
	p.Counts = make([]int, len(Limits()))
	columns, args := "", []any{u.Actor.ID, db.Instant{Time: u.Now.Add(-time.Hour)}}
	var into []any
	for i, l := range Limits() {
		args, into = append(args, db.Instant{Time: u.Now.Add(-l.Window)}), append(into, &p.Counts[i])
		which := fmt.Sprintf("at >= $%d", len(args))
		if l.Opened {
			which += " AND " + opened
		}
		if i > 0 {
			columns += ", "
		}
		columns += "COUNT(DISTINCT CASE WHEN " + which + " THEN subject_id END)"
	}
	return u.QueryRow("SELECT "+columns+" "+looking, args...).Scan(into...)
}

// wait is how long until fewer than the limit are left in its window.
func (l Limit) wait(u *work.Unit, n int) (time.Duration, error) {
	and := ""
	if l.Opened {
		and = " AND " + opened
	}
	var last db.Instant
	err := u.QueryRow("SELECT MAX(at) AS last "+looking+and+" GROUP BY subject_id ORDER BY last LIMIT 1 OFFSET $3",
		u.Actor.ID, db.Instant{Time: u.Now.Add(-l.Window)}, n-l.Stop).Scan(&last)
	return last.Add(l.Window).Sub(u.Now), err
}

// tell tells the information lead, and notes that it did.
func (p Pace) tell(u *work.Unit, book *agency.Book) error {
	if !p.Told {
		return nil
	}
	self := work.Subject{Kind: access.Staff, Agency: u.Actor.Agency, ID: u.Actor.ID}
	n := notice.Notice{Kind: notice.ManyRecords, About: self, ActorID: u.Actor.ID}
	if p.over != nil {
		n.Kind = notice.ReadingStopped
		_ = u.Refuse(access.View, self) // noted; Refusal says it in words
	}
	told, err := notice.SentSince(u, n.Kind, self, u.Now.Add(-time.Hour))
	if err != nil || told {
		return err
	}
	u.Noted(string(n.Kind), self, fmt.Sprint(p.Counts))
	return notice.Send(u, tell(u, book, u.Actor.Agency, access.InformationLead, n)...)
}
