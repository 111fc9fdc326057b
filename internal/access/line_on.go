//go:build !homeward_first_line_off

package access

// firstLineOff switches this table off in one test build, to prove that the
// database's own row policies hold alone. No program that is run has it: see
// scripts/second-line.
const firstLineOff = false
