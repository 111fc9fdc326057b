package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"homeward/internal/fault"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// strength is what one hash costs: KiB of memory, passes over it, lanes.
type strength struct {
	memory, passes uint32
	lanes          uint8
}

// current is what the OWASP Password Storage Cheat Sheet asks of argon2id: 19
// MiB, two passes, one lane. A hash of another strength is made again when its
// owner next signs in.
var current = strength{memory: 19 * 1024, passes: 2, lanes: 1}

const saltLength, sumLength = 16, 32

// hashed is a password's hash, as its PHC string says it.
type hashed struct {
	strength
	salt, sum []byte
}

var b64 = base64.RawStdEncoding

// String writes the PHC string.
func (h hashed) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes, b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

func parseHash(text string) (h hashed, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, false
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes)
	if err != nil || n != 3 || h.passes == 0 || h.lanes == 0 {
		return h, false
	}
	var err2 error
	h.salt, err = b64.DecodeString(parts[4])
	h.sum, err2 = b64.DecodeString(parts[5])
	return h, err == nil && err2 == nil && len(h.sum) == sumLength
}

// oven does the hashing, a few at a time: each takes 19 MiB, and a flood of
// tries must not take all the memory there is.
type oven struct {
	strength strength
	slots    chan struct{}
	wait     time.Duration
	nobody   hashed         // what is checked for a name that is not there
	spent    func(strength) // told of every hash, so that a test can count them
}

func newOven(s strength) *oven {
	return &oven{
		strength: s, slots: make(chan struct{}, min(8, max(2, runtime.GOMAXPROCS(0)))), wait: 5 * time.Second,
		nobody: hashed{s, make([]byte, saltLength), make([]byte, sumLength)}, spent: func(strength) {},
	}
}

var errBusy = fault.New(fault.NotReady, "Many people are signing in at this moment. Wait a minute and try again.")

func (o *oven) bake(ctx context.Context, password string, s strength, salt []byte) ([]byte, error) {
	ctx, done := context.WithTimeout(ctx, o.wait)
	defer done()
	select {
	case o.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, errBusy
	}
	defer func() { <-o.slots }()
	o.spent(s)
	// The same password typed on another keyboard may be other bytes.
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, s.passes, s.memory, s.lanes, sumLength), nil
}

// make hashes a new password.
func (o *oven) make(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails: see crypto/rand
	sum, err := o.bake(ctx, password, o.strength, salt)
	return hashed{o.strength, salt, sum}.String(), err
}

// check compares a password with a hash. Where there is none it does the same
// work and says no. Stale: right, and to be hashed again.
func (o *oven) check(ctx context.Context, hash, password string) (right, stale bool, err error) {
	h, ok := parseHash(hash)
	if !ok {
		h = o.nobody
	}
	sum, err := o.bake(ctx, password, h.strength, h.salt)
	right = err == nil && ok && subtle.ConstantTimeCompare(sum, h.sum) == 1
	return right, right && h.strength != o.strength, err
}

// The length of a password, in characters. No rule about their kinds: such
// rules make passwords that are hard to remember and easy to guess.
const shortest, longest = 12, 128

// problem says what is wrong with a new password, or nothing. Names are what it
// must not contain: the sign-in name, the agency's.
func problem(password string, names ...string) string {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	switch {
	case n < shortest:
		return fmt.Sprintf("Enter a password of at least %d characters. Three random words make a good one.", shortest)
	case n > longest:
		return fmt.Sprintf("Enter a password of at most %d characters.", longest)
	case obvious(password):
		return "This password is one of the first that would be tried. Choose another: three random words make a good one."
	}
	plain := letters(password, true)
	for _, name := range append(names, product) {
		if contains(plain, name) {
			return "Choose a password without your sign-in name, your agency's name or the word Homeward in it."
		}
	}
	return ""
}

// contains looks for a name, and for its longer pieces.
func contains(plain, name string) bool {
	if whole := letters(name, true); len(whole) >= 4 && strings.Contains(plain, whole) {
		return true
	}
	pieces := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(pieces, func(piece string) bool {
		piece = letters(piece, true)
		return len(piece) >= 5 && strings.Contains(plain, piece)
	})
}

// letters is a text's small letters, with its digits if asked.
func letters(text string, digits bool) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || digits && unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(text))
}

// leet undoes the best-known ways to write letters as something else.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// obvious tells a password that guessing begins with: few different characters,
// a run along the keyboard, or common words and nothing else but digits and
// punctuation round them.
func obvious(password string) bool {
	small := strings.ToLower(norm.NFKC.String(password))
	kinds := map[rune]bool{}
	for _, r := range small {
		kinds[r] = true
	}
	core := strings.TrimFunc(small, func(r rune) bool { return !unicode.IsLetter(r) })
	return len(slices.Collect(maps.Keys(kinds))) < 5 || isRun(small) ||
		isCommon(letters(small, false)) || isCommon(letters(leet.Replace(core), false))
}

// rows are what fingers run along.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn"}

// isRun tells whether three steps in four go along a row, forwards or back.
func isRun(small string) bool {
	runes := []rune(small)
	steps := 0
	for i := 1; i < len(runes); i++ {
		on, back := string(runes[i-1:i+1]), string([]rune{runes[i], runes[i-1]})
		if slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, on) || strings.Contains(row, back) }) {
			steps++
		}
	}
	return 4*steps >= 3*(len(runes)-1)
}

// isCommon tells whether letters are common words one after another.
func isCommon(letters string) bool {
	reach := make([]bool, len(letters)+1)
	reach[0] = true
	for i := range letters {
		for _, word := range common {
			if reach[i] && strings.HasPrefix(letters[i:], word) {
				reach[i+len(word)] = true
			}
		}
	}
	return letters != "" && reach[len(letters)]
}

// common is the words that passwords in this country are commonly made of, by
// what is published of leaked ones, and those that come to mind at this work.
var common = strings.Fields(`
password passwort passw pass word letmein welcome admin administrator secret login logon access qwerty azerty asdf
changeme change me please temp temporary default guest user test testing tester demo example master root system server
iloveyou love loves you your my the is this it new baby babe angel honey sweet heart lovely
football soccer rugby cricket liverpool arsenal chelsea everton manchester manutd united city rangers celtic tottenham spurs hotspur
newcastle leeds england scotland wales ireland britain london birmingham bristol nottingham leicester sheffield
sunshine princess monkey dragon superman batman spiderman starwars pokemon naruto matrix trustno one hello hi world freedom whatever
flower cheese chocolate pepper ginger buster cookie banana orange apple purple yellow silver golden diamond rainbow summer winter spring autumn
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
charlie thomas george harry jack oliver james daniel michael jordan joshua jessica ashley hannah emily sophie chloe megan lauren rachel shadow
computer internet google facebook microsoft windows office samsung money lucky killer hunter ranger tigger smokey
social worker work adoption adopt adopter adopters foster fostering council county borough agency family families child children home homeward
abc abcd xyz qaz wsx zaq
`)
