package govuk

import (
	"html/template"
	"strings"
)

// Details hides further words behind a summary.
type Details struct {
	ID          string
	SummaryText string
	SummaryHTML template.HTML
	Text        string
	HTML        template.HTML
	Open        bool
	Classes     string
	Attributes  Attributes
}

// Render gives the markup.
func (p Details) Render() template.HTML { return render("details", p) }

// InsetText sets a passage apart.
type InsetText struct {
	ID         string
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p InsetText) Render() template.HTML { return render("inset-text", p) }

// Tag is a status in a word or two. Colours: "govuk-tag--green" and so on.
type Tag struct {
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p Tag) Render() template.HTML { return render("tag", p) }

// WarningText warns of consequences, such as breaking the law.
type WarningText struct {
	Text             string
	HTML             template.HTML
	IconFallbackText string
	Classes          string
	Attributes       Attributes
}

// Render gives the markup.
func (p WarningText) Render() template.HTML { return render("warning-text", p) }

// PhaseBanner says that a service is still being worked on.
type PhaseBanner struct {
	Tag        Tag
	Text       string
	HTML       template.HTML
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p PhaseBanner) Render() template.HTML { return render("phase-banner", p) }

func phaseTag(t Tag) Tag {
	return Tag{Text: t.Text, HTML: t.HTML, Classes: class("govuk-phase-banner__content__tag", t.Classes)}
}

// NotificationBanner tells of something that is not about this page alone, or,
// with Type "success", that what the person asked was done.
type NotificationBanner struct {
	Type              string
	Role              string
	TitleText         string
	TitleHTML         template.HTML
	TitleID           string
	TitleHeadingLevel int
	Text              string
	HTML              template.HTML
	DisableAutoFocus  *bool
	Classes           string
	Attributes        Attributes
}

// Render gives the markup.
func (p NotificationBanner) Render() template.HTML {
	title, role := "Important", "region"
	if p.Type == "success" {
		title, role = "Success", "alert"
	}
	if p.TitleText == "" {
		p.TitleText = title
	}
	if p.Role == "" {
		p.Role = role
	}
	if p.TitleID == "" {
		p.TitleID = "govuk-notification-banner-title"
	}
	return render("notification-banner", p)
}

// Panel confirms that a transaction is complete, or, with the class
// "govuk-panel--interruption", stops a person before something sensitive.
type Panel struct {
	TitleText    string
	TitleHTML    template.HTML
	HeadingLevel int
	Text         string
	HTML         template.HTML
	Actions      *PanelActions
	Classes      string
	Attributes   Attributes
}

// PanelActions are the ways on from an interruption.
type PanelActions struct {
	Items      []PanelAction
	Classes    string
	Attributes Attributes
}

// PanelAction is a link if it has an Href and is not of Type "button", else a button.
type PanelAction struct {
	Text       string
	Type       string
	Href       string
	Classes    string
	Attributes Attributes
}

// Render gives the markup.
func (p Panel) Render() template.HTML { return render("panel", p) }

func interrupts(p Panel) bool {
	return strings.Contains(p.Classes, "govuk-panel--interruption")
}

func panelButton(a PanelAction) Button {
	if a.Type == "" {
		a.Type = "button"
	}
	return Button{Text: a.Text, Type: a.Type, Href: a.Href, Attributes: a.Attributes,
		Classes: class("govuk-button--inverse", a.Classes)}
}

// ErrorSummary heads a page that was not accepted, and links each mistake.
type ErrorSummary struct {
	TitleText        string
	TitleHTML        template.HTML
	DescriptionText  string
	DescriptionHTML  template.HTML
	ErrorList        []ErrorItem
	DisableAutoFocus *bool
	Classes          string
	Attributes       Attributes
}

// ErrorItem is one mistake; Href leads to its field.
type ErrorItem struct {
	Href       string
	Text       string
	HTML       template.HTML
	Attributes Attributes
}

// Render gives the markup.
func (p ErrorSummary) Render() template.HTML { return render("error-summary", p) }
