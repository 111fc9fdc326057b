package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/lab"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
	"homeward/internal/work"
)

// smallScenario is a year of five councils.
const smallScenario = `{"name": "small", "about": "For tests.", "seed": 5, "replications": 2, "warm_up_years": 0, "periods": 1, "period_days": 365, "councils": ["D2N2", "LEI"], "pools": [],
	"policy": {"search": "worker", "own_first_days": 30, "pool_first_days": 60, "beyond_the_pool": true, "open_links": 1, "priority": 0, "plan_every_days": 7, "fees_owed_between": "agencies"},
	"parameters": {"vaa": {"value": 0.3, "mark": "assumed", "source": "for tests"}}}`

// study puts a small question to the laboratory, as a manager of an agency.
func (s *testSite) study(code, title string) (asked study.Study) {
	s.t.Helper()
	s.asManager(code, func(u *work.Unit) (err error) {
		asked, err = study.Ask(u, study.Question{Title: title, Scenario: []byte(smallScenario), Focus: []string{"DER", "NOT"}, Replications: 2})
		return err
	})
	return asked
}

func (s *testSite) asManager(code string, fn func(*work.Unit) error) {
	s.t.Helper()
	manager := access.Actor{ID: "asker", Name: "Pat Asker", Agency: code, Role: access.Manager}
	if err := s.desk.Do(context.Background(), manager, "test", fn); err != nil {
		s.t.Fatal(err)
	}
}

// played plays all that has been asked.
func (s *testSite) played() {
	s.t.Helper()
	player := &study.Player{Desk: s.desk, Log: slog.New(slog.DiscardHandler)}
	for {
		if played, err := player.Step(context.Background()); err != nil {
			s.t.Fatal(err)
		} else if !played {
			return
		}
	}
}

// someStudies are one that was stopped and, after it, one that is done: the first
// in the list.
func (s *testSite) someStudies(code string) {
	s.t.Helper()
	stopped := s.study(code, "What if we waited")
	s.asManager(code, func(u *work.Unit) error { return study.Stop(u, stopped.ID) })
	s.study(code, "Derby and Nottingham together")
	s.played()
}

// someStudiesOf are one of every agency of the matrix.
func (m *matrix) someStudiesOf(t *testing.T) {
	t.Helper()
	m.studies = map[string]string{}
	for _, code := range matrixAgencies {
		m.studies[code] = m.study(code, "A question").ID
	}
	m.played()
}

func (m *matrix) studyTargets(path string) (list []target) {
	for code, id := range m.studies {
		list = append(list, target{strings.Replace(path, "{study}", id, 1), func(kind access.Kind) access.Thing { return m.book.Thing(kind, code) }})
	}
	return list
}

// sendStudy sends the form.
func (b *browser) sendStudy(status int, file string, fields map[string][]string) string {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if err := form.WriteField(name, v); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	if file != "" {
		w, err := form.CreateFormFile("file", "mine.json")
		if err == nil {
			_, err = io.WriteString(w, file)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Post(b.http.URL+"/laboratory/new", form.FormDataContentType(), &body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer, "/laboratory/new", status)
}

func studyForm() map[string][]string {
	return map[string][]string{"title": {"Two councils"}, "scenario": {"own"}, "focus": {"DER", "NOT"}, "times": {"2"}}
}

func TestTheLaboratoryIsAskedStoppedAndReadFromItsPages(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		wants(t, b.get("/laboratory", http.StatusOK), []string{"Your agency has asked the laboratory nothing yet", "Everybody in it is invented", "Promise adoptions; the sentences it writes never do"})
		form := b.get("/laboratory/new", http.StatusOK)
		wants(t, form, []string{"Ask the laboratory", "Balanced", "England about 2018-19", "D2N2", "Derby, Derbyshire, Nottingham and Nottinghamshire"})
		if !strings.Contains(form, `value="D2N2" checked`) {
			t.Error("the reader's own pool is not ticked")
		}
		wants(t, b.sendStudy(http.StatusOK, smallScenario, studyForm()), []string{"The study is put to the laboratory.", "0 of 10 replications are played.", "Being played", "You may leave this page", "Councils that decide: Derby and Nottingham.", "Scenario “small”. For tests."}, "Download the report")
		id := s.onlyStudy(b)
		b.get(studyPath(id)+"/report.docx", http.StatusConflict)
		wants(t, b.post(studyPath(id)+"/stop", nil, http.StatusOK), []string{"The study is stopped.", "Stopped", "Go on with this study"}, "You may leave this page")
		b.post(studyPath(id)+"/stop", nil, http.StatusConflict)
		s.played()
		wants(t, b.post(studyPath(id)+"/go-on", nil, http.StatusOK), []string{"The study goes on from where it was."})
		s.played()
		page := b.get(studyPath(id), http.StatusOK)
		wants(t, page, []string{"Two councils", "Done", "they are no promise of adoptions", "The ways of pooling", "Each council by itself", "D2N2 (four councils), against each council by itself",
			"Who gains and who loses", "Age: under one", "Ethnic group: Mixed", "Council: Derby", "What the answer hangs on", "What this scenario sets", "for tests", "What is assumed", "How to read this", "2 replications are few",
			"Seed 5, fingerprint ", "version 1 of the laboratory’s rules", "they are no promise of adoptions and say nothing about any child"}, "Stop this study", "NaN", "Inf")
		wants(t, b.get("/laboratory", http.StatusOK), []string{"Two councils", "small", "Derby and Nottingham", "Done", "23 November 2026, by "})
		for _, action := range []string{"played", "went on", "stopped", "put to the laboratory", "viewed"} {
			if !s.didTo(id, action) {
				t.Errorf("%q is not on the record", action)
			}
		}
	})
}

func (s *testSite) onlyStudy(b *browser) string {
	s.t.Helper()
	_, rest, ok := strings.Cut(b.get("/laboratory", http.StatusOK), `href="/laboratory/`)
	for ok && (strings.HasPrefix(rest, "new") || strings.HasPrefix(rest, "model-card")) {
		_, rest, ok = strings.Cut(rest, `href="/laboratory/`)
	}
	id, _, _ := strings.Cut(rest, `"`)
	if !ok || len(id) != 12 {
		s.t.Fatalf("no study is listed: %q", id)
	}
	return id
}

func (s *testSite) didTo(id, action string) bool {
	for _, e := range s.entries(access.Study, "DER", id) {
		if e.Action == action {
			return true
		}
	}
	return false
}

// TestSentencesNeverPromiseMoreThanTheNumbers reads every range of a page: what
// holds 0 is said to be no difference, in the sentences, the drawings and the files.
func TestSentencesNeverPromiseMoreThanTheNumbers(t *testing.T) {
	for says, i := range map[string]pool.Interval{
		"cannot be told from chance": {Mean: 1, Low: -0.1, High: 2.1}, "1.0 to 2.0 more": {Mean: 1.5, Low: 1, High: 2}, "at most 0.6 more": {Mean: 0.3, Low: 0.01, High: 0.6},
		"1.0 to 2.0 fewer": {Mean: -1.5, Low: -2, High: -1}, "at most 0.6 fewer": {Mean: -0.3, Low: -0.6, High: -0.01},
	} {
		if got, quiet := changeWords(i); got != says || quiet == i.Tells() {
			t.Errorf("%+v is said %q", i, got)
		}
	}
	s := study.Study{Focus: []string{"DER", "NOT"}}
	scenario, err := pool.Read(strings.NewReader(smallScenario))
	if err != nil {
		t.Fatal(err)
	}
	s.Scenario = *scenario
	table, err := pool.Decide(t.Context(), scenario, s.Focus, pool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ranges := 0
	for _, part := range studyParts(s, table) {
		for _, c := range part.Charts {
			for _, series := range c.Series {
				for _, r := range series.Ranges {
					ranges++
					holds := r.Low <= 0 && r.High >= 0
					if c.Nought != "" && (r.Quiet != holds || holds != (r.Says == byChance)) {
						t.Errorf("%s: %+v", c.Title, r)
					}
				}
			}
		}
		for _, says := range append(part.Words, part.Points...) {
			for _, never := range []string{"will be", "would be adopted", "guarantee", "more adoptions"} {
				if strings.Contains(says, never) {
					t.Errorf("%q says %q", says, never)
				}
			}
		}
	}
	if ranges < 60 {
		t.Errorf("only %d ranges were read", ranges)
	}
}

func TestARefusedScenarioNamesItsFieldAndTheMend(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		change := func(name string, values ...string) map[string][]string {
			form := studyForm()
			form[name] = values
			return form
		}
		for says, sent := range map[string]struct {
			file string
			form map[string][]string
		}{
			"Scenario: warm_up_years: 99 is out of range; write from 0 to 30":                       {strings.Replace(smallScenario, `"warm_up_years": 0`, `"warm_up_years": 99`, 1), studyForm()},
			"Scenario: line 2 is not JSON; look for a missing comma, quote or brace there":          {strings.Replace(smallScenario, `"seed"`, `seed`, 1)[:1] + "\n" + "x" + smallScenario, studyForm()},
			"Scenario: nmae: there is no such field":                                                {"", change("text", strings.Replace(smallScenario, `"name"`, `"nmae"`, 1))},
			"Scenario: parameters.vaa.value: 7 is out of range":                                     {strings.Replace(smallScenario, `0.3`, `7`, 1), studyForm()},
			"Select the file of your scenario, or write its text":                                   {"", studyForm()},
			"as a file or as text, not both":                                                        {smallScenario, change("text", "{}")},
			"Select the councils that decide":                                                       {smallScenario, change("focus")},
			`There is no council, pool or region "NOWHERE"`:                                         {smallScenario, change("others", "NOWHERE")},
			`some are not in "small"`:                                                               {smallScenario, change("others", "dev")},
			"Enter a title":                                                                         {smallScenario, change("title", "")},
			"Select a scenario":                                                                     {smallScenario, change("scenario", "none")},
			"How many times it is played must be between 2 and 100":                                 {smallScenario, change("times", "101")},
			"The selected file must be smaller than 256KB":                                          {smallScenario + strings.Repeat(" ", study.MostBytes), studyForm()},
			"The scenario is larger than 256 kB":                                                    {"", change("text", "{"+strings.Repeat(" ", study.MostBytes)+"}")},
			"Choose the councils that decide: from 1 to 20":                                         {"", map[string][]string{"title": {"x"}, "scenario": {"balanced"}, "focus": {"D2N2"}, "others": {"ENG"}, "times": {"2"}}},
			"of the councils \"DER, NOT\" some are not in \"derby-2013\"; name each once, by codes": {"", map[string][]string{"title": {"x"}, "scenario": {"derby-2013"}, "focus": {"DER", "NOT"}, "times": {"2"}}},
		} {
			page := b.sendStudy(http.StatusUnprocessableEntity, sent.file, sent.form)
			wants(t, page, []string{"There is a problem", says})
			if !strings.Contains(page, "govuk-error-summary") {
				t.Errorf("%s: no summary", says)
			}
		}
		wants(t, b.get("/laboratory", http.StatusOK), []string{"nothing yet"})
	})
}

func TestAnotherAgencysStudyIsNotThere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.study("DER", "Ours").ID
		s.played()
		stranger := s.as("NOT", access.Manager)
		none := stranger.get(studyPath("NOSUCHTHING2"), http.StatusNotFound)
		for _, end := range []string{"", "/report.docx", "/results.json", "/results.csv", "/scenario.json"} {
			if page := stranger.get(studyPath(id)+end, http.StatusNotFound); textOf(page) != textOf(none) {
				t.Errorf("%s: a stranger can tell a study that is there from one that is not", end)
			}
			s.as("DER", access.HomeFinder).get(studyPath(id)+end, http.StatusOK)
			s.as("DER", access.InformationLead).get(studyPath(id)+end, http.StatusOK)
			s.as("DER", access.Administrator).get(studyPath(id)+end, http.StatusNotFound)
		}
		wants(t, stranger.get("/laboratory", http.StatusOK), []string{"nothing yet"}, "Ours")
		stranger.post(studyPath(id)+"/stop", nil, http.StatusNotFound)
		finder := s.as("DER", access.HomeFinder)
		finder.get("/laboratory/new", http.StatusForbidden)
		finder.sendStudy(http.StatusForbidden, smallScenario, studyForm())
		finder.post(studyPath(id)+"/stop", nil, http.StatusForbidden)
		wants(t, finder.get(studyPath(id), http.StatusOK), []string{"Ours"})
		wants(t, finder.get("/laboratory", http.StatusOK), []string{"Ours"}, "/laboratory/new")
	})
}

func TestTheFilesOfAStudyAreWholeAndTheSameEachTime(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.study("DER", "=1+1 <b>Ours</b>").ID
		s.played()
		b := s.as("DER", access.Manager)
		given := map[string]string{}
		for _, end := range []string{"/report.docx", "/results.json", "/results.csv", "/scenario.json"} {
			if given[end] = b.get(studyPath(id)+end, http.StatusOK); given[end] == "" || given[end] != b.get(studyPath(id)+end, http.StatusOK) {
				t.Errorf("%s is empty or another the second time", end)
			}
		}
		var table pool.Table
		if err := json.Unmarshal([]byte(given["/results.json"]), &table); err != nil || len(table.Rows) < 3 {
			t.Errorf("%d rows, %v", len(table.Rows), err)
		}
		csv := given["/results.csv"]
		for _, line := range strings.Split(csv, "\r\n") {
			for _, cell := range strings.Split(line, ",") {
				if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "'-0") {
					t.Errorf("a cell reads %q", cell)
				}
			}
		}
		if !strings.Contains(csv, "D2N2 (four councils),\"more placed within two years, a year\",councils that decide,") {
			t.Error(csv)
		}
		again, err := pool.Read(strings.NewReader(given["/scenario.json"]))
		if err != nil || again.Fingerprint() != table.Fingerprint {
			t.Errorf("the scenario taken away is another: %v", err)
		}
		files := unzip(t, given["/report.docx"])
		for name, body := range files {
			if !strings.HasSuffix(name, ".png") {
				wellFormed(t, name, body)
			}
		}
		for _, says := range []string{"=1+1 &lt;b&gt;Ours&lt;/b&gt;", "they are no promise of adoptions", "The ways of pooling", "Who gains and who loses", "cannot be told from chance", "What is assumed", "Model card of the pool laboratory",
			"Draft for the Algorithmic Transparency Recording Standard", "Put to the laboratory by Pat Asker on 23 November 2026."} {
			if !strings.Contains(files["word/document.xml"], says) {
				t.Errorf("the report does not say %q", says)
			}
		}
	})
}

func TestTheModelCardIsShown(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		for _, role := range []access.Role{access.Manager, access.InformationLead, access.AdopterWorker} {
			wants(t, s.as("DER", role).get("/laboratory/model-card", http.StatusOK), []string{"What it agrees with", "Known to differ from life", "all children of a group come and are placed together", "Order to match, days", "Draft for the Algorithmic", "People in the loop"}, "](")
		}
		s.as("DER", access.Administrator).get("/laboratory/model-card", http.StatusNotFound)
		wants(t, s.as("DER", access.HomeFinder).get("/numbers", http.StatusOK), []string{"Laboratory"})
		if home := s.as("DER", access.InformationLead).get("/", http.StatusOK); !strings.Contains(home, `href="/laboratory"`) {
			t.Error("nothing leads an information lead there")
		}
	})
}

// TestTheLaboratorysPagesAreAccessible looks at the states of a study that the
// crawl does not come by. Where pictures are wanted it plays the real question.
func TestTheLaboratorysPagesAreAccessible(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	s := labSite(t, lab.Pilot)
	playing := s.study("DER", "Being played")
	b := chromium(t, s)
	b.signIn("DER", access.Manager)
	b.open(studyPath(playing.ID))
	b.look("a study being played", "study-playing")
	s.operate(func(u *work.Unit) error {
		_, err := u.Exec("UPDATE study SET state = 'failed', reason = 'One replication took longer than 10 minutes. Ask a smaller question.' WHERE study_id = $1", playing.ID)
		return err
	})
	b.width(1280)
	b.open(studyPath(playing.ID))
	b.look("a study that failed", "study-failed")
	b.width(1280)
	b.open("/laboratory/new")
	b.press(`main form[method="post"] button`)
	b.look("mistakes in a question", "study-mistakes")
	b.width(1280)
	b.open("/laboratory/model-card")
	b.look("the model card", "study-card")
	if os.Getenv("HOMEWARD_SCREENSHOTS") == "" {
		return
	}
	var real study.Study
	balanced, err := pool.Supply("balanced")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(balanced)
	if err != nil {
		t.Fatal(err)
	}
	s.asManager("DER", func(u *work.Unit) (err error) {
		real, err = study.Ask(u, study.Question{Title: "Should D2N2 pool its families?", Scenario: text, Focus: pool.Members("D2N2"), Replications: 10})
		return err
	})
	s.played()
	b.width(1280)
	b.open(studyPath(real.ID))
	b.look("a real study", "study-real")
	s.asManager("DER", func(u *work.Unit) error {
		found, err := study.Find(u, real.ID)
		if err != nil {
			return err
		}
		report, err := StudyDocument(found)
		if err != nil {
			return err
		}
		return os.WriteFile(os.Getenv("HOMEWARD_SCREENSHOTS")+"/study.docx", report, 0o600)
	})
}
