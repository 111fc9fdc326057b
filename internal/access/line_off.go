//go:build homeward_first_line_off

package access

const firstLineOff = true
