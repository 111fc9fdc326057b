package web

import (
	"maps"
	"net/url"
	"strconv"

	"homeward/internal/web/govuk"
)

// pageSize is how many records one page of a list shows.
const pageSize = 25

// pageOf cuts the page that the query asks for out of a list, and gives the
// links to the others, which lead to the part of the page with that id if one is
// named. A page that does not exist is the nearest one.
func (v *visit) pageOf(rows int, part string) (from, to int, links govuk.Pagination) {
	return v.pageBy(pageSize, rows, part)
}

// pageBy is pageOf for a list with another number of rows to a page.
func (v *visit) pageBy(size, rows int, part string) (from, to int, links govuk.Pagination) {
	last := max(1, (rows+size-1)/size)
	current, err := strconv.Atoi(v.r.URL.Query().Get("page"))
	if err != nil {
		current = 1
	}
	current = min(max(current, 1), last)
	if part != "" {
		part = "#" + part
	}
	links = govuk.Pages(current, last, func(n int) string { return v.queryWith("page", strconv.Itoa(n)) + part })
	return (current - 1) * size, min(current*size, rows), links
}

// queryWith is the link to this page with one parameter of its query another;
// an empty value leaves the parameter out.
func (v *visit) queryWith(name, value string) string {
	q := maps.Clone(v.r.URL.Query())
	q.Set(name, value)
	if name != "page" {
		q.Del("page") // another list has other pages
	}
	pairs := make([]string, 0, 2*len(q))
	for key, values := range url.Values(q) {
		for _, value := range values {
			pairs = append(pairs, key, value)
		}
	}
	return withQuery(v.r.URL.Path, pairs...)
}

// chosen is one thing a list is filtered by, and the link that takes it off.
type chosen struct{ Text, Href string }
