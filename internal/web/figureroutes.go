package web

import "homeward/internal/access"

// figureRoutes is the numbers councils answer for: what was done, the scorecard,
// who waits, how councils compare, and whom a number is made of.
var figureRoutes = []route{
	{pattern: "GET /numbers", section: "numbers", to: to(access.View, access.Figures), page: figuresActivity},
	{pattern: "GET /numbers/scorecard", section: "numbers", to: to(access.View, access.Figures), page: figuresScorecard},
	{pattern: "GET /numbers/waiting", section: "numbers", to: to(access.View, access.Figures), page: figuresWaiting},
	{pattern: "GET /numbers/compare", section: "numbers", to: to(access.View, access.Figures), page: figuresCompare},
	{pattern: "GET /numbers/children", section: "numbers", to: to(access.View, access.Figures), page: figuresBehind(access.Child)},
	{pattern: "GET /numbers/families", section: "numbers", to: to(access.View, access.Figures), page: figuresBehind(access.Family)},
}
