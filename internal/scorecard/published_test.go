package scorecard

import (
	"strings"
	"testing"
)

func TestTwoPublishedValuesThatDisagreeBothStay(t *testing.T) {
	values := PublishedOf("Derby", "A4")
	if len(values) != 2 || values[0].Value != 25.3 || values[1].Value != 23.3 || values[0].Source == values[1].Source || values[0].Period != ThreeYears(2016) {
		t.Errorf("%+v", values)
	}
	own := Published{Area: "Derby", Indicator: "A4", Value: 24, Source: "a later page"}
	if values = PublishedOf("Derby", "A4", own); len(values) != 3 || values[2] != own || values[0].Value != 25.3 {
		t.Errorf("one's own value stands beside the others: %+v", values)
	}
	if again := PublishedOf("Derby", "A4"); len(again) != 2 {
		t.Error("one's own value has stayed behind")
	}
}

func TestEveryPublishedValueHasASourceAndAMeasureWeKnow(t *testing.T) {
	list, err := ReadPublished(publishedCSV)
	if err != nil || len(list) != 20 {
		t.Fatal(len(list), err)
	}
	for _, p := range list {
		_, indicator := Define(p.Indicator)
		_, err := clock(p.Indicator)
		if !indicator && err != nil && p.Indicator != "placed-12-months" {
			t.Errorf("%s of %s measures nothing we know", p.Indicator, p.Area)
		}
		if !strings.HasPrefix(p.Source, "https://") || p.Value <= 0 || p.Period.First > p.Period.Last {
			t.Errorf("%+v", p)
		}
		if !p.Period.First.Known() && p.Note == "" {
			t.Errorf("%s of %s does not say why its period is not known", p.Indicator, p.Area)
		}
	}
}

func TestAWrongPublishedValueIsRefusedByItsLine(t *testing.T) {
	head := "area,indicator,unit,first,last,value,published_on,source,note\n"
	for name, line := range map[string]string{
		"no source":    "Derby,A1,days,,,500,,,",
		"no number":    "Derby,A1,days,,,about 500,,https://example.org,",
		"not a number": "Derby,A1,days,,,NaN,,https://example.org,",
		"no such day":  "Derby,A1,days,2025-02-30,,500,,https://example.org,",
		"too short":    "Derby,A1,days",
	} {
		if _, err := ReadPublished(head + line); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
