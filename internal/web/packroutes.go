package web

import "homeward/internal/access"

// packRoutes is a quarter's numbers to be passed on: made, published, kept as
// published.
var packRoutes = []route{
	{pattern: "GET /packs", section: "numbers", to: to(access.View, access.Figures), page: packs},
	{pattern: "GET /packs/new", section: "numbers", to: to(access.Change, access.Figures), page: packNew},
	{pattern: "POST /packs/new", section: "numbers", to: to(access.Change, access.Figures), page: packNew},
	{pattern: "GET /packs/{pack}", section: "numbers", to: to(access.View, access.Figures), page: packPage},
	{pattern: "GET /packs/{pack}/pack.docx", section: "numbers", to: to(access.View, access.Figures), page: packDOCX},
	{pattern: "GET /packs/{pack}/tables.zip", section: "numbers", to: to(access.View, access.Figures), page: packTables},
	{pattern: "GET /packs/{pack}/changes", section: "numbers", to: to(access.View, access.Figures), page: packChanges},
}
