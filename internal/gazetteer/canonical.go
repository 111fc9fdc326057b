package gazetteer

// Canonical writes a postcode, sector or outward code in its one form; a text
// that is none of them stays as it is.
func Canonical(text string) string {
	p, err := Parse(text)
	if err != nil {
		return text
	}
	return p.Canonical()
}
