package exchange

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// mostMemory is what reading may take, whatever it is given.
const mostMemory = 300 << 20

// TestMain lets the test program run itself as a process of its own, to be
// measured or killed.
func TestMain(m *testing.M) {
	switch path := os.Getenv("EXCHANGE_TEST_PATH"); os.Getenv("EXCHANGE_TEST_TASK") {
	case "":
		os.Exit(m.Run())
	case "read":
		readAndTell(path)
	case "import":
		importAndTell(path, os.Getenv("EXCHANGE_TEST_DB"))
	}
}

// readAndTell reads a path and tells what came of it and the most memory held.
func readAndTell(path string) {
	r, err := ReadPath(path, Options{Today: today, Skip: io.Discard})
	if err != nil {
		fmt.Println(fault.KindOf(err), fault.Message(err))
	} else {
		fmt.Println(r.Count, strings.Join(said(&Reading{Problems: r.Problems[:min(1, len(r.Problems))]}), ""))
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(string(regexp.MustCompile(`VmHWM:\s*(\d+)`).Find(status)))
}

func itself(task string, more ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(append(os.Environ(), "EXCHANGE_TEST_TASK="+task), more...)
	return c
}

// again gives a text over and over.
type again struct {
	text string
	at   int
}

func (a *again) Read(p []byte) (n int, err error) {
	if len(a.text) < 4096 {
		a.text = strings.Repeat(a.text, 4096)
	}
	for n < len(p) {
		m := copy(p[n:], a.text[a.at:])
		n += m
		a.at = (a.at + m) % len(a.text)
	}
	return n, nil
}

// bomb makes a workbook one part of which is a head, then a text over and over.
func bomb(t *testing.T, part, head, text string, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bomb.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	parts := frameOf("needs")
	parts["xl/_rels/workbook.xml.rels"] = strings.Replace(parts["xl/_rels/workbook.xml.rels"], "</Rel", `<Relationship Id="b" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="c" Type="x/styles" Target="styles.xml"/></Rel`, 1)
	parts["xl/styles.xml"] = "<styleSheet/>"
	parts["xl/sharedStrings.xml"] = "<sst/>"
	delete(parts, part)
	for name, text := range parts {
		add(t, w, name, strings.NewReader(text))
	}
	add(t, w, part, io.MultiReader(strings.NewReader(head), io.LimitReader(&again{text: text}, size)))
	for _, err := range []error{w.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func add(t *testing.T, w *zip.Writer, name string, in io.Reader) {
	t.Helper()
	part, err := w.Create(name)
	if err == nil {
		_, err = io.Copy(part, in)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// liar makes a workbook whose sheet says it is small and is not.
func liar(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.LimitReader(&again{text: "<row/>"}, 1<<30)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "liar.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	parts := frameOf("needs")
	delete(parts, sheetOne)
	for name, text := range parts {
		add(t, archive, name, strings.NewReader(text))
	}
	part, err := archive.CreateRaw(&zip.FileHeader{Name: sheetOne, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 100})
	if err == nil {
		_, err = part.Write(packed.Bytes())
	}
	for _, err := range []error{err, archive.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// sparse makes a file that begins with a text and is as long as it is asked to
// be, and takes no room on the disk.
func sparse(t *testing.T, name, head string, size int64) string {
	t.Helper()
	dir := folder{name: head}.write(t)
	if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
		t.Fatal(err)
	}
	return dir
}

// long makes a file of one head and one text over and over.
func long(t *testing.T, name, head, text string, size int64) string {
	t.Helper()
	dir := good(t).with(folder{name: head}).write(t)
	out, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = io.Copy(out, io.LimitReader(&again{text: text}, size))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func manyParts(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parts.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	for i := range n {
		if _, err := w.Create(fmt.Sprintf("xl/media/part%d.xml", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{w.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const needsHead = "agency_code,child_ref,need,level\n"

// TestNothingTakesMoreThanItsMemory: whatever is wrong with what is given, it is
// refused in plain words, by a process that never holds 300 MB.
func TestNothingTakesMoreThanItsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads gigabytes")
	}
	const mb = 1_000_000
	laughs := `<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sst><si><t>&c;</t></si></sst>`
	children := filepath.Join(t.TempDir(), "many")
	if err := os.Mkdir(children, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path func() string
		want string
	}{
		"a file of 1 GB":                     {func() string { return sparse(t, "children.csv", "", 1<<30) }, "5 There are more than 500 MB"},
		"a file of 1 GB that is no one's":    {func() string { return sparse(t, "film.mov", "", 1<<30) }, "5 There are more than 500 MB"},
		"a workbook of 1 GB":                 {func() string { return filepath.Join(sparse(t, "region.xlsx", "PK\x03\x04", 1<<30), "region.xlsx") }, "5 There are more than 500 MB"},
		"a workbook of 490 MB with no parts": {func() string { return filepath.Join(sparse(t, "region.xlsx", "PK\x03\x04", 490*mb), "region.xlsx") }, "1 region.xlsx:1: The workbook cannot be read"},
		"one line of 490 MB":                 {func() string { return sparse(t, "needs.csv", needsHead, 490*mb) }, "1 needs.csv:1: The row on line 2 does not end"},
		"a header of 490 MB":                 {func() string { return sparse(t, "needs.csv", "agency_code", 490*mb) }, "1 needs.csv:1: The row on line 1 does not end"},
		"an open quote before 20 MB":         {func() string { return long(t, "needs.csv", needsHead+"DER,\"", "C1,fasd,known\nDER,", 20*mb) }, "1 needs.csv:1: The row on line 2 does not end"},
		"20 MB of bad rows":                  {func() string { return long(t, "needs.csv", needsHead, "DER,C9,fasd,known\n", 20*mb) }, "1111112 needs.csv:2: child_ref"},
		"20 MB of one row":                   {func() string { return long(t, "needs.csv", needsHead, "DER,C1,fasd,known\n", 20*mb) }, "1111111 needs.csv:3: need: This need"},
		"20 MB of blank lines":               {func() string { return long(t, "needs.csv", needsHead, "\n", 20*mb) }, "0 "},
		"a zip bomb":                         {func() string { return bomb(t, sheetOne, "", "\x00", 1<<30) }, "5 There are more than 500 MB"},
		"a zip bomb in a part nobody reads":  {func() string { return bomb(t, "xl/media/image1.png", "", "\x00", 1<<30) }, "5 There are more than 500 MB"},
		"a zip that lies about a size":       {func() string { return liar(t) }, "1 needs:1: The workbook cannot be read"},
		"a cell of 60 MB": {func() string {
			return bomb(t, sheetOne, `<worksheet><sheetData><row><c t="inlineStr"><is><t>`, "a", 60*mb)
		}, "1 needs:1: A single cell"},
		"a cell of 60 MB in pieces": {func() string {
			return bomb(t, sheetOne, `<worksheet><sheetData><row><c t="inlineStr"><is><t>`, "a<!-- -->", 60*mb)
		}, "1 needs:1: A single cell"},
		"a shared string of 60 MB":           {func() string { return bomb(t, "xl/sharedStrings.xml", "<sst><si><t>", "a", 60*mb) }, "1 bomb.xlsx:1: A single cell"},
		"60 MB of shared strings":            {func() string { return bomb(t, "xl/sharedStrings.xml", "<sst>", "<si><t>abcdefgh</t></si>", 60*mb) }, "1 bomb.xlsx:1: The workbook holds more text"},
		"60 MB of blank shared strings":      {func() string { return bomb(t, "xl/sharedStrings.xml", "<sst>", "<si/>", 60*mb) }, "1 bomb.xlsx:1: The workbook holds more text"},
		"a comment of 60 MB":                 {func() string { return bomb(t, sheetOne, "<!--", "a", 60*mb) }, "1 needs:1: A single cell"},
		"a tag of 60 MB":                     {func() string { return bomb(t, sheetOne, "<a ", `b="c" `, 60*mb) }, "1 needs:1: A single cell"},
		"elements inside elements":           {func() string { return bomb(t, sheetOne, "", "<a>", 60*mb) }, "1 needs:1: The workbook cannot be read"},
		"a row of millions of cells":         {func() string { return bomb(t, sheetOne, `<worksheet><sheetData><row>`, `<c t="b"><v>1</v></c>`, 50*mb) }, "1 needs:1: The workbook cannot be read"},
		"entities that multiply":             {func() string { return bomb(t, "xl/sharedStrings.xml", laughs, " ", 1) }, "1 bomb.xlsx:1: The workbook cannot be read"},
		"100,000 parts":                      {func() string { return manyParts(t, 100_000) }, "5 There are more than 10,000 files"},
		"11,000 parts":                       {func() string { return manyParts(t, 11_000) }, "5 There are more than 10,000 files"},
		"styles without end":                 {func() string { return bomb(t, "xl/styles.xml", "<styleSheet><cellXfs>", `<xf/>`, 50*mb) }, "1 bomb.xlsx:1: The workbook cannot be read"},
		"more children than the country has": {func() string { return manyChildren(t, 600_000) }, "5 There are more rows than Homeward takes in"},
		"more zones than the country has":    {func() string { return manyZones(t, 700_000) }, "5 There are more rows than Homeward takes in"},
		"the good region, to measure by":     {func() string { return good(t).write(t) }, "0 "},
		"England, to measure by": {func() string {
			dir := filepath.Join(t.TempDir(), "e")
			mustWrite(t, dir, synthetic(1, england))
			return dir
		}, "0 "},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.path()
			start := time.Now()
			out, err := itself("read", "EXCHANGE_TEST_PATH="+path).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			told, rest, _ := strings.Cut(string(out), "\n")
			held, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "VmHWM:")))
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			t.Logf("%d MB, %v: %.120s", held>>10, time.Since(start).Round(time.Millisecond), told)
			if !strings.HasPrefix(told, c.want) {
				t.Errorf("told %q, want %q", told, c.want)
			}
			if held<<10 > mostMemory {
				t.Errorf("held %d MB", held>>10)
			}
		})
	}
}

func manyChildren(t *testing.T, n int) string {
	t.Helper()
	f := good(t)
	head, _, _ := strings.Cut(f["children.csv"], "\n")
	var rows strings.Builder
	rows.WriteString(head + "\n")
	for i := range n {
		fmt.Fprintf(&rows, "DER,K%d,,,,,,,,,,,,,,,\n", i)
	}
	return folder{"agencies.csv": f["agencies.csv"], "children.csv": rows.String()}.write(t)
}

func manyZones(t *testing.T, n int) string {
	t.Helper()
	var rows strings.Builder
	rows.WriteString("agency_code,child_ref,postcode,radius_miles,kind,review_by\n")
	for i := range n {
		fmt.Fprintf(&rows, "DER,C1,NG1 1CC,%d,birth_relative,2027-01-01\n", i)
	}
	return good(t).with(folder{"zones.csv": rows.String()}).write(t)
}

// importAndTell imports a folder, and tells when it begins.
func importAndTell(path, address string) {
	d, err := db.Open(context.Background(), address)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r, err := ReadPath(path, Options{Today: today})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("begins")
	err = doAs(d, operator, func(u *work.Unit, book *agency.Book) error {
		_, err := Import(u, book, r)
		return err
	})
	fmt.Println("done", err)
}

// TestAnImportThatIsKilledLeavesNothingOrEverything kills imports at any moment.
func TestAnImportThatIsKilledLeavesNothingOrEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := filepath.Join(t.TempDir(), "region")
	region := synthetic(1, size{10, 400, 200, 29, 5})
	mustWrite(t, dir, region)
	took := time.Second // learned from the first, which is let be
	nothing, everything := 0, 0
	for run := range 12 {
		address := "sqlite:" + filepath.Join(t.TempDir(), "homeward.db")
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		took = killed(t, run, took, "EXCHANGE_TEST_PATH="+dir, "EXCHANGE_TEST_DB="+address)
		if d, err = db.Open(context.Background(), address); err != nil {
			t.Fatal(err)
		}
		switch got := export(t, d); len(got.Agencies) + len(got.Children) {
		case 0:
			nothing++
		default:
			mustBeSame(t, region, got)
			everything++
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("nothing %d times, everything %d times", nothing, everything)
	if everything == 0 || nothing == 0 {
		t.Error("the kills did not fall where they prove anything")
	}
}

// killed runs an import and kills it: the first not at all, the second as soon as
// it begins, the others at some moment of its later half or just after it. It
// gives how long an import takes.
func killed(t *testing.T, run int, took time.Duration, env ...string) time.Duration {
	t.Helper()
	c := itself("import", env...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 64)); err != nil { // it begins
		t.Fatal(err)
	}
	start := time.Now()
	if run > 0 {
		if run > 1 {
			time.Sleep(took/2 + time.Duration(rand.Int64N(int64(took)*2/3)))
		}
		_ = c.Process.Kill() // SIGKILL; it may be over
	} else {
		_, _ = io.Copy(io.Discard, out)
		took = time.Since(start)
	}
	_ = c.Wait() // killed, most often
	return took
}
