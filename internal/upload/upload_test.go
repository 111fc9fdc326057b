package upload

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"homeward/internal/fault"
)

var reviewedAt = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// scene is a picture of four coloured quarters.
func scene(w, h int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 128, 255})
		}
	}
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is one marker of a JPEG with its length.
func segment(marker byte, body string) string {
	return string([]byte{0xff, marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))) + body
}

// withSegments puts segments in after the first marker.
func withSegments(data []byte, segments ...string) []byte {
	return []byte(string(data[:2]) + strings.Join(segments, "") + string(data[2:]))
}

// exif is an EXIF segment as a telephone writes it: the orientation, then a
// second directory with a place, then a thumbnail.
func exif(order binary.AppendByteOrder, mark string, t turn) string {
	b := []byte(mark)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2) // entries
	b = order.AppendUint16(b, tagOrientation)
	b = order.AppendUint16(b, typeShort)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, uint16(t))
	b = order.AppendUint16(b, 0)
	b = order.AppendUint16(b, 0x8825) // the GPS directory
	b = order.AppendUint16(b, 4)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint32(b, 38)
	b = order.AppendUint32(b, 0)
	return exifHead + string(b) + "GPS-52.9N-1.5W-CANARY" + "\xff\xd8\xff\xdathumbnail-CANARY\xff\xd9"
}

func chunk(name, body string) string {
	b := string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + name + body
	return b + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(name+body))))
}

// withChunks puts chunks in after a PNG's header, and one at its end.
func withChunks(data []byte, chunks ...string) []byte {
	const header = 8 + 25
	return []byte(string(data[:header]) + strings.Join(chunks, "") + string(data[header:]))
}

const trailingZip = "PK\x03\x04word/document.xml-CANARY"

// laden are pictures that carry everything a picture can carry besides itself.
func laden(t testing.TB) map[string][]byte {
	t.Helper()
	photo, drawing := asJPEG(t, scene(48, 32)), asPNG(t, scene(48, 32))
	return map[string][]byte{
		"JPEG of a telephone": withSegments(photo,
			segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01RGB-CANARY"),
			segment(markerExif, exif(binary.BigEndian, "MM", 6)),
			segment(markerExif, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>CANARY</x:xmpmeta>"),
			segment(0xe2, "ICC_PROFILE\x00\x01\x01Copyright CANARY"),
			segment(0xed, "Photoshop 3.0\x008BIM caption CANARY"),
			segment(0xfe, "a comment: CANARY")),
		"JPEG with an archive after it":          append(bytes.Clone(photo), trailingZip...),
		"JPEG with another picture after it":     append(append(bytes.Clone(photo), "CANARY"...), photo...),
		"JPEG with filling between its segments": withSegments(photo, "\xff\xff"+segment(0xfe, "CANARY")),
		"PNG with text": withChunks(drawing, chunk("tEXt", "Author\x00CANARY"), chunk("zTXt", "Comment\x00\x00CANARY"),
			chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00CANARY"), chunk("eXIf", "MM\x00*CANARY"), chunk("tIME", "\x07\xea\x01\x01CAN")),
		"PNG with an archive after it": append(bytes.Clone(drawing), trailingZip...),
	}
}

func TestAPictureLosesEverythingButWhatIsSeen(t *testing.T) {
	for name, data := range laden(t) {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(data, []byte("CANARY")) {
				t.Fatal("the test hides nothing in the picture")
			}
			f, err := Clean(data)
			if err != nil {
				t.Fatal(err)
			}
			given, err := f.ForBirthSide()
			if f.State != Cleaned || err != nil {
				t.Fatalf("%s, %v", f.State, err)
			}
			for _, left := range []string{"CANARY", "Exif", "JFIF\x00\x01\x02", "http", "ICC", "8BIM", "tEXt", "zTXt", "iTXt", "eXIf", "tIME", "PK\x03\x04"} {
				if bytes.Contains(given, []byte(left)) {
					t.Errorf("%q is left in the picture", left)
				}
			}
			if _, _, err := image.Decode(bytes.NewReader(given)); err != nil {
				t.Errorf("what is kept is no picture: %v", err)
			}
			if want := sha256.Sum256(data); f.Sent != hex.EncodeToString(want[:]) {
				t.Error("the sum is not of what was sent")
			}
		})
	}
}

// looksLike tells whether a point is close to a colour: a JPEG is not exact.
func looksLike(c color.Color, want color.NRGBA) bool {
	r, g, b, _ := c.RGBA()
	near := func(x uint32, y uint8) bool { d := int(x>>8) - int(y); return d > -24 && d < 24 }
	return near(r, want.R) && near(g, want.G) && near(b, want.B)
}

// TestAPhotographIsTurnedTheRightWayUp holds every way a camera can be held to
// the EXIF table: which side of what is seen is row 0, and which is column 0.
func TestAPhotographIsTurnedTheRightWayUp(t *testing.T) {
	red, green, blue := color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 255}, color.NRGBA{B: 255, A: 255}
	const w, h = 64, 32
	stored := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			switch {
			case x < 16 && y < 16:
				stored.SetNRGBA(x, y, red) // row 0, column 0
			case x >= w-16 && y < 16:
				stored.SetNRGBA(x, y, green) // row 0, last column
			case x < 16 && y >= h-16:
				stored.SetNRGBA(x, y, blue) // last row, column 0
			}
		}
	}
	for held, row0col0 := range map[turn][2]string{
		1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
		5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"},
	} {
		for mark, order := range map[string]binary.AppendByteOrder{"MM": binary.BigEndian, "II": binary.LittleEndian} {
			f, err := Clean(withSegments(asJPEG(t, stored), segment(markerExif, exif(order, mark, held))))
			if err != nil {
				t.Fatal(err)
			}
			seen, err := jpeg.Decode(bytes.NewReader(f.Data))
			if err != nil {
				t.Fatal(err)
			}
			opposite := map[string]string{"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
			row, column := row0col0[0], row0col0[1]
			for _, corner := range []struct {
				sides [2]string
				want  color.NRGBA
			}{{[2]string{row, column}, red}, {[2]string{row, opposite[column]}, green}, {[2]string{opposite[row], column}, blue}} {
				if at := cornerOf(seen.Bounds(), corner.sides); !looksLike(seen.At(at.X, at.Y), corner.want) {
					t.Errorf("orientation %d %s: at the %v is %v, want %v", held, mark, corner.sides, seen.At(at.X, at.Y), corner.want)
				}
			}
		}
	}
}

// cornerOf gives the middle of the block in a corner, named by its two sides.
func cornerOf(r image.Rectangle, sides [2]string) image.Point {
	p := image.Pt(8, 8)
	for _, side := range sides {
		switch side {
		case "right":
			p.X = r.Dx() - 8
		case "bottom":
			p.Y = r.Dy() - 8
		}
	}
	return p
}

// TestNothingIsKeptUnderWhatIsTransparent: a drawing program that rubs out often
// leaves the colours there and makes them invisible.
func TestNothingIsKeptUnderWhatIsTransparent(t *testing.T) {
	drawn := scene(4, 4)
	drawn.SetNRGBA(2, 2, color.NRGBA{R: 0xC0, G: 0xDE, B: 0x42, A: 0})
	f, err := Clean(asPNG(t, drawn))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := png.Decode(bytes.NewReader(f.Data))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.NRGBAModel.Convert(kept.At(2, 2)); got != (color.NRGBA{255, 255, 255, 255}) {
		t.Errorf("what was rubbed out is %v", got)
	}
	if got := color.NRGBAModel.Convert(kept.At(1, 3)); got != drawn.NRGBAAt(1, 3) {
		t.Errorf("what is seen is %v, want %v", got, drawn.NRGBAAt(1, 3))
	}
}

// pngHeader is a whole PNG that says how large it is and draws nothing.
func pngHeader(w, h uint32) []byte {
	size := string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h))
	return []byte("\x89PNG\r\n\x1a\n" + chunk("IHDR", size+"\x08\x06\x00\x00\x00") + chunk("IEND", ""))
}

func TestAFloodOfPixelsIsRefusedBeforeItIsOpened(t *testing.T) {
	huge := asJPEG(t, scene(8, 8))
	at := bytes.Index(huge, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(huge[at+5:], 65000)
	binary.BigEndian.PutUint16(huge[at+7:], 65000)
	for name, data := range map[string][]byte{"JPEG": huge, "PNG": pngHeader(60_000, 60_000), "one long line": pngHeader(1<<31-1, 1), "one tall line": pngHeader(1, 1<<30)} {
		before := testing.AllocsPerRun(1, func() {
			if _, err := Clean(data); fault.KindOf(err) != fault.TooLarge || !strings.Contains(fault.Message(err), "smaller copy") {
				t.Errorf("%s: %v", name, err)
			}
		})
		if before > 1000 {
			t.Errorf("%s: %v allocations to refuse it", name, before)
		}
	}
}

func TestAPictureOfEndlessPassesIsRefused(t *testing.T) {
	data := asJPEG(t, scene(8, 8))
	at := bytes.Index(data, []byte{0xff, markerScan})
	scan := string(data[at : len(data)-2])
	data = []byte(string(data[:len(data)-2]) + strings.Repeat(scan, maxScans) + "\xff\xd9")
	if _, err := Clean(data); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func TestWhatIsTooLargeEmptyOrBrokenIsRefusedInWords(t *testing.T) {
	photo, drawing := asJPEG(t, scene(48, 32)), asPNG(t, scene(48, 32))
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
		says string
	}{
		"empty":                 {nil, fault.Invalid, "empty"},
		"too large":             {make([]byte, MaxBytes+1), fault.TooLarge, "25 MB"},
		"half a photograph":     {photo[:len(photo)/2], fault.Invalid, "save it again"},
		"a beginning only":      {photo[:4], fault.Invalid, "save it again"},
		"half a drawing":        {drawing[:len(drawing)/2], fault.Invalid, "save it again"},
		"a segment too long":    {withSegments(photo, "\xff\xe1\xff\xff"), fault.Invalid, "save it again"},
		"a segment of nothing":  {withSegments(photo, "\xff\xe1\x00\x00"), fault.Invalid, "save it again"},
		"bytes between markers": {withSegments(photo, segment(0xfe, "x")+"junk"), fault.Invalid, "save it again"},
	} {
		if _, err := Clean(c.data); fault.KindOf(err) != c.kind || !strings.Contains(fault.Message(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoPictureIsHeldAsItIs(t *testing.T) {
	for text, kind := range map[string]Kind{
		"%PDF-1.7\n/Author (Somebody)":                    PDF,
		"PK\x03\x04[Content_Types].xml word/document.xml": Word,
		"PK\x03\x04photo.jpg":                             Zip,
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00":        HEIC,
		"GIF89a\x01\x00\x01\x00":                          GIF,
		"<svg xmlns='http://www.w3.org/2000/svg'></svg>":  Unknown,
		"MZ\x90\x00": Unknown,
		"x":          Unknown,
		"\n\xff\xd8\xff a JPEG that does not begin as one": Unknown,
	} {
		f, err := Clean([]byte(text))
		if err != nil || f.State != Held || f.Kind != kind || string(f.Data) != text || f.Sent != sum([]byte(text)) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
		if got := f.ContentType(); got != "application/octet-stream" {
			t.Errorf("%q would be shown as %s", text, got)
		}
		if _, err := f.ForBirthSide(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%q goes to the birth side: %v", text, err)
		}
	}
}

func TestAReviewedFileGoesToTheBirthSideAsItWasRead(t *testing.T) {
	held, err := Clean([]byte("%PDF-1.7 a letter"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.ReviewedBy("", reviewedAt); err == nil {
		t.Error("nobody reviewed it")
	}
	if _, err := held.ReviewedBy("WORKER1", time.Time{}); err == nil {
		t.Error("it was reviewed at no time")
	}
	reviewed, err := held.ReviewedBy("WORKER1", reviewedAt)
	if err != nil {
		t.Fatal(err)
	}
	if given, err := reviewed.ForBirthSide(); err != nil || string(given) != "%PDF-1.7 a letter" {
		t.Errorf("%q, %v", given, err)
	}
	if held.State != Held {
		t.Error("the review changed what was held")
	}
	if _, err := reviewed.ReviewedBy("WORKER2", reviewedAt); fault.KindOf(err) != fault.Conflict {
		t.Errorf("reviewed twice: %v", err)
	}
	reviewed.Data = []byte("%PDF-1.7 another letter")
	if _, err := reviewed.ForBirthSide(); err == nil {
		t.Error("what nobody read goes to the birth side")
	}
}

func TestAStateThatWasNotEarnedGoesNowhere(t *testing.T) {
	for _, f := range []File{{}, {State: "released"}, {State: Reviewed}, {State: Reviewed, Review: Review{By: "W", At: reviewedAt}}, {State: Held, Review: Review{By: "W", At: reviewedAt, Sum: sum(nil)}}} {
		if _, err := f.ForBirthSide(); err == nil {
			t.Errorf("%+v goes to the birth side", f)
		}
	}
	if _, err := (File{State: Cleaned}).ReviewedBy("W", reviewedAt); err == nil {
		t.Error("a cleaned picture is reviewed as if it had been held")
	}
}

func FuzzClean(f *testing.F) {
	for _, data := range laden(f) {
		f.Add(data)
	}
	f.Add(pngHeader(3, 3))
	f.Add([]byte("%PDF-1.7"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && config.Width*config.Height > 1<<20 {
			t.Skip("a large picture takes long and proves no more")
		}
		file, err := Clean(data)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		given, err := file.ForBirthSide()
		if (file.State == Cleaned) != (err == nil) {
			t.Fatalf("%s, %v", file.State, err)
		}
		if err != nil {
			return
		}
		again, err := Clean(given)
		if err != nil || again.State != Cleaned || again.Kind != file.Kind {
			t.Fatal(fmt.Errorf("what was cleaned is %s %s: %w", again.State, again.Kind, err))
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte(exif(binary.BigEndian, "MM", 6)))
	f.Add([]byte(exif(binary.LittleEndian, "II", 8)))
	f.Add([]byte(exifHead + "MM\x00*\xff\xff\xff\xff"))
	f.Add([]byte(exifHead + "MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Fuzz(func(t *testing.T, segment []byte) {
		if got := orientation(segment); got < 0 || got > 8 {
			t.Fatal(got)
		}
	})
}
