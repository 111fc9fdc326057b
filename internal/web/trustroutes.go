package web

import (
	"homeward/internal/access"
	"homeward/internal/link"
)

// trustRoutes is who looked, broken glass, restricted records, workers who know
// a child or family, notices and what both sides of an ask agreed to tell.
var trustRoutes = []route{
	{pattern: "GET /looks", section: "looks", to: to(access.View, access.AuditRecord), page: looks},
	{pattern: "POST /looks", section: "looks", to: to(access.View, access.AuditRecord), page: looks},
	{pattern: "GET /looks/by/{worker}", section: "looks", to: to(access.View, access.AuditRecord), page: looksBy},
	{pattern: "GET /children/{id}/looks", section: "children", to: to(access.View, access.AuditRecord), page: whoLooked(access.Child), apart: true},
	{pattern: "GET /families/{id}/looks", section: "families", to: to(access.View, access.AuditRecord), page: whoLooked(access.Family), apart: true},
	{pattern: "GET /children/{id}/glass", section: "children", to: to(access.BreakGlass, access.Child), page: breakGlass(access.Child), apart: true},
	{pattern: "POST /children/{id}/glass", section: "children", to: to(access.BreakGlass, access.Child), page: breakGlass(access.Child), apart: true},
	{pattern: "GET /families/{id}/glass", section: "families", to: to(access.BreakGlass, access.Family), page: breakGlass(access.Family), apart: true},
	{pattern: "POST /families/{id}/glass", section: "families", to: to(access.BreakGlass, access.Family), page: breakGlass(access.Family), apart: true},
	{pattern: "GET /glass", section: "looks", to: to(access.View, access.Glass), page: glassList},
	{pattern: "POST /glass/{id}/review", section: "looks", to: to(access.Review, access.Glass), page: reviewGlass},
	{pattern: "GET /children/{id}/restrict", section: "children", to: to(access.View, access.Restriction), page: whoCanOpen(access.Child), apart: true},
	{pattern: "POST /children/{id}/restrict", section: "children", to: to(access.Change, access.Restriction), page: whoCanOpen(access.Child), apart: true},
	{pattern: "POST /children/{id}/restrict/end", section: "children", to: to(access.Change, access.Restriction), page: unrestrict(access.Child), apart: true},
	{pattern: "POST /children/{id}/restrict/reopen", section: "children", to: to(access.Change, access.Restriction), page: reopen(access.Child), apart: true},
	{pattern: "GET /families/{id}/restrict", section: "families", to: to(access.View, access.Restriction), page: whoCanOpen(access.Family), apart: true},
	{pattern: "POST /families/{id}/restrict", section: "families", to: to(access.Change, access.Restriction), page: whoCanOpen(access.Family), apart: true},
	{pattern: "POST /families/{id}/restrict/end", section: "families", to: to(access.Change, access.Restriction), page: unrestrict(access.Family), apart: true},
	{pattern: "POST /families/{id}/restrict/reopen", section: "families", to: to(access.Change, access.Restriction), page: reopen(access.Family), apart: true},
	{pattern: "GET /children/{id}/knowing", section: "children", to: to(access.Profile, access.Child), page: knowing(access.Child), apart: true},
	{pattern: "POST /children/{id}/knowing", section: "children", to: to(access.Profile, access.Child), page: knowing(access.Child), apart: true},
	{pattern: "GET /families/{id}/knowing", section: "families", to: to(access.View, access.Family), page: knowing(access.Family), apart: true},
	{pattern: "POST /families/{id}/knowing", section: "families", to: to(access.View, access.Family), page: knowing(access.Family), apart: true},
	{pattern: "GET /account/declarations", to: anybody, page: declarations},
	{pattern: "POST /account/declarations", to: anybody, page: declarations},
	{pattern: "POST /account/declarations/{id}/end", to: anybody, page: takeBack},
	{pattern: "GET /notices", section: "home", to: anybody, page: notices},
	{pattern: "POST /notices/{id}/seen", section: "home", to: anybody, page: noticeSeen},
	{pattern: "POST /asks/{id}/disclose/child", section: "asks", to: to(access.Disclose, access.Child), page: agreeToTell(link.ChildSide)},
	{pattern: "POST /asks/{id}/disclose/child/end", section: "asks", to: to(access.Disclose, access.Child), page: stopTelling(link.ChildSide)},
	{pattern: "POST /asks/{id}/disclose/family", section: "asks", to: to(access.Disclose, access.Ask), page: agreeToTell(link.FamilySide)},
	{pattern: "POST /asks/{id}/disclose/family/end", section: "asks", to: to(access.Disclose, access.Ask), page: stopTelling(link.FamilySide)},
}
