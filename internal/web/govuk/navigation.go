package govuk

import (
	"html/template"
	"strconv"
)

// BackLink takes a person to the page before.
type BackLink struct {
	Href       string
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p BackLink) Render() template.HTML { return render("back-link", p) }

// Breadcrumbs say where a page stands.
type Breadcrumbs struct {
	Items            []Breadcrumb
	LabelText        string
	CollapseOnMobile bool
	Classes          string
	Attributes       Attributes
}

// Breadcrumb is one step; without Href it is the page itself.
type Breadcrumb struct {
	Href       string
	Text       string
	HTML       template.HTML
	Attributes Attributes
}

// Render gives the markup.
func (p Breadcrumbs) Render() template.HTML { return render("breadcrumbs", p) }

// SkipLink lets a keyboard user jump to the main content.
type SkipLink struct {
	Href       string
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p SkipLink) Render() template.HTML { return render("skip-link", p) }

// GenericHeader is the page header of a service that is not on GOV.UK: each
// agency puts its own name or logo there.
type GenericHeader struct {
	URL              string
	LogoText         string
	LogoHTML         template.HTML
	ContainerClasses string
	Classes          string
	Attributes       Attributes
}

// Render gives the markup.
func (p GenericHeader) Render() template.HTML { return render("generic-header", p) }

// ServiceNavigation names the service and links its main parts.
type ServiceNavigation struct {
	ServiceName                string
	ServiceURL                 string
	Navigation                 []NavigationItem
	NavigationID               string
	NavigationLabel            string
	NavigationClasses          string
	MenuButtonText             string
	MenuButtonLabel            string
	CollapseNavigationOnMobile *bool // unset: when there is more than one item
	AriaLabel                  string
	Slots                      NavigationSlots
	Classes                    string
	Attributes                 Attributes
}

// NavigationItem is one link; Current is this page, Active a page below it.
type NavigationItem struct {
	Href       string
	Text       string
	HTML       template.HTML
	Current    bool
	Active     bool
	Attributes Attributes
}

// NavigationSlots hold markup of our own in fixed places of the navigation.
type NavigationSlots struct {
	Start, End, NavigationStart, NavigationEnd Slot
}

// Slot is markup for a place; Align "inline" keeps the end slot on the line.
type Slot struct {
	HTML  template.HTML
	Align string
}

// Render gives the markup.
func (p ServiceNavigation) Render() template.HTML {
	if p.CollapseNavigationOnMobile == nil {
		p.CollapseNavigationOnMobile = new(len(p.Navigation) > 1)
	}
	return render("service-navigation", p)
}

// Pagination links the pages of a list.
type Pagination struct {
	Items          []PageItem
	Previous, Next *PageLink
	LandmarkLabel  string
	Classes        string
	Attributes     Attributes
}

// PageItem is one numbered page, or a gap between pages.
type PageItem struct {
	Number             string
	Href               string
	Current            bool
	Ellipsis           bool
	VisuallyHiddenText string
	Attributes         Attributes
}

// PageLink is the link to the page before or after.
type PageLink struct {
	Href       string
	Text       string
	HTML       template.HTML
	LabelText  string
	Attributes Attributes
}

// Render gives the markup.
func (p Pagination) Render() template.HTML { return render("pagination", p) }

// Pages is the pagination of a list of so many pages: first, last, the current
// page and its neighbours, with gaps between. One page needs none, and renders
// as nothing.
func Pages(current, last int, href func(page int) string) Pagination {
	var p Pagination
	if last < 2 {
		return p
	}
	if current > 1 {
		p.Previous = &PageLink{Href: href(current - 1)}
	}
	if current < last {
		p.Next = &PageLink{Href: href(current + 1)}
	}
	shown := 0
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < current-1 || n > current+1) {
			continue
		}
		if n > shown+1 {
			p.Items = append(p.Items, PageItem{Ellipsis: true})
		}
		p.Items = append(p.Items, PageItem{Number: strconv.Itoa(n), Href: href(n), Current: n == current})
		shown = n
	}
	return p
}

// Tabs show sections of one page; without JavaScript they are a list of
// contents above the sections.
type Tabs struct {
	ID         string
	IDPrefix   string
	Title      string
	Items      []Tab
	Classes    string
	Attributes Attributes
}

// Tab is one section.
type Tab struct {
	ID         string
	Label      string
	Panel      Content
	Attributes Attributes
}

// Render gives the markup.
func (p Tabs) Render() template.HTML { return render("tabs", p) }
