package govuk

import (
	"html/template"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/internal/date"
)

// DateField is a date typed in three boxes. Value is the unknown date where the
// boxes were left empty or are no date.
type DateField struct {
	Field
	Day, Month, Year string // as typed
	Value            date.Date

	wrong []string // the parts in error; none while Error is set means all
}

// dateParts are the boxes in the order they stand.
var dateParts = []string{"day", "month", "year"}

// Date asks for a date.
func (f *Form) Date(q Question) *DateField {
	d := &DateField{Field: f.field(q)}
	f.fields = append(f.fields, d)
	return d
}

// Set fills the field in; the unknown date leaves it empty.
func (d *DateField) Set(v date.Date) {
	d.Value, d.Day, d.Month, d.Year = v, "", "", ""
	if v.Known() {
		year, month, day := v.Parts()
		d.Day, d.Month, d.Year = strconv.Itoa(day), strconv.Itoa(int(month)), strconv.Itoa(year)
	}
}

func (d *DateField) read(values url.Values, _ map[string][]*multipart.FileHeader) {
	d.Day, d.Month, d.Year = clean(values.Get(d.Name+"-day")), clean(values.Get(d.Name+"-month")), clean(values.Get(d.Name+"-year"))
	d.Value, d.wrong = 0, nil
	empty := d.empty()
	switch {
	case len(empty) == len(dateParts):
		d.missing("Enter")
	case len(empty) > 0:
		d.wrong = empty
		d.failf("must include a %s", sentenceList(empty, "and"))
	default:
		d.convert()
	}
}

// empty names the boxes with nothing in them.
func (d *DateField) empty() []string {
	typed := map[string]string{"day": d.Day, "month": d.Month, "year": d.Year}
	return slices.DeleteFunc(slices.Clone(dateParts), func(part string) bool { return typed[part] != "" })
}

// convert makes a date of the three boxes and checks its range.
func (d *DateField) convert() {
	day, dayErr := strconv.Atoi(d.Day)
	year, yearErr := strconv.Atoi(d.Year)
	month := monthOf(d.Month)
	if yearErr == nil && len(d.Year) != 4 {
		d.wrong = []string{"year"}
		d.Fail("Year must include 4 numbers")
		return
	}
	v, err := date.Of(year, month, day)
	if dayErr != nil || yearErr != nil || err != nil {
		d.wrong = d.impossible(day, month, yearErr)
		d.failf("must be a real date")
		return
	}
	if d.inRange(v); d.Error == "" {
		d.Value = v
	}
}

// impossible names the box that cannot be right whatever the others say; where
// no single one is to blame, all are.
func (d *DateField) impossible(day int, month time.Month, yearErr error) []string {
	var parts []string
	if day < 1 || day > 31 {
		parts = append(parts, "day")
	}
	if month == 0 {
		parts = append(parts, "month")
	}
	if yearErr != nil {
		parts = append(parts, "year")
	}
	return parts
}

func (d *DateField) inRange(v date.Date) {
	switch {
	case d.Today.Known() && v > d.Today:
		d.failf("must be today or in the past")
	case d.NotBefore.Known() && v < d.NotBefore:
		d.failf("must be the same as or after %s", d.NotBefore.Long())
	case d.NotAfter.Known() && v > d.NotAfter:
		d.failf("must be the same as or before %s", d.NotAfter.Long())
	}
}

// monthOf reads a month as a number or as a name, short or long; 0 is neither.
func monthOf(s string) time.Month {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(s)) {
			return m
		}
	}
	return 0
}

// mistake links to the first box in error.
func (d *DateField) mistake() (ErrorItem, bool) {
	part := "day"
	if len(d.wrong) > 0 {
		part = d.wrong[0]
	}
	return ErrorItem{Text: d.Error, Href: "#" + d.Name + "-" + part}, d.Error != ""
}

// Render shows the question.
func (d *DateField) Render() template.HTML {
	return DateInput{ID: d.Name, NamePrefix: d.Name, Fieldset: d.fieldset(), Hint: d.hint(), ErrorMessage: d.message(),
		Day: d.box("day", d.Day), Month: d.box("month", d.Month), Year: d.box("year", d.Year), Classes: d.Classes}.Render()
}

func (d *DateField) box(name, value string) *DateItem {
	item := &DateItem{Name: name, Value: value}
	if d.Autocomplete == "bday" {
		item.Autocomplete = "bday-" + name
	}
	if len(d.wrong) > 0 {
		item.Error = new(slices.Contains(d.wrong, name))
	}
	return item
}
