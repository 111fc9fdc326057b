package govuk

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/date"
)

var today = date.MustOf(2026, time.November, 22)

func Example() {
	form := &Form{}
	name := form.Text(Question{Name: "name", Label: "Full name", Noun: "the child’s name", Max: 100})
	born := form.Date(Question{Name: "born", Label: "Date of birth", Today: today})

	r := httptest.NewRequest(http.MethodPost, "/children", strings.NewReader("name=+Sam+&born-day=31&born-month=2&born-year=2024"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	fmt.Println(form.Parse(r), name.Value, "|", born.Error, "|", form.Title("Add a child"))
	// Output: false Sam | Date of birth must be a real date | Error: Add a child
}

func TestAnswers(t *testing.T) {
	options := []Option{{Value: "a", Text: "A"}, {Value: "b", Text: "B"}}
	text := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Text(q).Field } }
	whole := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.WholeNumber(q).Field } }
	number := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Number(q).Field } }
	day := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Date(q).Field } }
	radios := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Radios(q).Field } }
	choose := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Select(q).Field } }
	boxes := func(q Question) func(*Form) *Field { return func(f *Form) *Field { return &f.Checkboxes(q).Field } }

	for _, c := range []struct {
		ask   func(*Form) *Field
		typed string
		want  string // the mistake
	}{
		{text(Question{Label: "Full name"}), "q=+Sam", ""},
		{text(Question{Label: "Full name"}), "q=+%00+", "Enter full name"},
		{text(Question{Label: "NHS number"}), "", "Enter NHS number"},
		{text(Question{Label: "What is the child called?", Noun: "the child’s name"}), "", "Enter the child’s name"},
		{text(Question{Label: "Full name", Optional: true}), "", ""},
		{text(Question{Label: "Full name", Max: 3}), "q=%C3%A9%C3%A9%C3%A9", ""},
		{text(Question{Label: "Full name", Max: 3}), "q=abcd", "Full name must be 3 characters or less"},
		{text(Question{Label: "Password", Min: 12, Type: "password"}), "q=short", "Password must be 12 characters or more"},
		{text(Question{Label: "Email address", Type: "email"}), "q=a@b.uk", ""},
		{text(Question{Label: "Email address", Type: "email"}), "q=a@b", "Enter an email address in the correct format, like name@example.com"},

		{whole(Question{Label: "Bedrooms"}), "q=1,200", ""},
		{whole(Question{Label: "Bedrooms"}), "q=0", ""},
		{whole(Question{Label: "Bedrooms"}), "", "Enter bedrooms"},
		{whole(Question{Label: "Bedrooms", Optional: true}), "q=+", ""},
		{whole(Question{Label: "Bedrooms"}), "q=1.5", "Bedrooms must be a whole number"},
		{whole(Question{Label: "Bedrooms"}), "q=-1", "Bedrooms must be 0 or more"},
		{whole(Question{Label: "Bedrooms", Max: 9}), "q=10", "Bedrooms must be 9 or fewer"},
		{whole(Question{Label: "Bedrooms", Min: 1, Max: 9}), "q=0", "Bedrooms must be between 1 and 9"},
		{whole(Question{Label: "Bedrooms"}), "q=99999999999999999999", "Bedrooms must be a whole number"},
		{number(Question{Label: "Fee"}), "q=%C2%A31,200.50", ""},
		{number(Question{Label: "Fee"}), "q=1e9", "Fee must be a number"},
		{number(Question{Label: "Fee"}), "q=NaN", "Fee must be a number"},
		{number(Question{Label: "Fee"}), "q=Inf", "Fee must be a number"},

		{day(Question{Label: "Date of birth"}), "q-day=29&q-month=2&q-year=2024", ""},
		{day(Question{Label: "Date of birth"}), "q-day=1&q-month=sept&q-year=2024", ""},
		{day(Question{Label: "Date of birth"}), "", "Enter date of birth"},
		{day(Question{Label: "Date of birth", Optional: true}), "", ""},
		{day(Question{Label: "Date of birth", Optional: true}), "q-day=1", "Date of birth must include a month and year"},
		{day(Question{Label: "Date of birth"}), "q-day=29&q-month=2&q-year=2025", "Date of birth must be a real date"},
		{day(Question{Label: "Date of birth"}), "q-day=x&q-month=2&q-year=2025", "Date of birth must be a real date"},
		{day(Question{Label: "Date of birth"}), "q-day=1&q-month=2&q-year=25", "Year must include 4 numbers"},
		{day(Question{Label: "Date of birth", Today: today}), "q-day=22&q-month=11&q-year=2026", ""},
		{day(Question{Label: "Date of birth", Today: today}), "q-day=23&q-month=11&q-year=2026", "Date of birth must be today or in the past"},
		{day(Question{Label: "Review date", NotBefore: today}), "q-day=21&q-month=11&q-year=2026", "Review date must be the same as or after 22 November 2026"},
		{day(Question{Label: "Review date", NotAfter: today}), "q-day=23&q-month=11&q-year=2026", "Review date must be the same as or before 22 November 2026"},

		{radios(Question{Label: "Plan", Options: options}), "q=b", ""},
		{radios(Question{Label: "Plan", Noun: "a plan", Options: options}), "", "Select a plan"},
		{radios(Question{Label: "Plan", Noun: "a plan", Optional: true, Options: options}), "q=zz", "Select a plan"},
		{choose(Question{Label: "Plan", Noun: "a plan", Options: options}), "q=", "Select a plan"},
		{choose(Question{Label: "Plan", Options: options}), "q=a", ""},
		{boxes(Question{Label: "Needs", Options: options}), "q=a&q=b&q=a", ""},
		{boxes(Question{Label: "Needs", Noun: "at least one need", Options: options}), "", "Select at least one need"},
		{boxes(Question{Label: "Needs", Noun: "at least one need", Options: options}), "q=a&q=zz", "Select at least one need"},
	} {
		values, err := url.ParseQuery(c.typed)
		if err != nil {
			t.Fatal(err)
		}
		form := &Form{}
		field := c.ask(form)
		field.Name = "q"
		if ok := form.Read(values); field.Error != c.want || ok != (c.want == "") {
			t.Errorf("%s, typed %q: %q, want %q", field.Label, c.typed, field.Error, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	form := &Form{}
	name := form.Text(Question{Name: "name", Label: "Name"})
	story := form.TextArea(Question{Name: "story", Label: "Story"})
	fee := form.Number(Question{Name: "fee", Label: "Fee"})
	left := form.WholeNumber(Question{Name: "left", Label: "Left", Optional: true})
	born := form.Date(Question{Name: "born", Label: "Born"})
	needs := form.Checkboxes(Question{Name: "needs", Label: "Needs", Options: []Option{{Value: "a"}, {Value: "b"}, {Value: "c"}}})
	ok := form.Read(url.Values{"name": {" Sam\x00\r\nBell "}, "story": {" one\r\ntwo\xff "}, "fee": {"£1,200.50"},
		"born-day": {"1"}, "born-month": {"JAN"}, "born-year": {"2024"}, "needs": {"c", "a", "c"}})
	if !ok || name.Value != "Sam Bell" || story.Value != "one\ntwo" || fee.Value != 1200.5 || left.Given {
		t.Errorf("%v %q %q %v %v", ok, name.Value, story.Value, fee.Value, left.Given)
	}
	if born.Value != date.MustOf(2024, time.January, 1) || !slices.Equal(needs.Values, []string{"c", "a"}) || needs.Has("b") {
		t.Errorf("%v %v", born.Value, needs.Values)
	}
}

// What was typed is shown again as typed, so that it can be put right.
func TestAnswersAreShownAgain(t *testing.T) {
	form := &Form{}
	text := form.Text(Question{Name: "t", Label: "T"})
	number := form.WholeNumber(Question{Name: "n", Label: "N"})
	born := form.Date(Question{Name: "d", Label: "D"})
	plan := form.Select(Question{Name: "s", Label: "S", Options: []Option{{Value: "x", Text: "X"}}})
	boxes := form.Checkboxes(Question{Name: "c", Label: "C", Options: []Option{{Value: "y", Text: "Y"}}})
	secret := form.Text(Question{Name: "p", Label: "P", Type: "password"})
	area := form.TextArea(Question{Name: "a", Label: "A"})
	form.Read(url.Values{"t": {"<b>"}, "n": {"ten"}, "d-day": {"40"}, "d-month": {"2"}, "d-year": {"2024"}, "s": {"x"}, "c": {"y"}, "p": {"hush"}, "a": {"</textarea>"}})
	for _, c := range []struct{ got, want string }{
		{string(text.Render()), `value="&lt;b&gt;"`},
		{string(number.Render()), `value="ten"`},
		{string(number.Render()), `aria-describedby="n-error"`},
		{string(born.Render()), `value="40"`},
		{string(plan.Render()), `<option value="x" selected>X</option>`},
		{string(plan.Render()), `<option value="">Choose an option</option>`},
		{string(boxes.Render()), `value="y" checked`},
		{string(area.Render()), `&lt;/textarea&gt;</textarea>`},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("lacks %s:\n%s", c.want, c.got)
		}
	}
	if strings.Contains(string(secret.Render()), "hush") {
		t.Error("a password was shown")
	}
	if got := strings.Count(string(born.Render()), "govuk-input--error"); got != 1 {
		t.Errorf("%d boxes in error, want the day alone", got)
	}
}

func TestFilledInFieldsShowTheirValues(t *testing.T) {
	form := &Form{}
	fee := form.Number(Question{Name: "fee", Label: "Fee", Prefix: "£"})
	fee.Set(0.5)
	born := form.Date(Question{Name: "born", Label: "Born", Autocomplete: "bday"})
	born.Set(today)
	sure := form.Radios(Question{Name: "sure", Label: "Sure?", Options: YesNo})
	sure.Set("no")
	needs := form.Checkboxes(Question{Name: "needs", Label: "Needs", Options: YesNo})
	needs.Set("yes")
	name := form.Text(Question{Name: "name", Label: "Name"})
	name.Set("Sam")
	all := string(fee.Render() + born.Render() + sure.Render() + needs.Render() + name.Render())
	for _, want := range []string{`value="0.5"`, `value="22"`, `value="11"`, `value="2026"`, `value="no" checked`, `value="yes" checked`, `value="Sam"`, "bday-month", ">£<"} {
		if !strings.Contains(all, want) {
			t.Errorf("lacks %s:\n%s", want, all)
		}
	}
	born.Set(0)
	if strings.Contains(string(born.Render()), "value=") {
		t.Error("the unknown date fills no box")
	}
}

func TestErrorSummaryLeadsToTheFields(t *testing.T) {
	form := &Form{}
	if form.ErrorSummary() != "" || form.Title("Child") != "Child" {
		t.Error("no mistakes: no summary")
	}
	name := form.Text(Question{Name: "name", Label: "Name"})
	born := form.Date(Question{Name: "born", Label: "Born"})
	plan := form.Radios(Question{Name: "plan", Label: "Plan", Options: YesNo})
	needs := form.Checkboxes(Question{Name: "needs", Label: "Needs", Options: YesNo})
	list := form.Select(Question{Name: "list", Label: "List", Options: YesNo})
	file := form.File(Question{Name: "file", Label: "File"})
	form.Read(url.Values{"born-day": {"1"}})
	form.Fail("This child is already known", "/children/7")
	page := outline(string(form.ErrorSummary() + name.Render() + born.Render() + plan.Render() + needs.Render() + list.Render() + file.Render()))
	for _, id := range []string{"name", "born-month", "plan", "needs", "list", "file"} {
		if !strings.Contains(page, `href="#`+id+`"`) || strings.Count(page, ` id="`+id+`"`) != 1 {
			t.Errorf("nothing leads to %s", id)
		}
	}
	for _, want := range []string{`autofocus=""`, `tabindex="-1"`, `href="/children/7"`, "There is a problem"} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if form.Title("Child") != "Error: Child" {
		t.Error(form.Title("Child"))
	}
}

func TestADomainRuleCanFailAField(t *testing.T) {
	form := &Form{}
	name := form.Text(Question{Name: "name", Label: "Name"})
	if !form.Read(url.Values{"name": {"Sam"}}) {
		t.Fatal("should be good")
	}
	name.Fail("This name is taken")
	name.Fail("a second mistake says nothing")
	if form.Valid() || name.Error != "This name is taken" {
		t.Error(name.Error)
	}
}

func TestAFilterAsksForNothing(t *testing.T) {
	filter := &Form{Filter: true}
	name := filter.Text(Question{Name: "name", Label: "Name"})
	if !filter.Read(nil) || strings.Contains(string(name.Render()), "optional") {
		t.Error("a filter may be left empty and does not say so")
	}
	choice := filter.Select(Question{Name: "choice", Label: "Choice", Options: YesNo})
	number := filter.WholeNumber(Question{Name: "number", Label: "Number"})
	if !filter.Read(url.Values{"choice": {"neither"}, "number": {"many"}}) || choice.Value != "" || number.Given {
		t.Error("an answer that is not offered counts as empty")
	}
	form := &Form{}
	if got := form.Text(Question{Name: "name", Label: "Name", Optional: true}).Render(); !strings.Contains(string(got), "Name (optional)") {
		t.Errorf("an optional question says so: %s", got)
	}
}

func TestAPageThatIsOneQuestion(t *testing.T) {
	form := &Form{}
	q := Question{Name: "q", Label: "What is the plan?", PageHeading: true, Options: YesNo}
	for _, markup := range []string{string(form.Text(q).Render()), string(form.Radios(q).Render()), string(form.Date(q).Render())} {
		if strings.Count(markup, "<h1") != 1 {
			t.Errorf("want one heading:\n%s", markup)
		}
	}
}

// upload posts one file to a form with one question.
func upload(t *testing.T, q Question, filename, content string) (*FileField, *Form) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("doc", filename)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 10_000)
	form := &Form{}
	q.Name, q.Noun = "doc", "a report"
	file := form.File(q)
	form.Parse(r)
	return file, form
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		q                 Question
		filename, content string
		want              string
	}{
		{Question{Accept: []string{".pdf"}, MaxBytes: 2048}, "R.PDF", "x", ""},
		{Question{}, "", "x", "Select a report"},
		{Question{Optional: true}, "", "x", ""},
		{Question{}, "r.pdf", "", "The selected file is empty"},
		{Question{MaxBytes: 2048}, "r.pdf", strings.Repeat("x", 2049), "The selected file must be smaller than 2KB"},
		{Question{Accept: []string{".pdf", ".docx", ".odt"}}, "r.exe", "x", "The selected file must be a PDF, DOCX or ODT"},
	} {
		file, _ := upload(t, c.q, c.filename, c.content)
		if file.Error != c.want || (file.Value != nil) != (c.want == "" && c.filename != "") {
			t.Errorf("%q: %q, want %q", c.filename, file.Error, c.want)
		}
	}
	if _, form := upload(t, Question{}, "r.pdf", strings.Repeat("x", 20_000)); form.Valid() || !strings.Contains(string(form.ErrorSummary()), "too large") {
		t.Error("a body over the limit must be refused in words")
	}
}

func TestSeveralFiles(t *testing.T) {
	question := Question{Name: "doc", Label: "Files", Accept: []string{".csv"}, Multiple: true}
	field, form := upload(t, question, "children.csv", "agency_code\n")
	if !form.Valid() || len(field.Values) != 1 || field.Value != field.Values[0] || !strings.Contains(string(field.Render()), " multiple") {
		t.Errorf("%+v", field)
	}
	if field, _ := upload(t, question, "children.doc", "x"); field.Error != "The file children.doc must be a CSV" || field.Values != nil {
		t.Error(field.Error)
	}
}
