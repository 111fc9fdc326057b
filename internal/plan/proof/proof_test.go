package proof

import (
	"math"
	"strings"
	"testing"
)

// worked is an instance solved by hand: group 0 would rather have family 0, and
// so would group 1, who has nobody else; group 2 has nobody; family 2 is nobody's.
func worked() (Instance, Plan) {
	in := Instance{Groups: 3, Families: 3, Pairs: []Pair{
		{Group: 0, Family: 0, Weight: 1500},
		{Group: 0, Family: 1, Weight: 1400},
		{Group: 1, Family: 0, Weight: 1200},
	}}
	return in, Plan{
		Links:        []Pair{{Group: 0, Family: 1, Weight: 1400}, {Group: 1, Family: 0, Weight: 1200}},
		Total:        2600,
		GroupPrices:  []int64{1400, 1100, 0},
		FamilyPrices: []int64{100, 0, 0},
	}
}

func TestProofOfTheBestPlanHolds(t *testing.T) {
	if err := Verify(worked()); err != nil {
		t.Error(err)
	}
	if err := Verify(Instance{}, Plan{}); err != nil {
		t.Errorf("nobody at all: %v", err)
	}
}

func TestProofFindsWhatIsWrong(t *testing.T) {
	for name, wrong := range map[string]struct {
		plant func(in *Instance, p *Plan)
		says  string
	}{
		"a plan that is not the best": {func(_ *Instance, p *Plan) {
			p.Links, p.Total = []Pair{{Group: 0, Family: 0, Weight: 1500}}, 1500
		}, "nothing is proved"},
		"not the best, at prices that add up": {func(_ *Instance, p *Plan) {
			p.Links, p.Total = []Pair{{Group: 0, Family: 0, Weight: 1500}}, 1500
			p.GroupPrices, p.FamilyPrices = []int64{1400, 0, 0}, []int64{100, 0, 0}
		}, "more than their prices"},
		"a pair heavier than its prices": {func(in *Instance, _ *Plan) { in.Pairs[0].Weight++ }, "more than their prices"},
		"a price below 0":                {func(_ *Instance, p *Plan) { p.GroupPrices[2], p.GroupPrices[0] = -1, 1401 }, "below 0"},
		"a family's price below 0":       {func(_ *Instance, p *Plan) { p.FamilyPrices[2], p.GroupPrices[0] = -1, 1401 }, "below 0"},
		"a price too much":               {func(_ *Instance, p *Plan) { p.FamilyPrices[2] = 1 }, "nothing is proved"},
		"a price missing":                {func(_ *Instance, p *Plan) { p.FamilyPrices = p.FamilyPrices[:2] }, "not one price"},
		"prices that wrap round": {func(_ *Instance, p *Plan) {
			p.GroupPrices, p.FamilyPrices = []int64{math.MaxInt64, 2602, 0}, []int64{math.MaxInt64, 0, 0}
		}, "more than can be counted"},
		"a total that is not the links'": {func(_ *Instance, p *Plan) { p.Total, p.GroupPrices[2] = 2601, 1 }, "the plan says"},
		"a link heavier than its pair":   {func(_ *Instance, p *Plan) { p.Links[0].Weight, p.Total = 1401, 2601 }, "weighs 1400"},
		"a pair that is not one":         {func(_ *Instance, p *Plan) { p.Links[1].Family = 2 }, "may not be"},
		"a family in two links":          {func(_ *Instance, p *Plan) { p.Links[0] = Pair{Group: 0, Family: 0, Weight: 1500} }, "two links"},
		"a group in two links": {func(_ *Instance, p *Plan) {
			p.Links = []Pair{{Group: 0, Family: 0, Weight: 1500}, {Group: 0, Family: 1, Weight: 1400}}
		}, "two links"},
		"a forbidden pair linked":        {func(in *Instance, p *Plan) { in.Forbidden = p.Links[:1] }, "may not be"},
		"a pin that is not linked":       {func(in *Instance, _ *Plan) { in.Pinned = in.Pairs[:1] }, "may not be"},
		"a pin nobody kept":              {func(in *Instance, p *Plan) { in.Pinned = p.Links[:1]; p.Links, p.Total = p.Links[1:], 1200 }, "pinned and not linked"},
		"a pin that is no pair":          {func(in *Instance, _ *Plan) { in.Pinned = []Pair{{Group: 2, Family: 2}} }, "cannot be pinned"},
		"a pin that is forbidden":        {func(in *Instance, p *Plan) { in.Pinned, in.Forbidden = p.Links[:1], p.Links[:1] }, "cannot be pinned"},
		"two pins of a family":           {func(in *Instance, _ *Plan) { in.Pinned = []Pair{in.Pairs[0], in.Pairs[2]} }, "cannot be pinned"},
		"a pair given twice":             {func(in *Instance, _ *Plan) { in.Pairs = append(in.Pairs, in.Pairs[0]) }, "twice"},
		"a pair of nobody":               {func(in *Instance, _ *Plan) { in.Pairs[0].Group = 3 }, "not a pair"},
		"a pair of negative weight":      {func(in *Instance, _ *Plan) { in.Pairs[0].Weight = -1 }, "not a pair"},
		"a link that does not exist yet": {func(_ *Instance, p *Plan) { p.Links = append(p.Links, Pair{Group: 2, Family: 2}) }, "may not be"},
	} {
		t.Run(name, func(t *testing.T) {
			in, p := worked()
			wrong.plant(&in, &p)
			if err := Verify(in, p); err == nil || !strings.Contains(err.Error(), wrong.says) {
				t.Errorf("says %v, want %q", err, wrong.says)
			}
		})
	}
}

func TestProofOfAPinnedPlanNeedsNoPriceForWhatThePinKeepsApart(t *testing.T) {
	in, _ := worked()
	in.Pinned = in.Pairs[:1]
	pinned := Plan{Links: in.Pairs[:1], Total: 1500, GroupPrices: []int64{1500, 0, 0}, FamilyPrices: []int64{0, 0, 0}}
	if err := Verify(in, pinned); err != nil {
		t.Error(err)
	}
	in.Pinned = nil
	if Verify(in, pinned) == nil {
		t.Error("without the pin it is not the best, and was taken for it")
	}
}
