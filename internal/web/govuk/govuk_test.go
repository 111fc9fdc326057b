package govuk

import (
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const hostile = `"'></textarea></option></script><script>alert(1)</script><img src=x onerror=alert(1)><!--`

// fill puts hostile words in every text field, however deep, and one item in
// every list. HTML fields stay empty: they are ours to fill.
func fill(v reflect.Value, words string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[template.HTML]() {
			v.SetString(words)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(2)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), words)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), words)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, name := range []string{words, "title", "onclick", "OnFocus", "x onload"} {
			v.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(words))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), words)
		}
	}
}

// alive finds what hostile words have brought to life.
func alive(n *html.Node) []string {
	var found []string
	if n.Type == html.CommentNode || n.Type == html.ElementNode && (n.Data == "script" || n.Data == "img") {
		found = append(found, n.Data)
	}
	for _, a := range n.Attr {
		link := a.Key == "href" && strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:")
		if strings.HasPrefix(a.Key, "on") || link {
			found = append(found, a.Key+"="+a.Val)
		}
	}
	for child := range n.ChildNodes() {
		found = append(found, alive(child)...)
	}
	return found
}

func TestHostileTextIsInert(t *testing.T) {
	for name, kind := range components {
		for _, words := range []string{hostile, "javascript:alert(1)"} {
			params := fresh(kind)
			fill(reflect.ValueOf(params).Elem(), words)
			for _, part := range append(variants(params), params) {
				markup := string(part.Render())
				doc, err := html.Parse(strings.NewReader(markup))
				if err != nil {
					t.Fatal(err)
				}
				if found := alive(doc); len(found) > 0 || strings.Contains(markup, "hw-not-drawn") {
					t.Errorf("%s: %q came alive or was not drawn:\n%s", name, found, markup)
				}
			}
		}
	}
}

// variants are the other branches of components that draw one thing or another.
func variants(full renderer) []renderer {
	switch p := full.(type) {
	case *Button:
		b := *p
		b.Href = ""
		return []renderer{b}
	case *Pagination:
		block, pages := *p, *p
		block.Items = nil
		pages.Items = []PageItem{{Number: hostile, Href: hostile, VisuallyHiddenText: hostile}}
		return []renderer{block, pages}
	case *Radios:
		r := *p
		r.Items = []Choice{{Text: hostile, Value: hostile, Hint: Hint{Text: hostile}}}
		return []renderer{r}
	case *Checkboxes:
		c := *p
		c.Items = []Choice{{Text: hostile, Value: hostile, Hint: Hint{Text: hostile}}}
		return []renderer{c}
	case *Panel:
		i := *p
		i.Classes = "govuk-panel--interruption"
		return []renderer{i}
	case *Table:
		w := *p
		w.Stack, w.FirstCellIsHeader = false, false
		return []renderer{w}
	}
	return nil
}

func TestAFaultInAComponentIsSeenAndNotFatal(t *testing.T) {
	if got := render("no-such-component", nil); !strings.Contains(string(got), "could not be shown") {
		t.Errorf("got %q", got)
	}
}

func TestPagesShowsEndsAndNeighbours(t *testing.T) {
	for _, c := range []struct {
		current, last int
		want          string
	}{
		{1, 1, ""},
		{1, 2, "[1] 2 >"},
		{2, 3, "< 1 [2] 3 >"},
		{1, 9, "[1] 2 … 9 >"},
		{5, 9, "< 1 … 4 [5] 6 … 9 >"},
		{9, 9, "< 1 … 8 [9]"},
	} {
		p := Pages(c.current, c.last, func(n int) string { return fmt.Sprintf("?page=%d", n) })
		if got := sketch(p); got != c.want {
			t.Errorf("page %d of %d: %s, want %s", c.current, c.last, got, c.want)
		}
	}
	if got := (Pagination{}).Render(); got != "" {
		t.Errorf("no pages drew %s", got)
	}
}

func sketch(p Pagination) string {
	var s []string
	if p.Previous != nil {
		s = append(s, "<")
	}
	for _, item := range p.Items {
		switch {
		case item.Ellipsis:
			s = append(s, "…")
		case item.Current:
			s = append(s, "["+item.Number+"]")
		default:
			s = append(s, item.Number)
		}
	}
	if p.Next != nil {
		s = append(s, ">")
	}
	return strings.Join(s, " ")
}

func TestStackedTableNamesItsCells(t *testing.T) {
	table := Table{Stack: true, FirstCellIsHeader: true, Head: []Cell{{Text: "Child"}, {Text: "Days"}},
		Rows: [][]Cell{{{Text: "AB"}, {Text: "426", Format: "numeric"}}}}
	got := string(table.Render())
	for _, want := range []string{`role="table"`, `role="rowheader">AB`, `role="cell" data-label="Days">426`, "hw-table--stack"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

// The licence of GDS Transport, the crown and the crest is for gov.uk alone.
func TestStylesTakeNothingThatBelongsToGovUK(t *testing.T) {
	static := "../static"
	err := filepath.WalkDir(static, func(path string, d fs.DirEntry, err error) error {
		if err == nil && regexp.MustCompile(`(?i)crest|crown|govuk-icon|gds|transport`).MatchString(d.Name()) {
			t.Errorf("%s must not be served", path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	css, err := os.ReadFile(static + "/built/homeward.css")
	if err != nil {
		missing(t, "the styles are not built: run npm run build:css")
	}
	if regexp.MustCompile(`(?i)gds transport|crown|crest|@font-face|@import|url\(`).Match(css) {
		t.Error("the styles name the typeface, the crown, a crest or a file to fetch")
	}
	if !strings.Contains(string(css), ".govuk-button") || !strings.Contains(string(css), ".hw-") {
		t.Error("the styles lack components")
	}
}
