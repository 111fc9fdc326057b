package govuk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// components are all we draw, by the name of their folder in govuk-frontend.
var components = map[string]renderer{
	"back-link":           &BackLink{},
	"breadcrumbs":         &Breadcrumbs{},
	"button":              &Button{},
	"checkboxes":          &Checkboxes{},
	"date-input":          &DateInput{},
	"details":             &Details{},
	"error-message":       &ErrorMessage{},
	"error-summary":       &ErrorSummary{},
	"fieldset":            &Fieldset{},
	"file-upload":         &FileUpload{},
	"generic-header":      &GenericHeader{},
	"hint":                &Hint{},
	"input":               &Input{},
	"inset-text":          &InsetText{},
	"label":               &Label{},
	"notification-banner": &NotificationBanner{},
	"pagination":          &Pagination{},
	"panel":               &Panel{},
	"phase-banner":        &PhaseBanner{},
	"radios":              &Radios{},
	"select":              &Select{},
	"service-navigation":  &ServiceNavigation{},
	"skip-link":           &SkipLink{},
	"summary-list":        &SummaryList{},
	"table":               &Table{},
	"tabs":                &Tabs{},
	"tag":                 &Tag{},
	"task-list":           &TaskList{},
	"textarea":            &Textarea{},
	"warning-text":        &WarningText{},
}

type renderer interface{ Render() template.HTML }

// fresh makes an empty component of the same kind.
func fresh(r renderer) renderer {
	return reflect.New(reflect.TypeOf(r).Elem()).Interface().(renderer)
}

// unsupported lists the fixtures we do not follow, and why. One that starts to
// pass must be taken off.
var unsupported = map[string]string{
	"checkboxes: with falsy values": noGaps,
	"radios: with falsy items":      noGaps,
	"task-list: with empty values":  noGaps,

	"date-input: day and month":  "a box is left out by giving Items, not by false",
	"date-input: month and year": "a box is left out by giving Items, not by false",

	"file-upload: with value":                                      "no browser lets a page fill in a file, so there is no such option",
	"file-upload: enhanced":                                        noJavaScript,
	"file-upload: enhanced, with error message and hint":           noJavaScript,
	"file-upload: enhanced, multiple files":                        noJavaScript,
	"file-upload: enhanced, custom wrapper classes and attributes": noJavaScript,
	"file-upload: translated":                                      noJavaScript,
	"file-upload: translated, no javascript enhancement":           noJavaScript,
}

// Upstream numbers the ids of a list by place, and counts what is null.
const noGaps = "a Go page leaves an item out of its list, so the numbers of ids have no gaps"

const noJavaScript = "the drop zone needs JavaScript, which Homeward does without"

// fewest is the least number of fixtures that must have run, so that a moved
// folder cannot make this test pass by comparing nothing.
const fewest = 580

type fixture struct {
	Name    string
	Options any
	HTML    string
}

func TestFixtures(t *testing.T) {
	folder := "../../../node_modules/govuk-frontend/dist/govuk/components"
	if _, err := os.Stat(folder); err != nil {
		missing(t, "the official fixtures are not there: run npm ci")
	}
	ran, listed := 0, 0
	for _, name := range slices.Sorted(maps.Keys(components)) {
		for _, f := range readFixtures(t, filepath.Join(folder, name, "fixtures.json")) {
			ran++
			key := name + ": " + f.Name
			problem := compare(components[name], f)
			reason, isListed := unsupported[key]
			switch {
			case isListed && problem == "":
				t.Errorf("%s passes now: take it off the list", key)
			case isListed:
				listed++
				t.Logf("%s: not followed: %s", key, reason)
			case problem != "":
				t.Errorf("%s: %s", key, problem)
			}
		}
	}
	t.Logf("%d fixtures run, %d of them listed as not followed", ran, listed)
	if ran < fewest || listed != len(unsupported) {
		t.Errorf("%d fixtures run, want at least %d; %d of %d listed ones met", ran, fewest, listed, len(unsupported))
	}
}

// missing skips a test that lacks something, except where all must run.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("HOMEWARD_TEST_REQUIRE") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func readFixtures(t *testing.T, path string) []fixture {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Fixtures []fixture }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Fixtures
}

// compare renders the options of a fixture and says how the result differs
// from the official markup, if it does.
func compare(kind renderer, f fixture) string {
	params := fresh(kind)
	if err := decode(f.Options, reflect.ValueOf(params).Elem()); err != nil {
		return err.Error()
	}
	got, want := outline(string(params.Render())), outline(f.HTML)
	if got == want {
		return ""
	}
	return fmt.Sprintf("%s\n--- got\n%s\n--- want\n%s", firstDifference(got, want), got, want)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[i], w[i])
		}
	}
	return "one is longer"
}

// decode puts the options of a Nunjucks macro into a struct of ours. It bends
// where JavaScript does and Go does not: numbers for text, a false or null item
// that stands for none, a string where an object with HTML is meant. An option
// that we do not have is an error.
func decode(from any, to reflect.Value) error {
	if from == nil {
		return nil
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		if to.Elem().Kind() == reflect.String {
			from = fmt.Sprint(from) // where a value may be unset, false is one
		}
		return decode(from, to.Elem())
	case reflect.Bool:
		b, ok := from.(bool)
		to.SetBool(b)
		return decoded(ok, from, to)
	case reflect.String:
		to.SetString(text(from))
		return nil
	case reflect.Int:
		_, err := fmt.Sscan(text(from), to.Addr().Interface())
		return err
	case reflect.Slice:
		return decodeSlice(from, to)
	case reflect.Map:
		return decodeMap(from, to)
	case reflect.Struct:
		return decodeStruct(from, to)
	}
	return decoded(false, from, to)
}

func decoded(ok bool, from any, to reflect.Value) error {
	if !ok {
		return fmt.Errorf("%v (%T) does not fit %s", from, from, to.Type())
	}
	return nil
}

// text is a JavaScript value as a template would print it, false as nothing.
func text(v any) string {
	if v == nil || v == false {
		return ""
	}
	return fmt.Sprint(v)
}

func decodeSlice(from any, to reflect.Value) error {
	list, ok := from.([]any)
	for _, item := range list {
		if object, isObject := item.(map[string]any); text(item) == "" || isObject && len(object) == 0 {
			continue
		}
		value := reflect.New(to.Type().Elem()).Elem()
		if err := decode(item, value); err != nil {
			return err
		}
		to.Set(reflect.Append(to, value))
	}
	return decoded(ok, from, to)
}

// written are attributes given as ready HTML, ` data-a="b"`.
var written = regexp.MustCompile(`([-\w]+)="([^"]*)"`)

func decodeMap(from any, to reflect.Value) error {
	to.Set(reflect.MakeMap(to.Type()))
	set := func(k, v string) {
		to.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(html.UnescapeString(v)))
	}
	if s, ok := from.(string); ok {
		for _, m := range written.FindAllStringSubmatch(s, -1) {
			set(m[1], m[2])
		}
		return nil
	}
	object, ok := from.(map[string]any)
	for k, v := range object {
		if option, isObject := v.(map[string]any); isObject {
			v = option["value"]
			if option["optional"] == true && (v == nil || v == false) {
				continue
			}
			if option["optional"] == true && v == true {
				v = ""
			}
		}
		set(k, text(v))
	}
	return decoded(ok, from, to)
}

func decodeStruct(from any, to reflect.Value) error {
	if s, ok := from.(string); ok {
		from = map[string]any{"html": s}
	}
	object, ok := from.(map[string]any)
	for k, v := range object {
		field := to.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, k) })
		if !field.IsValid() {
			return fmt.Errorf("%s has no option %s", to.Type(), k)
		}
		if err := decode(v, field); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return decoded(ok, from, to)
}

// outline writes parsed markup one node a line, attributes and classes sorted,
// with white space dropped where a browser drops it.
func outline(markup string) string {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(markup), body)
	if err != nil {
		panic(err) // two errors must not be taken for equal markup
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	var b strings.Builder
	for n := range body.ChildNodes() {
		writeNode(&b, n, "")
	}
	return b.String()
}

func writeNode(b *strings.Builder, n *html.Node, indent string) {
	switch n.Type {
	case html.TextNode:
		if s := visibleText(n); s != "" {
			fmt.Fprintf(b, "%s%q\n", indent, s)
		}
		return
	case html.ElementNode:
		fmt.Fprintf(b, "%s<%s%s>\n", indent, n.Data, writeAttributes(n.Attr))
	default: // a comment says nothing to anybody
	}
	for child := range n.ChildNodes() {
		writeNode(b, child, indent+"  ")
	}
}

func writeAttributes(attributes []html.Attribute) string {
	slices.SortFunc(attributes, func(x, y html.Attribute) int { return cmp.Compare(x.Key, y.Key) })
	var b strings.Builder
	for _, a := range attributes {
		if a.Key == "class" {
			names := strings.Fields(a.Val)
			slices.Sort(names)
			a.Val = strings.Join(names, " ")
		}
		fmt.Fprintf(&b, " %s=%q", a.Key, a.Val)
	}
	return b.String()
}

// inline are elements beside which a space can be seen, or heard.
var inline = []string{"a", "span", "strong"}

// visibleText collapses white space and drops it at the ends, but keeps a space
// beside an inline element, and inside one that is only for screen readers.
func visibleText(n *html.Node) string {
	words := strings.Join(strings.Fields(n.Data), " ")
	if n.Parent.Data == "textarea" {
		return n.Data
	}
	if words == "" {
		return ""
	}
	hidden := slices.ContainsFunc(n.Parent.Attr, func(a html.Attribute) bool { return a.Val == "govuk-visually-hidden" })
	beside := func(s *html.Node) bool {
		return s == nil && hidden || s != nil && slices.Contains(inline, s.Data)
	}
	if strings.TrimLeft(n.Data, " \n\t") != n.Data && beside(n.PrevSibling) {
		words = " " + words
	}
	if strings.TrimRight(n.Data, " \n\t") != n.Data && beside(n.NextSibling) {
		words += " "
	}
	return words
}
