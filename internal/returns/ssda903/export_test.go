package ssda903

// WithMostBytes lowers the bound of a file for a test, and gives what restores it.
func WithMostBytes(n int) (restore func()) {
	was := mostBytes
	mostBytes = n
	return func() { mostBytes = was }
}
