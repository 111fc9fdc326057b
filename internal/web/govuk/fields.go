package govuk

import (
	"cmp"
	"html/template"
	"math"
	"mime/multipart"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// TextField is a line or, from TextArea, several lines of text.
type TextField struct {
	Field
	Value string
	area  bool
}

// Text asks for a line of text.
func (f *Form) Text(q Question) *TextField {
	t := &TextField{Field: f.field(q)}
	f.fields = append(f.fields, t)
	return t
}

// TextArea asks for text of several lines.
func (f *Form) TextArea(q Question) *TextField {
	t := f.Text(q)
	t.area = true
	return t
}

// Set fills the field in.
func (t *TextField) Set(s string) { t.Value, t.Input = s, s }

func (t *TextField) read(values url.Values, _ map[string][]*multipart.FileHeader) {
	s := clean(values.Get(t.Name))
	if t.Type == "password" {
		s = values.Get(t.Name) // a space may be part of it
	}
	if !t.area {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	t.Set(s)
	switch {
	case s == "":
		t.missing("Enter")
	case t.Max > 0 && utf8.RuneCountInString(s) > t.Max:
		t.failf("must be %d characters or less", t.Max)
	case utf8.RuneCountInString(s) < t.Min:
		t.failf("must be %d characters or more", t.Min)
	case t.Type == "email" && !looksLikeEmail(s):
		t.Fail("Enter an email address in the correct format, like name@example.com")
	}
}

// looksLikeEmail catches slips; only a message that arrives proves an address.
func looksLikeEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " \t<>,;") && !strings.Contains(host, "@")
}

// Render shows the question. A password is never shown again.
func (t *TextField) Render() template.HTML {
	if t.area {
		return Textarea{ID: t.Name, Name: t.Name, Value: t.Input, Rows: t.Rows, Label: t.label(), Hint: t.hint(),
			ErrorMessage: t.message(), DescribedBy: t.Describe, Autocomplete: t.Autocomplete, Classes: t.Classes}.Render()
	}
	in := t.input()
	in.Type, in.Autocomplete = t.Type, t.Autocomplete
	if t.Type == "password" {
		in.Value = ""
	}
	if t.Type == "email" || t.Type == "password" {
		in.Spellcheck = new(false)
	}
	return in.Render()
}

// input is the box of a field that has one line.
func (f *Field) input() Input {
	return Input{ID: f.Name, Name: f.Name, Value: f.Input, Label: f.label(), Hint: f.hint(), ErrorMessage: f.message(),
		Prefix: Content{Text: f.Prefix}, Suffix: Content{Text: f.Suffix}, DescribedBy: f.Describe, Classes: f.Classes}
}

// NumberField is a number; Given is false where the box was left empty.
type NumberField[T int | float64] struct {
	Field
	Value T
	Given bool
	parse func(string) (T, error)
	kind  string // "whole number" or "number"
}

// WholeNumber asks for a whole number of at least Min and, if set, at most Max.
func (f *Form) WholeNumber(q Question) *NumberField[int] {
	n := &NumberField[int]{Field: f.field(q), parse: strconv.Atoi, kind: "whole number"}
	f.fields = append(f.fields, n)
	return n
}

// Number asks for a number of at least Min and, if set, at most Max.
func (f *Form) Number(q Question) *NumberField[float64] {
	n := &NumberField[float64]{Field: f.field(q), parse: parseNumber, kind: "number"}
	f.fields = append(f.fields, n)
	return n
}

// parseNumber takes decimals as people write them: no exponents, no infinity.
func parseNumber(s string) (float64, error) {
	if strings.Trim(s, "0123456789.-") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

// Set fills the field in.
func (n *NumberField[T]) Set(v T) {
	n.Value, n.Given = v, true
	n.Input = strconv.FormatFloat(float64(v), 'f', -1, 64)
}

func (n *NumberField[T]) read(values url.Values, _ map[string][]*multipart.FileHeader) {
	n.Input, n.Given, n.Value = clean(values.Get(n.Name)), false, 0
	if n.Input == "" {
		n.missing("Enter")
		return
	}
	v, err := n.parse(strings.NewReplacer(",", "", " ", "", "£", "").Replace(n.Input))
	if err != nil || math.IsInf(float64(v), 0) {
		n.failf("must be a %s", n.kind)
		return
	}
	low, high := float64(v) < float64(n.Min), n.Max > 0 && float64(v) > float64(n.Max)
	switch {
	case (low || high) && n.Min > 0 && n.Max > 0:
		n.failf("must be between %d and %d", n.Min, n.Max)
	case low:
		n.failf("must be %d or more", n.Min)
	case high:
		n.failf("must be %d or fewer", n.Max)
	default:
		n.Value, n.Given = v, true
	}
}

// Render shows the question.
func (n *NumberField[T]) Render() template.HTML {
	in := n.input()
	in.Inputmode = "decimal"
	if n.kind == "whole number" {
		in.Inputmode = "numeric"
	}
	in.Classes = cmp.Or(in.Classes, "govuk-input--width-5")
	in.Spellcheck = new(false)
	return in.Render()
}

// ChoiceField is a choice of one option, from radios or a select.
type ChoiceField struct {
	Field
	Value string
	list  bool
}

// Radios asks for one of a few options.
func (f *Form) Radios(q Question) *ChoiceField {
	c := &ChoiceField{Field: f.field(q)}
	f.fields = append(f.fields, c)
	return c
}

// Select asks for one of many options. Unless an option is empty, one is put
// first that says to choose: a browser would otherwise send the first unasked.
func (f *Form) Select(q Question) *ChoiceField {
	c := f.Radios(q)
	c.list = true
	if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == "" && o.Divider == "" }) {
		c.Options = append([]Option{{Text: "Choose an option"}}, q.Options...)
	}
	return c
}

// Set fills the field in.
func (c *ChoiceField) Set(value string) { c.Value, c.Input = value, value }

func (c *ChoiceField) read(values url.Values, _ map[string][]*multipart.FileHeader) {
	c.Set(clean(values.Get(c.Name)))
	if c.Value != "" && !c.offers(c.Value) {
		c.Set("")
		c.Fail("Select " + c.noun()) // even an optional answer must be one that was offered
	}
	if c.Value == "" {
		c.missing("Select")
	}
}

// offers tells whether a value is one of the options.
func (f *Field) offers(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value && o.Divider == "" })
}

// Render shows the question.
func (c *ChoiceField) Render() template.HTML {
	if c.list {
		return Select{ID: c.Name, Name: c.Name, Value: c.Value, Items: c.items(), Label: c.label(), Hint: c.hint(),
			ErrorMessage: c.message(), DescribedBy: c.Describe, Classes: c.Classes}.Render()
	}
	return Radios{Name: c.Name, Value: c.Value, Items: c.choices(), Fieldset: c.fieldset(), Hint: c.hint(),
		ErrorMessage: c.message(), Classes: c.Classes}.Render()
}

func (c *ChoiceField) items() []SelectItem {
	items := make([]SelectItem, len(c.Options))
	for i, o := range c.Options {
		items[i] = SelectItem{Value: new(o.Value), Text: o.Text}
	}
	return items
}

func (f *Field) choices() []Choice {
	items := make([]Choice, len(f.Options))
	for i, o := range f.Options {
		items[i] = Choice{Value: o.Value, Text: o.Text, Hint: Hint{Text: o.Hint}, Divider: o.Divider}
	}
	return items
}

// ChoicesField is a choice of any number of options.
type ChoicesField struct {
	Field
	Values []string
}

// Checkboxes asks for any number of options.
func (f *Form) Checkboxes(q Question) *ChoicesField {
	c := &ChoicesField{Field: f.field(q)}
	f.fields = append(f.fields, c)
	return c
}

// Set fills the field in.
func (c *ChoicesField) Set(values ...string) { c.Values = values }

// Has tells whether an option was chosen.
func (c *ChoicesField) Has(value string) bool { return slices.Contains(c.Values, value) }

func (c *ChoicesField) read(values url.Values, _ map[string][]*multipart.FileHeader) {
	c.Values = nil
	for _, v := range values[c.Name] {
		switch {
		case !c.offers(v):
			c.Fail("Select " + c.noun())
		case !c.Has(v):
			c.Values = append(c.Values, v)
		}
	}
	if len(c.Values) == 0 {
		c.missing("Select")
	}
}

// Render shows the question.
func (c *ChoicesField) Render() template.HTML {
	return Checkboxes{Name: c.Name, Values: c.Values, Items: c.choices(), Fieldset: c.fieldset(), Hint: c.hint(),
		ErrorMessage: c.message(), Classes: c.Classes}.Render()
}

// FileField is one file or, where the question takes several, any number; Value
// is the first, nil where none was sent. What is in a file is for its reader to
// judge: here only names and sizes are.
type FileField struct {
	Field
	Value  *multipart.FileHeader
	Values []*multipart.FileHeader
}

// File asks for a file. The form element needs enctype="multipart/form-data".
func (f *Form) File(q Question) *FileField {
	u := &FileField{Field: f.field(q)}
	f.fields = append(f.fields, u)
	return u
}

func (u *FileField) read(_ url.Values, files map[string][]*multipart.FileHeader) {
	u.Value, u.Values = nil, nil
	sent := files[u.Name]
	if len(sent) == 0 || sent[0].Filename == "" {
		u.missing("Select")
		return
	}
	if !u.Multiple {
		sent = sent[:1]
	}
	for _, file := range sent {
		u.check(file)
	}
	if u.Error == "" {
		u.Value, u.Values = sent[0], sent
	}
}

func (u *FileField) check(file *multipart.FileHeader) {
	which := "The selected file"
	if u.Multiple {
		which = "The file " + plain(file.Filename)
	}
	switch {
	case file.Size == 0:
		u.Fail(which + " is empty")
	case u.MaxBytes > 0 && file.Size > u.MaxBytes:
		u.Fail(which + " must be smaller than " + fileSize(u.MaxBytes))
	case len(u.Accept) > 0 && !slices.Contains(u.Accept, strings.ToLower(filepath.Ext(file.Filename))):
		u.Fail(which + " must be a " + u.kinds())
	}
}

// kinds names the endings that are accepted: "PDF, DOCX or ODT".
func (u *FileField) kinds() string {
	names := make([]string, len(u.Accept))
	for i, ending := range u.Accept {
		names[i] = strings.ToUpper(strings.TrimPrefix(ending, "."))
	}
	return sentenceList(names, "or")
}

// sentenceList joins words with commas and, before the last, a conjunction.
func sentenceList(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

func fileSize(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + "MB"
	}
	return strconv.FormatInt(max(n>>10, 1), 10) + "KB"
}

// Render shows the question.
func (u *FileField) Render() template.HTML {
	upload := FileUpload{ID: u.Name, Name: u.Name, Label: u.label(), Hint: u.hint(), ErrorMessage: u.message(),
		DescribedBy: u.Describe, Classes: u.Classes, Multiple: u.Multiple}
	if len(u.Accept) > 0 {
		upload.Attributes = Attributes{"accept": strings.Join(u.Accept, ",")}
	}
	return upload.Render()
}
