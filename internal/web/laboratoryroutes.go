package web

import "homeward/internal/access"

// laboratoryRoutes is the pool laboratory: what an agency asks it, and what comes
// of it. Nobody in these pages is real.
var laboratoryRoutes = []route{
	{pattern: "GET /laboratory", section: "numbers", to: to(access.View, access.Study), page: laboratory},
	{pattern: "GET /laboratory/model-card", section: "numbers", to: to(access.View, access.Study), page: laboratoryCard},
	{pattern: "GET /laboratory/new", section: "numbers", to: to(access.Change, access.Study), page: studyNew},
	{pattern: "POST /laboratory/new", section: "numbers", to: to(access.Change, access.Study), page: studyNew},
	{pattern: "GET /laboratory/{study}", section: "numbers", to: to(access.View, access.Study), page: studyPage},
	{pattern: "POST /laboratory/{study}/stop", section: "numbers", to: to(access.Change, access.Study), page: studyStop},
	{pattern: "POST /laboratory/{study}/go-on", section: "numbers", to: to(access.Change, access.Study), page: studyGoOn},
	{pattern: "GET /laboratory/{study}/report.docx", section: "numbers", to: to(access.View, access.Study), page: studyDOCX},
	{pattern: "GET /laboratory/{study}/results.json", section: "numbers", to: to(access.View, access.Study), page: studyJSON},
	{pattern: "GET /laboratory/{study}/results.csv", section: "numbers", to: to(access.View, access.Study), page: studyCSV},
	{pattern: "GET /laboratory/{study}/scenario.json", section: "numbers", to: to(access.View, access.Study), page: studyScenario},
}

func studyPath(id string) string { return "/laboratory/" + id }
