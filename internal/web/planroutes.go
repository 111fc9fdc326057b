package web

import "homeward/internal/access"

// planRoutes is the region's plan, and what a meeting says of a pair in it.
var planRoutes = []route{
	{pattern: "GET /plan", section: "plan", to: to(access.FindFamilies, access.Child), page: regionPlan},
	{pattern: "GET /plan/missing", section: "plan", to: to(access.FindFamilies, access.Child), page: missingFamilies},
	{pattern: "GET /children/{id}/families/{family}/plan", section: "plan", to: to(access.MakeAsk, access.Child), page: planPair},
	{pattern: "POST /children/{id}/families/{family}/plan", section: "plan", to: to(access.MakeAsk, access.Child), page: planPair},
	{pattern: "POST /children/{id}/families/{family}/plan/end", section: "plan", to: to(access.MakeAsk, access.Child), page: endPlanPair},
}

func planPairPath(childID, familyID string) string {
	return "/children/" + childID + "/families/" + familyID + "/plan"
}
