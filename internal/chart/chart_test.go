package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawn(t *testing.T, c Chart, width Width) string {
	t.Helper()
	svg, err := SVG(c, "chart", width)
	if err != nil {
		t.Fatal(err)
	}
	return string(svg)
}

func pictured(t *testing.T, c Chart) image.Image {
	t.Helper()
	b, err := PNG(c)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// plain tells of the samples of which one is enough for each kind, since pictures
// take long to make.
func plain(t *testing.T) bool { return !strings.Contains(t.Name(), "-") }

// elements gives an SVG as its elements; XML that is not well formed fails.
func elements(t *testing.T, svg string) []xml.StartElement {
	t.Helper()
	var all []xml.StartElement
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e.Copy())
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func each(t *testing.T, fn func(t *testing.T, c Chart)) {
	all := samples()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) { fn(t, all[name]) })
	}
}

// TestAChartMayStandOnAPageOfTheStrictestPolicy holds every SVG to what
// "default-src 'none'" lets through, and to a name a screen reader says.
func TestAChartMayStandOnAPageOfTheStrictestPolicy(t *testing.T) {
	each(t, func(t *testing.T, c Chart) {
		for _, width := range []Width{Wide, Narrow} {
			svg := drawn(t, c, width)
			all := elements(t, svg)
			for _, e := range all {
				if !slices.Contains([]string{"svg", "title", "desc", "path", "circle", "text"}, e.Name.Local) {
					t.Errorf("there is a %s", e.Name.Local)
				}
				for _, a := range e.Attr {
					if a.Name.Local == "style" || a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "url(") {
						t.Errorf("%s has the attribute %s", e.Name.Local, a.Name.Local)
					}
				}
			}
			id := "chart-" + string(width)
			if attr(all[0], "role") != "img" || attr(all[0], "aria-labelledby") != id+"-title "+id+"-desc" {
				t.Error("a screen reader finds no name")
			}
			if attr(all[1], "id") != id+"-title" || attr(all[2], "id") != id+"-desc" || c.Describe() == "" {
				t.Error("title or description is missing")
			}
		}
	})
}

// TestNothingIsDrawnOutsideTheChart measures every shape of every sample.
func TestNothingIsDrawnOutsideTheChart(t *testing.T) {
	each(t, func(t *testing.T, c Chart) {
		for _, width := range pixels {
			s, err := lay(c, width)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range s.shapes {
				from, to := m.path[0].x, m.path[0].x
				if wide := s.measure(m.text); m.text != "" {
					from -= map[string]float64{"start": 0, "middle": wide / 2, "end": wide}[m.anchor]
					to = from + wide
				}
				for _, at := range m.path {
					if math.IsNaN(at.x+at.y) || at.y < 0 || at.y > s.y {
						t.Errorf("at %v of a height of %v", at, s.y)
					}
					from, to = min(from, at.x), max(to, at.x)
				}
				if from < -1 || to > s.width+1 {
					t.Errorf("%q reaches from %v to %v of %v", m.text, from, to, s.width)
				}
			}
		}
	})
}

func TestTheSameChartGivesTheSameBytes(t *testing.T) {
	each(t, func(t *testing.T, c Chart) {
		if first := drawn(t, c, Wide); first != drawn(t, c, Wide) {
			t.Error("the SVG differs")
		}
		if !plain(t) {
			return
		}
		a, _ := PNG(c)
		b, _ := PNG(c)
		if !bytes.Equal(a, b) || len(a) == 0 {
			t.Error("the PNG differs")
		}
	})
}

// TestTheCheckedInDrawingsStand holds the geometry: HOMEWARD_UPDATE=1 writes the
// drawings anew, to be looked at before they are kept.
func TestTheCheckedInDrawingsStand(t *testing.T) {
	for _, name := range []string{"bars", "bars-grouped", "funnel", "ranges", "ranges-changes", "steps", "strip", "trend"} {
		for _, width := range []Width{Wide, Narrow} {
			path := filepath.Join("testdata", name+"-"+string(width)+".svg")
			got := strings.ReplaceAll(drawn(t, samples()[name], width), "><", ">\n<") + "\n"
			if os.Getenv("HOMEWARD_UPDATE") != "" {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is drawn differently: look at it, then HOMEWARD_UPDATE=1 keeps it", path)
			}
		}
	}
}

// TestARangeStandsWhereItsFiguresDo measures a chart of changes against its axis.
func TestARangeStandsWhereItsFiguresDo(t *testing.T) {
	c := Ranges{Title: "x", Groups: []string{"a", "b"}, Nought: "as many", Quiet: "cannot be told", Series: []Spread{{"s", []Range{{Mean: 4, Low: 2, High: 6}, {Mean: 1, Low: -1, High: 3, Quiet: true}}}}}
	s, err := lay(c, pixels[Wide])
	if err != nil {
		t.Fatal(err)
	}
	var ranges [][2]float64
	var nought float64
	for _, m := range s.shapes {
		switch {
		case m.width == 3 && m.stroke != "":
			ranges = append(ranges, [2]float64{m.path[0].x, m.path[1].x})
		case m.width == 1.5 && m.stroke == black && len(m.path) == 2 && m.path[0].x == m.path[1].x:
			nought = m.path[0].x
		}
	}
	if len(ranges) != 2 {
		t.Fatalf("%d ranges are drawn", len(ranges))
	}
	unit := (ranges[0][1] - ranges[0][0]) / 4
	for i, want := range [][2]float64{{2, 6}, {-1, 3}} {
		for end := range want {
			if got := (ranges[i][end] - nought) / unit; math.Abs(got-want[end]) > 1e-9 {
				t.Errorf("range %d ends at %v, not %v", i, got, want[end])
			}
		}
	}
	if says := c.Describe(); !strings.Contains(says, "a: 4 (2 to 6).") || !strings.Contains(says, "1 range: cannot be told.") {
		t.Error(says)
	}
	if got := (Ranges{Decimals: 1}).number(-0.04); got != "0.0" {
		t.Errorf("nothing is written %q", got)
	}
}

func TestABarIsAsLongAsItsFigure(t *testing.T) {
	b := Bars{Title: "x", Groups: []string{"a", "b", "c"}, Series: []Series{{"s", []Value{Of(100), Of(50), Of(0)}}}}
	s, err := lay(b, pixels[Wide])
	if err != nil {
		t.Fatal(err)
	}
	var long []float64
	for _, m := range s.shapes {
		if m.fill == inks[0].area {
			long = append(long, m.path[1].x-m.path[0].x)
		}
	}
	if len(long) != 3 || math.Abs(long[0]-2*long[1]) > 1e-9 || long[2] != 0 {
		t.Errorf("the bars are %v long", long)
	}
}

// TestAWithheldFigureIsNowhere asks that a chart says nothing of a number it was
// told to withhold, and that nobody can hand it one to withhold.
func TestAWithheldFigureIsNowhere(t *testing.T) {
	b := Bars{Title: "x", Of: "Council", Groups: []string{"a", "b"}, Series: []Series{{"s", []Value{Of(40), Instead("5 or fewer")}}}}
	if got := b.Table().Rows[1]; !slices.Equal(got, []string{"b", "5 or fewer"}) {
		t.Errorf("the table says %q", got)
	}
	svg := drawn(t, b, Wide)
	bars := 0
	for _, e := range elements(t, svg) {
		if attr(e, "fill") == inks[0].area {
			bars++
		}
	}
	if bars != 1 || !strings.Contains(svg, ">5 or fewer<") {
		t.Errorf("%d bars are drawn", bars)
	}
	f := Funnel{Title: "x", Points: []Point{{Name: "a", N: 4, Value: Instead("withheld")}}}
	if _, err := SVG(f, "x", Wide); err == nil {
		t.Error("a funnel took the number of children of a figure that is withheld")
	}
	if got := (Value{}).text(0); got != "not known" {
		t.Errorf("the zero value reads %q", got)
	}
}

func TestWhatCannotBeDrawnIsRefused(t *testing.T) {
	one := func(v Value) Bars {
		return Bars{Title: "x", Groups: []string{"a"}, Series: []Series{{"s", []Value{v}}}}
	}
	step := func(s ...Step) Steps { return Steps{Title: "x", Curves: []Curve{{Name: "c", Steps: s}}} }
	for name, c := range map[string]Chart{
		"no title":              Bars{},
		"not a number":          one(Of(math.NaN())),
		"no end":                one(Of(math.Inf(1))),
		"below nought":          one(Of(-1)),
		"beyond all":            one(Of(1e300)),
		"a value too many":      Bars{Title: "x", Series: []Series{{"s", []Value{Of(1)}}}},
		"a fifth series":        Bars{Title: "x", Series: make([]Series, 5)},
		"too many groups":       Bars{Title: "x", Groups: make([]string, 1001)},
		"a threshold of no end": Bars{Title: "x", Threshold: &Threshold{"t", math.Inf(1)}},
		"decimals":              Bars{Title: "x", Decimals: 40},
		"a pooled NaN":          Funnel{Title: "x", Pooled: math.NaN()},
		"children below nought": Funnel{Title: "x", Points: []Point{{N: -1, Value: Of(1)}}},
		"limits out of order":   Funnel{Title: "x", Limits: []Limits{{5, 1, 2, 1, 2}, {5, 1, 2, 1, 2}}},
		"limits that cross":     Funnel{Title: "x", Limits: []Limits{{5, 2, 1, 0, 3}}},
		"limits below nought":   Funnel{Title: "x", Limits: []Limits{{5, 1, 2, -1, 2}}},
		"a late beginning":      step(Step{3, 1, 1, 1, 9}),
		"days out of order":     step(Step{0, 1, 1, 1, 9}, Step{0, .5, .5, .5, 8}),
		"a share above one":     step(Step{0, 1.5, 1, 2, 9}),
		"a share off its band":  step(Step{0, .5, .6, .7, 9}),
		"a band of NaN":         step(Step{0, .5, math.NaN(), .7, 9}),
		"left before it began":  Steps{Title: "x", Curves: []Curve{{Steps: []Step{{0, 1, 1, 1, 9}}, Left: []int{-1}}}},
		"a day below nought":    Strip{Title: "x", Lines: []Line{{Dots: []Dot{{Days: -1}}}}},
		"a median of NaN":       Strip{Title: "x", Lines: []Line{{Median: Of(math.NaN())}}},
		"too many dots":         Strip{Title: "x", Lines: []Line{{Dots: make([]Dot, 5001)}}},
		"a mean off its range":  Ranges{Title: "x", Groups: []string{"a"}, Series: []Spread{{"s", []Range{{Mean: 3, Low: 1, High: 2}}}}},
		"a range of NaN":        Ranges{Title: "x", Groups: []string{"a"}, Series: []Spread{{"s", []Range{{Mean: 1, Low: math.NaN(), High: 2}}}}},
		"a range of no end":     Ranges{Title: "x", Groups: []string{"a"}, Series: []Spread{{"s", []Range{{Low: math.Inf(-1)}}}}},
		"a range too few":       Ranges{Title: "x", Groups: []string{"a"}, Series: []Spread{{"s", nil}}},
		"periods and values":    Trend{Title: "x", Periods: []string{"a"}, Series: []Series{{"s", nil}}},
		"a threshold too short": Trend{Title: "x", Periods: []string{"a"}, Threshold: &Series{"t", nil}},
		"a published NaN":       Trend{Title: "x", Periods: []string{"a"}, Published: []Series{{"s", []Value{Of(math.NaN())}}}},
	} {
		if _, err := SVG(c, "x", Wide); err == nil {
			t.Errorf("%s: it is drawn for the page", name)
		}
		if _, err := PNG(c); err == nil {
			t.Errorf("%s: it is drawn as a picture", name)
		}
		_, _ = c.Describe(), c.Table() // of a chart that is wrong too, without harm
	}
	for _, id := range []string{"", "1a", `a"b`, "a b", "a>"} {
		if _, err := SVG(councils(1), id, Wide); err == nil {
			t.Errorf("the id %q is taken", id)
		}
	}
	if _, err := SVG(councils(1), "x", "huge"); err == nil {
		t.Error("a width nobody knows is taken")
	}
}

func TestWordsCannotBecomeMarkup(t *testing.T) {
	evil := "</text><script>alert(1)</script>\" onload=\"x\x00\x1b&amp;"
	for _, c := range []Chart{
		Bars{Title: evil, Of: evil, Measure: evil, Groups: []string{evil}, Series: []Series{{evil, []Value{Instead(evil)}}, {evil, []Value{Of(1)}}}, Threshold: &Threshold{evil, 1}},
		Funnel{Title: evil, Of: evil, Measure: evil, Points: []Point{{Name: evil, N: 1, Value: Of(2), Own: true, Says: evil}}},
		Ranges{Title: evil, Of: evil, Measure: evil, Nought: evil, Quiet: evil, Groups: []string{evil}, Series: []Spread{{evil, []Range{{Says: evil, Quiet: true}}}, {evil, []Range{{}}}}},
		Steps{Title: evil, Days: evil, Measure: evil, Curves: []Curve{{Name: evil, Steps: []Step{{0, 1, 1, 1, 1}}}}},
		Strip{Title: evil, Measure: evil, Lines: []Line{{Name: evil, Dots: []Dot{{evil, 1, true}}, Median: Instead(evil)}}},
		Trend{Title: evil, Of: evil, Measure: evil, Periods: []string{evil}, Series: []Series{{evil, []Value{Of(1)}}}, Published: []Series{{evil, []Value{Of(1)}}}},
	} {
		svg := drawn(t, c, Narrow)
		for _, e := range elements(t, svg) {
			if e.Name.Local == "script" || attr(e, "onload") != "" {
				t.Fatalf("%T lets words become markup", c)
			}
		}
		if strings.ContainsAny(svg, "\x00\x1b") {
			t.Errorf("%T writes control characters", c)
		}
		pictured(t, c)
	}
}

// TestTheTableHoldsWhatIsDrawn asks every table for its figures.
func TestTheTableHoldsWhatIsDrawn(t *testing.T) {
	each(t, func(t *testing.T, c Chart) {
		table := c.Table()
		if table.Caption != c.Name() || len(table.Numeric) != len(table.Header) {
			t.Error("the table has no caption, or not every column is told")
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Header) {
				t.Fatalf("a row of %d cells under %d headings", len(row), len(table.Header))
			}
		}
	})
	rows := map[string][]string{
		"bars":         {"Council of Invented 2", "397"},
		"bars-grouped": {"1 to 4", "61", "66", "70", "70"},
		"funnel":       {"Council of Invented 1", "6", "190", "within the limits"},
		"ranges":       {"Each council by itself", "within one year", "75.2", "74.3", "76.1"},
		"steps":        {"One child alone", "0", "100.0", "100.0", "100.0", "80"},
		"strip":        {"Council of Invented 1", "", "30", "yes"},
		"trend":        {"2018", "540", "530", "545", "426"},
	}
	for name, want := range rows {
		table := samples()[name].Table()
		if !slices.ContainsFunc(table.Rows, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("%s: no row is %q", name, want)
		}
	}
	last := samples()["funnel"].Table().Rows[9]
	if want := []string{"Small", "fewer than 6 children", "fewer than 6 children", ""}; !slices.Equal(last, want) {
		t.Errorf("a withheld council reads %q", last)
	}
}

func TestALongChartIsDividedOnOneScale(t *testing.T) {
	parts := councils(153).Split(40)
	if len(parts) != 4 {
		t.Fatalf("%d parts", len(parts))
	}
	groups := 0
	var rows [][]string
	for _, p := range parts {
		groups += len(p.Groups)
		rows = append(rows, p.Table().Rows...)
		if p.top() != councils(153).top() {
			t.Error("a part has a scale of its own")
		}
		drawn(t, p, Narrow)
	}
	if groups != 153 || len(rows) != 153 || parts[1].Title != "Days from entering care to moving in (2 of 4)" {
		t.Errorf("%d groups, %q", groups, parts[1].Title)
	}
	if whole := councils(9).Split(40); len(whole) != 1 || whole[0].Title != councils(9).Title {
		t.Error("a chart that fits is divided")
	}
}

// TestThePictureIsThatOfThePage looks for the colours of the drawing where its
// geometry has them.
func TestThePictureIsThatOfThePage(t *testing.T) {
	each(t, func(t *testing.T, c Chart) {
		if !plain(t) {
			return
		}
		s, err := lay(c, pixels[Wide])
		if err != nil {
			t.Fatal(err)
		}
		picture := pictured(t, c)
		if got := picture.Bounds().Size(); got != (image.Point{int(s.width) * dense, int(s.y) * dense}) {
			t.Fatalf("it measures %v", got)
		}
		colours := map[color.RGBA]bool{}
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				colours[picture.(*image.RGBA).RGBAAt(x, y)] = true
			}
		}
		for _, m := range s.shapes {
			empty := m.closed && m.path[0].x == m.path[1].x
			if m.fill != "" && !m.thin && !empty && !colours[color.RGBAModel.Convert(shade(m.fill, false)).(color.RGBA)] {
				t.Errorf("nothing has the colour %s", m.fill)
			}
		}
	})
	b := Bars{Title: "x", Groups: []string{"a"}, Series: []Series{{"s", []Value{Of(1)}}}}
	s, _ := lay(b, pixels[Wide])
	for _, m := range s.shapes {
		if m.fill == inks[0].area {
			x, y := int((m.path[0].x+m.path[2].x)/2)*dense, int((m.path[0].y+m.path[2].y)/2)*dense
			if got := color.NRGBAModel.Convert(pictured(t, b).At(x, y)); got != shade(m.fill, false) {
				t.Errorf("the middle of the bar is %v", got)
			}
		}
	}
}

func TestCurvesEndAtTheTopOfThePlot(t *testing.T) {
	g := plot{scale{10, 1, 0, 100}, scale{10, 1, 100, 0}}
	up := []point{{0, 50}, {10, -50}, {20, -50}, {30, 50}}
	got := g.below(up)
	want := [][]point{{{0, 50}, {5, 0}}, {{25, 0}, {30, 50}}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, not %v", got, want)
	}
	if got := g.below([]point{{0, -1}, {5, -1}}); len(got) != 0 {
		t.Errorf("what is wholly above is drawn: %v", got)
	}
}

func TestDashesAddUpToTheLine(t *testing.T) {
	parts := dashed([]point{{0, 0}, {40, 0}, {40, 20}}, []float64{6, 4})
	long := 0.0
	for _, p := range parts {
		for i := 1; i < len(p); i++ {
			long += math.Hypot(p[i].x-p[i-1].x, p[i].y-p[i-1].y)
		}
	}
	if math.Abs(long-36) > 1e-9 { // 60 points: dashes of 12 and gaps of 8
		t.Errorf("the dashes are %v long in all", long)
	}
}

func TestAScaleIsRoundAndTakesItsTopIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		top := rapid.Float64Range(0, mostNumber).Draw(t, "top")
		decimals := rapid.IntRange(0, 3).Draw(t, "decimals")
		c := newScale(top, decimals, rapid.IntRange(1, 8).Draw(t, "steps"), 0, 500)
		if c.upto < top*(1-1e-9) || c.step < math.Pow(10, -float64(decimals))*(1-1e-9) {
			t.Fatalf("%v for %v", c, top)
		}
		last, n := "", 0
		c.ticks(func(_ float64, text string) {
			if text == last {
				t.Fatalf("%q stands twice on the scale", text)
			}
			last, n = text, n+1
		})
		if n < 2 || n > 12 {
			t.Fatalf("%d numbers on the scale to %v", n, top)
		}
	})
}

func TestAnyBarsOfRightNumbersAreDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(rapid.String(), 0, 12).Draw(t, "groups")
		b := Bars{Title: "x", Measure: rapid.String().Draw(t, "measure"), Groups: groups, Decimals: rapid.IntRange(0, 3).Draw(t, "decimals")}
		for range rapid.IntRange(0, mostSeries).Draw(t, "series") {
			var values []Value
			for range groups {
				v := Of(rapid.Float64Range(0, 1e6).Draw(t, "value"))
				if rapid.Bool().Draw(t, "withheld") {
					v = Instead(rapid.String().Draw(t, "instead"))
				}
				values = append(values, v)
			}
			b.Series = append(b.Series, Series{rapid.String().Draw(t, "name"), values})
		}
		for _, width := range []Width{Wide, Narrow} {
			svg, err := SVG(b, "x", width)
			if err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal(svg, new(struct{})); err != nil || bytes.Contains(svg, []byte("NaN")) {
				t.Fatalf("%v\n%s", err, svg)
			}
		}
	})
}
