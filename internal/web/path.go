package web

import "net/url"

// The paths of pages about one record. They carry Homeward's own random
// references and nothing of anyone.

func childPath(id string) string         { return "/children/" + id }
func childFamiliesPath(id string) string { return "/children/" + id + "/families" }
func familyPath(id string) string        { return "/families/" + id }
func askPath(id string) string           { return "/asks/" + id }

// withQuery adds the parameters that are not empty to a path.
func withQuery(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Add(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func comparePath(id string) string       { return "/children/" + id + "/compare" }
func newAskPath(id string) string        { return "/children/" + id + "/ask" }
func waivePath(id, family string) string { return "/children/" + id + "/families/" + family + "/waive" }
