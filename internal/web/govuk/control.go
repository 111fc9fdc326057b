package govuk

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// Button submits a form, or with Href looks like a button and is a link.
type Button struct {
	Text               string
	HTML               template.HTML
	Type               string
	Name               string
	Value              string
	ID                 string
	Href               string
	Disabled           bool
	IsStartButton      bool
	PreventDoubleClick *bool
	Classes            string
	Attributes         Attributes
}

// Render gives the markup.
func (p Button) Render() template.HTML { return render("button", p) }

// Label names a control.
type Label struct {
	For           string
	Text          string
	HTML          template.HTML
	IsPageHeading bool
	Classes       string
	Attributes    Attributes
}

// Render gives the markup.
func (p Label) Render() template.HTML { return render("label", p) }

func labelFor(l Label, id string) Label {
	l.For = id
	return l
}

// Hint helps to answer a question.
type Hint struct {
	ID         string
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p Hint) Render() template.HTML { return render("hint", p) }

// ErrorMessage says what is wrong with an answer and how to put it right.
type ErrorMessage struct {
	ID                 string
	Text               string
	HTML               template.HTML
	VisuallyHiddenText *string // unset: "Error"
	Classes            string
	Attributes         Attributes
}

// Render gives the markup.
func (p ErrorMessage) Render() template.HTML { return render("error-message", p) }

// hiddenWord is what a screen reader says before the message.
func hiddenWord(p ErrorMessage) string {
	if p.VisuallyHiddenText == nil {
		return "Error"
	}
	return *p.VisuallyHiddenText
}

// Fieldset groups controls that answer one question.
type Fieldset struct {
	DescribedBy string
	Role        string
	Legend      Legend
	HTML        template.HTML
	Classes     string
	Attributes  Attributes
}

// Legend is the question a fieldset asks.
type Legend struct {
	Text          string
	HTML          template.HTML
	IsPageHeading bool
	Classes       string
}

// Render gives the markup.
func (p Fieldset) Render() template.HTML { return render("fieldset", p) }

// FormGroup holds options of the element around a control, and words beside it.
type FormGroup struct {
	BeforeInput, AfterInput   Content
	BeforeInputs, AfterInputs Content
	Classes                   string
	Attributes                Attributes
}

// control is what every question has in common, worked out once: the ids of
// its hint and error, and which of them describe it.
type control struct {
	ID          string
	DescribedBy string
	Hint        *Hint
	Error       *ErrorMessage
	Group       FormGroup
	Fieldset    *Fieldset
}

func newControl(id, describedBy string, hint Hint, message ErrorMessage, group FormGroup) control {
	c := control{ID: id, Group: group}
	described := []string{describedBy}
	if hint.Text != "" || hint.HTML != "" {
		hint.ID = id + "-hint"
		described = append(described, hint.ID)
		c.Hint = &hint
	}
	if message.Text != "" || message.HTML != "" {
		message.ID = id + "-error"
		described = append(described, message.ID)
		c.Error = &message
	}
	c.DescribedBy = class(described...)
	return c
}

// In puts the control in a fieldset, if there is one, which then is what the
// hint and the error describe.
func (c control) In(f *Fieldset, role string) control {
	if f == nil {
		return c
	}
	set := *f
	set.DescribedBy = class(set.DescribedBy, c.DescribedBy)
	set.Role = role
	c.Fieldset = &set
	return c
}

// Input is a single line of text.
type Input struct {
	ID             string
	Name           string
	Type           string
	Value          string
	Label          Label
	Hint           Hint
	ErrorMessage   ErrorMessage
	FormGroup      FormGroup
	InputWrapper   Content
	Prefix, Suffix Content
	DescribedBy    string
	Autocomplete   string
	Autocapitalize string
	Inputmode      string
	Pattern        string
	Spellcheck     *bool
	Disabled       bool
	Classes        string
	Attributes     Attributes
}

// Render gives the markup.
func (p Input) Render() template.HTML { return render("input", p) }

// wrapped tells whether something stands beside the input.
func wrapped(p Input) bool {
	beside := []Content{p.Prefix, p.Suffix, p.FormGroup.BeforeInput, p.FormGroup.AfterInput}
	return slices.ContainsFunc(beside, func(c Content) bool { return !c.empty() })
}

// Textarea is text of several lines.
type Textarea struct {
	ID           string
	Name         string
	Value        string
	Rows         int
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	DescribedBy  string
	Autocomplete string
	Spellcheck   *bool
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// Render gives the markup.
func (p Textarea) Render() template.HTML { return render("textarea", p) }

// FileUpload takes a file, in its plain form that needs no JavaScript.
type FileUpload struct {
	ID           string
	Name         string
	Multiple     bool
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	DescribedBy  string
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// Render gives the markup.
func (p FileUpload) Render() template.HTML { return render("file-upload", p) }

// Select is a choice from a long list; radios are better for a short one.
type Select struct {
	ID           string
	Name         string
	Value        string
	Items        []SelectItem
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	DescribedBy  string
	Disabled     bool
	Classes      string
	Attributes   Attributes
}

// SelectItem is one option. Without Value its text is sent.
type SelectItem struct {
	Value      *string
	Text       string
	Selected   *bool // unset: when Value is the value of the select
	Disabled   bool
	Attributes Attributes
}

// Render gives the markup.
func (p Select) Render() template.HTML { return render("select", p) }

// selected tells whether an item is the one chosen.
func selected(p Select, item SelectItem) bool {
	if item.Selected != nil {
		return *item.Selected
	}
	value := item.Text
	if item.Value != nil {
		value = *item.Value
	}
	return p.Value != "" && value == p.Value
}

// Radios are a choice of one.
type Radios struct {
	IDPrefix     string
	Name         string
	Value        string
	Items        []Choice
	Fieldset     *Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Attributes   Attributes
}

// Choice is one radio or checkbox, or a Divider such as "or" between them.
type Choice struct {
	ID          string
	Name        string // of a checkbox, where it differs
	Value       string
	Text        string
	HTML        template.HTML
	Label       Label // its classes and attributes; the words are Text
	Hint        Hint
	Divider     string
	Checked     *bool // unset: when its value is among those given
	Disabled    bool
	Behaviour   string
	Conditional Content
	Attributes  Attributes
}

func (c Choice) checked(values ...string) bool {
	if c.Checked != nil {
		return *c.Checked
	}
	return c.Value != "" && slices.Contains(values, c.Value)
}

// id gives the first choice the plain prefix, so that an error summary
// can link to the group by its name.
func (c Choice) id(prefix string, i int) string {
	switch {
	case c.ID != "":
		return c.ID
	case i == 0:
		return prefix
	}
	return prefix + "-" + strconv.Itoa(i+1)
}

// Checkboxes are a choice of any number.
type Checkboxes struct {
	IDPrefix     string
	Name         string
	Values       []string
	Items        []Choice
	Fieldset     *Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	DescribedBy  string
	Classes      string
	Attributes   Attributes
}

// choices is what radios and checkboxes have in common.
type choices struct {
	control
	Kind       string // "radios" or "checkboxes"
	Type       string // of the inputs
	Items      []choice
	Classes    string
	Attributes Attributes
}

// choice is one item, with everything its place decides.
type choice struct {
	Choice
	ID, Kind, Type, Name string
	IsChecked            bool
	DescribedBy          string
}

func optionLabel(c choice) Label {
	return Label{For: c.ID, Text: c.Text, HTML: c.HTML, Attributes: c.Label.Attributes,
		Classes: class("govuk-"+c.Kind+"__label", c.Label.Classes)}
}

// add places an item. described is what describes every item where no fieldset
// says it for all.
func (v *choices) add(item Choice, i int, name, described string, values ...string) {
	c := choice{Choice: item, ID: item.id(v.control.ID, i), Kind: v.Kind, Type: v.Type, Name: name, IsChecked: item.checked(values...)}
	if item.Hint.Text != "" || item.Hint.HTML != "" {
		c.Hint.ID = c.ID + "-item-hint"
		c.Hint.Classes = class("govuk-"+v.Kind+"__hint", item.Hint.Classes)
	}
	c.DescribedBy = class(described, c.Hint.ID)
	v.Items = append(v.Items, c)
}

// Render gives the markup.
func (p Radios) Render() template.HTML {
	c := newControl(cmp.Or(p.IDPrefix, p.Name), "", p.Hint, p.ErrorMessage, p.FormGroup).In(p.Fieldset, "")
	v := choices{control: c, Kind: "radios", Type: "radio", Classes: p.Classes, Attributes: p.Attributes}
	for i, item := range p.Items {
		v.add(item, i, p.Name, "", p.Value)
	}
	return render("choices", v)
}

// Render gives the markup.
func (p Checkboxes) Render() template.HTML {
	c := newControl(cmp.Or(p.IDPrefix, p.Name), p.DescribedBy, p.Hint, p.ErrorMessage, p.FormGroup).In(p.Fieldset, "")
	v := choices{control: c, Kind: "checkboxes", Type: "checkbox", Classes: p.Classes, Attributes: p.Attributes}
	described := c.DescribedBy
	if p.Fieldset != nil {
		described = ""
	}
	for i, item := range p.Items {
		v.add(item, i, cmp.Or(item.Name, p.Name), described, p.Values...)
	}
	return render("choices", v)
}

// DateInput asks for a date that a person knows, in three boxes.
type DateInput struct {
	ID               string
	NamePrefix       string
	Values           map[string]string
	Day, Month, Year *DateItem // unset: the usual box
	Items            []DateItem
	Fieldset         *Fieldset
	Hint             Hint
	ErrorMessage     ErrorMessage
	FormGroup        FormGroup
	Classes          string
	Attributes       Attributes
}

// DateItem is one of the boxes.
type DateItem struct {
	ID           string
	Name         string
	Label        string
	Value        string
	Autocomplete string
	Inputmode    string
	Pattern      string
	Error        *bool // unset: all boxes are wrong, unless another says so
	Classes      string
	Attributes   Attributes
}

// wrong tells whether a box is said to be in error.
func (d DateItem) wrong() bool {
	return d.Error != nil && *d.Error || strings.Contains(d.Classes, "govuk-input--error")
}

// Render gives the markup.
func (p DateInput) Render() template.HTML { return render("date-input", p) }

// dateInputs are the text inputs of a date.
func dateInputs(p DateInput) []Input {
	items := p.Items
	if len(items) == 0 {
		items = []DateItem{p.item(p.Day, "day"), p.item(p.Month, "month"), p.item(p.Year, "year")}
	}
	hasError := p.ErrorMessage.Text != "" || p.ErrorMessage.HTML != ""
	all := hasError && !slices.ContainsFunc(items, DateItem.wrong)
	inputs := make([]Input, len(items))
	for i, item := range items {
		inputs[i] = p.input(item, item.wrong() || all && item.Error == nil)
	}
	return inputs
}

// item gives the box for a part of the date.
func (p DateInput) item(given *DateItem, name string) DateItem {
	var item DateItem
	if given != nil {
		item = *given
	}
	item.Name = cmp.Or(item.Name, name)
	return item
}

// part gives the options of the part of a date that a box is for, by its usual
// name or its own; a box for anything else has none.
func (p DateInput) part(name string) DateItem {
	parts := []*DateItem{p.Day, p.Month, p.Year}
	for i, usual := range []string{"day", "month", "year"} {
		if item := p.item(parts[i], usual); name == usual || name == item.Name {
			return item
		}
	}
	return DateItem{}
}

// input is the text input of one box.
func (p DateInput) input(d DateItem, wrong bool) Input {
	name := d.Name
	if p.NamePrefix != "" {
		name = p.NamePrefix + "-" + d.Name
	}
	value := cmp.Or(d.Value, p.part(d.Name).Value, p.Values[d.Name], p.Values[name])
	return Input{
		Label:        Label{Text: cmp.Or(d.Label, capitalised(d.Name)), Classes: "govuk-date-input__label"},
		ID:           cmp.Or(d.ID, p.ID+"-"+d.Name),
		Classes:      class("govuk-date-input__input", p.itemClasses(d, wrong)),
		Name:         name,
		Value:        value,
		Inputmode:    cmp.Or(d.Inputmode, "numeric"),
		Autocomplete: d.Autocomplete,
		Pattern:      d.Pattern,
		Attributes:   d.Attributes,
	}
}

func (p DateInput) itemClasses(d DateItem, wrong bool) string {
	var errorClass, width string
	if wrong && !strings.Contains(d.Classes, "govuk-input--error") {
		errorClass = "govuk-input--error"
	}
	if !strings.Contains(d.Classes, "govuk-input--width-") {
		width = "govuk-input--width-2"
		if p.part(d.Name).Name == p.item(p.Year, "year").Name {
			width = "govuk-input--width-4"
		}
	}
	return class(errorClass, width, d.Classes)
}

func capitalised(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}
