package web

import (
	"fmt"
	"html/template"
)

// markup fills values into markup of ours, where %s stands: each is escaped
// unless it is markup already.
func markup(format string, values ...any) template.HTML {
	written := make([]any, len(values))
	for i, v := range values {
		if h, ok := v.(template.HTML); ok {
			written[i] = string(h)
		} else {
			written[i] = template.HTMLEscaper(v)
		}
	}
	return template.HTML(fmt.Sprintf(format, written...))
}

// anchor is a link to a page of ours.
func anchor(href, text string) template.HTML {
	return markup(`<a class="govuk-link" href="%s">%s</a>`, href, text)
}

// bullets is a list of words; of none it says so.
func bullets(words []string, none string) template.HTML {
	if len(words) == 0 {
		return markup("%s", none)
	}
	var items template.HTML
	for _, w := range words {
		items += markup(`<li>%s</li>`, w)
	}
	return markup(`<ul class="govuk-list govuk-!-margin-bottom-0 hw-columns">%s</ul>`, items)
}
