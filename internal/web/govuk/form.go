package govuk

import (
	"errors"
	"fmt"
	"html/template"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"homeward/internal/date"
)

// formMemory is how much of an upload is held in memory. Beyond it the standard
// library writes to a temporary file, where a child's papers must never lie in
// the clear, so the server's limit on bodies has to be below it.
const formMemory = 32 << 20

// Form is the questions of one page. Declaring a question gives a field that
// reads the answer, says what is wrong with it and shows it again:
//
//	form := &govuk.Form{}
//	name := form.Text(govuk.Question{Name: "name", Label: "Full name"})
//	born := form.Date(govuk.Question{Name: "born", Label: "Date of birth", Today: today})
//	if r.Method == http.MethodPost && form.Parse(r) {
//		// name.Value and born.Value are good
//	}
//
// and in the page: {{.Form.ErrorSummary}} {{.Name.Render}} {{.Born.Render}}.
type Form struct {
	// Filter is for a form that narrows a list: every question may be left
	// empty, and the labels do not say so. An answer that is none of those
	// offered counts as empty: a link that somebody kept is never a mistake.
	Filter bool
	// NoneRequired is for a form whose page says once that every question may be
	// left empty, so that the labels need not.
	NoneRequired bool

	fields []question
	errors []ErrorItem // those of no field
}

// question is what a form needs of its fields.
type question interface {
	read(values url.Values, files map[string][]*multipart.FileHeader)
	mistake() (ErrorItem, bool)
}

// Question is what is asked and what is a good answer. The last fields are for
// some kinds of question only.
type Question struct {
	Name  string // of the control; its id too
	Label string // "Full name", or a whole question
	Hint  string
	// Noun stands in messages where the label does not fit there: with "the
	// child’s name" an empty answer is told "Enter the child’s name".
	Noun        string
	Optional    bool
	PageHeading bool // the label is the heading of the page
	Classes     string
	Describe    string // id of something else that describes the control

	Min, Max     int       // of the characters of a text or of a number; no Max: no limit
	Type         string    // of a text: "email", "tel", "password"
	Autocomplete string    // what a browser may fill in: "email", "bday", …
	Prefix       string    // before the box: "£"
	Suffix       string    // after the box: "miles"
	Rows         int       // of a text area
	Options      []Option  // of radios, checkboxes and a select
	Today        date.Date // a date after it is refused, if set
	NotBefore    date.Date // a date before it is refused, if set
	NotAfter     date.Date // a date after it is refused, if set
	Accept       []string  // endings of files: ".pdf", ".csv"
	MaxBytes     int64     // of a file
	Multiple     bool      // of a file: several may be sent
}

// Option is one of the answers to choose from.
type Option struct {
	Value   string
	Text    string
	Hint    string
	Divider string // words between options, such as "or", in place of one
}

// YesNo are the options of a plain question.
var YesNo = []Option{{Value: "yes", Text: "Yes"}, {Value: "no", Text: "No"}}

// Field is a question with the answer given, as typed, and its mistake.
type Field struct {
	Question
	Input string
	Error string
	quiet bool // of a filter: never wrong
	plain bool // never marked as optional
}

// Fail marks an answer as wrong, unless something is already wrong with it.
func (f *Field) Fail(message string) {
	if f.Error == "" && !f.quiet {
		f.Error = message
	}
}

// failf fails with a message that begins with what was asked for.
func (f *Field) failf(format string, args ...any) {
	f.Fail(upperFirst(f.noun()) + " " + fmt.Sprintf(format, args...))
}

func (f *Field) mistake() (ErrorItem, bool) {
	return ErrorItem{Text: f.Error, Href: "#" + f.Name}, f.Error != ""
}

// missing fails an answer that has to be given; the verb is "Enter" or "Select".
func (f *Field) missing(verb string) {
	if !f.Optional {
		f.Fail(verb + " " + f.noun())
	}
}

// noun is what messages call the answer: its own noun, or the label as it reads
// in the middle of a sentence.
func (f *Field) noun() string {
	if f.Noun != "" {
		return f.Noun
	}
	return lowerFirst(f.Label)
}

func (f *Field) label() Label {
	return Label{Text: f.words(), IsPageHeading: f.PageHeading, Classes: "govuk-label--" + f.size()}
}

func (f *Field) fieldset() *Fieldset {
	return &Fieldset{DescribedBy: f.Describe,
		Legend: Legend{Text: f.words(), IsPageHeading: f.PageHeading, Classes: "govuk-fieldset__legend--" + f.size()}}
}

// words are the label, marked where the question may be left empty.
func (f *Field) words() string {
	if f.Optional && !f.plain {
		return f.Label + " (optional)"
	}
	return f.Label
}

func (f *Field) size() string {
	if f.PageHeading {
		return "l"
	}
	return "s"
}

func (f *Field) hint() Hint { return Hint{Text: f.Hint} }

func (f *Field) message() ErrorMessage { return ErrorMessage{Text: f.Error} }

// field makes the common part of a field of this form.
func (f *Form) field(q Question) Field {
	anything := f.Filter || f.NoneRequired
	q.Optional = q.Optional || anything
	return Field{Question: q, quiet: f.Filter, plain: anything}
}

// Parse reads the answers of a posted form and tells whether all are good.
func (f *Form) Parse(r *http.Request) bool {
	if err := parseBody(r); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			f.Fail("What you sent is too large. Send a smaller file", "")
		} else {
			f.Fail("Your answers could not be read. Send them again", "")
		}
		return false
	}
	var files map[string][]*multipart.FileHeader
	if r.MultipartForm != nil {
		files = r.MultipartForm.File
	}
	return f.read(r.PostForm, files)
}

func parseBody(r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return r.ParseMultipartForm(formMemory)
	}
	return r.ParseForm()
}

// Read reads answers from elsewhere, such as the query of a filter.
func (f *Form) Read(values url.Values) bool { return f.read(values, nil) }

func (f *Form) read(values url.Values, files map[string][]*multipart.FileHeader) bool {
	for _, field := range f.fields {
		field.read(values, files)
	}
	return f.Valid()
}

// Valid tells whether nothing is wrong. Ask it again after a rule of the domain
// has failed a field.
func (f *Form) Valid() bool { return len(f.mistakes()) == 0 }

// Fail notes a mistake that is of no one field; href may say where to go.
func (f *Form) Fail(message, href string) {
	f.errors = append(f.errors, ErrorItem{Text: message, Href: href})
}

func (f *Form) mistakes() []ErrorItem {
	list := slices.Clone(f.errors)
	for _, field := range f.fields {
		if item, wrong := field.mistake(); wrong {
			list = append(list, item)
		}
	}
	return list
}

// ErrorSummary lists the mistakes, each linked to its field, and takes the
// focus when the page opens. Where there is none it is nothing.
func (f *Form) ErrorSummary() template.HTML {
	list := f.mistakes()
	if len(list) == 0 {
		return ""
	}
	return ErrorSummary{TitleText: "There is a problem", ErrorList: list,
		Attributes: Attributes{"tabindex": "-1", "autofocus": ""}}.Render()
}

// Title is the title of the page, which says first that there is an error: it
// is what a screen reader reads first.
func (f *Form) Title(title string) string {
	if f.Valid() {
		return title
	}
	return "Error: " + title
}

// clean makes what was typed fit to keep: no bytes that are no text, one kind
// of line end, no white space around.
func clean(s string) string {
	return strings.TrimSpace(plain(s))
}

// plain drops what no database keeps and no person types.
func plain(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// lowerFirst makes a label fit the middle of a sentence, but leaves "NHS number"
// as it is.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
