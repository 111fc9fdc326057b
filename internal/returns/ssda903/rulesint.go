package ssda903

import (
	"fmt"
	"slices"
)

// rulesINT are the rules EPI, INT and NoE: the tables against each other.
func rulesINT() []Rule {
	list := []Rule{
		{Code: "EPI", From: 2023, Fields: []Field{CHILD}, Needs: needs(Header),
			Says: "The child is in Header, but has no episode and is not in OC3. Add the episodes, or take the child out.",
			Child: func(c *Case) {
				if len(c.Rows(Episodes)) == 0 && len(c.Rows(OC3)) == 0 {
					c.Find(c.Rows(Header)...)
				}
			}},
		{Code: "INT21", From: 2023, Fields: []Field{SEX}, Needs: needs(Header, Unaccompanied), Child: otherSex,
			Says: "SEX is not the same in UASC and Header. Put right whichever is wrong."},
		{Code: "NoE", From: 2023, Fields: []Field{DECOM}, Needs: append(needs(Episodes), last(Episodes)),
			Says: "The episode began before the collection year, but last year's return has none for the child. Check DECOM, CHILD, and that last year's file is the whole return.",
			Child: func(c *Case) {
				if len(c.LastRows(Episodes)) == 0 {
					c.findWhere(c.Rows(Episodes), func(e Row) bool { return earlier(e.Day(DECOM), c.Start) })
				}
			}},
	}
	list = append(list, numbered(1, notInHeader, AD1, PlacedAdoption, Episodes, Missing, OC2, OC3, PrevPerm, Reviews, Unaccompanied)...)
	list = append(list, numbered(11, otherDOB, AD1, PlacedAdoption, Missing, OC2, OC3, PrevPerm, Reviews, Unaccompanied)...)
	return append(list, numbered(31, givenTwice, AD1, Header, OC2, OC3, PrevPerm, Unaccompanied)...)
}

// numbered makes one rule of each table, INT and a number counting up.
func numbered(first int, rule func(Table) Rule, list ...Table) (rules []Rule) {
	for i, t := range list {
		r := rule(t)
		r.Code, r.From = fmt.Sprintf("INT%02d", first+i), FirstRulesYear
		rules = append(rules, r)
	}
	return rules
}

// notInHeader also sees rows without CHILD.
func notInHeader(t Table) Rule {
	return Rule{Fields: []Field{CHILD}, Needs: needs(Header, t), Nameless: true,
		Says: fmt.Sprintf("The child is in %s but not in Header. Add the child to Header, or put CHILD right.", t),
		Child: func(c *Case) {
			if len(c.Rows(Header)) == 0 {
				c.Find(c.Rows(t)...)
			}
		}}
}

// otherDOB finds a day that differs from that of any row of Header.
func otherDOB(t Table) Rule {
	return Rule{Fields: []Field{DOB}, Needs: needs(Header, t),
		Says: fmt.Sprintf("DOB is not the same in %s and Header. Put right whichever is wrong.", t),
		Child: func(c *Case) {
			first, ok := First(c.Rows(Header), DOB)
			if !ok {
				return
			}
			latest, _ := Latest(c.Rows(Header), DOB)
			c.findWhere(c.Rows(t), func(r Row) bool {
				d := r.Day(DOB)
				return d.Known() && (d != first.Day(DOB) || d != latest.Day(DOB))
			})
		}}
}

// otherSex finds a SEX that differs from that of any row of Header.
func otherSex(c *Case) {
	headers := c.Rows(Header)
	at := slices.IndexFunc(headers, func(h Row) bool { return h.Filled(SEX) })
	if at < 0 {
		return
	}
	other := func(r Row) bool { return r.Filled(SEX) && !same(r, headers[at], SEX) }
	torn := slices.ContainsFunc(headers, other)
	c.findWhere(c.Rows(Unaccompanied), func(r Row) bool { return torn && r.Filled(SEX) || other(r) })
}

func givenTwice(t Table) Rule {
	return Rule{Fields: []Field{CHILD}, Needs: needs(t),
		Says: fmt.Sprintf("The child has more than one row in %s, which is to have one each. Take out what is too much, or put CHILD right.", t),
		Child: func(c *Case) {
			if rows := c.Rows(t); len(rows) > 1 {
				c.Find(rows...)
			}
		}}
}
