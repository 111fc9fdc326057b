package invent

import (
	"slices"
	"strings"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// asked and answered are OC2 and OC3 rows as they would be filled.
const (
	asked    = "SDQ_SCORE=12 CONVICTED= HEALTH_CHECK= IMMUNISATIONS=1 TEETH_CHECK=1 HEALTH_ASSESSMENT=1 SUBSTANCE_MISUSE=0"
	answered = "IN_TOUCH=YES ACTIV=F2 ACCOM=U1"
	adoptive = "DATE_INT=@end-90 DATE_MATCH=@end-60 FOSTER_CARE=0 NB_ADOPTR=2 SEX_ADOPTR=MF LS_ADOPTR=L11"
)

// turns is a child whose birthday of some age lies in the year.
func turns(k *kid, years int) bool { return k.begun <= k.birthday(years) && k.birthday(years) <= k.end }

// healthPlants are OC2, and OC3 of those who are no care leavers.
var healthPlants = []plant{
	edit("134", "AD1", "", "", func(k *kid, _ *record) bool { return len(extra("", "OC3", answered).spoil(k)) > 0 }),
	edit("157", "OC2", "", "SDQ_SCORE= SDQ_REASON=SDQ1", aged(6, 14)),
	edit("158", "OC2", "", "SUBSTANCE_MISUSE=1 INTERVENTION_RECEIVED=1 INTERVENTION_OFFERED=1"),
	edit("159", "OC2", "", "SUBSTANCE_MISUSE=1 INTERVENTION_RECEIVED=0 INTERVENTION_OFFERED="),
	edit("180", "OC2", "SDQ_SCORE!", "SDQ_SCORE=41"),
	edit("181", "OC2", "", "TEETH_CHECK=2"),
	edit("182", "OC2", "CONVICTED!", "IMMUNISATIONS="),
	extra("185", "OC2", asked, aged(6, 14), inCare, without("OC2")),
	edit("186", "OC2", "", "SDQ_SCORE= SDQ_REASON=", aged(6, 14)),
	extra("187", "AD1", adoptive, inCare, having("OC2"), without("AD1")),
	extra("187", "OC3", answered, inCare, having("OC2")),
	edit("188", "OC2", "", "SDQ_SCORE=5", aged(0, 2)),
	edit("189", "OC2", "", "", func(k *kid, r *record) bool {
		if !(k.birthday(17) < k.begun-1) {
			return false
		}
		r.set(ssda903.SDQ_SCORE, "5")
		return true
	}),
	edit("189", "OC2", "SDQ_SCORE!", "DOB=@begun-6300"),
	extra("190", "OC2", asked, aged(6, 14), inCare, without("OC2")),
	edit("191", "OC2", "", "TEETH_CHECK="),
	edit("191", "Episodes", "", "", first, having("OC2"), func(k *kid, _ *record) bool { remove(k.now[ssda903.OC2]); return true }),
	edit("192", "OC2", "", "SUBSTANCE_MISUSE=1 INTERVENTION_RECEIVED="),
	edit("193", "OC2", "", "SUBSTANCE_MISUSE=0 INTERVENTION_RECEIVED=1"),
	edit("196", "OC2", "SDQ_REASON!", "SDQ_REASON=SDQ9"),
	edit("197B", "OC2", "", "SDQ_SCORE= SDQ_REASON=", func(k *kid, _ *record) bool { return turns(k, 4) || turns(k, 17) }),
	edit("197a", "OC2", "SDQ_SCORE!", "SDQ_REASON=SDQ2"),
	extra("198", "OC2", asked+" SDQ_REASON=SDQ2", aged(6, 14), inCare, without("OC2")),
	extra("215", "OC3", answered, having("OC2")).with("OC2"),
	edit("542", "OC2", "CONVICTED?", "CONVICTED=0"),
	edit("543", "OC2", "CONVICTED!", "CONVICTED="),
	edit("544", "OC2", "CONVICTED!", "CONVICTED=1 TEETH_CHECK="),
	edit("545", "OC2", "HEALTH_CHECK!", "HEALTH_CHECK="),
	edit("546", "OC2", "HEALTH_CHECK?", "HEALTH_CHECK=1"),
	edit("547", "OC2", "HEALTH_CHECK!", "HEALTH_CHECK=1 TEETH_CHECK="),
	{rule: "1000", spoil: func(k *kid) []*record {
		if !left(k, nil) {
			return nil
		}
		k.neighbour(k.episodes()[len(k.episodes())-1], 0).set(ssda903.REC, "E2")
		return extra("", "OC3", answered).spoil(k)
	}},
	extra("1001", "OC3", answered, left, aged(0, 13)),
	{rule: "1002", spoil: func(k *kid) []*record {
		if !inCare(k, nil) || len(k.last[ssda903.Header]) > 0 {
			return nil
		}
		remove(k.episodes())
		return extra("", "OC3", answered).spoil(k)
	}},
	extra("1007", "OC3", answered, inCare, aged(17, 17), func(k *kid, _ *record) bool {
		open := k.episodes()[len(k.episodes())-1]
		return open.day(ssda903.DECOM) <= k.birthday(17)
	}),
	{rule: "1010", spoil: func(k *kid) []*record {
		list := k.last[ssda903.Episodes]
		if len(list) == 0 || list[len(list)-1].get(ssda903.DEC) != "" || !inCare(k, nil) {
			return nil
		}
		remove(k.episodes())
		return extra("", "OC3", answered).spoil(k)
	}},
	{rule: "1011", spoil: func(k *kid) []*record {
		if !left(k, nil) {
			return nil
		}
		k.episodes()[len(k.episodes())-1].set(ssda903.REC, "E3")
		return extra("", "OC3", answered).spoil(k)
	}},
	extra("1012", "Reviews", "REVIEW=@end-60 REVIEW_CODE=PN1", having("OC3"), without("Episodes")),
	extra("1014", "UASC", "SEX=M", having("OC3"), without("Episodes")).with("OC3"),
	extra("1016", "OC3", answered, left, aged(17, 17), func(k *kid, _ *record) bool {
		return k.episodes()[len(k.episodes())-1].day(ssda903.DEC) > k.birthday(17)
	}).since(2024),
	edit("EPI", "Header", "", "", having("OC3"), without("Episodes"), func(k *kid, _ *record) bool { remove(k.now[ssda903.OC3]); return true }),
}

// nowhere is a postcode of a covered area that the gazetteer does not hold.
const nowhere = "DE1_9ZZ"

// isInside tells a postcode of the council.
func isInside(post string) bool {
	return slices.ContainsFunc(inside, func(d district) bool { return strings.HasPrefix(post, d.outward+" ") })
}

// placePlants are postcodes and providers. They need the gazetteer, the list of
// providers or the council's own code, most of them.
var placePlants = []plant{
	edit("164", "Episodes", settled+" HOME_POST!", "HOME_POST="),
	edit("169", "Episodes", settled, "PL_POST="),
	edit("179", "Episodes", settled, "PL_POST="+nowhere),
	edit("214", "Episodes", "LS=V3|V4", "PL_POST="+strings.ReplaceAll(inside[0].post(3), " ", "_")),
	edit("218", "Episodes", "PLACE=K2", "URN="),
	edit("219", "Episodes", settled, "URN="+country.homes["K2"][0].urn),
	edit("221", "Episodes", "PLACE=K2", "PL_POST="+strings.ReplaceAll(inside[0].post(5), " ", "_")),
	edit("222", "Episodes", "PLACE=P1|R1|R2", "URN="+country.homes["K2"][0].urn),
	edit("222", "Episodes", "PLACE=T0|T1|T2|T4", "URN="+country.homes["K2"][0].urn),
	edit("224", "Episodes", settled+" PLACE_PROVIDER=PR4", "PLACE_PROVIDER=PR5"),
	edit("227", "Episodes", settled, "URN="+country.closed),
	edit("228", "Episodes", settled, "URN="+country.closed),
	edit("229", "Episodes", settled+" PLACE_PROVIDER=PR1", "PLACE_PROVIDER=PR2"),
	edit("392a", "Episodes", settled+" HOME_POST!", "PL_POST="+nowhere),
	edit("392b", "Episodes", "HOME_POST! LS~V3|V4", "HOME_POST="),
	edit("392c", "Episodes", "HOME_POST!", "HOME_POST="+nowhere),
	edit("392d", "Episodes", "HOME_POST! PLACE~P1", "", func(_ *kid, r *record) bool { r.set(ssda903.HOME_POST, r.get(ssda903.PL_POST)); return true }),
	edit("398", "Episodes", "LS=V3|V4", "HOME_POST="+strings.ReplaceAll(homes.post(7), " ", "_")),
	edit("399", "Header", "", "MOTHER=0", shortBreaks).with("Episodes"),
	edit("406", "Episodes", "HOME_POST? PL_POST!", "HOME_POST="+strings.ReplaceAll(homes.post(8), " ", "_"), having("UASC")),
	edit("420", "Episodes", "LS=V3|V4", "PL_POST="+strings.ReplaceAll(inside[1].post(3), " ", "_")),
	edit("454", "Episodes", settled+" HOME_POST!", "PL_POST="+strings.ReplaceAll(far.post(1), " ", "_")).since(2026),
	edit("526", "Episodes", "PLACE=U6|K2", "PLACE_PROVIDER="),
	edit("527", "Episodes", "PLACE=P1|R2|R5", "PLACE_PROVIDER=PR1"),
	edit("528", "Episodes", "PLACE=P1|R2|R5", "PLACE_PROVIDER=PR2"),
	edit("529", "Episodes", "PLACE=U6|K2", "PLACE_PROVIDER=PR3"),
	edit("530", "Episodes", "PLACE=P1", "PLACE_PROVIDER=PR4"),
	edit("531", "Episodes", "PLACE=P1", "PLACE_PROVIDER=PR5"),
	edit("550", "Episodes", "PLACE=U6|K2", "PLACE_PROVIDER=PR0"),
	edit("1008", "Episodes", settled, "URN=SC9ZZZZZ"),
	edit("1015", "Episodes", "PLACE=K2 PLACE_PROVIDER=PR1 LS~V3|V4", "PL_POST="+strings.ReplaceAll(outside[0].post(3), " ", "_")),
}

// moved puts a continuing episode elsewhere than last year's return has it.
func moved(d district) test {
	return func(k *kid, r *record) bool {
		if !continuing(k, r) || !isInside(r.get(ssda903.PL_POST)) || r.get(ssda903.HOME_POST) == "" {
			return false
		}
		r.set(ssda903.PL_POST, d.post(9))
		return true
	}
}

// yearPlants do not agree with last year's return.
var yearPlants = []plant{
	edit("202", "Header", "SEX=1|M", "", bothYears, func(k *kid, r *record) bool {
		r.set(ssda903.SEX, map[string]string{"1": "2", "M": "F"}[r.get(ssda903.SEX)])
		return true
	}),
	edit("203", "Header", "", "DOB=@DOB-1", bothYears),
	edit("204", "Header", "ETHNIC~AOTH", "ETHNIC=AOTH", bothYears),
	edit("205A", "Header", "", "", bothYears, having("UASC"), func(k *kid, _ *record) bool { remove(k.now[ssda903.Unaccompanied]); return true }),
	edit("205B", "UASC", "", "DUC=@end+5", bothYears),
	edit("205D", "Header", "", "", bothYears, without("UASC"), inCare, func(k *kid, r *record) bool {
		k.add(ssda903.Unaccompanied, k.id, r.get(ssda903.SEX), r.get(ssda903.DOB), "")
		return true
	}),
	edit("207", "Header", "MOTHER=1", "MOTHER=0 MC_DOB=", bothYears, func(k *kid, _ *record) bool { return k.last[ssda903.Header][0].get(ssda903.MOTHER) == "1" }),
	edit("208", "Header", "UPN~UN1|UN3", "UPN=A999999999999", bothYears, func(k *kid, r *record) bool { return k.last[ssda903.Header][0].get(ssda903.UPN) == r.get(ssda903.UPN) }),
	edit("210", "Header", "", "UPN=UN4", inCare, func(k *kid, _ *record) bool {
		return k.episodes()[0].get(ssda903.RNE) == "S" && k.episodes()[0].day(ssda903.DECOM) < k.end-8
	}),
	edit("452", "Episodes", "", "", moved(outside[1])),
	edit("453", "Episodes", "", "", moved(outside[2])),
	edit("502", "Episodes", "", "DECOM=@DECOM+1", continuing, lasts(3)),
	edit("503A", "Episodes", "RNE~S", "RNE=S", continuing),
	edit("503B", "Episodes", "LS=C2", "LS=C1", continuing),
	edit("503C", "Episodes", "CIN~N8", "CIN=N8", continuing),
	edit("503D", "Episodes", "PLACE=U6", "PLACE=U4", continuing),
	edit("503E", "Episodes", "PLACE_PROVIDER=PR4", "PLACE_PROVIDER=PR5", continuing),
	edit("503F", "Episodes", settled, "URN=XXXXXXX", continuing),
	edit("503G", "Episodes", "", "", moved(outside[3])),
	edit("503H", "Episodes", "", "", moved(outside[0])),
	edit("503J", "Episodes", "", "", moved(outside[1])),
	edit("562", "Episodes", "", "DECOM=@DECOM-1", continuing),
	edit("576", "Missing", "", "MIS_START=@MIS_START-1", func(k *kid, r *record) bool {
		list := k.last[ssda903.Missing]
		return len(list) > 0 && list[len(list)-1].get(ssda903.MIS_END) == "" && list[len(list)-1].get(ssda903.MIS_START) == r.get(ssda903.MIS_START)
	}),
	edit("624", "Header", "MC_DOB!", "MC_DOB=@MC_DOB+1", bothYears, func(k *kid, _ *record) bool { return k.last[ssda903.Header][0].get(ssda903.MC_DOB) != "" }),
	edit("626", "Header", "MOTHER=1", "MC_DOB=@begun-1", bothYears, func(k *kid, _ *record) bool { return k.last[ssda903.Header][0].get(ssda903.MOTHER) == "0" }),
	edit("NoE", "Episodes", "", "DECOM=@begun-5", first, func(k *kid, _ *record) bool { return len(k.last[ssda903.Episodes]) == 0 && k.dob() < k.begun-5 }),
}

// tablePlants are rows that lack their child, have another birth date or stand
// twice.
func tablePlants() (list []plant) {
	for i, table := range strings.Fields("AD1 PlacedAdoption Episodes Missing OC2 OC3 PrevPerm Reviews UASC") {
		list = append(list, plant{rule: "INT0" + string(rune('1'+i)), spoil: func(k *kid) []*record {
			if rows := k.now[tableOf(table)]; len(rows) > 0 {
				remove(k.now[ssda903.Header])
				return rows
			}
			return nil
		}})
	}
	for i, table := range strings.Fields("AD1 PlacedAdoption Missing OC2 OC3 PrevPerm Reviews UASC") {
		list = append(list, edit("INT1"+string(rune('1'+i)), table, "", "DOB=@dob+1"))
	}
	for i, table := range strings.Fields("AD1 Header OC2 OC3 PrevPerm UASC") {
		list = append(list, plant{rule: "INT3" + string(rune('1'+i)), spoil: func(k *kid) []*record {
			if rows := k.now[tableOf(table)]; len(rows) == 1 {
				return append(rows, k.add(rows[0].table, slices.Clone(rows[0].cells)...))
			}
			return nil
		}})
	}
	return append(list,
		edit("INT21", "UASC", "SEX=1", "SEX=2"), edit("INT21", "UASC", "SEX=M", "SEX=F"),
		plant{rule: "444", from: 2026, spoil: sameNumber},
		extra("574", "Missing", "MISSING=M MIS_START=@end-20 MIS_END=@end-10", inCare, without("Missing")).twice(),
		extra("705", "DoLo", "DOLO_START=@end-20 DOLO_END=@end-10", inCare, without("DoLo")).twice().since(2027),
		edit("575", "Missing", "MIS_END!", "MIS_END=", left),
		edit("577", "Missing", "", "", left, func(k *kid, r *record) bool {
			r.setDay(ssda903.MIS_END, k.episodes()[len(k.episodes())-1].day(ssda903.DEC)+1)
			return true
		}),
		edit("578", "Missing", "", "", inCare, func(k *kid, r *record) bool { return r.beforeCare(k, ssda903.MIS_START) }),
		edit("581", "Missing", "", "", inCare, func(k *kid, r *record) bool { return r.beforeCare(k, ssda903.MIS_START) }),
		edit("707", "DoLo", "", "DOLO_END=", inCare, func(k *kid, r *record) bool { return r.beforeCare(k, ssda903.DOLO_START) }).since(2027),
		edit("709", "DoLo", "DOLO_END!", "", liveAt("U6")).since(2027),
		edit("710", "DoLo", "DOLO_END!", "", liveAt("K1")).since(2027),
		edit("630", "Episodes", "RNE=S", "", func(k *kid, r *record) bool {
			if r.day(ssda903.DECOM) < k.begun {
				return false
			}
			remove(k.now[ssda903.PrevPerm])
			return true
		}),
		edit("632", "PrevPerm", "", "PREV_PERM=P1 LA_PERM=831", having("Episodes"), func(k *kid, r *record) bool {
			r.set(ssda903.DATE_PERM, k.episodes()[0].get(ssda903.DECOM))
			return true
		}),
		edit("634", "PrevPerm", "", "", func(k *kid, _ *record) bool {
			if len(k.episodes()) != 1 {
				return false
			}
			k.episodes()[0].set(ssda903.DECOM, "01/03/2016")
			return true
		}),
	)
}

// beforeCare sets a day to the one before the child's first episode.
func (r *record) beforeCare(k *kid, f ssda903.Field) bool {
	r.setDay(f, k.episodes()[0].day(ssda903.DECOM)-1)
	return true
}

// twice adds the row again, and the rule must name the second.
func (p plant) twice() plant {
	spoil := p.spoil
	p.spoil = func(k *kid) []*record {
		rows := spoil(k)
		if len(rows) == 0 {
			return nil
		}
		return []*record{k.add(rows[0].table, slices.Clone(rows[0].cells)...)}
	}
	return p
}

// liveAt has the child live in another kind of placement under the order.
func liveAt(place string) test {
	return func(k *kid, r *record) bool {
		for _, e := range k.episodes() {
			until := e.day(ssda903.DEC)
			if e.day(ssda903.DECOM) < r.day(ssda903.DOLO_START) && (!until.Known() || until > r.day(ssda903.DOLO_END)) {
				e.set(ssda903.PLACE, place)
				return true
			}
		}
		return false
	}
}

// sameNumber gives a child the UPN of another.
func sameNumber(k *kid) []*record {
	own := k.now[ssda903.Header][0]
	for _, other := range k.all.tables[ssda903.Header] {
		if !other.gone && other.child != k.id && strings.HasPrefix(other.get(ssda903.UPN), "A3") && own.get(ssda903.UPN) != "UN1" {
			own.set(ssda903.UPN, other.get(ssda903.UPN))
			return []*record{own}
		}
	}
	return nil
}

// workerPlants are social workers, returned since 2023/24.
var workerPlants = []plant{
	edit("SW01aSTG1", "SWEpisodes", "", "SW_DECOM=01/03/2023 SW_ID=").since(2025),
	edit("SW01bSTG1", "SWEpisodes", "", "SW_REASON=", since2023).since(2025),
	edit("SW02STG1", "SWEpisodes", "", "SW_ID=AB1").since(2024),
	edit("SW04STG1", "SWEpisodes", "", "SW_DECOM="+noDay).since(2024),
	edit("SW05STG1", "SWEpisodes", "SW_DEC!", "SW_DEC="+noDay).since(2024),
	edit("SW06STG2", "SWEpisodes", "SW_DEC?", "SW_DECOM=@end+1").since(2024),
	edit("SW07STG2", "SWEpisodes", "SW_DEC!", "SW_DEC=@end+1").since(2024),
	edit("SW07STG2", "SWEpisodes", "", "SW_DECOM=@begun-900 SW_DEC=@begun-400").since(2024),
	edit("SW08STG2", "SWEpisodes", "SW_DEC!", "SW_DEC=", func(k *kid, r *record) bool {
		return k.now[ssda903.SWEpisodes][0] == r && len(k.now[ssda903.SWEpisodes]) > 1
	}).since(2024),
	edit("SW09STG2", "SWEpisodes", "SW_DEC!", "SW_DEC=@SW_DECOM+0").since(2024),
	edit("SW10STG2", "SWEpisodes", "SW_REASON~FCONTA", "", func(k *kid, r *record) bool {
		list := k.now[ssda903.SWEpisodes]
		if at := slices.Index(list, r); at < 1 || list[at-1].day(ssda903.SW_DEC)-20 <= list[at-1].day(ssda903.SW_DECOM) {
			return false
		}
		r.setDay(ssda903.SW_DECOM, r.day(ssda903.SW_DECOM)-10)
		return true
	}).since(2024),
	edit("SW11bSTG2", "SWEpisodes", "SW_DEC?", "SW_DEC=@end-3", inCare).since(2024),
	edit("SW12STG2", "Episodes", "DEC?", "", inCare, func(k *kid, _ *record) bool { remove(k.now[ssda903.SWEpisodes]); return true }).since(2024),
	edit("SW13STG1", "SWEpisodes", "", "SW_REASON=ZZZ").since(2024),
	edit("SW17STG2", "SWEpisodes", "SW_DEC?", "SW_DEC=@end-3", inCare).since(2026),
}

func since2023(_ *kid, r *record) bool { return r.day(ssda903.SW_DECOM) >= date.MustOf(2023, 4, 1) }
