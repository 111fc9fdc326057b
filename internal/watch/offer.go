package watch

import (
	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// ErrRestricted is what there is to say of a restricted record to those of the
// agency whose work would open it otherwise: that there is one. They came by its
// reference, and in an emergency a child must not be lost to a page that denies
// them. Everybody else is told that there is no such record.
var ErrRestricted = fault.New(fault.Forbidden, "This record is restricted to the people named on it.")

// Breakable tells whether breaking the glass is open to an actor and would show
// them something they cannot see without. Of a restricted record of another
// agency they are told nothing, unless theirs carries a function out for it.
func Breakable(a access.Actor, record access.Thing) bool {
	record.Kind = access.RecordOf(record.Kind)
	return access.Can(a, access.BreakGlass, record).Allow && (!record.Restricted || atHome(a, record.Agency)) && opens(a, record)
}

// atHome tells whether an agency is the actor's own or theirs works for it.
func atHome(a access.Actor, code string) bool {
	for _, t := range a.Ties {
		if t.Agency == code && t.Function != "" {
			return true
		}
	}
	return a.Agency == code
}

// GlassesBy lists the records of other agencies that the people of one opened by
// breaking glass, to its information lead, the newest first.
func GlassesBy(u *work.Unit, code string) ([]Glass, error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Glass, Agency: code}, ""); err != nil {
		return nil, err
	}
	list, err := glasses(u, "actor_agency = $1 AND agency_code <> $1 ORDER BY opened_at DESC, glass_id LIMIT $2", code, mostGlasses)
	for _, g := range list {
		u.Saw(g.Subject(), "")
	}
	return list, err
}

// RestrictionOf gives the restriction of one record to those who may see which
// records are restricted.
func RestrictionOf(u *work.Unit, of work.Subject) (r Restriction, restricted bool, err error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Restriction, Agency: of.Agency, ID: of.ID}, of.ID); err != nil {
		return r, false, err
	}
	list, err := restrictions(u, "WHERE r.agency_code = $1 AND r.kind = $2 AND r.subject_id = $3", of.Agency, string(of.Kind), of.ID)
	if err != nil || len(list) == 0 {
		return r, false, err
	}
	return list[0], true, nil
}
