// Package gazetteer says where a postcode is.
//
// An exclusion zone protects a child by distance, so a position that is wrong,
// or surer than it should be, can put a family where it must not be. The package
// therefore answers with a position and its uncertainty, or with none, and
// never guesses.
//
// # What a text may be
//
// A whole postcode (DE22 3CV), a sector (NG3 4) or an outward code (DE22). Case
// does not matter, nor do spaces in a whole postcode; in a sector the space
// counts, and nothing without it is read as one. Well formed is a matter of
// shape: any letters pass, those included that Royal Mail does not use, because
// synthetic postcodes are made of them.
//
// A bare text such as NG34 is the outward code NG34 or the sector NG3 4 without
// its space. Table.Lookup answers Ambiguous, and no position, where the table
// knows the outward code and the sector is one it knows as well (by its centre or
// by a postcode in use), or one it cannot deny because it knows the outward code
// NG3 and no sector of it. DE22 is an outward code, because there is no DE2; so
// is NG10, once the sectors are loaded, because NG1 has no sector 0.
//
// # How a postcode is placed
//
// By its own row; else by its sector, else by its outward code, each of which
// has a centre and the radius within which 95 in 100 of its postcodes lie; else
// not at all. A row of positional quality 10 to 40 is exact; of 50 and above it
// is taken to be 500 m out; 90, or no coordinates, is no position. The one digit
// ONS writes (osgrdind, gridind) is the same scale without its nought: 5 is
// imputed from the neighbours, 6 the mean of the sector, 8 a postcode ended
// before 2000, 9 none. A blank quality, or a file without that column, is not
// known to be exact, so 500 m. Rows of Northern Ireland are on the Irish grid,
// hundreds of kilometres off if read as ours, and count as having no position.
//
// # What is loaded
//
// Read takes a file, or a folder file by file, and tells what each is by its
// content: OS Code-Point Open, ONSPD or NSPL in the headings of any year, the
// packed file, sectors, outward codes; any of them gzipped. A postcode's newest
// row replaces the older, also when the newer one has no position. A fault names
// file, line and column and never quotes a cell: the file may have been the
// wrong one.
//
// The rows are Open Government Licence data that each operator loads; none is
// part of Homeward.
package gazetteer
