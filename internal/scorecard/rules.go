package scorecard

// Status says how sure we are of a definition or a number.
type Status string

// The statuses.
const (
	Verified  Status = "verified"
	ToConfirm Status = "to confirm" // our reading; the method's own text is still to be seen
)

// Negative is what becomes of a wait that ends before it begins, where the
// indicator itself does not say "counts 0".
type Negative int8

// What may become of it.
const (
	NegativeLeftOut Negative = iota // and listed, to be mended at the source
	NegativeZero
	NegativeKept
)

var negatives = map[Negative]string{
	NegativeLeftOut: "A wait that ends before it begins is left out and listed",
	NegativeZero:    "A wait that ends before it begins counts as 0 days",
	NegativeKept:    "A wait that ends before it begins counts as it stands",
}

// Rules are the questions that no source we have seen settles. Each figure says
// which way they were set.
type Rules struct {
	EarlyStopsA10 bool     // fostering for adoption (U2, U5) stops A10's clock too
	Negative      Negative // of A1, A10, A3
	Few           int      // counts of so many or fewer are not published
	Base          int      // nor percentages of so many or fewer
	RoundTo       int      // published counts are rounded to a multiple of this; 0 or 1 leaves them
	MinAtRisk     int      // a curve begins where so many are waiting
}

// Usual are the rules Homeward starts with. Few and Base are those of the tables
// of 2012 (a numerator of 5 or fewer, a denominator of 10 or fewer); whether the
// scorecards of today use them is to confirm.
func Usual() Rules { return Rules{Few: 5, Base: 10, MinAtRisk: 10} }

// of lists, in words, the rules a definition used.
func (r Rules) of(d *Definition) []string {
	var list []string
	if d.Start != noEvent && !d.Floor {
		list = append(list, negatives[r.Negative])
	}
	if d.Stop == movedIn && r.EarlyStopsA10 {
		list = append(list, "Fostering for adoption stops the clock")
	} else if d.Stop == movedIn {
		list = append(list, "Fostering for adoption does not stop the clock")
	}
	return list
}
