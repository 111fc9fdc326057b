package web

import "homeward/internal/access"

// planRoutes is the region's plan, what a meeting says of a pair in it, and what
// became of the plans that were saved.
var planRoutes = []route{
	{pattern: "GET /plan", section: "plan", to: to(access.FindFamilies, access.Child), page: regionPlan},
	{pattern: "POST /plan", section: "plan", to: to(access.Save, access.Plan), page: regionPlan},
	{pattern: "GET /plan/saved", section: "plan", to: to(access.View, access.Plan), page: savedPlans},
	{pattern: "GET /plan/saved/{plan}", section: "plan", to: to(access.View, access.Plan), page: savedPlan},
	{pattern: "GET /plan/missing", section: "plan", to: to(access.FindFamilies, access.Child), page: missingFamilies},
	{pattern: "GET /children/{id}/families/{family}/plan", section: "plan", to: to(access.MakeAsk, access.Child), page: planPair},
	{pattern: "POST /children/{id}/families/{family}/plan", section: "plan", to: to(access.MakeAsk, access.Child), page: planPair},
	{pattern: "POST /children/{id}/families/{family}/plan/end", section: "plan", to: to(access.MakeAsk, access.Child), page: endPlanPair},
}

func planPairPath(childID, familyID string) string {
	return "/children/" + childID + "/families/" + familyID + "/plan"
}

func savedPlanPath(id string) string { return "/plan/saved/" + id }
