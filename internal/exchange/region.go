// Package exchange reads and writes the exchange folder: how a region's
// children and families get in, and how they get out again. The folder is CSV
// files or one XLSX workbook; its columns are docs/exchange.md.
//
// Reading is whole before anything is saved: every problem is reported with
// file, line, column and how to mend it, and nothing is imported unless every
// row is good (or the rest is set aside by name).
package exchange

import (
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/link"
)

// Region is everything an exchange folder holds. Children and families carry
// only what the folder has: no Homeward reference, version or worker.
type Region struct {
	Agencies  []agency.Agency
	Children  []child.Child
	Families  []adopter.Family
	Conflicts []link.Conflict
	Waivers   []link.WaiverRow // written, never read: a file lifts no exclusion
}
