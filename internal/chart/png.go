package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

const (
	// dense is how many points of the picture make one CSS pixel.
	dense = 2
	// thinness is how much of what is below a thin area it hides.
	thinness = 0.2
)

// PNG draws a chart for a document, as wide as a page's text.
func PNG(c Chart) ([]byte, error) {
	s, err := lay(c, pixels[Wide])
	if err != nil {
		return nil, err
	}
	p := painter{image.NewRGBA(image.Rect(0, 0, int(s.width)*dense, int(s.y)*dense)), newFace(letter * dense), &vector.Rasterizer{}}
	draw.Draw(p.on, p.on.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range s.shapes {
		p.paint(m)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p.on); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Alt says in words what the picture of a chart shows.
func Alt(c Chart) string { return clean(c.Name() + ". " + c.Describe()) }

type painter struct {
	on   *image.RGBA
	face font.Face
	fill *vector.Rasterizer
}

func (p *painter) paint(m shape) {
	path := make([]point, len(m.path))
	for i, at := range m.path {
		path[i] = point{at.x * dense, at.y * dense}
	}
	if m.text != "" {
		p.letters(path[0], m)
		return
	}
	if m.radius > 0 {
		path = circle(path[0], m.radius*dense)
		m.closed = true
	}
	if m.fill != "" {
		p.areas([][]point{path}, shade(m.fill, m.thin))
	}
	if m.stroke != "" {
		if m.closed {
			path = append(path, path[0])
		}
		p.areas(stroke(path, m.width*dense, m.dash), shade(m.stroke, false))
	}
}

func (p *painter) letters(at point, m shape) {
	wide := float64(font.MeasureString(p.face, m.text)) / 64
	switch m.anchor {
	case "middle":
		at.x -= wide / 2
	case "end":
		at.x -= wide
	}
	d := font.Drawer{Dst: p.on, Src: image.NewUniform(shade(m.fill, false)), Face: p.face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(math.Round(at.x * 64)), Y: fixed.Int26_6(math.Round(at.y * 64))}}
	d.DrawString(m.text)
}

// areas fills polygons in one go, on the part of the picture they are in.
func (p *painter) areas(all [][]point, with color.Color) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, area := range all {
		for _, at := range area {
			low = point{min(low.x, at.x), min(low.y, at.y)}
			high = point{max(high.x, at.x), max(high.y, at.y)}
		}
	}
	if len(all) == 0 {
		return
	}
	x, y := math.Floor(low.x), math.Floor(low.y)
	where := image.Rect(int(x), int(y), int(math.Ceil(high.x))+1, int(math.Ceil(high.y))+1)
	p.fill.Reset(where.Dx(), where.Dy())
	for _, area := range all {
		for i, at := range area {
			if i == 0 {
				p.fill.MoveTo(float32(at.x-x), float32(at.y-y))
			} else {
				p.fill.LineTo(float32(at.x-x), float32(at.y-y))
			}
		}
		p.fill.ClosePath()
	}
	p.fill.Draw(p.on, where, image.NewUniform(with), image.Point{})
}

func circle(at point, radius float64) []point {
	path := make([]point, max(16, int(radius*3)))
	for i := range path {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(path)))
		path[i] = point{at.x + radius*cos, at.y + radius*sin}
	}
	return path
}

// stroke gives a line as areas that all run one way round, so that where they
// lie on one another they do not cancel out.
func stroke(path []point, width float64, dash []float64) [][]point {
	var areas [][]point
	for _, part := range dashed(path, dash) {
		for i := 1; i < len(part); i++ {
			a, b := part[i-1], part[i]
			long := math.Hypot(b.x-a.x, b.y-a.y)
			if long == 0 {
				continue
			}
			dx, dy := (b.y-a.y)/long*width/2, -(b.x-a.x)/long*width/2
			areas = append(areas, []point{{a.x + dx, a.y + dy}, {b.x + dx, b.y + dy}, {b.x - dx, b.y - dy}, {a.x - dx, a.y - dy}})
			if i > 1 {
				areas = append(areas, circle(a, width/2))
			}
		}
	}
	return areas
}

// dashed cuts a path into its dashes.
func dashed(path []point, dash []float64) [][]point {
	if len(dash) == 0 {
		return [][]point{path}
	}
	var parts [][]point
	part, n, left := []point{path[0]}, 0, dash[0]*dense
	for i := 1; i < len(path); i++ {
		from, to := path[i-1], path[i]
		for {
			long := math.Hypot(to.x-from.x, to.y-from.y)
			if long <= left {
				part, left = append(part, to), left-long
				break
			}
			from = point{from.x + (to.x-from.x)*left/long, from.y + (to.y-from.y)*left/long}
			if n%2 == 0 {
				parts = append(parts, append(part, from))
			}
			n++
			part, left = []point{from}, dash[n%len(dash)]*dense
		}
	}
	if n%2 == 0 {
		parts = append(parts, part)
	}
	return parts
}

// shade is a colour written #rrggbb.
func shade(hex string, thin bool) color.Color {
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		panic(err) // the colours are written in this package
	}
	opacity := uint8(255)
	if thin {
		opacity = 255 * thinness
	}
	return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), opacity}
}
