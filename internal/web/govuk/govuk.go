// Package govuk draws the components of the GOV.UK Design System that Homeward
// uses, and reads the forms made of them.
//
// Each component is a struct whose fields carry the names of the official
// options, and whose Render method gives its markup:
//
//	govuk.Button{Text: "Save and continue"}.Render()   // in Go
//	{{.Save.Render}}                                   // in a page template
//
// A Text field is always escaped; an HTML field, where the component has one,
// wins over Text and must be markup that we made. The markup is held to the
// fixtures that the govuk-frontend package ships (fixtures_test.go), so an
// upgrade that changes a component fails a test and not a person. Nothing here
// needs JavaScript. The GOV.UK header, footer, crown and typeface are left out
// on purpose: they belong to services on GOV.UK.
package govuk

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed templates/*.gohtml
var templateFiles embed.FS

var templates = template.Must(template.New("govuk").Funcs(template.FuncMap{
	"attrs":       attrs,
	"class":       class,
	"control":     newControl,
	"dateInputs":  dateInputs,
	"heading":     heading,
	"headerCell":  headerCell,
	"hiddenWord":  hiddenWord,
	"interrupts":  interrupts,
	"labelFor":    labelFor,
	"optionLabel": optionLabel,
	"panelButton": panelButton,
	"phaseTag":    phaseTag,
	"plus":        func(a, b int) int { return a + b },
	"selected":    selected,
	"wrapped":     wrapped,
	"yes":         func(b *bool) bool { return b != nil && *b },
}).ParseFS(templateFiles, "templates/*.gohtml"))

// render executes one component. The templates are fixed and every fixture runs
// them, so a failure is a mistake of ours that a page should survive: the
// person sees that a part is missing, the log says which.
func render(name string, params any) template.HTML {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".gohtml", params); err != nil {
		slog.Error("component not drawn", "component", name, "error", err)
		return `<p class="hw-not-drawn">This part of the page could not be shown.</p>`
	}
	return template.HTML(bytes.TrimSpace(b.Bytes()))
}

// Attributes are further HTML attributes of an element. An empty value makes a
// boolean attribute, such as autofocus.
type Attributes map[string]string

// attributeName is what a name must look like; others are dropped, and so are
// event handlers, which the content security policy would stop anyway.
var attributeName = regexp.MustCompile(`^[A-Za-z_:][-A-Za-z0-9_:.]*$`)

func attrs(a Attributes) template.HTMLAttr {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if !attributeName.MatchString(name) || strings.HasPrefix(strings.ToLower(name), "on") {
			continue
		}
		b.WriteString(" " + name + `="` + template.HTMLEscapeString(a[name]) + `"`)
	}
	return template.HTMLAttr(b.String())
}

// Content is a piece of a component that has nothing but words: a prefix, the
// key of a summary row, the title of a task.
type Content struct {
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// empty tells whether there is nothing to show.
func (c Content) empty() bool { return c.Text == "" && c.HTML == "" }

// class joins the class names that are not empty.
func class(names ...string) string {
	return strings.Join(slices.DeleteFunc(names, func(s string) bool { return s == "" }), " ")
}

// heading writes a heading whose level is data, which html/template cannot do.
func heading(level, normal int, classes, id string, content any) template.HTML {
	if level < 1 || level > 6 {
		level = normal
	}
	tag := "h" + strconv.Itoa(level)
	if id != "" {
		id = ` id="` + template.HTMLEscapeString(id) + `"`
	}
	inner, ok := content.(template.HTML)
	if !ok {
		inner = template.HTML(template.HTMLEscaper(content))
	}
	return template.HTML("<"+tag+` class="`+template.HTMLEscapeString(classes)+`"`+id+">") + inner + template.HTML("</"+tag+">")
}
