// Package web is the pages people work with: server-rendered, without
// JavaScript but for passkeys, in the patterns of the GOV.UK Design System.
//
// A page is one small file: it reads the form or the query, runs one unit of
// work, and shows a template or redirects. The unit of work commits, with its
// audit entries, before the first byte of the answer goes out. Every page is a
// row of the table in routes.go; one that is not there does not exist.
package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

//go:embed templates/*.gohtml
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Site is the pages over one desk.
type Site struct {
	Desk *work.Desk
	Log  *slog.Logger
	// Synthetic says on every page that nobody here is real.
	Synthetic bool
	// Installation is who runs this copy, for its accessibility statement.
	Installation Installation
	Front
	// Origin is the address people open ("https://homeward.example.org"):
	// passkeys and councils' own sign-in go by it. Without it there are neither.
	Origin string
	// Demonstration is some of the accounts that anybody may sign in as, for the
	// sign-in page to name. Only a demonstration has any.
	Demonstration []account.Account

	finder   link.Finder
	uploads  uploads
	sessions *account.Sessions
	accounts *account.Gate
	councils *account.RelyingParty
	pages    map[string]*template.Template
	shown    map[string]bool // the paths of the table that can be opened
}

// Handler is the whole site.
func (s *Site) Handler() (http.Handler, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	s.uploads.life = uploadLife
	if err := s.openDoors(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	s.shown = map[string]bool{}
	for _, r := range routes {
		mux.Handle(r.pattern, s.serve(r))
		if path, ok := strings.CutPrefix(r.pattern, "GET "); ok {
			s.shown[path] = true
		}
	}
	mux.Handle("/", s.serve(route{open: true, page: elsewhere(mux)}))
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	mux.Handle("GET /static/{file...}", static(files, s.serve(route{open: true, page: noPage})))
	mux.HandleFunc("GET /robots.txt", robots)
	return s.guard(s.sessions.LoadAndSave(mux)), nil
}

// route is one row of the table.
type route struct {
	pattern string // as http.ServeMux reads it
	section string // which item of the navigation it belongs to
	page    func(*visit) error
	open    bool  // without signing in
	to      gate  // whom it lets in otherwise
	large   bool  // takes an upload
	most    int64 // of an upload, in bytes, where it may be larger than an import
	script  bool  // its page may run the site's own script
	apart   bool  // shows nothing of the record its path names
}

// visit is one request of one person.
type visit struct {
	*Site
	w      http.ResponseWriter
	r      *http.Request
	route  route
	actor  access.Actor
	worker agency.Worker
	book   *agency.Book // as it stood when they were recognised
	// What is known of who is signed in beside what they work as.
	account account.Account
	facts   account.Facts
	// glassUntil is when the record of the page closes to whoever broke its glass.
	glassUntil time.Time
	// statements is how many this request has sent to the database: it must not
	// grow with the rows a page shows.
	statements int
	status     int // of the answer, for the log
}

func (s *Site) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.Desk.Clock()
		r, done := rt.limit(w, r)
		defer done()
		v := &visit{Site: s, w: w, r: r, route: rt}
		err := inTime(v.run())
		if err != nil {
			v.fail(err)
		}
		// The pattern, never the path or the query: they name records.
		s.Log.Info("request", "route", rt.pattern, "worker", v.actor.ID, "status", v.status, "statements", v.statements, "ms", s.Desk.Clock().Sub(begun).Milliseconds())
	})
}

// run serves the page, with a panic as an error of ours.
func (v *visit) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	known, err := v.recognise()
	switch {
	case err != nil:
		return err
	case !known && !v.route.open:
		return v.redirect("/sign-in")
	}
	if err := v.readForm(); err != nil {
		return err
	}
	if known && !v.route.open {
		if err := v.enter(); err != nil {
			return err
		}
		if answered, err := v.beforePage(); answered || err != nil {
			return err
		}
	}
	return v.route.page(v)
}

// do runs one unit of work for whoever is signed in. What it reads may be shown
// once it has returned: its audit entries are committed by then.
func (v *visit) do(purpose string, fn func(*work.Unit) error) error {
	return v.Desk.Do(v.r.Context(), v.actor, purpose, func(u *work.Unit) error {
		defer func() { v.statements += u.Statements }()
		return fn(u)
	})
}

// withBoard runs one unit of work with the board of whoever is signed in.
func (v *visit) withBoard(purpose string, fn func(*work.Unit, *link.Board) error) error {
	return v.withSearch(purpose, false, fn)
}

// withSearch is withBoard with early search on or off: on, families in stage
// two are looked at like approved ones.
func (v *visit) withSearch(purpose string, early bool, fn func(*work.Unit, *link.Board) error) error {
	return v.do(purpose, func(u *work.Unit) error {
		b, err := v.finder.Board(u, early)
		if err != nil {
			return err
		}
		return fn(u, b)
	})
}

// posted tells whether the request sends a form.
func (v *visit) posted() bool { return v.r.Method == http.MethodPost }

// redirect sends the browser on; after a form, to a page that can be reloaded.
func (v *visit) redirect(to string) error {
	v.status = http.StatusSeeOther
	http.Redirect(v.w, v.r, to, v.status)
	return nil
}

// done redirects with a message that the next page shows once. It names no
// person.
func (v *visit) done(to, message string) error {
	v.sessions.Put(v.r.Context(), "done", message)
	return v.redirect(to)
}

// page is what the layout needs of a page.
type page struct {
	Title string
	Back  string      // where the back link leads, if there is one
	Form  *govuk.Form // the page's form, for the title and the error summary
	Wide  bool        // a page of wide lists
}

// view is what a template sees: the layout the whole of it, the page its Body.
type view struct {
	page
	Body      any
	Site      *Site
	Signed    bool
	Worker    agency.Worker
	RoleLabel string
	Done      string
	Nav       govuk.ServiceNavigation
}

// show renders a template. It is complete before the first byte goes out.
func (v *visit) show(name string, p page, body any) error {
	return v.showStatus(http.StatusOK, name, p, body)
}

// showStatus is show for a page that is not a plain answer: a form with
// mistakes, an error.
func (v *visit) showStatus(status int, name string, p page, body any) error {
	t, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("no template %q", name)
	}
	if p.Form != nil {
		p.Title = p.Form.Title(p.Title)
		if !p.Form.Valid() && status == http.StatusOK {
			status = http.StatusUnprocessableEntity
		}
	}
	shown := view{page: p, Body: body, Site: v.Site, Signed: v.actor.ID != "", Worker: v.worker, RoleLabel: v.actor.Role.Label(), Nav: v.navigation()}
	if shown.Signed {
		shown.Done = v.sessions.PopString(v.r.Context(), "done")
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", shown); err != nil {
		return err
	}
	v.status = status
	if v.route.script && name != "error" {
		letScript(v.w)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, err := b.WriteTo(v.w)
	if err != nil {
		v.Log.Info("answer not sent", "error", err)
	}
	return nil
}

// fail shows what went wrong: the message of the fault, or for an error nobody
// foresaw an incident number that the log explains.
func (v *visit) fail(err error) {
	incident := ""
	if fault.KindOf(err) == fault.Internal {
		incident = work.NewID()
		v.Log.Error("incident", "incident", incident, "route", v.route.pattern, "error", err)
	}
	body := struct{ Message, Incident string }{fault.Message(err), incident}
	if err := v.showStatus(fault.HTTPStatus(err), "error", page{Title: errorTitle(err)}, body); err != nil {
		v.Log.Error("error page not shown", "error", err)
		http.Error(v.w, "Something went wrong in Homeward.", http.StatusInternalServerError)
	}
}

func errorTitle(err error) string {
	switch fault.KindOf(err) {
	case fault.NotFound:
		return "Page not found"
	case fault.Forbidden:
		return "You may not do this"
	case fault.Conflict:
		return "This could not be done"
	case fault.Invalid:
		return "There is a problem with what was sent"
	case fault.TooLarge:
		return "That is too large"
	}
	return "Sorry, there is a problem with Homeward"
}

// unlessFault tells whether an error of a domain function should be shown on the
// form rather than as a page of its own.
func unlessFault(form *govuk.Form, err error) error {
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		form.Fail(fault.Message(err), "")
		return nil
	}
	return err
}

// parsePages parses the layout with each page, so that a mistake in a template
// stops the start and not a person's work.
func parsePages() (map[string]*template.Template, error) {
	names, err := fs.Glob(templateFiles, "templates/*.gohtml")
	if err != nil {
		return nil, err
	}
	layout, err := template.New("").Funcs(functions).ParseFS(templateFiles, "templates/layout.gohtml", "templates/parts.gohtml")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		base := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".gohtml")
		if base == "layout" || base == "parts" {
			continue
		}
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if pages[base], err = t.ParseFS(templateFiles, name); err != nil {
			return nil, err
		}
		if pages[base].Lookup("content") == nil {
			return nil, errors.New("template without content: " + name)
		}
	}
	return pages, nil
}

// Styled tells whether the page styles were built into this program.
func Styled() bool {
	_, err := fs.Stat(staticFiles, "static/built/homeward.css")
	return err == nil
}
