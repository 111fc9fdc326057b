package upload

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"sync"

	"homeward/internal/fault"
)

// maxPixels is the largest picture opened: A4 at 500 dots an inch, or any
// telephone's at its usual setting. A flood of pixels costs a few bytes to send
// and gigabytes to open, so the size is read first.
const maxPixels = 25_000_000

// maxScans is how many passes a JPEG may draw itself in. Cameras use one and web
// sites ten; each pass of a hostile one costs us the whole picture again.
const maxScans = 100

// quality loses nothing that a person sees.
const quality = 90

// drawing lets one picture be opened at a time: the largest takes up to 600 MB
// until it is drawn anew.
var drawing sync.Mutex

// redraw gives the picture anew: what a viewer sees of it on white paper, the
// right way up. Nothing else passes: no notes, place, maker, profile or
// thumbnail, nothing appended, and no colour from under what is transparent.
func redraw(data []byte, kind Kind) ([]byte, error) {
	turned := upright
	if kind == JPEG {
		var ok bool
		if data, turned, ok = trimJPEG(data); !ok {
			return nil, unreadable(fmt.Errorf("not a plain JPEG"))
		}
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, unreadable(err)
	}
	if config.Width > maxPixels || config.Height > maxPixels || int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, fault.New(fault.TooLarge, "The picture has more than 25 million points. Send a smaller copy of it.")
	}
	drawing.Lock()
	defer drawing.Unlock()
	seen, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, unreadable(err)
	}
	return encode(turned.apply(onWhite(seen)), kind)
}

func unreadable(cause error) error {
	return fault.Wrap(fault.Invalid, "The picture cannot be read. Open it, save it again as JPEG or PNG, and send that.", cause)
}

func encode(drawn image.Image, kind Kind) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if kind == PNG {
		err = png.Encode(&b, drawn)
	} else {
		err = jpeg.Encode(&b, drawn, &jpeg.Options{Quality: quality})
	}
	return b.Bytes(), err
}

func onWhite(seen image.Image) *image.RGBA {
	paper := image.NewRGBA(image.Rect(0, 0, seen.Bounds().Dx(), seen.Bounds().Dy()))
	draw.Draw(paper, paper.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(paper, paper.Rect, seen, seen.Bounds().Min, draw.Over)
	return paper
}

// turn is how a camera was held, as EXIF numbers it: 1 upright, 6 on its side.
type turn int

const upright turn = 1

// apply turns a picture the right way up.
func (t turn) apply(p *image.RGBA) *image.RGBA {
	if t <= upright || t > 8 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	from := [...]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[t]
	size := image.Rect(0, 0, w, h)
	if t >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	turned := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fx, fy := from(x, y)
			copy(turned.Pix[turned.PixOffset(x, y):][:4], p.Pix[p.PixOffset(fx, fy):])
		}
	}
	return turned
}

// The markers of a JPEG that are looked at.
const (
	markerExif = 0xe1
	markerScan = 0xda
	markerEnd  = 0xd9
)

// trimJPEG cuts off what stands after the picture (a video, an archive, a second
// picture) and reads which way up it is. It does not let through what it cannot
// follow, nor a picture of more passes than any honest one has.
func trimJPEG(data []byte) (picture []byte, t turn, ok bool) {
	t = upright
	at := 2
	for at+4 <= len(data) && data[at] == 0xff {
		if data[at+1] == 0xff { // a byte of filling
			at++
			continue
		}
		marker, length := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if length < 2 || at+2+length > len(data) {
			return nil, t, false
		}
		body := data[at+4 : at+2+length]
		switch marker {
		case markerExif:
			if found := orientation(body); found != 0 {
				t = found
			}
		case markerScan:
			// Between here and the end no byte 0xff stands before one of these by
			// chance: within a pass it is always followed by 0.
			end := bytes.Index(data[at:], []byte{0xff, markerEnd})
			if end < 0 {
				return nil, t, false
			}
			picture = data[:at+end+2]
			return picture, t, bytes.Count(picture[at:], []byte{0xff, markerScan}) <= maxScans
		}
		at += 2 + length
	}
	return nil, t, false
}

// The parts of EXIF that orientation reads: TIFF's first directory, entries of
// 12 bytes, of which one is a short number under this tag.
const (
	exifHead       = "Exif\x00\x00"
	tagOrientation = 0x0112
	typeShort      = 3
	entryBytes     = 12
)

// orientation reads which way up an EXIF segment says the picture is; 0 where it
// does not say, or not so that we understand it.
func orientation(segment []byte) turn {
	tiff, ok := bytes.CutPrefix(segment, []byte(exifHead))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if order.Uint16(tiff[2:]) != 42 || start+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < entryBytes {
			return 0
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort && order.Uint32(entries[4:]) == 1 {
			if t := turn(order.Uint16(entries[8:])); t >= upright && t <= 8 {
				return t
			}
			return 0
		}
		entries = entries[entryBytes:]
	}
	return 0
}
