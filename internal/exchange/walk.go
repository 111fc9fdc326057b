package exchange

import (
	"encoding/xml"
	"errors"
	"io"

	"homeward/internal/fault"
)

// mostDepth bounds how deep elements stand in one another: a workbook's stand
// seven deep.
const mostDepth = 64

// walk goes through the XML of one part, and bounds what it takes: the size of
// one token, the depth, and no document type, so that no entity is defined.
type walk struct {
	*xml.Decoder
	ration *budget
	depth  int
}

func newWalk(in io.Reader) *walk {
	ration := new(budget)
	return &walk{Decoder: xml.NewDecoder(rationedStream{in, ration}), ration: ration}
}

var errLongToken = errors.New("a token of more than a million bytes")

// rationedStream is a stream of which only so much may be read at a time.
type rationedStream struct {
	in   io.Reader
	left *budget
}

func (r rationedStream) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if r.left.take(int64(n)) != nil {
		return 0, errLongToken
	}
	return n, err
}

// next gives the next token, or io.EOF after the last.
func (w *walk) next() (xml.Token, error) {
	*w.ration = mostOfRecord
	token, err := w.Token()
	if err != nil {
		return nil, explainXML(err)
	}
	switch token.(type) {
	case xml.StartElement:
		if w.depth++; w.depth > mostDepth {
			return nil, damaged
		}
	case xml.EndElement:
		w.depth--
	case xml.Directive:
		return nil, damaged
	}
	return token, nil
}

func explainXML(err error) error {
	switch {
	case err == io.EOF:
		return err
	case errors.Is(err, errLongToken):
		return fileFault("A single cell of the workbook holds more than a million characters: shorten it.")
	case fault.KindOf(err) == fault.TooLarge:
		return err
	}
	return damaged
}

// inside calls fn for every token up to the end of the element just begun.
func (w *walk) inside(fn func(xml.Token) error) error {
	for outer := w.depth - 1; ; {
		token, err := w.next()
		if err == io.EOF {
			return damaged
		}
		if err != nil {
			return err
		}
		if w.depth == outer {
			return nil
		}
		if err := fn(token); err != nil {
			return err
		}
	}
}

// plainText gathers the text of the element just begun.
func (w *walk) plainText() (string, error) {
	var text []byte
	err := w.inside(func(token xml.Token) (err error) {
		if t, ok := token.(xml.CharData); ok {
			text, err = gather(text, t)
		}
		return err
	})
	return unescape(string(text)), err
}

// richText gathers the text of a string in however many runs, without the
// reading aids of East Asian scripts.
func (w *walk) richText() (string, error) {
	var text []byte
	reads, aids := false, false
	err := w.inside(func(token xml.Token) (err error) {
		switch t := token.(type) {
		case xml.StartElement:
			reads = t.Name.Local == "t"
			aids = aids || t.Name.Local == "rPh"
		case xml.EndElement:
			reads = false
			aids = aids && t.Name.Local != "rPh"
		case xml.CharData:
			if reads && !aids {
				text, err = gather(text, t)
			}
		}
		return err
	})
	return unescape(string(text)), err
}

func gather(text []byte, more xml.CharData) ([]byte, error) {
	if len(text)+len(more) > mostOfRecord {
		return nil, explainXML(errLongToken)
	}
	return append(text, more...), nil
}
