package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
)

var goodID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// SVG writes a chart for a page, with its title and description as what a screen
// reader says of it. There is no script in it and no style that a strict content
// policy would refuse. The id must be the chart's own on its page, which holds
// both widths, each hidden where the other shows.
func SVG(c Chart, id string, width Width) ([]byte, error) {
	if !goodID.MatchString(id) || pixels[width] == 0 {
		return nil, fmt.Errorf("chart %q: no chart has the id %q and the width %q", c.Name(), id, width)
	}
	s, err := lay(c, pixels[width])
	if err != nil {
		return nil, err
	}
	id += "-" + string(width)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="hw-chart__svg hw-chart__svg--%s" role="img" aria-labelledby="%s-title %s-desc" viewBox="0 0 %s %s" width="%s" height="%s" font-family="Arial, sans-serif" font-size="%s">`,
		width, id, id, short(s.width), short(s.y), short(s.width), short(s.y), short(letter))
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, escaped(c.Name()), id, escaped(c.Describe()))
	for _, shape := range s.shapes {
		shape.svg(&b)
	}
	b.WriteString("</svg>")
	return b.Bytes(), nil
}

func (m shape) svg(b *bytes.Buffer) {
	at := m.path[0]
	switch {
	case m.text != "":
		fmt.Fprintf(b, `<text x="%s" y="%s" text-anchor="%s" fill="%s">%s</text>`, short(at.x), short(at.y), m.anchor, m.fill, escaped(m.text))
		return
	case m.radius > 0:
		fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="%s"`, short(at.x), short(at.y), short(m.radius))
	default:
		b.WriteString(`<path d="M`)
		for i, p := range m.path {
			if i > 0 {
				b.WriteString("L")
			}
			b.WriteString(short(p.x) + " " + short(p.y))
		}
		if m.closed {
			b.WriteString("Z")
		}
		b.WriteString(`"`)
	}
	m.paint(b)
}

func (m shape) paint(b *bytes.Buffer) {
	fill := m.fill
	if fill == "" {
		fill = "none"
	}
	fmt.Fprintf(b, ` fill="%s"`, fill)
	if m.thin {
		fmt.Fprintf(b, ` fill-opacity="%s"`, short(thinness))
	}
	if m.stroke != "" {
		fmt.Fprintf(b, ` stroke="%s" stroke-width="%s"`, m.stroke, short(m.width))
	}
	for i, d := range m.dash {
		b.WriteString([]string{` stroke-dasharray="`, " "}[min(i, 1)] + short(d))
	}
	if len(m.dash) > 0 {
		b.WriteString(`"`)
	}
	b.WriteString("/>")
}

// short writes a length to a hundredth of a pixel.
func short(n float64) string {
	text := strconv.FormatFloat(n, 'f', 2, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(clean(text))) // a buffer takes everything
	return b.String()
}
