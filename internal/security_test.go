package internal

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"homeward/internal/access"
)

// The pages in docs/security tell people who cannot read code what they may
// rely on. These tests hold the pages to the repository: whatever a page names
// is there, and whatever it counts is counted here.

const securityPages = "../docs/security/"

func pageText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(securityPages + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everyPage gives the security pages by their paths.
func everyPage(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	found, err := filepath.Glob(securityPages + "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(found, "../SECURITY.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pages[path] = string(text)
	}
	if len(pages) < 6 {
		t.Fatalf("only %d security pages", len(pages))
	}
	return pages
}

var (
	testDefined = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testNamed   = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	quoted      = regexp.MustCompile("`([^`\n]+)`")
	linked      = regexp.MustCompile(`\]\(([^)#\s]+)`)
	fileEnding  = regexp.MustCompile(`\.(go|md|csv|sql|tsv|txt|txtar|mod|sum)$`)
)

// testsThatExist gives every test of the repository by name.
func testsThatExist(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range testDefined.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func exists(path string) bool {
	found, err := filepath.Glob(path)
	return err == nil && len(found) > 0
}

// isPath tells whether something in code quotes is a file or folder of ours,
// and neither a command, a package of others nor an address of the site.
func isPath(text string) bool {
	first, _, deep := strings.Cut(text, "/")
	return !strings.ContainsAny(text, " =<{") && (deep && first != "" && first != "crypto" && !strings.Contains(strings.TrimPrefix(first, "."), ".") || fileEnding.MatchString(text))
}

func TestSecurityPagesNameOnlyWhatExists(t *testing.T) {
	tests := testsThatExist(t)
	named := map[string]bool{}
	for path, text := range everyPage(t) {
		for _, name := range testNamed.FindAllString(text, -1) {
			named[name] = true
			if !tests[name] {
				t.Errorf("%s names the test %s, which does not exist", path, name)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if isPath(m[1]) && !exists("../"+m[1]) {
				t.Errorf("%s names %s, which is not in the repository", path, m[1])
			}
		}
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(m[1], ":") && !exists(filepath.Join(filepath.Dir(path), m[1])) {
				t.Errorf("%s links to %s, which is not in the repository", path, m[1])
			}
		}
	}
	if len(named) < 50 {
		t.Errorf("only %d tests are named: this test looks in the wrong place", len(named))
	}
}

// requirement is one line of asvs.csv: a requirement of the OWASP Application
// Security Verification Standard 5.0.0 by its id, and what is said of it in our
// own words.
type requirement struct{ id, level, applies, how, where, test string }

const notMet = "not met yet: "

// The standings of a requirement.
const (
	apart   = "does not apply"
	tested  = "tested"
	met     = "met, shown by reading"
	missing = "not met yet"
)

func (r requirement) standing() string {
	switch {
	case r.applies == "n":
		return apart
	case strings.HasPrefix(r.how, notMet):
		return missing
	case r.test == "":
		return met
	}
	return tested
}

func (r requirement) chapter() string {
	chapter, _, _ := strings.Cut(r.id, ".")
	return chapter
}

func asvs(t *testing.T) []requirement {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(pageText(t, "asvs.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(lines[0], ","); got != "id,level,applies,reason_or_how,where,test" {
		t.Fatalf("asvs.csv has the columns %s", got)
	}
	var list []requirement
	for _, l := range lines[1:] {
		list = append(list, requirement{l[0], l[1], l[2], l[3], l[4], l[5]})
	}
	return list
}

// standard is how many requirements ASVS 5.0.0 has by chapter, of levels 1 and
// 2, and of level 3 where we chose to meet it too.
var standard = map[string][3]int{
	"V1": {8, 19, 3}, "V2": {4, 7, 2}, "V3": {8, 11, 0}, "V4": {2, 8, 0}, "V5": {4, 5, 4}, "V6": {13, 22, 0},
	"V7": {6, 12, 0}, "V8": {4, 3, 6}, "V9": {4, 3, 0}, "V10": {5, 24, 0}, "V11": {3, 11, 0}, "V12": {3, 6, 0},
	"V13": {1, 12, 0}, "V14": {2, 7, 4}, "V15": {3, 10, 0}, "V16": {0, 16, 1}, "V17": {0, 7, 0},
}

func TestTheASVSTableIsTrue(t *testing.T) {
	tests, ids, counts := testsThatExist(t), map[string]bool{}, map[string][3]int{}
	for _, r := range asvs(t) {
		if ids[r.id] || !regexp.MustCompile(`^V\d+\.\d+\.\d+$`).MatchString(r.id) {
			t.Errorf("%q stands twice or is no id", r.id)
		}
		ids[r.id] = true
		if level, err := strconv.Atoi(r.level); err == nil && level >= 1 && level <= 3 {
			n := counts[r.chapter()]
			n[level-1]++
			counts[r.chapter()] = n
		}
		if problem := r.problem(tests); problem != "" {
			t.Errorf("%s: %s", r.id, problem)
		}
	}
	if !maps.Equal(counts, standard) {
		t.Errorf("by chapter and level there are\n%v, the standard has\n%v", counts, standard)
	}
}

func (r requirement) problem(tests map[string]bool) string {
	for _, name := range strings.Fields(r.test) {
		if !tests[name] && (!strings.Contains(name, "/") || !exists("../"+name)) {
			return "the test " + name + " does not exist"
		}
	}
	for _, path := range strings.Fields(r.where) {
		if !exists("../" + path) {
			return path + " is not in the repository"
		}
	}
	switch {
	case r.applies != "y" && r.applies != "n":
		return "it applies (y) or it does not (n)"
	case strings.TrimSpace(strings.TrimPrefix(r.how, notMet)) == "":
		return "nothing is said of it"
	case r.standing() == missing && r.test != "":
		return "it is not met and names a test"
	case (r.standing() == tested || r.standing() == met) && r.where == "":
		return "it is met nowhere"
	}
	return ""
}

// TestTheASVSPageCountsItsTable holds the table by chapter, the sentence with
// the one figure, and the list of what is not met.
func TestTheASVSPageCountsItsTable(t *testing.T) {
	page := pageText(t, "asvs.md")
	all, unmet := map[string]int{}, []string{}
	byChapter := map[string]map[string]int{}
	for _, r := range asvs(t) {
		if byChapter[r.chapter()] == nil {
			byChapter[r.chapter()] = map[string]int{}
		}
		byChapter[r.chapter()][r.standing()]++
		all[r.standing()]++
		if r.standing() == missing {
			unmet = append(unmet, r.id)
		}
	}
	row := func(n map[string]int) string {
		return fmt.Sprintf("| %d | %d | %d | %d |", n[tested], n[met], n[missing], n[apart])
	}
	for chapter, n := range byChapter {
		if !regexp.MustCompile(`(?m)^\| ` + chapter + ` [^|]+` + regexp.QuoteMeta(row(n)) + `$`).MatchString(page) {
			t.Errorf("asvs.md should say of %s %s", chapter, row(n))
		}
	}
	if !strings.Contains(page, "| all "+row(all)) {
		t.Errorf("asvs.md should say | all %s", row(all))
	}
	figure := fmt.Sprintf("**%d of %d applicable requirements have a passing automated test.**", all[tested], all[tested]+all[met]+all[missing])
	if !strings.Contains(page, figure) {
		t.Errorf("asvs.md should say %s", figure)
	}
	_, list, _ := strings.Cut(page, "## Not met yet")
	list, _, _ = strings.Cut(list, "\n## ")
	if got := regexp.MustCompile(`\bV\d+\.\d+\.\d+\b`).FindAllString(list, -1); !slices.Equal(got, unmet) {
		t.Errorf("asvs.md lists as not met\n%v\nand the table has\n%v", got, unmet)
	}
}

// neverImported is what the program does without, and what that rules out.
var neverImported = map[string]string{
	"C": "memory that Go does not look after", "unsafe": "the same", "plugin": "code that was not built in",
	"os/exec": "other programs", "text/template": "pages without escaping", "encoding/gob": "objects made from what is sent",
	"crypto/md5": "a broken hash", "crypto/sha1": "a broken hash", "crypto/des": "a broken cipher", "crypto/rc4": "a broken cipher", "crypto/dsa": "a broken signature",
	"net/smtp": "mail", "net/http/pprof": "debugging over the web", "expvar": "debugging over the web", "net/rpc": "another way in",
}

// neverWritten is what stands on no line of the program outside tests.
var neverWritten = map[string]*regexp.Regexp{
	"another site may read an answer":              regexp.MustCompile(`"Access-Control-`),
	"a policy lets a page run what stands in it":   regexp.MustCompile(`unsafe-(inline|eval)|'unsafe`),
	"a certificate is not checked":                 regexp.MustCompile(`InsecureSkipVerify\s*[:=]+\s*true`),
	"a folder is served as it is":                  regexp.MustCompile(`http\.(FileServer|Dir\()`),
	"a pattern is made while running":              regexp.MustCompile(`regexp\.(Compile|MustCompile\([^"` + "`" + `])`),
	"a cipher mode without authentication is used": regexp.MustCompile(`cipher\.New(CBC|CTR|CFB|OFB)`),
}

// inventing are the packages that make up people who never were: a seed must give
// the same ones again, and nothing of theirs is a secret.
var inventing = []string{"homeward/internal/lab", "homeward/internal/lab/pool", "homeward/internal/returns/ssda903/invent"}

// TestTheProgramDoesWithoutWhatItSaysItDoes is the test of those requirements
// that are met by something not being there.
func TestTheProgramDoesWithoutWhatItSaysItDoes(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if why, never := neverImported[i]; never && !strings.HasPrefix(p.ImportPath, "homeward/internal/tools/") {
				t.Errorf("%s imports %s: %s", p.ImportPath, i, why)
			}
			if strings.HasPrefix(i, "math/rand") && !slices.Contains(inventing, p.ImportPath) {
				t.Errorf("%s imports %s, whose numbers can be guessed", p.ImportPath, i)
			}
		}
	}
	sources(t, func(path string, n int, line string) {
		for what, pattern := range neverWritten {
			if pattern.MatchString(line) {
				t.Errorf("%s:%d: %s", path, n, what)
			}
		}
	})
}

var (
	sqlWords = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|VALUES|SET|ORDER BY)\b`)
	// takesValue is the end of a statement's beginning after which a value comes.
	takesValue = regexp.MustCompile(`(=|<|>|'|\(|,|\bLIKE|\bLIMIT|\bOFFSET)\s*$`)
	// formatsValue is a place in a format where a value would come.
	formatsValue = regexp.MustCompile(`(=|<|>|'|\(|,|\bLIKE|\bLIMIT|\bOFFSET)\s*%`)
)

// TestNoValueIsJoinedIntoAStatement reads every text of SQL in the program:
// where a value belongs there stands a placeholder, and what is joined to a
// statement are columns, tables and conditions.
func TestNoValueIsJoinedIntoAStatement(t *testing.T) {
	for _, bad := range []string{
		`"SELECT x FROM child WHERE name = '" + name + "'"`, `"SELECT x FROM child WHERE n = " + n`, `"DELETE FROM child WHERE name LIKE " + trim(name)`,
		`fmt.Sprintf("UPDATE child SET name = '%s'", name)`, `"SELECT x FROM child WHERE id IN (" + ids + ")"`, `"SELECT x FROM y WHERE z = " + u.z + " ORDER BY a"`,
	} {
		if e, err := parser.ParseExpr(bad); err != nil || joinedValue(e) == "" {
			t.Fatalf("this test does not find %s (%v)", bad, err)
		}
	}
	read := 0
	files := token.NewFileSet()
	for path := range goFiles(t) {
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || !sqlWords.MatchString(written(e)) {
				return true
			}
			read++
			if after := joinedValue(e); after != "" {
				t.Errorf("%s: a value is joined into a statement after %q", files.Position(e.Pos()), after)
			}
			return true
		})
	}
	if read < 100 {
		t.Errorf("only %d statements were read", read)
	}
}

// goFiles gives the Go files of the program.
func goFiles(t *testing.T) map[string]bool {
	t.Helper()
	paths := map[string]bool{}
	sources(t, func(path string, _ int, _ string) { paths[path] = true })
	return paths
}

// parts takes a joined text apart, in order.
func parts(e ast.Expr) []ast.Expr {
	if joined, ok := e.(*ast.BinaryExpr); ok && joined.Op == token.ADD {
		return append(parts(joined.X), parts(joined.Y)...)
	}
	return []ast.Expr{e}
}

// written is what stands in a text, without what is joined to it.
func written(e ast.Expr) (text string) {
	for _, p := range parts(e) {
		if l, ok := p.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text += l.Value
		}
	}
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 1 {
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return written(call.Args[0])
		}
	}
	return text
}

// joinedValue gives the words before a value that is joined into a statement.
func joinedValue(e ast.Expr) string {
	if _, format := e.(*ast.CallExpr); format {
		return formatsValue.FindString(written(e))
	}
	list := parts(e)
	for i, p := range list[1:] {
		before := strings.Trim(written(list[i]), "\"`")
		if at := takesValue.FindString(before); at != "" && written(p) == "" && !placeholders(p) {
			return before
		}
	}
	return ""
}

// placeholders tells whether an expression writes placeholders, or a list of
// columns.
func placeholders(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "Params"
	case *ast.SelectorExpr:
		return f.Sel.Name == "Params" || f.Sel.Name == "Join"
	}
	return false
}

// TestEveryKindOfDataHasALevel: what the access table knows of is in the table
// of what is protected how.
func TestEveryKindOfDataHasALevel(t *testing.T) {
	page := pageText(t, "asvs.md")
	for _, k := range access.Kinds() {
		if !strings.Contains(page, "`"+string(k)+"`") {
			t.Errorf("asvs.md gives %s no level of protection", k)
		}
	}
}

var (
	keyUse      = regexp.MustCompile(`\.(?:Seal|Hash|Derive|keep)\("([^"]+)"`)
	keyUseNamed = regexp.MustCompile(`(?:oidcSecret|signing)\s*= "([^"]+)"`)
)

// TestEveryUseOfAKeyIsInTheInventory: what the key file's secret is made into,
// and which cryptography the program uses.
func TestEveryUseOfAKeyIsInTheInventory(t *testing.T) {
	page := pageText(t, "asvs.md")
	uses := map[string]bool{}
	sources(t, func(_ string, _ int, line string) {
		for _, pattern := range []*regexp.Regexp{keyUse, keyUseNamed} {
			for _, m := range pattern.FindAllStringSubmatch(line, -1) {
				uses[strings.TrimSpace(m[1])] = true
			}
		}
	})
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "crypto/") || strings.HasPrefix(i, "golang.org/x/crypto/") {
				uses[i] = true
			}
		}
	}
	for use := range uses {
		if !strings.Contains(page, "`"+use+"`") {
			t.Errorf("the inventory in asvs.md lacks %s", use)
		}
	}
	if len(uses) < 20 {
		t.Errorf("only %d uses were found", len(uses))
	}
}

// TestThePageSaysWhetherTheDatabaseIsASecondLine: that there are row policies is
// promised once there are, and until then that there are none is said.
func TestThePageSaysWhetherTheDatabaseIsASecondLine(t *testing.T) {
	const without = "Row policies behind the access table are not in this version"
	found, err := filepath.Glob("db/migrations/postgres/*.sql")
	if err != nil || len(found) == 0 {
		t.Fatal("no migrations of PostgreSQL", err)
	}
	policies := 0
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		policies += strings.Count(strings.ToUpper(string(text)), "CREATE POLICY")
	}
	if says := strings.Contains(pageText(t, "promises.md"), without); says == (policies > 0) {
		t.Errorf("there are %d row policies, and promises.md says that there are none: %t", policies, says)
	}
}

// TestEveryDependencyIsListed: what others wrote and we import is in
// docs/dependencies.md, with what it is for.
func TestEveryDependencyIsListed(t *testing.T) {
	page := pageText(t, "../dependencies.md")
	out, err := exec.Command("go", "list", "-m", "-f", "{{if not .Main}}{{.Path}}{{end}}", "all").Output()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			for module := range strings.FieldsSeq(string(out)) {
				if i == module || strings.HasPrefix(i, module+"/") {
					used[module] = true
				}
			}
		}
	}
	for module := range used {
		if !strings.Contains(page, module) {
			t.Errorf("docs/dependencies.md lacks %s", module)
		}
	}
	if len(used) < 5 {
		t.Errorf("only %d modules were found", len(used))
	}
}

// whose says in a word of the roles' table how a thing stands to somebody.
var whose = map[string]string{
	"your own agency": "own agency", "yourself or your team": "own team", "your own family": "own family",
	"councils your agency finds homes for": "on behalf", "councils your agency recruits and supports adopters for": "on behalf", "councils your agency holds records for": "on behalf",
	"agencies that share what children need with yours": "agreement", "agencies that share what families can offer with yours": "agreement",
	"the other side of an ask, once both sides have agreed to tell": "both agreed", "a record whose glass you have broken, while it lasts": "broken glass",
	"the agenda of a panel you sit on": "agenda",
}

// nearest is the order of those words; the agency holds the team.
var nearest = []string{"own family", "own team", "own agency", "on behalf", "agreement", "both agreed", "agenda", "broken glass"}

// columns are those of the roles' table.
var columns = []struct {
	kind   access.Kind
	action access.Action
}{
	{access.Child, access.Profile}, {access.Child, access.View}, {access.ChildLocations, access.View}, {access.ChildHealth, access.View},
	{access.Family, access.View}, {access.FamilyIdentity, access.View}, {access.FamilyPlaces, access.View},
}

// TestThePageSaysWhatEachRoleSees holds the table in promises.md to the access
// table.
func TestThePageSaysWhatEachRoleSees(t *testing.T) {
	page := pageText(t, "promises.md")
	for _, role := range access.Roles() {
		line := "| " + role.Label()
		for _, c := range columns {
			line += " | " + sees(t, role, c.kind, c.action)
		}
		if line += " |"; !strings.Contains(page, line) {
			t.Errorf("promises.md lacks the line\n%s", line)
		}
		if strings.Count(page, "\n| "+role.Label()+" |") != 1 {
			t.Errorf("promises.md has not one line of the %s", role.Label())
		}
	}
}

func sees(t *testing.T, role access.Role, kind access.Kind, action access.Action) string {
	t.Helper()
	open := map[string]bool{}
	for _, o := range access.OpenTo(role) {
		if o.Kind != kind || !slices.Contains(o.Actions, action) {
			continue
		}
		if whose[o.Of] == "" {
			t.Errorf("the roles' table has no word for %q", o.Of)
		}
		open[whose[o.Of]] = true
	}
	if open["own agency"] {
		delete(open, "own team")
	}
	if len(open) == 0 {
		return "–"
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(nearest), func(word string) bool { return !open[word] }), ", ")
}

// inForce is each figure that a page states, and the line of the program that
// makes it true.
var inForce = []struct{ page, says, file, line string }{
	{"asvs.md", "12 hours in all", "account/session.go", "sessionLife = 12 * time.Hour"},
	{"asvs.md", "30 minutes unused", "account/account.go", "g.idle = 30 * time.Minute"},
	{"asvs.md", "10 minutes to answer at their council", "account/oidc.go", "oidcAway   = 10 * time.Minute"},
	{"asvs.md", "19 MiB, two passes, one lane", "account/password.go", "current = strength{memory: 19 * 1024, passes: 2, lanes: 1}"},
	{"../accounts.md", "30 minutes idle, 12 hours in all", "account/session.go", "sessionLife = 12 * time.Hour"},
	{"../accounts.md", "after 45 days unused", "account/account.go", "dormantAfter = 45 * 24 * time.Hour"},
	{"../accounts.md", "12 to 128 characters", "account/password.go", "shortest, longest = 12, 128"},
	{"../accounts.md", "argon2id, 19 MiB, 2 passes, 1 lane", "account/password.go", "current = strength{memory: 19 * 1024, passes: 2, lanes: 1}"},
	{"../accounts.md", "After five, the name is held for 1 minute", "account/throttle.go", "freeTries   = 5"},
	{"../accounts.md", "After 100 wrong tries from one within 15 minutes", "account/throttle.go", "sourceSlow   = 100"},
	{"../accounts.md", "after 1,000 every name is", "account/throttle.go", "sourceFlood  = 1000"},
	{"../accounts.md", "20 in a row", "account/code.go", "burntAfter  = 20"},
	{"../accounts.md", "of 24 letters (115 bits)", "account/code.go", "recoveryLength = 24"},
	{"../accounts.md", "150 bits, 72 hours, once", "account/invitation.go", "invitationLife = 72 * time.Hour"},
	{"../operations.md", "| 1 MB | 30 MB |", "web/harden.go", "maxImportBody = 30 << 20"},
	{"../operations.md", "| 30 s | 5 min |", "web/harden.go", "pageTime      = 30 * time.Second"},
	{"promises.md", "opens one record for one hour", "watch/glass.go", "GlassLasts      = time.Hour"},
	{"promises.md", "after five days without review", "watch/glass.go", "ReviewWithin    = 5 * 24 * time.Hour"},
	{"promises.md", "300 in ten minutes or 600 in an hour", "watch/pace.go", "{Opened: true, Window: 10 * time.Minute, Alert: 100, Stop: 300}"},
	{"promises.md", "300 in ten minutes or 600 in an hour", "watch/pace.go", "{Opened: true, Window: time.Hour, Alert: 200, Stop: 600}"},
}

func TestThePagesStateTheFiguresInForce(t *testing.T) {
	for _, f := range inForce {
		source, err := os.ReadFile(f.file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), f.line) {
			t.Errorf("%s no longer says %q: mend %s, which says %q", f.file, f.line, f.page, f.says)
		}
		if !strings.Contains(strings.Join(strings.Fields(pageText(t, f.page)), " "), f.says) {
			t.Errorf("%s no longer says %q", f.page, f.says)
		}
	}
}
