package web

import (
	"fmt"
	"html/template"
	"strings"
)

// drawInterval draws a score that lies between two tenths of points on a track
// from 0 to 100: what is known to fit, then how far it could go. The numbers
// stand beside it and in its label.
func drawInterval(low, high int16) template.HTML {
	label := "between " + points(low) + " and " + points(high) + " of 100"
	if low == high {
		label = points(low) + " of 100"
	}
	return template.HTML(fmt.Sprintf(`<svg class="hw-interval" role="img" aria-label="%s">`+
		`<rect class="hw-interval__track" y="45%%" width="100%%" height="10%%"/>`+
		`<rect class="hw-interval__known" y="20%%" width="%s%%" height="60%%"/>`+
		`<rect class="hw-interval__open" x="%s%%" y="20%%" width="%s%%" height="60%%"/></svg>`,
		label, points(low), points(low), points(high-low)))
}

// drawShare draws a number as a bar beside the largest it is compared with. The
// number stands in the table beside it.
func drawShare(n, largest, series int) template.HTML {
	percent := 0.0
	if largest > 0 {
		percent = 100 * float64(n) / float64(largest)
	}
	class := "hw-bar__fill"
	if series > 1 {
		class += fmt.Sprintf(" hw-bar__fill--%d", series)
	}
	return template.HTML(fmt.Sprintf(`<svg class="hw-bar" aria-hidden="true" focusable="false"><rect class="%s" width="%.1f%%" height="100%%"/></svg>`, class, percent))
}

// drawStack draws numbers one after another as parts of a whole, in the colours
// of a key. The numbers stand beside it.
func drawStack(whole int, parts ...int) template.HTML {
	var b strings.Builder
	x := 0.0
	for i, n := range parts {
		width := 100 * float64(n) / float64(max(whole, 1))
		class := "hw-bar__fill"
		if i > 0 {
			class += fmt.Sprintf(" hw-bar__fill--%d", i+1)
		}
		if n > 0 {
			fmt.Fprintf(&b, `<rect class="%s" x="%.2f%%" width="%.2f%%" height="100%%"/>`, class, x, width)
		}
		x += width
	}
	return template.HTML(`<svg class="hw-bar" aria-hidden="true" focusable="false">` + b.String() + `</svg>`)
}
