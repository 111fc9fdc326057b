package watch_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/lab"
	"homeward/internal/watch"
	"homeward/internal/work"
)

// related writes the name of somebody's relative as another clerk would.
func related(n int, surname string) string {
	return []func() string{
		func() string { return strings.ToUpper(surname) },
		func() string { return surname + "-Testname" },
		func() string { return "Testname " + surname },
		func() string { return " " + strings.ToLower(surname) + "  " },
		func() string { return strings.NewReplacer("a", "á", "o", "ö", "e", "è").Replace(surname) },
	}[n%5]()
}

// TestPlantedTiesAreAllFoundAndFalseAlarmsAreBearable has 200 invented workers
// each open records of 5,000 invented children, and one that is of somebody they
// know. The lab gives each heritage some fifty surnames, each as often, so that
// two people share one far more often than in England: the alarms are a bound.
func TestPlantedTiesAreAllFoundAndFalseAlarmsAreBearable(t *testing.T) {
	day := date.MustOf(2026, 11, 23)
	england, midlands := lab.Generate(lab.England, 1, day), lab.Generate(lab.Region, 2, day)
	children := append(england.Region.Children, midlands.Region.Children...)
	workers := england.Workers[:200]
	if len(children) != 5000 {
		t.Fatalf("%d children", len(children))
	}
	each(t, func(t *testing.T, r *region) {
		r.declareAll(workers)
		found, alarms, told, views := 0, 0, 0, 0
		dice := rand.New(rand.NewPCG(1, 2))
		must(t, r.Do(t.Context(), operator, "measure", func(u *work.Unit) error {
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			for n, w := range workers {
				u.Actor = access.Actor{ID: w.ID, Name: w.Name, Agency: "DER", Role: access.HomeFinder}
				surname := w.Name[strings.LastIndex(w.Name, " ")+1:]
				planted := watch.Record{Of: subject(access.Child, "DER", fmt.Sprintf("PLNT%08d", n)), Surnames: []string{"Zzyzx"}}
				switch n % 4 {
				case 0, 1:
					planted.Surnames = []string{related(n/4, surname)}
				case 2:
					planted.Postcodes = []string{"", fmt.Sprintf("de%d %d cv", n%90+1, n%10)}
				case 3:
					planted.Of.ID = fmt.Sprintf("KNWN%08d", n)
				}
				if a, err := watch.Check(u, planted); err != nil || !a.Raised() {
					t.Errorf("worker %d opens %+v unasked: %v", n, planted, err)
				} else {
					found++
				}
				for range 25 {
					views++
					c := children[dice.IntN(len(children))]
					rec := watch.Record{Of: subject(access.Child, "DER", c.Agency+c.Ref+fmt.Sprint(views)), Surnames: []string{c.FamilyName}, Postcodes: []string{c.HomePostcode, c.PlacementPostcode}}
					a, err := watch.Check(u, rec)
					if err != nil {
						return err
					}
					if !a.Raised() {
						continue
					}
					alarms++
					if err := watch.Answer(u, book, rec, "no_tie", "same_name"); err != nil {
						return err
					}
				}
			}
			return u.QueryRow("SELECT COUNT(DISTINCT about_id) FROM notice WHERE kind = 'no_tie'").Scan(&told)
		}))
		per := func(n int) float64 { return 1000 * float64(n) / float64(views) }
		t.Logf("recall %d of %d planted; of %d views %.1f per 1,000 false alarms, %.1f per 1,000 told to managers", found, len(workers), views, per(alarms), per(told))
		if found != len(workers) || per(alarms) > 25 || told > alarms {
			t.Errorf("recall %d of %d, %d false alarms, %d told", found, len(workers), alarms, told)
		}
	})
}

// declareAll has every second worker declare the postcode or the record that
// will be planted for them.
func (r *region) declareAll(workers []agency.Worker) {
	must(r.t, r.Do(r.t.Context(), operator, "declare", func(u *work.Unit) error {
		for n, w := range workers {
			u.Actor = access.Actor{ID: w.ID, Name: w.Name, Agency: "DER", Role: access.HomeFinder}
			var err error
			switch n % 4 {
			case 2:
				err = watch.Declare(u, watch.Postcode, fmt.Sprintf("DE%d %dCV", n%90+1, n%10))
			case 3:
				err = watch.Declare(u, watch.Known, fmt.Sprintf("KNWN%08d", n))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
}
