package invent

import (
	"slices"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// plants are the faults, by the rules they break. Each follows from the rule's
// wording alone.
var plants = slices.Concat(cellPlants, agePlants, episodePlants, adoptionPlants, healthPlants, placePlants, yearPlants, tablePlants(), workerPlants)

const noDay = "31/02/2024"

// cellPlants are codes and days that are none, and cells that go together.
var cellPlants = []plant{
	edit("101", "Header", "", "SEX=X"),
	edit("102", "Header", "", "DOB="+noDay),
	edit("103", "Header", "", "ETHNIC=XXXX"),
	edit("104", "UASC", "", "DUC="+noDay),
	edit("112", "AD1", "", "DATE_INT="+noDay),
	edit("113", "AD1", "", "DATE_MATCH="+noDay),
	edit("114", "AD1", "", "FOSTER_CARE=2"),
	edit("115", "PlacedAdoption", "", "DATE_PLACED="+noDay),
	edit("116", "PlacedAdoption", "", "DATE_PLACED_CEASED="+noDay),
	edit("119", "PlacedAdoption", "DATE_PLACED_CEASED?", "REASON_PLACED_CEASED=RD1"),
	edit("120", "PlacedAdoption", "REASON_PLACED_CEASED!", "REASON_PLACED_CEASED=RD9"),
	edit("131", "OC3", "", "IN_TOUCH="),
	edit("132", "OC3", "", "ACTIV=Q9"),
	edit("133", "OC3", "", "ACCOM=Q9"),
	edit("141", "Episodes", "", "DECOM="+noDay),
	edit("143", "Episodes", "", "RNE=X"),
	edit("144", "Episodes", "", "LS=X9"),
	edit("145", "Episodes", "", "CIN=N9"),
	edit("146", "Episodes", "", "PLACE=X1"),
	edit("146", "Episodes", "PLACE=K2", "PLACE=K3").until(2024),
	edit("146", "Episodes", "PLACE=U6", "PLACE=Z11").until(2025),
	edit("146", "Episodes", "PLACE=Z11|Z12|Z13|Z14", "PLACE=Z1").since(2026),
	edit("146", "Episodes", "PLACE=K3", "PLACE=H5").since(2026),
	edit("147", "Episodes", "DEC!", "DEC="+noDay),
	edit("148", "Episodes", "DEC!", "DEC="),
	edit("149", "Episodes", "REC!", "REC=E99"),
	edit("151", "AD1", "", "NB_ADOPTR="),
	edit("153", "OC3", "", "ACTIV="),
	edit("166", "Reviews", "", "REVIEW="),
	edit("167", "Reviews", "", "REVIEW_CODE=PN9"),
	edit("168", "Header", "UPN~UN1|UN3", "UPN=I123456789012"),
	edit("171", "Header", "MOTHER=0", "MC_DOB="+noDay),
	edit("174", "Header", "", "MC_DOB=@end-30", male),
	edit("175", "AD1", "", "NB_ADOPTR=3"),
	edit("176", "AD1", "", "SEX_ADOPTR=XX"),
	edit("177", "AD1", "", "LS_ADOPTR=L9"),
	edit("178", "Episodes", "PLACE=U6", "PLACE_PROVIDER=PR9"),
	edit("178", "Episodes", "PLACE=Z1|Z11|Z12|Z13|Z14", "PLACE_PROVIDER=PR4"),
	edit("232", "Header", "", "SEX=U").since(2025),
	edit("344", "OC3", "ACTIV~0", "IN_TOUCH=DIED"),
	edit("345", "OC3", "IN_TOUCH=YES", "ACTIV=0"),
	edit("442", "Header", "", "UPN=", inCare),
	edit("511", "AD1", "NB_ADOPTR=2", "SEX_ADOPTR=M1"),
	edit("514", "AD1", "LS_ADOPTR=L0", "SEX_ADOPTR=MF"),
	edit("517", "AD1", "SEX_ADOPTR=MF|MM|FF", "SEX_ADOPTR=FF LS_ADOPTR=L3"),
	edit("518", "AD1", "SEX_ADOPTR=MF|MM|FF", "SEX_ADOPTR=MF LS_ADOPTR=L4"),
	edit("519", "AD1", "", "SEX_ADOPTR=F1 LS_ADOPTR=L2"),
	edit("520", "AD1", "", "SEX_ADOPTR=MM LS_ADOPTR=L11"),
	edit("524", "AD1", "", "SEX_ADOPTR=MF LS_ADOPTR=L12"),
	edit("563", "PlacedAdoption", "DATE_PLACED_CEASED!", "DATE_PLACED="),
	edit("564", "Missing", "", "MIS_START="),
	edit("565", "Missing", "", "MISSING="),
	edit("566", "Missing", "MIS_END!", "MISSING="),
	edit("567", "Missing", "MIS_END!", "MIS_END=@MIS_START-1"),
	edit("570", "Missing", "", "MIS_START=@end+1"),
	edit("571", "Missing", "", "MIS_END=@end+1"),
	edit("586", "Missing", "", "MIS_START=@dob+0"),
	edit("631", "PrevPerm", "", "PREV_PERM=P9"),
	edit("633", "PrevPerm", "", "PREV_PERM=P1 LA_PERM=123 DATE_PERM=ZZ/ZZ/ZZZZ"),
	edit("635", "PrevPerm", "PREV_PERM=Z1", "LA_PERM=831"),
	edit("1004", "Missing", "", "MIS_START="+noDay),
	edit("1005", "Missing", "", "MIS_END="+noDay),
	edit("1006", "Missing", "", "MISSING=Z"),
	edit("1009", "Episodes", "REASON_PLACE_CHANGE!", "REASON_PLACE_CHANGE=XXXXX"),
	edit("700", "DoLo", "", "DOLO_START=").since(2027),
	edit("701", "DoLo", "", "DOLO_END="+noDay).since(2027),
	edit("702", "DoLo", "", "DOLO_END=@DOLO_START+0").since(2027),
	edit("703", "DoLo", "", "DOLO_START=@end+1").since(2027),
	edit("704", "DoLo", "", "DOLO_END=@end+1").since(2027),
	edit("708", "DoLo", "", "DOLO_START=@dob+0").since(2027),
}

// agePlants are ages that do not fit, and mothers.
var agePlants = []plant{
	edit("165", "Header", "MOTHER=0", "MOTHER=2"),
	edit("165", "Header", "", "MOTHER=0", male, inCare),
	edit("209", "Header", "UPN~UN1", "UPN=UN1", func(k *kid, _ *record) bool { return k.birthday(4) <= date.MustOf(k.year-2, 8, 31) }),
	edit("231", "Header", "", "DOB=@end-3000", having("UASC")).since(2025),
	edit("301", "Header", "", "DOB=@end+1"),
	edit("302", "Episodes", "", "", first, func(k *kid, r *record) bool {
		k.now[ssda903.Header][0].setDay(ssda903.DOB, r.day(ssda903.DECOM)+1)
		return true
	}).with("Header"),
	edit("304", "UASC", "", "DUC=@18+1"),
	edit("347", "OC3", "IN_TOUCH=YES", "ACCOM=T1", func(k *kid, _ *record) bool { return k.birthday(18) > k.begun }).since(2024),
	edit("351", "Header", "", "DOB=@begun-9500"),
	edit("352", "Episodes", "RNE=S", "", func(k *kid, r *record) bool {
		k.now[ssda903.Header][0].setDay(ssda903.DOB, r.day(ssda903.DECOM)-7000)
		return true
	}),
	edit("358", "Episodes", "", "LS=J1", young(9)),
	edit("359", "Episodes", "DEC? PLACE~K2", "", func(k *kid, _ *record) bool {
		k.now[ssda903.Header][0].setDay(ssda903.DOB, k.end-6700)
		return true
	}),
	edit("371", "Episodes", "", "PLACE=H5", young(13)).until(2024),
	edit("371", "Episodes", "", "PLACE=K3", young(15)).since(2025),
	edit("372", "Episodes", "", "PLACE=R5", young(9)),
	edit("373", "Episodes", "", "PLACE=S1", young(3)),
	edit("374", "Episodes", "", "PLACE=P3", young(13)),
	edit("386", "Episodes", "REC=E11|E12", "", func(k *kid, r *record) bool {
		k.now[ssda903.Header][0].setDay(ssda903.DOB, r.day(ssda903.DEC).AddMonths(-12*18))
		return true
	}),
	edit("387", "Episodes", "REC~X1", "REC=E5", leftYoung(13)),
	edit("389", "Episodes", "REC~X1", "REC=E7", leftYoung(15)),
	edit("391", "OC3", "", "DOB=@end-6000"),
	edit("393", "Header", "MOTHER=0", "MOTHER=", inCare),
	edit("407", "Episodes", "REC=E45|E46|E47|E48", "", func(k *kid, r *record) bool {
		k.now[ssda903.Header][0].setDay(ssda903.DOB, r.day(ssda903.DEC).AddMonths(-12*18))
		return true
	}),
	edit("440", "Reviews", "REVIEW_CODE~PN0", "REVIEW_CODE=PN0"),
	edit("441", "Reviews", "REVIEW_CODE=PN0", "REVIEW_CODE=PN1"),
	edit("460", "Episodes", "REC~X1|", "REC=E17", leftYoung(18)),
	edit("580", "Episodes", "REC~E8|X1|", "", left, final, func(k *kid, r *record) bool {
		if r.day(ssda903.DEC) != k.birthday(18) {
			return false
		}
		k.add(ssda903.Missing, k.id, ssda903.Written(k.dob()), "M", ssda903.Written(r.day(ssda903.DEC)-3), r.get(ssda903.DEC))
		return true
	}),
	edit("607", "Episodes", "REC~X1|", "", left, female, func(k *kid, _ *record) bool {
		k.now[ssda903.Header][0].set(ssda903.MOTHER, "")
		k.now[ssda903.Header][0].set(ssda903.MC_DOB, "")
		return true
	}).with("Header"),
	edit("611", "Header", "MOTHER=1", "MC_DOB="),
	edit("612", "Header", "MOTHER=0", "MC_DOB=@end-30"),
	edit("620", "Header", "MOTHER=0", "MOTHER=1 MC_DOB=@end-30", aged(0, 10)),
	edit("621", "Header", "MOTHER=1", "MC_DOB=@dob+0"),
	edit("625", "Header", "MOTHER=1", "MC_DOB=@end+1"),
	edit("628", "Header", "", "MOTHER=0", having("OC3"), without("Episodes")),
	edit("3001", "OC3", "", "ACCOM=Z1", func(k *kid, _ *record) bool { d := k.birthday(17); return k.begun <= d && d <= k.end }),
}

// settled is an episode of a placement with a registered carer.
const settled = "PLACE=U1|U3|U4|U6 URN!"

// episodePlants are episodes that do not follow from one another.
var episodePlants = []plant{
	edit("142", "Episodes", "", "DEC= REC=", notFinal),
	edit("199", "Episodes", "", "", notFirst, beside(-1, "REC=X1"), func(k *kid, r *record) bool {
		k.neighbour(r, -1).set(ssda903.REC, "E12")
		return true
	}),
	edit("213", "Episodes", "PLACE=T0|T1|T2|T4", "PLACE_PROVIDER=PR1"),
	edit("213", "Episodes", "PLACE=Z11|Z12|Z13|Z14", "PLACE_PROVIDER=PR1").since(2026),
	edit("217", "Episodes", "PLACE=A3|A5 RNE=T", "RNE=P"),
	edit("225", "Episodes", "REC=X1 REASON_PLACE_CHANGE! PLACE~T0|T1|T2|T4", "REASON_PLACE_CHANGE=", beside(1, "RNE=P|B|T|U PLACE~T0|T1|T2|T4")),
	edit("226", "Episodes", "PLACE=T0|T1|T2|T4 DEC!", "REASON_PLACE_CHANGE=OTHER"),
	edit("233", "Episodes", "DEC? PLACE~T0|T1|T2|T4", "REASON_PLACE_CHANGE=CARPL").since(2026),
	edit("234", "Episodes", "REC=X1 PLACE~T0|T1|T2|T4", "REASON_PLACE_CHANGE=CUSTOD", func(k *kid, r *record) bool { return r.day(ssda903.DEC) < k.birthday(9) }).since(2026),
	edit("336", "Episodes", "PLACE=A5|A3", "", notFirst, func(k *kid, r *record) bool {
		k.neighbour(r, -1).set(ssda903.PLACE, "K2")
		return true
	}),
	edit("353", "Episodes", "", "DECOM=01/10/1991", first),
	edit("354", "Episodes", "DEC?", "DECOM=@end+1"),
	edit("355", "Episodes", "DEC!", "DEC=@DECOM+0"),
	edit("356", "Episodes", "DEC!", "DEC=@DECOM-1"),
	edit("357", "Episodes", "RNE=S", "RNE=L", first, func(k *kid, r *record) bool { return r.day(ssda903.DECOM) >= k.begun }),
	edit("361", "Episodes", "LS=V2|C1|C2", "LS=L1", lasts(3)),
	edit("362", "Episodes", "LS=V2|C1|C2", "LS=L2", lasts(21)),
	edit("363", "Episodes", "LS=V2|C1|C2", "LS=L3", lasts(7)),
	edit("364", "Episodes", "LS=V2|C1|C2", "LS=J2", lasts(21)),
	edit("365", "Episodes", "LS=V3", "DEC=@DECOM+18"),
	edit("366", "Episodes", "LS=V3", "RNE=P"),
	edit("367", "Episodes", "LS=V3", "DEC=@DECOM+100", func(k *kid, r *record) bool {
		return r.day(ssda903.DECOM) >= k.begun && r.day(ssda903.DECOM) < k.end-110
	}),
	edit("375", "Episodes", "DEC!", "PLACE=T1", lasts(42)),
	edit("376", "Episodes", "DEC!", "PLACE=T3", lasts(21)),
	{rule: "377", spoil: threeHolidays},
	edit("378", "Episodes", "PLACE=P1", "LS=V2"),
	edit("379", "Episodes", "DEC!", "PLACE=T4", lasts(7)),
	edit("380", "Episodes", "PLACE=T0|T1|T2|T4", "RNE=L"),
	edit("381", "Episodes", "PLACE=T0|T1|T2|T4 REC!", "REC=E4A"),
	edit("382", "Episodes", "LS=V3|V4", "PLACE=T0"),
	edit("383", "Episodes", "RNE=P", "RNE=B", beside(-1, "PLACE=T0|T1|T2|T4"), beside(-2, "PLACE!")),
	edit("384", "Episodes", "LS=V3|V4", "PLACE=U1"),
	edit("385", "Episodes", "DEC!", "DEC=@end+1"),
	edit("388", "Episodes", "REC=X1", "DEC=@DEC-1", notFinal, lasts(3)),
	edit("388", "Episodes", "DEC?", "DEC=@DECOM+1 REC=X1", final),
	edit("388", "Episodes", "REC=X1", "REC=E4B", notFinal),
	edit("390", "Episodes", "REC=E11|E12", "PLACE=U6"),
	edit("408", "Episodes", "PLACE=A5|A6", "LS=C2"),
	edit("426", "Episodes", "LS=V3", "LS=V4", notFirst),
	edit("431", "Episodes", "RNE=S", "", notFirst, beside(-1, "LS~V3"), func(k *kid, r *record) bool {
		k.neighbour(r, -1).setDay(ssda903.DEC, r.day(ssda903.DECOM))
		return true
	}),
	edit("432", "Episodes", "RNE~S", "", notFirst, func(k *kid, r *record) bool {
		k.neighbour(r, -1).set(ssda903.REC, "E4A")
		return true
	}),
	edit("433", "Episodes", "RNE~S", "", notFirst, func(k *kid, r *record) bool {
		before := k.neighbour(r, -1)
		before.setDay(ssda903.DEC, before.day(ssda903.DEC)-1)
		return true
	}),
	edit("434", "Episodes", "RNE=L", "", notFirst, func(k *kid, r *record) bool {
		r.set(ssda903.LS, k.neighbour(r, -1).get(ssda903.LS))
		return true
	}),
	edit("434", "Episodes", "RNE=L PLACE=U4|U6", "PLACE_PROVIDER=PR3", notFirst),
	edit("435", "Episodes", "RNE=L", "RNE=P", notFirst),
	edit("436", "Episodes", "RNE=L", "RNE=B", notFirst),
	edit("437", "Episodes", "REC=X1", "REC=E2", notFinal),
	edit("446", "Episodes", "", "LS=E1 DECOM=01/11/2005", first),
	edit("501", "Episodes", "", "", notFirst, func(k *kid, r *record) bool {
		k.neighbour(r, -1).setDay(ssda903.DEC, r.day(ssda903.DECOM)+1)
		return true
	}),
	edit("504", "Episodes", "RNE~S", "CIN=N8", notFirst, beside(-1, "CIN~N8")),
	edit("516", "Episodes", "REC=E4A PLACE=K2|P1|K1|S1|R1", "REC=E45"),
	edit("582", "Episodes", "REC=E11|E12", "", having("AD1"), func(k *kid, r *record) bool {
		k.now[ssda903.AD1][0].set(ssda903.DATE_MATCH, r.get(ssda903.DEC))
		return true
	}),
}

// threeHolidays are three stays while the carer is on holiday, in one year.
func threeHolidays(k *kid) (rows []*record) {
	for i, e := range k.episodes() {
		if i%2 == 1 && e.get(ssda903.RNE) == "P" && (len(rows) == 0 || e.day(ssda903.DECOM) < rows[0].day(ssda903.DECOM)+300) {
			rows = append(rows, e)
		}
	}
	if len(rows) < 3 {
		return nil
	}
	for _, e := range rows {
		e.set(ssda903.PLACE, "T3")
	}
	return rows
}

// adoptionPlants are decisions, matches and orders in the wrong order.
var adoptionPlants = []plant{
	edit("117", "PlacedAdoption", "", "DATE_PLACED=@end+1"),
	edit("118", "PlacedAdoption", "DATE_PLACED_CEASED!", "DATE_PLACED_CEASED=@begun-1"),
	edit("184", "PlacedAdoption", "", "DATE_PLACED=@dob-1"),
	edit("331", "AD1", "", "", func(k *kid, r *record) bool {
		list := k.episodes()
		r.setDay(ssda903.DATE_MATCH, list[len(list)-1].day(ssda903.DECOM)+1)
		return true
	}),
	edit("333", "AD1", "", "DATE_INT=@DATE_MATCH+1"),
	edit("334", "AD1", "", "", func(k *kid, r *record) bool {
		k.episodes()[0].set(ssda903.RNE, "S")
		r.setDay(ssda903.DATE_INT, k.episodes()[0].day(ssda903.DECOM)-1)
		return true
	}),
	edit("335", "AD1", "FOSTER_CARE=0", "FOSTER_CARE=1"),
	edit("335", "AD1", "FOSTER_CARE=1", "FOSTER_CARE=0"),
	edit("521", "AD1", "", "", func(k *kid, r *record) bool {
		list := k.episodes()
		r.setDay(ssda903.DATE_INT, list[len(list)-1].day(ssda903.DECOM)+1)
		return true
	}),
	edit("522", "PlacedAdoption", "DATE_PLACED_CEASED?", "DATE_PLACED_CEASED=@DATE_PLACED-1 REASON_PLACED_CEASED=RD1"),
	edit("523", "AD1", "", "DATE_INT=@DATE_INT-1").with("PlacedAdoption"),
	edit("525", "PlacedAdoption", "", "DATE_PLACED_CEASED=@end-40 REASON_PLACED_CEASED=RD4", having("AD1")).with("AD1"),
	edit("551", "Episodes", "PLACE=A3|A4|A5|A6", "", func(k *kid, _ *record) bool { remove(k.now[ssda903.PlacedAdoption]); return true }),
	edit("552", "PlacedAdoption", "", "", func(k *kid, r *record) bool {
		for _, e := range k.episodes() {
			if conditions("PLACE=A3|A4|A5|A6")(e) {
				r.setDay(ssda903.DATE_PLACED, e.day(ssda903.DECOM)+1)
				return true
			}
		}
		return false
	}),
	edit("553", "Episodes", "LS=E1", "", having("PlacedAdoption"), func(k *kid, _ *record) bool { remove(k.now[ssda903.PlacedAdoption]); return true }),
	edit("554", "PlacedAdoption", "", "", func(k *kid, r *record) bool {
		for _, e := range k.episodes() {
			if e.get(ssda903.LS) == "E1" {
				r.setDay(ssda903.DATE_PLACED, e.day(ssda903.DECOM)+1)
				return true
			}
		}
		return false
	}),
	edit("557", "Episodes", "LS=E1 DEC?", "DEC=@end-1 REC=E4A", lasts(3), having("PlacedAdoption")).with("PlacedAdoption"),
	edit("558", "Episodes", "REC=E11|E12", "", having("PlacedAdoption"), func(k *kid, r *record) bool {
		p := k.now[ssda903.PlacedAdoption][0]
		p.setDay(ssda903.DATE_PLACED_CEASED, r.day(ssda903.DEC)-1)
		p.set(ssda903.REASON_PLACED_CEASED, "RD1")
		return true
	}),
	extra("559", "PlacedAdoption", "DATE_PLACED=@begun-10", inCare, bothYears, without("PlacedAdoption")),
	edit("560", "PlacedAdoption", "DATE_PLACED_CEASED?", "DATE_PLACED=@DATE_PLACED-1", func(k *kid, _ *record) bool {
		list := k.last[ssda903.PlacedAdoption]
		return len(list) == 1 && list[0].get(ssda903.DATE_PLACED_CEASED) == ""
	}),
	{rule: "561", spoil: func(k *kid) []*record { return again(k, 0) }},
	{rule: "584", spoil: func(k *kid) []*record { return again(k, -7) }},
	extra("579", "PlacedAdoption", "DATE_PLACED=@end-1", standing),
	{rule: "583", spoil: func(k *kid) []*record {
		if len(extra("", "PlacedAdoption", "DATE_PLACED=@end-1", standing).spoil(k)) > 0 {
			return k.now[ssda903.PlacedAdoption]
		}
		return nil
	}},
	edit("601", "AD1", "", "SEX_ADOPTR="),
	edit("601", "Episodes", "REC=E11|E12", "", func(k *kid, _ *record) bool { remove(k.now[ssda903.AD1]); return true }),
	edit("602", "AD1", "", "", func(k *kid, _ *record) bool {
		k.episodes()[len(k.episodes())-1].set(ssda903.REC, "E4A")
		return true
	}),
	edit("1003", "PlacedAdoption", "", "", func(k *kid, r *record) bool {
		k.episodes()[0].set(ssda903.RNE, "S")
		r.setDay(ssda903.DATE_PLACED, k.episodes()[0].day(ssda903.DECOM)-1)
		return true
	}),
}

// standing is a child with one decision that has not been reversed.
func standing(k *kid, _ *record) bool {
	list := k.now[ssda903.PlacedAdoption]
	return len(list) == 1 && list[0].get(ssda903.DATE_PLACED_CEASED) == "" && list[0].day(ssda903.DATE_PLACED) < k.end-1
}

// again is a decision reversed last year, given again some days on.
func again(k *kid, days int) []*record {
	list := k.last[ssda903.PlacedAdoption]
	if len(list) != 1 || list[0].get(ssda903.DATE_PLACED_CEASED) == "" || !inCare(k, nil) || len(k.now[ssda903.PlacedAdoption]) > 0 {
		return nil
	}
	return []*record{k.add(ssda903.PlacedAdoption, k.id, list[0].get(ssda903.DOB), ssda903.Written(list[0].day(ssda903.DATE_PLACED).AddDays(days)), "", "")}
}
